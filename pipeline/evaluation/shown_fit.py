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
    from numpy.typing import NDArray

    from pipeline.its import Fit, Forecast
    from pipeline.its.interventions import Placed

SATURATED = 1e-6
"""A fitted value this near to what was observed (relative to the series' size) is what was observed."""
MOST_WEIGHT = 0.5
"""The most leverage that a hidden period may have among those whose counts a reader can't know."""

Fitted = TypeVar("Fitted", "Fit", "Forecast", "Fit | Forecast")


def shown_fit(
    plan: Plan, measure: Measure, data: pd.DataFrame, found: Fitted, safe: pd.DataFrame | None = None
) -> Fitted:
    """Gives a fit as it may be shown; itself, where disclosure control is off.

    `safe`: the series as it may be shown, where more is to be hidden than what is small in it.
    Raises DisclosureError if it has so many terms for its points that they could be solved for the counts,
    or if nothing of its effects is left.
    """
    from pipeline import its
    from pipeline.its.interventions import in_transition

    if plan.rule is None or not isinstance(found, its.Fit):
        return found
    refuse_solvable(plan, measure, data, found)
    safe = shown.series(plan, measure, data) if safe is None else safe
    series_of = found.series.copy()
    true = series_of["observed"].to_numpy(dtype=float)
    observed = safe["value"].to_numpy(dtype=float)
    size = float(np.nanmax(np.abs(true)))
    untold = np.abs(series_of["fitted"].to_numpy(dtype=float) - true) <= SATURATED * size
    # With errors that follow one another a term of a period's own does not fit it exactly, yet nearly so.
    untold |= in_transition(_placed(found), len(true))
    refuse_short(plan, measure, found, ~np.isnan(true) & np.isnan(observed))
    series_of["observed"] = observed
    series_of.loc[untold, ["fitted", "fitted_trend"]] = np.nan
    fitted, trend = series_of["fitted"], series_of["fitted_trend"]
    is_additive = found.ratios is None
    series_of["adjusted"] = observed - fitted + trend if is_additive else observed / fitted * trend
    # What the model leaves of its neighbours' errors would tell of them: the plain residual stands for it.
    series_of["residual"] = series_of["innovation"] = observed - fitted
    effects = found.effects.copy()
    rows = [row for row in effects.index if isinstance(row, int | np.integer)]
    effects.loc[[row for row in rows if untold[int(row)]]] = np.nan
    seen = [row for row in rows if not np.isnan(true[int(row)])]
    if effects["absolute"].reindex(seen).isna().all():
        raise _too_few(plan, measure)
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


def refuse_solvable(plan: Plan, measure: Measure, data: pd.DataFrame, found: Fit, site: str = "") -> None:
    """Raises DisclosureError if what a fit hides could be worked out from its terms, naming the site if one.

    It could with too few points to spare, or too few among them that a reader can't know.
    """
    if plan.rule is None:
        return
    of = f", {site}" if site else ""
    least, hidden = disclosure.LEAST_DEGREES_OF_FREEDOM, disclosure.small_cells(data, measure, plan.rule)
    if found.df < least and hidden.any():
        raise DisclosureError(
            f"params/{plan.study}.yaml, measure {measure.id}{of}: the model has {len(found.terms)} terms for "
            f"{found.df + len(found.terms)} points; with fewer than {least} to spare, hidden counts could "
            "be worked out from it; use longer periods, or a plainer model."
        )
    refuse_short(plan, measure, found, hidden)
    weight = _weight_among_unknown(found, disclosure.unknown(data, measure, plan.rule))
    if (weight[hidden] > MOST_WEIGHT).any():
        raise DisclosureError(
            f"params/{plan.study}.yaml, measure {measure.id}{of}: so little beside a hidden period is "
            "rounded (noughts and means are not) that it could be worked out from the fitted line; use "
            "longer periods."
        )


def refuse_short(plan: Plan, measure: Measure, found: Fit, hidden: NDArray[np.bool_]) -> None:
    """Raises DisclosureError if a change's own terms, or a later change's transition, tell a hidden count.

    Such a period is part of the total effect, and that less all other periods' fitted values is the count.
    `hidden`: the periods that may not be shown, shape (n,).
    """
    from pipeline.its.interventions import in_transition

    later = in_transition(_placed(found)[1:], len(hidden))
    if ((later | _solved(found)) & hidden).any():
        raise _too_few(plan, measure)


def _weight_among_unknown(found: Fit, unknown: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far a fit tells each period's count to one who knows all but the unknown ones, shape (n,).

    It is the leverage among these: a fit tells X'y, of which what is known can be taken off. At one the count
    is told; at a half, it may be another by one where the others, rounded, differ by one in all (the root of
    their sum of squares). Nought for periods of a transition, whose own terms are not told.
    """
    from pipeline.its.interventions import in_transition

    matrix, weight = found.design.matrix, np.zeros(len(unknown))
    free = unknown & ~np.isnan(matrix).any(axis=1) & ~in_transition(_placed(found), len(unknown))
    rows = matrix[free]
    weight[free] = np.einsum("ij,ji->i", rows, np.linalg.pinv(rows))
    return weight


def _too_few(plan: Plan, measure: Measure) -> DisclosureError:
    return DisclosureError(
        f"params/{plan.study}.yaml, measure {measure.id}: a change has so few periods to itself that a "
        "hidden count in them could be worked out; wait for more periods, use longer ones, or leave it out."
    )


def _solved(found: Fit) -> NDArray[np.bool_]:
    """True for each period of a change that is in force in no more of them than it has terms, shape (n,).

    Its terms fit those periods exactly, or nearly so, and tell what was observed in them.
    """
    from pipeline.its.interventions import in_transition

    changes, solved = _placed(found), np.zeros(len(found.series), dtype=bool)
    free = found.series["observed"].notna().to_numpy() & ~np.isnan(found.design.matrix).any(axis=1)
    free &= ~in_transition(changes, len(free))
    while few := [each for each in changes if 0 < free[each.after : each.until].sum() <= each.points_needed]:
        # A period that one change fits leaves the others so many fewer.
        for change in few:
            solved[change.after : change.until] |= free[change.after : change.until]
        free &= ~solved
    return solved


def _placed(found: Fit) -> tuple[Placed, ...]:
    from pipeline.its.interventions import place

    return place(found.interventions, found.series["time"].to_numpy(dtype=int))


def _without(table: pd.DataFrame, rows: list[str]) -> pd.DataFrame:
    told = table.copy()
    told.loc[rows] = np.nan
    return told
