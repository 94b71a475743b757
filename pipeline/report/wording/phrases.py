"""Phrases that sentences on many subjects share: ranges, measures as subjects, differences with units."""

from __future__ import annotations

from typing import Any

from pipeline.plan import PER_CENT, SHARES, mid_sentence
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judged
from pipeline.report.wording.lead import lead

ARTICLES = ("the", "a", "an")
PREPOSITIONS = {"day": "on", "event": "at"}
"""What stands before a length of time, where it is not `in`."""

FELL, ROSE = "It fell", "It rose"


def on(every: str) -> str:
    """Gives the preposition of a period: on a day, in a month."""
    return PREPOSITIONS.get(every, "in")


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
    kind, style = scale(row)
    lower, upper = (row[f"{kind}_{end}"] for end in ("lower", "upper"))
    if upper is None:  # so much may have been added that nothing need have been expected
        low = numbers.show(f"{key}.{kind}_lower", style)
        template = (
            "a rise of {low} or more" if lower > 0 else "between a fall of {low} and a rise without limit"
        )
        return fill(template, low=low)
    # The smaller change first: 'a fall of 7% to 21%'.
    ends = ("upper", "lower") if upper < 0 else ("lower", "upper")
    low, high = (numbers.show(f"{key}.{kind}_{end}", style) for end in ends)
    if lower < 0 < upper:
        return fill("between a fall of {low} and a rise of {high}", low=low, high=high)
    return fill("a {word} of {low} to {high}", word="fall" if upper < 0 else "rise", low=low, high=high)


def sized(numbers: Numbers, key: str) -> Markdown:
    """Gives a row's relative effect, where it is clear, with its interval: 'a fall of 14% (likely between 7%
    and 21%)'."""
    row = numbers.value(key)
    down = row["absolute"] < 0
    bounded = row["relative_upper"] is not None
    return fill(
        "a {word} of **{share}** "
        + ("(likely between {low} and {high})" if bounded else "(likely {low} or more)"),
        word="fall" if down else "rise",
        share=numbers.show(f"{key}.relative", "percent-size"),
        low=numbers.show(f"{key}.relative_{'upper' if down else 'lower'}", "percent-size"),
        high=numbers.show(f"{key}.relative_{'lower' if down else 'upper'}", "percent-size"),
    )


def is_count(numbers: Numbers, measure: str) -> bool:
    """True if the measure counts things, so that there are fewer or more of them."""
    return bool(numbers.value(f"its.measures.{measure}.kind") == "count")


def subject(numbers: Numbers, measure: str) -> Markdown:
    """Gives a measure as the subject of a sentence, whatever the grammar of its label."""
    return fill("“{label}”", label=numbers.value(f"its.measures.{measure}.label"))


def amount(numbers: Numbers, measure: str, key: str, style: str = "size") -> Markdown:
    """Gives a difference with its unit: percentage points, or per so many."""
    amount, about = numbers.show(key, style), f"its.measures.{measure}"
    unit = numbers.value(f"{about}.unit")
    if numbers.value(f"{about}.kind") in SHARES and unit == PER_CENT:
        return fill("{amount} percentage points", amount=amount)
    if numbers.value(f"{about}.kind") in ("rate", "proportion") and unit != 1:
        return fill("{amount} per {unit}", amount=amount, unit=numbers.show(f"{about}.unit", "whole"))
    return amount


def valued(numbers: Numbers, measure: str, key: str, style: str = "plain") -> Markdown:
    """Gives a value of a measure, with the sign of per cent where it is told in per cent."""
    value = numbers.show(key, style)
    kind, unit = _told_in(numbers, measure)
    return fill("{value}%", value=value) if kind in SHARES and unit == PER_CENT else value


def per(numbers: Numbers, measure: str) -> Markdown:
    """Gives of how many a measure is told, as in ' per 1,000'; nothing in per cent, or for one."""
    kind, unit = _told_in(numbers, measure)
    if kind not in ("rate", "proportion") or unit == 1 or (kind in SHARES and unit == PER_CENT):
        return Markdown("")
    return fill(" per {unit}", unit=numbers.show(f"spc.measures.{measure}.unit", "whole"))


def _told_in(numbers: Numbers, measure: str) -> tuple[str, float]:
    """The kind of a measure in the plan, and of how many it is told."""
    kind = next(row["kind"] for row in numbers.value("plan.measures") if row["id"] == measure)
    return kind, numbers.value(f"spc.measures.{measure}.unit")


def than_expected(numbers: Numbers, measure: str, key: str, every: str) -> Markdown:
    """Gives the effect at `key` as a finding's main clause: how many fewer or more, or how much lower."""
    down = numbers.value(key)["absolute"] < 0
    if is_count(numbers, measure):
        return fill(
            "there were about **{difference} {word}** {label} each {every} than we would have expected",
            difference=numbers.show(f"{key}.absolute", "size"),
            word="fewer" if down else "more",
            label=mid_sentence(numbers.value(f"its.measures.{measure}.label")),
            every=every,
        )
    return fill(
        "{label} was about **{difference} {word}** than we would have expected",
        label=subject(numbers, measure),
        difference=amount(numbers, measure, f"{key}.absolute"),
        word="lower" if down else "higher",
    )


def moved(numbers: Numbers, measure: str) -> Markdown:
    """Gives which way a measure went, in two or three words."""
    found = judged(numbers, measure)
    if found == "unclear":
        return Markdown("No clear change")
    if found.startswith("turned"):
        return Markdown("It turned")
    down = numbers.value(lead(numbers, measure))["absolute"] < 0
    return Markdown(FELL if down else ROSE)


def scale(row: dict[str, Any]) -> tuple[str, str]:
    """Gives whether a row is told as a share or as an amount, and in which style."""
    return ("relative", "percent-size") if row["relative"] is not None else ("absolute", "size")


def against_expected(numbers: Numbers, key: str, count: bool) -> Markdown:
    """Gives a row of effects as 'there were 19% fewer than expected', or 'it was 19% lower'."""
    row = numbers.value(key)
    kind, style = scale(row)
    down = row["absolute"] < 0
    if count:
        template, word = "there were {size} {word} than expected", "fewer" if down else "more"
    else:
        template, word = "it was {size} {word} than expected", "lower" if down else "higher"
    return fill(template, size=numbers.show(f"{key}.{kind}", style), word=word)
