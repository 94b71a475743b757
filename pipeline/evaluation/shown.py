"""What of a series may be shown: where disclosure control meets what notebooks display.

Statistics are worked out from true values. From there on, to tables, charts, texts and results, go copies in
which small cells are missing, the others follow rounded counts, and what would tell a cell all the same is
missing too: `shown_fit` makes them of fits, `shown_chart` of control charts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import disclosure
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd


def series(plan: Plan, measure: Measure, data: pd.DataFrame) -> pd.DataFrame:
    """Gives a measure's series (of `series.read`) as it may be shown."""
    return data if plan.rule is None else disclosure.shown_series(data, measure, plan.rule)


def parts(plan: Plan, measure: Measure, data: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Gives the series of sites or groups, by name, as they may be shown beside that of all together."""
    return data if plan.rule is None else disclosure.shown_parts(data, measure, plan.rule)


def count(plan: Plan, measure: Measure, data: pd.DataFrame) -> int:
    """Gives in how many periods a measure is not shown."""
    return int(disclosure.small_cells(data, measure, plan.rule).sum()) if plan.rule else 0


def note(plan: Plan, measure: Measure, data: pd.DataFrame) -> str:
    """Gives the sentence that stands under a chart, and in its text alternative, of what it does not show."""
    if plan.rule is None:
        return ""
    hidden, every = count(plan, measure, data), plan.data.period.every
    where = f"1 {every}" if hidden == 1 else f"{hidden} {every}s"
    told = "Points follow counts to the nearest "
    rounding = f"{told}{plan.rule.round_to}." if plan.rule.round_to > 1 else ""
    if not hidden:
        return rounding
    return f"Not shown: {where} with a count below {plan.rule.minimum}. {rounding}".strip()
