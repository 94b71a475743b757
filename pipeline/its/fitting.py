"""The fit of one interrupted time series: from a series and a start to tables, doubts and charts' data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.its.design import Design, Impact, build, points_needed_after
from pipeline.its.diagnostics import Diagnostics, diagnose
from pipeline.its.effects import effects_from
from pipeline.its.estimators import choose, refuse_unused
from pipeline.its.flags import Facts, Flag, absent_periods, doubts
from pipeline.its.inference import Contrast, Estimate, FloatArray
from pipeline.its.observations import Observations, covariate_columns, observe
from pipeline.its.sample import Sample, check_not_exact

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Fit:
    """What a fit found.

    `terms`: index intercept, time, level_change, slope_change, then transition, seasonal and covariate
    terms; columns estimate, std_error, df, lower, upper, p_value. `level_change` is the change at the first
    point after the change (and its transition); `intercept` is the value at time 0. `effects`: index the
    position of each period after, then "average" and "cumulative"; columns expected, fitted, absolute,
    absolute_lower, absolute_upper, relative, relative_lower, relative_upper. A relative effect of −0.2 is a
    fifth less. `series`: index position; columns time, observed, fitted, expected with _lower and _upper
    (from the start on); fitted_trend and expected_trend with _lower and _upper, the same with seasonality
    and covariates at their averages; adjusted, the observed freed of them alike; residual; innovation.
    `rho` is the autocorrelation of successive errors, or None where the model has none; `sigma` the errors'
    standard deviation; `df` the points left over, n − k. `start` is the position of the first point after
    the change, and `after` that of the first past its transition. `adjusted_for` names the seasonality and
    covariates that `adjusted` is free of.
    """

    terms: pd.DataFrame
    effects: pd.DataFrame
    series: pd.DataFrame
    rho: float | None
    flags: tuple[Flag, ...]
    model: str
    reason: str
    diagnostics: Diagnostics
    start: int
    after: int
    n_before: int
    n_after: int
    n_missing: int
    sigma: float
    df: int
    period: int
    adjusted_for: tuple[str, ...]
    estimate: Estimate

    def contrast(self, weights: Mapping[str, float]) -> Contrast:
        """Gives the linear combination of terms with these weights by name; terms not named weigh nothing.

        `fit.contrast({"time": 1, "slope_change": 1})` is the slope after the change.
        Raises `AnalysisError` for a term that the model does not have.
        """
        columns = [str(name) for name in self.terms.index]
        for name in weights:
            if name not in columns:
                raise AnalysisError(f"the model has no term '{name}'; its terms are {', '.join(columns)}.")
        row = np.array([[float(weights.get(name, 0.0)) for name in columns]])
        return self.estimate.contrasts(row).one(0)


def fit(
    y: ArrayLike,
    start: int,
    model: str = "auto",
    time: ArrayLike | None = None,
    denominator: ArrayLike | None = None,
    covariates: pd.DataFrame | Mapping[str, ArrayLike] | None = None,
    harmonics: int = 0,
    period: int = 12,
    impact: Impact = "level-and-slope",
    phase_in: int = 0,
    lag: int | None = None,
    order: tuple[int, int, int] | None = None,
    seasonal_order: tuple[int, int, int, int] | None = None,
    *,
    dummies: bool = False,
) -> Fit:
    """Gives the interrupted time series fit of `y`, shape (n,), NaN where a value is missing.

    `start` is the 0-based position in y of the first point after the change; `time`, shape (n,), each
    period's whole place in the calendar, 0 to n−1 by default, gaps allowed. `model` is reml-ar1 (which auto
    takes), ols, newey-west (with `lag`) or prais-winsten. `covariates` are columns of n values by name.
    Seasonality is `harmonics` pairs of sines and cosines, or `dummies`, on a cycle of `period`. `impact` is
    level, slope, or level-and-slope; each of the `phase_in` periods from `start` gets an indicator of its
    own, and level and slope begin after them.

    Raises `AnalysisError`, one sentence on what, where and what to do, where the series can't be analysed
    as asked. Sources: Wagner et al. 2002 and Lopez Bernal et al. 2017 for segmented regression; each
    estimator names its own.
    """
    choice = choose(model)
    refuse_unused(
        choice.model,
        {"denominator": denominator, "order": order, "seasonal_order": seasonal_order, "lag": lag},
    )
    observed = observe(y, start, time, phase_in, points_needed_after(impact))
    design = build(observed, impact, covariate_columns(covariates, observed), harmonics, dummies, period)
    usable = observed.usable
    times = observed.time.astype(np.float64)
    sample = Sample(observed.values[usable], design.matrix[usable], times[usable], lag)
    check_not_exact(sample)
    estimate = choice.estimator(sample)
    effects = effects_from(design, estimate, observed.after)
    residuals = sample.y - sample.matrix @ estimate.coefficients
    diagnostics = diagnose(estimate, residuals, sample.time, period)
    absent = absent_periods(observed.time, len(sample.y))
    facts = Facts(
        model=choice.model,
        n=len(sample.y),
        n_before=observed.n_before,
        n_after=observed.n_after,
        absent=absent,
        period=period,
        has_season=bool(design.names("season")),
        rho=estimate.rho,
        diagnostics=diagnostics,
        effects=effects,
    )
    return Fit(
        terms=_terms(design, estimate),
        effects=effects.table,
        series=_series(observed, design, estimate, residuals),
        rho=estimate.rho,
        flags=doubts(facts),
        model=choice.model,
        reason=choice.reason,
        diagnostics=diagnostics,
        start=observed.start,
        after=observed.after,
        n_before=observed.n_before,
        n_after=observed.n_after,
        n_missing=absent,
        sigma=estimate.sigma,
        df=sample.spare,
        period=int(period),
        adjusted_for=(("season",) if design.names("season") else ()) + design.names("covariate"),
        estimate=estimate,
    )


def _terms(design: Design, estimate: Estimate) -> pd.DataFrame:
    import pandas as pd

    found = estimate.contrasts(np.eye(len(design.columns)))
    columns = {field.name: getattr(found, field.name) for field in fields(found)}
    return pd.DataFrame(columns, index=pd.Index(design.columns, name="term"))


def _series(
    observed: Observations, design: Design, estimate: Estimate, residuals: FloatArray
) -> pd.DataFrame:
    import pandas as pd

    rows = np.arange(len(observed.values))
    since = rows >= observed.start
    # A transition period without a value has no indicator, so nothing is known of what happened in it.
    unfitted = since & (rows < observed.after) & ~observed.usable
    columns: dict[str, FloatArray] = {"time": observed.time.astype(np.float64), "observed": observed.values}
    for suffix, actual, without in (
        ("", design.matrix, design.without_change()),
        ("_trend", design.at_average(design.matrix), design.at_average(design.without_change())),
    ):
        band = estimate.contrasts(without)
        columns["fitted" + suffix] = np.where(unfitted, np.nan, actual @ estimate.coefficients)
        columns["expected" + suffix] = np.where(since, band.estimate, np.nan)
        columns["expected" + suffix + "_lower"] = np.where(since, band.lower, np.nan)
        columns["expected" + suffix + "_upper"] = np.where(since, band.upper, np.nan)
    columns["adjusted"] = observed.values - columns["fitted"] + columns["fitted_trend"]
    for name, values in (("residual", residuals), ("innovation", estimate.innovations)):
        columns[name] = np.full(len(rows), np.nan)
        columns[name][observed.usable] = values
    table = pd.DataFrame(columns, index=pd.Index(rows, name="position"))
    table["time"] = observed.time
    return table
