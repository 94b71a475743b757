"""What an interval says: better, worse, changed, turned, or not clear."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from pipeline.report.numbers import Numbers
from pipeline.report.wording.lead import is_of_sites, lead

Judgement = Literal["improved", "worsened", "changed", "unclear", "turned-worse", "turned-better", "turned"]
Answer = Judgement | Literal["no-change"]
"""What a study answers: where no change is clear, that there is none to speak of, or that none can tell."""
SMALL = 0.1
"""An interval within this share of what was expected, up and down, leaves no room for a large change; a wider
one that holds zero can't tell."""


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


def judge_row(row: Mapping[str, Any], better: str | None) -> Judgement:
    """Gives what a row of effects says, by the interval that sentences show: as a share, where it has one.

    The two can differ in a model of logarithms, whose interval of the difference takes in how uncertain the
    expected level is, and whose share is what the model is sure or unsure of.
    """
    if row["relative"] is None:
        return judge(row["absolute_lower"], row["absolute_upper"], better)
    upper = row["relative_upper"]
    return judge(row["relative_lower"], math.inf if upper is None else upper, better)


def judged(numbers: Numbers, measure: str) -> Judgement:
    """Gives the judgement on a measure, by the finding that the report leads with."""
    if not is_of_sites(numbers, measure):
        return judged_series(numbers, measure)
    better = numbers.value(f"its.measures.{measure}.better")
    return judge_row(numbers.value(lead(numbers, measure)), better)


def answered(numbers: Numbers, measure: str) -> Answer:
    """Gives the study's answer on a measure: its judgement, of which an unclear one may be no change."""
    found = judged(numbers, measure)
    return "no-change" if found == "unclear" and _is_narrow(numbers.value(lead(numbers, measure))) else found


def _is_narrow(row: Mapping[str, Any]) -> bool:
    """True if an interval that holds zero leaves room for small changes only."""
    if row["relative"] is None:
        return False
    upper = row["relative_upper"]
    return bool(upper is not None and row["relative_lower"] >= -SMALL and upper <= SMALL)


def judged_series(numbers: Numbers, measure: str) -> Judgement:
    """Gives the judgement on the one time series: by its average effect, unless it clearly turned."""
    key = f"its.measures.{measure}"
    better = numbers.value(f"{key}.better")
    rows = [numbers.value(f"{key}.effects[{numbers.value(f'{key}.{end}')}]") for end in ENDS]
    first, last = (judge_row(row, better) for row in rows)
    if "unclear" not in (first, last) and rows[0]["absolute"] * rows[1]["absolute"] < 0:
        turned: dict[Judgement, Judgement] = {"improved": "turned-worse", "worsened": "turned-better"}
        return turned.get(first, "turned")
    return judge_row(numbers.value(f"{key}.effects[average]"), better)


def last_change(numbers: Numbers, measure: str) -> dict[str, Any] | None:
    """Gives what the last of several changes came with by itself, or None where there is but one.

    A control chart's latest phase begins with it, and is set against it.
    """
    key = f"its.measures.{measure}.changes"
    return dict(numbers.value(key)[-1]) if numbers.has(key) else None


def faded(numbers: Numbers, measure: str) -> bool:
    """True if the plan asks whether the effect lasted, and it faded."""
    key = f"its.measures.{measure}.sustained"
    return numbers.has(key) and bool(numbers.value(f"{key}.verdict") == "faded")


ENDS = ("first_effect", "last_effect")
"""The first and the last period after the change in which something was seen."""
