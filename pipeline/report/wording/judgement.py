"""What an interval says: better, worse, changed, turned, or not clear."""

from __future__ import annotations

from typing import Literal

from pipeline.report.numbers import Numbers
from pipeline.report.wording.lead import is_of_sites, lead

Judgement = Literal["improved", "worsened", "changed", "unclear", "turned-worse", "turned-better", "turned"]


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
    """Gives the judgement on a measure, by the finding that the report leads with."""
    if not is_of_sites(numbers, measure):
        return judged_series(numbers, measure)
    row = numbers.value(lead(numbers, measure))
    better = numbers.value(f"its.measures.{measure}.better")
    return judge(row["absolute_lower"], row["absolute_upper"], better)


def judged_series(numbers: Numbers, measure: str) -> Judgement:
    """Gives the judgement on the one time series: by its average effect, unless it clearly turned."""
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
