"""The models that expect something of the series after the change, without a shape of what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import series
from pipeline.evaluation.bench import naming
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Forecast


def fit(plan: Plan, measure: Measure, data: pd.DataFrame) -> Forecast:
    """Gives the plan's structural model or synthetic control of one measure; `data`: its series.

    Raises AnalysisError if the series can't bear it.
    """
    from pipeline import its

    start = series.first_after(data.index, plan)
    with naming(plan, measure):
        if plan.its.model == "synthetic-control":
            return its.synthetic_control(data["value"].to_numpy(), series.comparator_columns(data), start)
        return its.structural(
            data["value"].to_numpy(),
            start,
            covariates=series.covariates(data) if plan.its.covariates else None,
            seasonal=_is_seasonal(plan, data, start),
            period=plan.data.period.season,
        )


def _is_seasonal(plan: Plan, data: pd.DataFrame, start: int) -> bool:
    """True if the plan asks for a seasonal pattern, or leaves it to the periods before, which show one."""
    import numpy as np

    from pipeline import its

    season = plan.data.period.season
    if plan.its.seasonality != "auto" or season == 1:
        return plan.its.seasonality == "dummies"
    before = np.asarray(data["value"], dtype=np.float64)[:start]
    return start >= 2 * season and its.choose_harmonics(before, np.arange(start), season) > 0
