"""What the report says, sentence by sentence: plain words chosen by rules from the results.

The only place where findings become prose. Every number comes through `Numbers`; other people's words are
escaped by `fill`. No sentence says more than the interval behind it bears.
"""

from __future__ import annotations

from typing import Any, Literal

from pipeline.plan import PER_CENT, mid_sentence
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers, percent, percent_size, signed, size

Judgement = Literal["improved", "worsened", "changed", "unclear", "turned-worse", "turned-better", "turned"]

ANSWERS: dict[Judgement, str] = {
    "improved": "Yes.",
    "worsened": "No, it got worse.",
    "changed": "It changed.",
    "unclear": "We can’t tell.",
    "turned-worse": "At first, yes; then it turned.",
    "turned-better": "Not at first; then it turned.",
    "turned": "It changed one way, and then the other.",
}
ARTICLES = ("the", "a", "an")


def judge(lower: float, upper: float, better: str | None) -> Judgement:
    """Gives what an interval for a difference says, given the direction that is better.

    >>> judge(-5, -1, "lower"), judge(-5, 1, "lower"), judge(1, 5, "lower"), judge(1, 5, None)
    ('improved', 'unclear', 'worsened', 'changed')
    """
    if lower <= 0 <= upper:
        return "unclear"
    if better is None:
        return "changed"
    return "improved" if (lower > 0) == (better == "higher") else "worsened"


def judged(numbers: Numbers, measure: str) -> Judgement:
    """Gives the judgement on a measure: by its average effect, unless it clearly turned."""
    key = f"its.measures.{measure}"
    better = numbers.value(f"{key}.better")
    rows = [numbers.value(f"{key}.effects[{numbers.value(f'{key}.{end}')}]") for end in ENDS]
    first, last = (judge(row["absolute_lower"], row["absolute_upper"], better) for row in rows)
    if "unclear" not in (first, last) and rows[0]["absolute"] * rows[1]["absolute"] < 0:
        turned: dict[Judgement, Judgement] = {"improved": "turned-worse", "worsened": "turned-better"}
        return turned.get(first, "turned")
    average = numbers.value(f"{key}.effects[average]")
    return judge(average["absolute_lower"], average["absolute_upper"], better)


ENDS = ("first_effect", "last_effect")
"""The first and the last period after the change in which something was seen."""


def answer(numbers: Numbers, measure: str) -> Markdown:
    """Gives the first word of the report: the answer to a question asked so that yes means better."""
    return Markdown(ANSWERS[judged(numbers, measure)])


