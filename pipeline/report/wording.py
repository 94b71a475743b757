"""What the report says, sentence by sentence: plain words chosen by rules from the results.

The only place where findings become prose. Every number comes through `Numbers`; other people's words are
escaped by `fill`. No sentence says more than the interval behind it bears.
"""

from __future__ import annotations

from typing import Any, Literal

from pipeline.plan import mid_sentence
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers

Judgement = Literal["improved", "worsened", "changed", "unclear"]

ANSWERS: dict[Judgement, str] = {
    "improved": "Yes.",
    "worsened": "No, it got worse.",
    "changed": "It changed.",
    "unclear": "We can’t tell.",
}


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
    """Gives the judgement on a measure's average effect."""
    average = numbers.value(f"its.measures.{measure}.effects[average]")
    better = numbers.value(f"its.measures.{measure}.better")
    return judge(average["absolute_lower"], average["absolute_upper"], better)


def answer(numbers: Numbers, measure: str) -> Markdown:
    """Gives the first word of the report: the answer to a question asked so that yes means better."""
    return Markdown(ANSWERS[judged(numbers, measure)])


def headline(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives the finding in one sentence: how many fewer or more, what share, how sure."""
    key = f"its.measures.{measure}.effects[average]"
    row = numbers.value(key)
    count = numbers.value(f"its.measures.{measure}.kind") == "count"
    down = row["absolute"] < 0
    difference = numbers.show(f"{key}.absolute", "size")
    if count:
        said = fill(
            "there were about **{difference} {word}** {label} each {every} than we would have expected",
            difference=difference,
            word="fewer" if down else "more",
            label=_label(numbers, measure),
            every=every,
        )
    else:
        said = fill(
            "{label} were about **{difference} {word}** than we would have expected",
            label=_label(numbers, measure),
            difference=difference,
            word="lower" if down else "higher",
        )
    opening = fill("After {change}, ", change=the(change))
    if judged(numbers, measure) == "unclear":
        return Markdown(
            f"{opening}{said}, but that could be chance: the true difference is likely "
            f"{interval(numbers, key)}."
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


def the(change: str) -> str:
    """Gives an intervention's label as it stands in a sentence, with an article.

    >>> the("The seat-belt law"), the("Winter flow bundle")
    ('the seat-belt law', 'the winter flow bundle')
    """
    words = mid_sentence(change)
    return words if words.split(" ")[0] in ("the", "a", "an") else f"the {words}"


def interval(numbers: Numbers, key: str) -> Markdown:
    """Gives a row's relative interval in words (the absolute one where a share has no meaning)."""
    row = numbers.value(key)
    kind, style = ("relative", "percent-size") if row["relative"] is not None else ("absolute", "size")
    lower, upper = (row[f"{kind}_{end}"] for end in ("lower", "upper"))
    # The smaller change first: 'a fall of 7% to 21%'.
    ends = ("upper", "lower") if upper < 0 else ("lower", "upper")
    low, high = (numbers.show(f"{key}.{kind}_{end}", style) for end in ends)
    if lower < 0 < upper:
        return fill("between a fall of {low} and a rise of {high}", low=low, high=high)
    return fill("a {word} of {low} to {high}", word="fall" if upper < 0 else "rise", low=low, high=high)


def course(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives how the effect went: at the first period after the change, and at the last there is."""
    effects = numbers.value(f"its.measures.{measure}.effects")
    rows = [row["row"] for row in effects if row["row"] not in ("average", "cumulative")]
    first, last = (f"its.measures.{measure}.effects[{row}]" for row in (rows[0], rows[-1]))
    sentence = fill(
        "In the first {every}, {when}, it was {size}",
        every=every,
        when=numbers.show(f"{first}.row", every),
        size=_against_expected(numbers, first),
    )
    if len(rows) == 1:
        return Markdown(f"{sentence}.")
    row = numbers.value(last)
    clear = judge(row["absolute_lower"], row["absolute_upper"], None) != "unclear"
    return fill(
        "{sentence}; in the last {every} we have, {when}, {size}{doubt} (likely {interval}).",
        sentence=sentence,
        every=every,
        when=numbers.show(f"{last}.row", every),
        size=_against_expected(numbers, last),
        doubt="" if clear else ", but by then it could be no different",
        interval=interval(numbers, last),
    )


def control(numbers: Numbers, measure: str, primary: str) -> Markdown:
    """Gives what an outcome that should not have moved says about the cause of the primary's change."""
    moved = judged(numbers, measure) != "unclear"
    both = moved and judged(numbers, primary) != "unclear"
    sizes = [numbers.value(f"its.measures.{name}.effects[average].absolute") for name in (measure, primary)]
    if not moved:
        finding = "showed no clear change (likely {interval}), which makes the change a likelier cause."
    elif not both:
        finding = "moved (likely {interval}), so something else was at work."
    elif sizes[0] * sizes[1] > 0:
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


def tile_change(numbers: Numbers, measure: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'Did it change?': a word, and the level change behind it."""
    row = numbers.value(f"its.measures.{measure}.effects[average]")
    word = "No clear change"
    if judged(numbers, measure) != "unclear":
        word = "It fell" if row["absolute"] < 0 else "It rose"
    key = f"its.measures.{measure}.terms[level_change].estimate"
    try:
        return Markdown(word), fill("{change} at once", change=numbers.show(key, "signed"))
    except KeyError:
        return Markdown(word), Markdown("on average since the change")


def tile_size(numbers: Numbers, row: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'By how much?' for a row of effects: a share (or amount), and its likely range."""
    found = numbers.value(row)
    kind, style = ("relative", "percent") if found["relative"] is not None else ("absolute", "signed")
    low, high = (numbers.show(f"{row}.{kind}_{end}", style) for end in ("lower", "upper"))
    return numbers.show(f"{row}.{kind}", style), fill("likely {low} to {high}", low=low, high=high)


def tile_control(numbers: Numbers, measure: str) -> tuple[Markdown, Markdown]:
    """Gives the tile on an outcome that should not have moved."""
    _, low_to_high = tile_size(numbers, f"its.measures.{measure}.effects[average]")
    row = numbers.value(f"its.measures.{measure}.effects[average]")
    word = "No clear change"
    if judged(numbers, measure) != "unclear":
        word = "It fell" if row["absolute"] < 0 else "It rose"
    return Markdown(word), low_to_high


def verdict(numbers: Numbers, measure: str) -> str:
    """Gives the study's finding in a few words, for tables and cards (plain text)."""
    key = f"its.measures.{measure}.effects[average]"
    row = numbers.value(key)
    size, (low, high) = _plain_share(row), _plain_range(row)
    if judged(numbers, measure) == "unclear":
        return f"No clear change ({low} to {high})"
    return f"{'Fell' if row['absolute'] < 0 else 'Rose'} by {size} ({low} to {high})"


def chart_finding(numbers: Numbers, measure: str, change: str) -> Markdown:
    """Gives what the chart of the time series shows."""
    row = numbers.value(f"its.measures.{measure}.effects[average]")
    if judged(numbers, measure) == "unclear":
        return fill("After {change}, there is no clear departure from what was expected.", change=the(change))
    side = "below" if row["absolute"] < 0 else "above"
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


def process(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the control chart says of the process since its last phase began."""
    key = f"spc.measures.{measure}"
    phases = numbers.value(f"{key}.phases")
    latest = fill(VARIATION[numbers.value(f"{key}.variation")], every=every)
    signals = numbers.value(f"{key}.signals_in_latest_phase")
    if len(phases) == 1:
        since = fill("Over the whole series")
    else:
        since = fill("Since {when}", when=numbers.show(f"{key}.phases[{phases[-1]['row']}].start", every))
    if not signals:
        stable = fill("{since}, the process has stayed within its limits and shows no signal.", since=since)
    else:
        stable = fill(
            "{since}, {signals} of {n} {every}s {are} part of a signal, more than common causes would give.",
            since=since,
            signals=numbers.show(f"{key}.signals_in_latest_phase", "count"),
            n=numbers.show(f"{key}.phases[{phases[-1]['row']}].n", "count"),
            every=every,
            are="is" if signals == 1 else "are",
        )
    return Markdown(f"{stable} {latest}")


def level_shift(numbers: Numbers, measure: str) -> Markdown:
    """Gives how the centre line moved from the first phase to the last, or nothing with one phase."""
    key = f"spc.measures.{measure}.phases"
    phases = numbers.value(key)
    if len(phases) == 1:
        return Markdown("")
    return fill(
        "The average went from {before} to {after}.",
        before=numbers.show(f"{key}[{phases[0]['row']}].centre"),
        after=numbers.show(f"{key}[{phases[-1]['row']}].centre"),
    )


def _label(numbers: Numbers, measure: str) -> str:
    return mid_sentence(numbers.value(f"its.measures.{measure}.label"))


def _against_expected(numbers: Numbers, key: str) -> Markdown:
    """A row of effects as '19% lower than expected'."""
    row = numbers.value(key)
    kind, style = ("relative", "percent-size") if row["relative"] is not None else ("absolute", "size")
    word = "lower" if row["absolute"] < 0 else "higher"
    return fill("{size} {word} than expected", size=numbers.show(f"{key}.{kind}", style), word=word)


def _plain_share(row: dict[str, Any]) -> str:
    from pipeline.report.numbers import percent_size, size

    return size(row["absolute"]) if row["relative"] is None else percent_size(row["relative"])


def _plain_range(row: dict[str, Any]) -> tuple[str, str]:
    from pipeline.report.numbers import percent, signed

    if row["relative"] is None:
        return signed(row["absolute_lower"]), signed(row["absolute_upper"])
    return percent(row["relative_lower"]), percent(row["relative_upper"])
