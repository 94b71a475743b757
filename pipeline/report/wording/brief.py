"""In brief: the answer, the finding with its size, its course, the tiles, and what no such study can show."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.changes import after_changes
from pipeline.report.wording.judgement import ENDS, Answer, answered, faded, judge_row
from pipeline.report.wording.lead import is_of_sites, lead
from pipeline.report.wording.phrases import (
    FELL,
    ROSE,
    against_expected,
    amount,
    interval,
    is_count,
    moved,
    on,
    sized,
    subject,
    than_expected,
)
from pipeline.report.wording.sites import sites_course, sites_headline

ANSWERS: dict[Answer, str] = {
    "improved": "Yes.",
    "worsened": "No, it got worse.",
    "changed": "It changed.",
    "no-change": "No clear change.",
    "unclear": "We can’t tell.",
    "turned-worse": "At first, yes; then it turned.",
    "turned-better": "Not at first; then it turned.",
    "turned": "It changed one way, and then the other.",
}


ONE_SIZE = (
    "The plan takes the change to be of one size throughout, so this can’t say whether it grew or faded."
)
CAN_NOT_TELL = Markdown("We can’t tell")
BUT_FADED = "Yes, but it faded."


def answer(numbers: Numbers, measure: str) -> Markdown:
    """Gives the first word of the report: the answer to a question asked so that yes means better."""
    found = answered(numbers, measure)
    if found == "improved" and faded(numbers, measure):
        return Markdown(BUT_FADED)
    return Markdown(ANSWERS[found])


def headline(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives the finding in one sentence: how many fewer or more, what share, how sure."""
    if is_of_sites(numbers, measure):
        return sites_headline(numbers, measure, change, every)
    found, after = answered(numbers, measure), after_changes(numbers, measure, change, every)
    if found.startswith("turned"):
        return fill(
            "{after}, {label} went one way and then the other.",
            after=after,
            label=subject(numbers, measure),
        )
    key = f"its.measures.{measure}.effects[average]"
    row = numbers.value(key)
    if found == "no-change":
        return fill(
            "{after}, {label} was about as we would have expected: any difference is likely {interval}.",
            after=after,
            label=subject(numbers, measure),
            interval=interval(numbers, key),
        )
    said = than_expected(numbers, measure, key, every)
    opening = f"{after}, "
    if found == "unclear":
        return Markdown(
            f"{opening}{said}. But that could be chance: the difference is likely {interval(numbers, key)}."
        )
    if row["relative"] is None:
        return Markdown(f"{opening}{said}.")
    return Markdown(f"{opening}{said}: {sized(numbers, key)}.")


def course(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives how the effect went: at the first period seen after the change, and at the last."""
    if is_of_sites(numbers, measure):
        return sites_course(numbers, measure, every)
    if has_one_size(numbers, measure):
        return Markdown(ONE_SIZE)
    keys = []
    for end in ENDS:
        key = f"its.measures.{measure}.effects[{numbers.value(f'its.measures.{measure}.{end}')}]"
        # A change of slope alone is nothing at its first period, by design and not by finding.
        if key not in keys and numbers.value(key)["absolute"] != 0:
            keys.append(key)
    if not keys:
        return Markdown("")
    count = is_count(numbers, measure)
    parts = []
    for place, key in enumerate(keys):
        row = numbers.value(key)
        which = _last(numbers, measure, every) if place or len(keys) == 1 else f"the first {every}"
        clear = judge_row(row, None) != "unclear"
        parts.append(
            fill(
                "{on} {which}, {when}, {size} (likely {interval}{doubt})",
                on=on(every),
                which=which,
                when=numbers.show(f"{key}.row", every),
                size=against_expected(numbers, key, count),
                interval=interval(numbers, key),
                doubt="" if clear else ", so it could be no different",
            )
        )
    return Markdown(" ".join(f"{part[0].upper()}{part[1:]}." for part in parts))


def _last(numbers: Numbers, measure: str, every: str) -> str:
    """The last period that the effect is told of, as it stands in a sentence."""
    cut = numbers.has(f"its.measures.{measure}.possible_until")
    return f"the last {every} that can be compared" if cut else f"the last {every} we have"


def has_one_size(numbers: Numbers, measure: str) -> bool:
    """True if the impact model gives the one change the same size in every period, whatever the data."""
    key = f"its.measures.{measure}"
    return bool(numbers.value(f"{key}.impact") == "level") and not numbers.has(f"{key}.changes")


def limits(numbers: Numbers) -> Markdown:
    """Gives what a study of this design cannot show."""
    flat = numbers.has("plan.its.trend") and numbers.value("plan.its.trend") == "none"
    return fill(
        "We compare what happened with {past}. Another change that came at the same time would look the "
        "same.",
        past="what was usual before" if flat else "where things were heading",
    )


def tile_change(numbers: Numbers, measure: str, every: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'Did it change?': a word, and the average difference behind it."""
    word = CAN_NOT_TELL if answered(numbers, measure) == "unclear" else moved(numbers, measure)
    went = word in (FELL, ROSE)
    several = is_of_sites(numbers, measure) and numbers.value(f"pooled.measures.{measure}.count") > 1
    said = ("by " if went else "") + ("{amount} a {every}" if is_count(numbers, measure) else "{amount}")
    return word, fill(
        said + ", {where}",
        amount=amount(numbers, measure, f"{lead(numbers, measure)}.absolute", "size" if went else "signed"),
        every=every,
        where="at the average site" if several else "on average",
    )


def tile_size(numbers: Numbers, row: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'By how much?' for a row of effects: a share (or amount), and its likely range."""
    found = numbers.value(row)
    kind, style = ("relative", "percent") if found["relative"] is not None else ("absolute", "signed")
    size, low = (numbers.show(f"{row}.{kind}{end}", style) for end in ("", "_lower"))
    if found[f"{kind}_upper"] is None:
        return size, fill("likely {low} or more", low=low)
    high = numbers.show(f"{row}.{kind}_upper", style)
    return size, fill("likely {low} to {high}", low=low, high=high)


SAYS = (answer, headline, course, has_one_size, limits, tile_change, tile_size)
