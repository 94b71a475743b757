"""What of a fit or a chart may be shown: the one place where disclosure control meets what notebooks display.

Statistics are worked out from true values. From here on, to tables, charts, texts and results, go copies in
which small cells are missing, the others follow rounded counts, and what would tell a cell all the same
(a transition's own term, a fitted value that equals what was observed) is missing too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pipeline import disclosure
from pipeline.errors import DisclosureError
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from pipeline.its import Fit, Forecast
    from pipeline.spc import Chart

SATURATED = 1e-6
"""A fitted value this near to what was observed (relative to the series' size) is what was observed."""
FEWEST_IN_A_PHASE = 5
"""The fewest values of a phase whose lines may be shown if one is hidden: of fewer, it could be solved for."""
CHART_LINES = ("centre", "lower", "upper", "lower_2sigma", "upper_2sigma")

Fitted = TypeVar("Fitted", "Fit", "Forecast", "Fit | Forecast")


def series(plan: Plan, measure: Measure, data: pd.DataFrame) -> pd.DataFrame:
    """Gives a measure's series (of `series.read`) as it may be shown."""
    return data if plan.rule is None else disclosure.shown_series(data, measure, plan.rule)


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


def fit(plan: Plan, measure: Measure, data: pd.DataFrame, found: Fitted) -> Fitted:
    """Gives a fit as it may be shown; itself, where disclosure control is off.

    Raises DisclosureError if it has so many terms for its points that they could be solved for the counts.
    """
    from pipeline import its

    if plan.rule is None or not isinstance(found, its.Fit):
        return found
    _refuse_solvable(plan, measure, data, found)
    series_of = found.series.copy()
    true = series_of["observed"].to_numpy(dtype=float)
    observed = series(plan, measure, data)["value"].to_numpy(dtype=float)
    size = float(np.nanmax(np.abs(true)))
    saturated = np.abs(series_of["fitted"].to_numpy(dtype=float) - true) <= SATURATED * size
    series_of["observed"] = observed
    series_of.loc[saturated, [name for name in series_of if name.startswith("fitted")]] = np.nan
    fitted, trend = series_of["fitted"], series_of["fitted_trend"]
    is_additive = found.ratios is None
    series_of["adjusted"] = observed - fitted + trend if is_additive else observed / fitted * trend
    # What the model leaves of its neighbours' errors would tell of them: the plain residual stands for it.
    series_of["residual"] = series_of["innovation"] = observed - fitted
    effects = found.effects.copy()
    rows = [row for row in effects.index if isinstance(row, int | np.integer) and saturated[int(row)]]
    effects.loc[rows] = np.nan
    own = [name for name in found.terms.index if str(name).startswith("phase_in")]
    beside = found.alternative
    return replace(
        found,
        series=series_of,
        effects=effects,
        terms=_without(found.terms, own),
        ratios=None if found.ratios is None else _without(found.ratios, own),
        alternative=beside and replace(beside, terms=_without(beside.terms, own)),
    )


def chart(plan: Plan, measure: Measure, data: pd.DataFrame, made: Chart) -> Chart:
    """Gives a control chart as it may be shown; itself, where disclosure control is off.

    Its lines and signals are those of the true values.
    """
    if plan.rule is None:
        return made
    safe, points = series(plan, measure, data), made.points.copy()
    true = data["value"].to_numpy(dtype=float)
    # Seasonally adjusted values differ from the true ones by the season's figure.
    points["value"] = points["value"] + (safe["value"].to_numpy(dtype=float) - true)
    if "denominator" in data:
        _follow_sizes(points, data["denominator"].to_numpy(), safe["denominator"].to_numpy())
    hidden = safe["value"].isna() & data["value"].notna()
    phases = made.phases.copy()
    for number, rows in points.groupby("phase").groups.items():
        known = int(made.points.loc[rows, "value"].notna().sum())
        if known < FEWEST_IN_A_PHASE and hidden.to_numpy()[list(rows)].any():
            points.loc[rows, list(CHART_LINES)] = np.nan
            phases.loc[number, ["centre", "lower", "upper"]] = np.nan
    return replace(made, points=points, phases=phases)


def _follow_sizes(points: pd.DataFrame, true: NDArray[np.float64], safe: NDArray[np.float64]) -> None:
    """Moves limits, in place, to where they are for the denominators that are shown."""
    wider = np.sqrt(np.asarray(true, dtype=float) / np.where(safe > 0, safe, np.nan))
    centre = points["centre"].to_numpy(dtype=float)
    for name in CHART_LINES[1:]:
        line = points[name].to_numpy(dtype=float)
        points[name] = np.where(line == 0, 0.0, centre + (line - centre) * wider)


def _refuse_solvable(plan: Plan, measure: Measure, data: pd.DataFrame, found: Fit) -> None:
    least = disclosure.LEAST_DEGREES_OF_FREEDOM
    if found.df < least and count(plan, measure, data):
        raise DisclosureError(
            f"params/{plan.study}.yaml, measure {measure.id}: the model has {len(found.terms)} terms for "
            f"{found.df + len(found.terms)} points; with fewer than {least} to spare, hidden counts could "
            "be worked out from it; use longer periods, or a plainer model."
        )


def _without(table: pd.DataFrame, rows: list[object]) -> pd.DataFrame:
    told = table.copy()
    told.loc[rows] = np.nan
    return told
