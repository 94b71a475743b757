"""A fit of a time series as it may be shown: small cells missing, and all from which they could be had."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pipeline import disclosure
from pipeline.errors import DisclosureError
from pipeline.evaluation import shown
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Fit, Forecast

SATURATED = 1e-6
"""A fitted value this near to what was observed (relative to the series' size) is what was observed."""

Fitted = TypeVar("Fitted", "Fit", "Forecast", "Fit | Forecast")


def shown_fit(
    plan: Plan, measure: Measure, data: pd.DataFrame, found: Fitted, safe: pd.DataFrame | None = None
) -> Fitted:
    """Gives a fit as it may be shown; itself, where disclosure control is off.

    `safe`: the series as it may be shown, where more is to be hidden than what is small in it.
    Raises DisclosureError if it has so many terms for its points that they could be solved for the counts.
    """
    from pipeline import its

    if plan.rule is None or not isinstance(found, its.Fit):
        return found
    refuse_solvable(plan, measure, data, found)
    safe = shown.series(plan, measure, data) if safe is None else safe
    series_of = found.series.copy()
    true = series_of["observed"].to_numpy(dtype=float)
    observed = safe["value"].to_numpy(dtype=float)
    size = float(np.nanmax(np.abs(true)))
    saturated = np.abs(series_of["fitted"].to_numpy(dtype=float) - true) <= SATURATED * size
    series_of["observed"] = observed
    series_of.loc[saturated, ["fitted", "fitted_trend"]] = np.nan
    fitted, trend = series_of["fitted"], series_of["fitted_trend"]
    is_additive = found.ratios is None
    series_of["adjusted"] = observed - fitted + trend if is_additive else observed / fitted * trend
    # What the model leaves of its neighbours' errors would tell of them: the plain residual stands for it.
    series_of["residual"] = series_of["innovation"] = observed - fitted
    effects = found.effects.copy()
    rows = [row for row in effects.index if isinstance(row, int | np.integer) and saturated[int(row)]]
    effects.loc[rows] = np.nan
    # A period of transition has a term of its own, which is what was observed less what was expected.
    own = [str(name) for name in found.terms.index if str(name).startswith("phase_in")]
    beside = found.alternative
    return replace(
        found,
        series=series_of,
        effects=effects,
        terms=_without(found.terms, own),
        ratios=None if found.ratios is None else _without(found.ratios, own),
        alternative=beside and replace(beside, terms=_without(beside.terms, own)),
    )


def refuse_solvable(plan: Plan, measure: Measure, data: pd.DataFrame, found: Fit) -> None:
    """Raises DisclosureError if a fit has too few points to spare for what it hides."""
    least = disclosure.LEAST_DEGREES_OF_FREEDOM
    if found.df < least and shown.count(plan, measure, data):
        raise DisclosureError(
            f"params/{plan.study}.yaml, measure {measure.id}: the model has {len(found.terms)} terms for "
            f"{found.df + len(found.terms)} points; with fewer than {least} to spare, hidden counts could "
            "be worked out from it; use longer periods, or a plainer model."
        )


def _without(table: pd.DataFrame, rows: list[str]) -> pd.DataFrame:
    told = table.copy()
    told.loc[rows] = np.nan
    return told
