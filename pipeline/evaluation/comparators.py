"""A measure against the same where there was no change: what comparators say of the finding."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from pipeline import results
from pipeline.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Analysis, Check


def compared(analysis: Analysis, comparators: pd.DataFrame) -> dict[str, Any]:
    """Gives what a controlled comparison finds, as plain values, with a sentence for each of its checks.

    `comparators` has a column for each series without the change, and a row a period as the analysis has.
    Where the comparison can't be had, `made` is False and `sentence` says why.
    """
    from pipeline import its

    try:
        found = its.controlled(analysis, comparators)
    except AnalysisError as refused:
        said = str(refused)
        return {
            "made": False,
            "passed": None,
            "sentence": f"No comparison can be made: {said[:1].lower()}{said[1:]}",
        }
    checks: list[Check] = [
        its.compare_trends_before(found),
        its.leave_one_comparator_out(analysis, comparators),
    ]
    if len(found.comparators) > 1:
        checks.append(its.placebo_in_space(analysis, comparators))
    average = dict(zip(("estimate", "lower", "upper"), astuple(found.average), strict=True))
    return {
        "made": True,
        "passed": found.passed,
        "sentence": found.sentence,
        "comparators": list(found.comparators),
        "average": average,
        "alone": dict(zip(("estimate", "lower", "upper"), astuple(found.alone), strict=True)),
        "checks": [{"passed": each.passed, "sentence": each.sentence} for each in checks],
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in found.flags],
        "terms": results.table(found.table.rename_axis("row")),
    }
