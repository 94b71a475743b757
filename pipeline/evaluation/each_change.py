"""What each of a plan's several changes did by itself, as plain results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline import disclosure, series
from pipeline.evaluation.shown_fit import solved_changes
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Fit, Forecast


def results_of(plan: Plan, measure: Measure, data: pd.DataFrame, fit: Fit | Forecast) -> list[dict[str, Any]]:
    """Gives each change with its average effect, by the date it came; empty where there is but one.

    Where sites got the same change in turn, that is for the pooled effect to tell. Under disclosure control
    a change whose figures would tell a hidden count has none.
    """
    from pipeline import its

    if not isinstance(fit, its.Fit) or len(fit.interventions) < 2 or plan.data.unit:
        return []
    periods = cast("pd.DatetimeIndex", data.index)
    found = its.each_change(fit, measure.unit if measure.is_ratio else None)
    solved = solved_changes(fit, disclosure.small_cells(data, measure, plan.rule)) if plan.rule else []
    withheld = {change.start for change in solved}
    return [
        {
            "row": f"{periods[placed.start].date()}",
            "label": change.label,
            **{str(column): None if placed.start in withheld else value for column, value in effect.items()},
        }
        for change, placed, (_, effect) in zip(
            series.changes(plan, periods), fit.interventions, found.iterrows(), strict=True
        )
    ]