def headline(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives the finding in one sentence: how many fewer or more, what share, how sure."""
    found = judged(numbers, measure)
    if found.startswith("turned"):
        return fill(
            "After {change}, {label} went one way and then the other.",
            change=the(change),
            label=_subject(numbers, measure),
        )
    key = f"its.measures.{measure}.effects[average]"
    row = numbers.value(key)
    down = row["absolute"] < 0
    if _is_count(numbers, measure):
        said = fill(
            "there were about **{difference} {word}** {label} each {every} than we would have expected",
            difference=numbers.show(f"{key}.absolute", "size"),
            word="fewer" if down else "more",
            label=mid_sentence(numbers.value(f"its.measures.{measure}.label")),
            every=every,
        )
    else:
        said = fill(
            "{label} was about **{difference} {word}** than we would have expected",
            label=_subject(numbers, measure),
            difference=_amount(numbers, measure, f"{key}.absolute"),
            word="lower" if down else "higher",
        )
    opening = fill("After {change}, ", change=the(change))
    if found == "unclear":
        return Markdown(
            f"{opening}{said}, but that could be chance: the difference is likely {interval(numbers, key)}."
        )
    if row["relative"] is None:
        return Markdown(f"{opening}{said}.")
    share = fill(
        ": a {word} of **{share}** (likely between {low} and {high}).",
        word="fall" if down else "rise",
        share=numbers.show(f"{key}.relative", "percent-size"),
        low=numbers.show(f"{key}.relative_{'upper' if down else 'lower'}", "percent-size"),
        high=numbers.show(f"{key}.relative_{'lower' if down else 'upper'}", "percent-size"),
    )
    return Markdown(f"{opening}{said}{share}")


def the(change: str) -> Markdown:
    """Gives an intervention's label as it stands in a sentence.

    >>> print(the("The seat-belt law"))
    the seat-belt law
    >>> print(the("Winter flow bundle"))
    the change (“Winter flow bundle”)
    """
    first, _, rest = change.partition(" ")
    if rest and first.lower() in ARTICLES:
        return fill("{first} {rest}", first=first.lower(), rest=rest)
    return fill("the change (“{change}”)", change=change)


def interval(numbers: Numbers, key: str) -> Markdown:
    """Gives a row's relative interval in words (the absolute one where a share has no meaning)."""
    row = numbers.value(key)
    kind, style = _scale(row)
    lower, upper = (row[f"{kind}_{end}"] for end in ("lower", "upper"))
    # The smaller change first: 'a fall of 7% to 21%'.
    ends = ("upper", "lower") if upper < 0 else ("lower", "upper")
    low, high = (numbers.show(f"{key}.{kind}_{end}", style) for end in ends)
    if lower < 0 < upper:
        return fill("between a fall of {low} and a rise of {high}", low=low, high=high)
    return fill("a {word} of {low} to {high}", word="fall" if upper < 0 else "rise", low=low, high=high)


def course(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives how the effect went: at the first period seen after the change, and at the last."""
    keys = []
    for end in ENDS:
        key = f"its.measures.{measure}.effects[{numbers.value(f'its.measures.{measure}.{end}')}]"
        # A change of slope alone is nothing at its first period, by design and not by finding.
        if key not in keys and numbers.value(key)["absolute"] != 0:
            keys.append(key)
    if not keys:
        return Markdown("")
    on = "on" if every == "day" else "in"
    count = _is_count(numbers, measure)
    parts = []
    for place, key in enumerate(keys):
        row = numbers.value(key)
        which = f"the last {every} we have" if place or len(keys) == 1 else f"the first {every}"
        clear = judge(row["absolute_lower"], row["absolute_upper"], None) != "unclear"
        parts.append(
            fill(
                "{on} {which}, {when}, {size} (likely {interval}{doubt})",
                on=on,
                which=which,
                when=numbers.show(f"{key}.row", every),
                size=_against_expected(numbers, key, count),
                interval=interval(numbers, key),
                doubt="" if clear else ", so it could be no different",
            )
        )
    said = "; ".join(parts)
    return Markdown(f"{said[0].upper()}{said[1:]}.")


def control(numbers: Numbers, measure: str, primary: str) -> Markdown:
    """Gives what an outcome that should not have moved says about the cause of the primary's change."""
    own, main = (numbers.value(f"its.measures.{name}.effects[average]") for name in (measure, primary))
    moved, main_moved = (judged(numbers, name) != "unclear" for name in (measure, primary))
    if not moved and main_moved and _excludes(own, main):
        finding = "showed no clear change (likely {interval}), which makes the change a likelier cause."
    elif not moved and main_moved:
        finding = "showed no clear change, but one as large can’t be ruled out (likely {interval})."
    elif not moved:
        finding = "showed no clear change either (likely {interval})."
    elif not main_moved:
        finding = "moved (likely {interval}), so something else was at work."
    elif own["absolute"] * main["absolute"] > 0:
        finding = "moved the same way (likely {interval}), so something else may explain part of the change."
    else:
        finding = (
            "went the other way (likely {interval}). That can’t explain the change, "
            "but it shows that something else was at work too."
        )
    return fill(
        "{label}, which should not have been touched, " + finding,
        label=numbers.value(f"its.measures.{measure}.label"),
        interval=interval(numbers, f"its.measures.{measure}.effects[average]"),
    )


def limits() -> Markdown:
    """Gives what a study of this design cannot show."""
    return Markdown(
        "The study compares what happened with what the earlier course would have given. "
        "It can’t rule out other changes that came at the same time."
    )


def tile_change(numbers: Numbers, measure: str, every: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'Did it change?': a word, and the average difference behind it."""
    amount = numbers.show(f"its.measures.{measure}.effects[average].absolute", "signed")
    return _moved(numbers, measure), fill("{amount} a {every}, on average", amount=amount, every=every)


def tile_size(numbers: Numbers, row: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'By how much?' for a row of effects: a share (or amount), and its likely range."""
    found = numbers.value(row)
    kind, style = ("relative", "percent") if found["relative"] is not None else ("absolute", "signed")
    low, high = (numbers.show(f"{row}.{kind}_{end}", style) for end in ("lower", "upper"))
    return numbers.show(f"{row}.{kind}", style), fill("likely {low} to {high}", low=low, high=high)


def tile_control(numbers: Numbers, measure: str) -> tuple[Markdown, Markdown]:
    """Gives the tile on an outcome that should not have moved."""
    _, low_to_high = tile_size(numbers, f"its.measures.{measure}.effects[average]")
    return _moved(numbers, measure), low_to_high


def verdict(numbers: Numbers, measure: str) -> str:
    """Gives the study's finding in a few words, for tables and cards (plain text)."""
    key = f"its.measures.{measure}"
    found = judged(numbers, measure)
    if found.startswith("turned"):
        first, last = (
            _plain_share(numbers.value(f"{key}.effects[{numbers.value(f'{key}.{end}')}]")) for end in ENDS
        )
        return f"Turned: {first} at first, {last} at last"
    row = numbers.value(f"{key}.effects[average]")
    low, high = _plain_range(row)
    if found == "unclear":
        return f"No clear change ({low} to {high})"
    plain = size(row["absolute"]) if row["relative"] is None else percent_size(row["relative"])
    return f"{'Fell' if row['absolute'] < 0 else 'Rose'} by {plain} ({low} to {high})"


def chart_finding(numbers: Numbers, measure: str, change: str) -> Markdown:
    """Gives what the chart of the time series shows."""
    found = judged(numbers, measure)
    if found == "unclear":
        return fill("After {change}, there is no clear departure from what was expected.", change=the(change))
    if found.startswith("turned"):
        return fill("After {change}, the trend crossed what was expected.", change=the(change))
    down = numbers.value(f"its.measures.{measure}.effects[average]")["absolute"] < 0
    side = "below" if down else "above"
    return fill("After {change}, the trend ran {side} what was expected.", change=the(change), side=side)


VARIATION: dict[str, str] = {
    "common-cause": "The latest {every} shows common-cause variation only: nothing out of the ordinary.",
    "improving-high": "The latest {every} is part of a signal of improvement (high).",
    "improving-low": "The latest {every} is part of a signal of improvement (low).",
    "concerning-high": "The latest {every} is part of a signal of concern (high).",
    "concerning-low": "The latest {every} is part of a signal of concern (low).",
    "neutral-high": "The latest {every} is part of a signal (high).",
    "neutral-low": "The latest {every} is part of a signal (low).",
}
MISLED_BY = ("autocorrelation", "seasonality", "season")
"""Flags of a chart whose signals may well be false."""


def process_heading(numbers: Numbers, measure: str) -> Markdown:
    """Gives the question that the control chart answers."""
    phases = numbers.value(f"spc.measures.{measure}.phases")
    return Markdown("Is the new level stable?" if len(phases) > 1 else "Is the process stable?")


def process(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the control chart says of the process since its last phase began."""
    key = f"spc.measures.{measure}"
    phases = numbers.value(f"{key}.phases")
    phase = f"{key}.phases[{phases[-1]['row']}]"
    signals = numbers.value(f"{key}.signals_in_latest_phase")
    if len(phases) == 1:
        since = fill("Over the whole series")
    else:
        since = fill("Since {when}", when=numbers.show(f"{phase}.start", every))
    latest = fill(VARIATION[numbers.value(f"{key}.variation")], every=every)
    if not signals:
        return fill(
            "{since}, the process has stayed within its limits and shows no signal. {latest}",
            since=since,
            latest=latest,
        )
    counted = fill(
        "{since}, {signals} of {n} {every}s {are} part of a signal",
        since=since,
        signals=numbers.show(f"{key}.signals_in_latest_phase", "count"),
        n=numbers.show(f"{phase}.n", "count"),
        every=every,
        are="is" if signals == 1 else "are",
    )
    if any(flag["code"] in MISLED_BY for flag in numbers.value(f"{key}.flags")):
        return Markdown(f"{counted}, but many of these may be false: see the note below the chart. {latest}")
    return Markdown(f"{counted}, more than common causes would give. {latest}")


def level_shift(numbers: Numbers, measure: str) -> Markdown:
    """Gives how the centre line moved from the first phase to the last, or nothing with one phase."""
    key = f"spc.measures.{measure}.phases"
    phases = numbers.value(key)
    if len(phases) == 1:
        return Markdown("")
    return fill(
        "The average went from {before} to {after}.",
        before=numbers.show(f"{key}[{phases[-2]['row']}].centre"),
        after=numbers.show(f"{key}[{phases[-1]['row']}].centre"),
    )


def _is_count(numbers: Numbers, measure: str) -> bool:
    return bool(numbers.value(f"its.measures.{measure}.kind") == "count")


def _subject(numbers: Numbers, measure: str) -> Markdown:
    """A measure as the subject of a sentence, whatever the grammar of its label."""
    return fill("“{label}”", label=numbers.value(f"its.measures.{measure}.label"))


def _amount(numbers: Numbers, measure: str, key: str) -> Markdown:
    """A difference with its unit: percentage points, or per so many."""
    amount, about = numbers.show(key, "size"), f"its.measures.{measure}"
    unit = numbers.value(f"{about}.unit")
    if numbers.value(f"{about}.kind") == "proportion" and unit == PER_CENT:
        return fill("{amount} percentage points", amount=amount)
    if numbers.value(f"{about}.kind") in ("rate", "proportion") and unit != 1:
        return fill("{amount} per {unit}", amount=amount, unit=numbers.show(f"{about}.unit", "whole"))
    return amount


def _moved(numbers: Numbers, measure: str) -> Markdown:
    """Which way a measure went, in two or three words."""
    found = judged(numbers, measure)
    if found == "unclear":
        return Markdown("No clear change")
    if found.startswith("turned"):
        return Markdown("It turned")
    down = numbers.value(f"its.measures.{measure}.effects[average]")["absolute"] < 0
    return Markdown("It fell" if down else "It rose")


def _excludes(own: dict[str, Any], main: dict[str, Any]) -> bool:
    """True if an interval of one measure's effect, as a share, leaves the other's effect out."""
    if own["relative"] is None or main["relative"] is None:
        return False
    return not (own["relative_lower"] <= main["relative"] <= own["relative_upper"])


def _scale(row: dict[str, Any]) -> tuple[str, str]:
    """Whether a row is told as a share or as an amount, and in which style."""
    return ("relative", "percent-size") if row["relative"] is not None else ("absolute", "size")


def _against_expected(numbers: Numbers, key: str, count: bool) -> Markdown:
    """A row of effects as 'there were 19% fewer than expected', or 'it was 19% lower'."""
    row = numbers.value(key)
    kind, style = _scale(row)
    down = row["absolute"] < 0
    if count:
        template, word = "there were {size} {word} than expected", "fewer" if down else "more"
    else:
        template, word = "it was {size} {word} than expected", "lower" if down else "higher"
    return fill(template, size=numbers.show(f"{key}.{kind}", style), word=word)


def _plain_share(row: dict[str, Any]) -> str:
    return signed(row["absolute"]) if row["relative"] is None else percent(row["relative"])


def _plain_range(row: dict[str, Any]) -> tuple[str, str]:
    if row["relative"] is None:
        return signed(row["absolute_lower"]), signed(row["absolute_upper"])
    return percent(row["relative_lower"]), percent(row["relative_upper"])
