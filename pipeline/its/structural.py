"""A state-space counterfactual: the series before the change, carried forward, against what was observed.

A local level, with seasonality and covariates if they are asked for, is fitted to the points before the
change and forecast beyond it (Harvey & Durbin 1986; the design of Brodersen et al. 2015). The effect is what
was observed less the forecast, so no shape of the change is assumed. Variances of forecasts, and their
covariances, which an average or a total needs, come from the state space itself: nothing is simulated.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.forecast import effects_table
from pipeline.its.inference import FloatArray, t_contrasts
from pipeline.its.interventions import Intervention
from pipeline.its.observations import Observations, covariate_columns, observe

if TYPE_CHECKING:
    import pandas as pd

FEWEST_BEFORE = 12
"""With fewer points before the change, two variances can't be told apart."""

CYCLES_NEEDED = 2


@dataclass(frozen=True, eq=False)
class Structural:
    """What the forecast says.

    `effects`: index the positions from the start on, then "average" and "cumulative" over those with a
    value; columns as in a `Fit`'s effects, `fitted` being what was observed. `series`: index position;
    columns time, observed, expected (one-step forecasts before the start), expected_lower, expected_upper.
    `variances` are those of the level's steps and of the values about the level; `covariance`, shape (m, m),
    that of the forecasts of the m periods after, errors of the values included.
    """

    effects: pd.DataFrame
    series: pd.DataFrame
    variances: Mapping[str, float]
    covariance: FloatArray
    df: int
    flags: tuple[Flag, ...]
    start: int
    n_before: int
    n_after: int
    model: str = "structural"
    reason: str = (
        "The series before the change was carried on as a level that drifts, with its seasons where it has "
        "them; no shape of the change is assumed."
    )


def structural(
    y: ArrayLike,
    start: int,
    time: ArrayLike | None = None,
    covariates: pd.DataFrame | Mapping[str, ArrayLike] | None = None,
    seasonal: bool = False,
    period: int = 12,
) -> Structural:
    """Gives the effect of a change at `start` on `y`, shape (n,), NaN where a value is missing.

    `covariates` (or series of comparators, which the change must not have touched) are columns of n values.
    `seasonal` adds a fixed pattern over a cycle of `period`. Intervals are t's on the points before the
    change less the unknowns; the two variances are taken as known.
    Raises `AnalysisError` where the series is too short, or its times leave out more than they hold.
    """
    observed = observe(y, [Intervention(start, "level")], time)
    columns = covariate_columns(covariates, observed)
    _check(observed, seasonal, period)
    places = (observed.time - observed.time[0]).astype(np.intp)
    length = int(places[-1]) + 1
    values, exog = np.full(length, np.nan), np.zeros((length, len(columns)))
    values[places] = observed.values
    first = int(places[start])
    for index, column in enumerate(columns.values()):
        mean, spread = np.nanmean(column), np.nanstd(column)
        exog[places, index] = np.nan_to_num((column - mean) / (spread if spread > 0 else 1.0))
    centre, scale = float(np.nanmean(values[:first])), float(np.nanstd(values[:first]))
    past = np.where(np.arange(length) < first, (values - centre) / scale, np.nan)
    model = _model(past, exog, seasonal, period)
    parameters = _variances(past[:first], exog[:first], seasonal, period)
    filtered = model.filter(parameters)
    forecast, covariance = _forecast(filtered.filter_results, first)
    unknown = 1 + len(columns) + (period - 1) * seasonal + 2
    df = observed.n_before - unknown
    if df < 2:
        raise AnalysisError("too few points lie before the change for these terms; leave some out.")
    expected = np.full(length, np.nan)
    expected[:first] = np.asarray(filtered.fittedvalues)[:first] * scale + centre
    expected[: unknown - 2] = np.nan  # the first forecasts rest on nothing yet
    expected[first:] = forecast * scale + centre
    return Structural(
        effects=_effects(
            values[first:], expected[first:], covariance * scale**2, df, places[start:] - first, start
        ),
        series=_series(observed, values, expected, covariance * scale**2, df, places, first),
        variances={"irregular": parameters[0] * scale**2, "level": parameters[1] * scale**2},
        covariance=covariance * scale**2,
        df=df,
        flags=_doubts(parameters),
        start=start,
        n_before=observed.n_before,
        n_after=observed.n_after,
    )


def _check(observed: Observations, seasonal: bool, period: int) -> None:
    if observed.n_before < FEWEST_BEFORE:
        raise AnalysisError(
            f"structural needs at least {FEWEST_BEFORE} points before the change, and there are "
            f"{observed.n_before}; use averaged-ar1."
        )
    span = int(observed.time[observed.start] - observed.time[0])
    if seasonal and (period < 2 or span < CYCLES_NEEDED * period):
        raise AnalysisError("a seasonal pattern needs two whole cycles before the change; leave it out.")
    if observed.time[-1] - observed.time[0] + 1 > 2 * len(observed.time):
        raise AnalysisError("structural needs values in most periods; averaged-ar1 does not.")


def _model(y: FloatArray, exog: FloatArray, seasonal: bool, period: int) -> Any:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    return UnobservedComponents(
        y,
        level="local level",
        seasonal=period if seasonal else None,
        stochastic_seasonal=False,
        exog=exog if exog.shape[1] else None,
        mle_regression=False,
        use_exact_diffuse=True,
    )


def _variances(y: FloatArray, exog: FloatArray, seasonal: bool, period: int) -> FloatArray:
    """The two variances of greatest likelihood before the change, the best of three searches."""
    model = _model(y, exog, seasonal, period)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for share in (0.01, 0.1, 0.5):
            start = np.array([0.5 * (1 - share), 0.5 * share])
            fit = model.fit(
                start, method="lbfgs", maxiter=500, pgtol=1e-8, factr=10.0, disp=0, cov_type="none"
            )
            found.append((float(fit.llf), np.asarray(fit.params, dtype=np.float64)))
    return max(found, key=lambda one: one[0])[1]


def _forecast(filtered: Any, first: int) -> tuple[FloatArray, FloatArray]:
    """Forecasts from row `first` on, and their joint covariance with the values' own errors."""
    design, transition = np.asarray(filtered.design), np.asarray(filtered.transition)[:, :, 0]
    states = np.asarray(filtered.predicted_state)
    spread = np.asarray(filtered.predicted_state_cov)
    noise = float(np.asarray(filtered.obs_cov)[0, 0, 0])
    rows = range(first, states.shape[1] - 1)
    weights = [design[0, :, row if design.shape[2] > 1 else 0] for row in rows]
    forecast = np.array([weight @ states[:, row] for weight, row in zip(weights, rows, strict=True)])
    m = len(weights)
    covariance = np.empty((m, m))
    for i, row in enumerate(rows):
        carried = spread[:, :, row] @ weights[i]
        for j in range(i, m):
            covariance[i, j] = covariance[j, i] = weights[j] @ carried
            carried = transition @ carried
    return forecast, covariance + noise * np.eye(m)


def _effects(
    values: FloatArray,
    expected: FloatArray,
    covariance: FloatArray,
    df: int,
    rows: np.ndarray[tuple[int], np.dtype[np.intp]],
    start: int,
) -> pd.DataFrame:
    known = ~np.isnan(values)
    weights = np.vstack([np.eye(len(values))[rows], known / known.sum(), known.astype(float)])
    effect = np.nan_to_num(values - expected)
    variance = np.sum((weights @ covariance) * weights, axis=1)
    found = t_contrasts(weights @ effect, variance, np.full(len(weights), float(df)))
    happened = weights @ np.nan_to_num(values)
    limits = (found.estimate, found.lower, found.upper)
    return effects_table(weights @ expected, happened, limits, known[rows], start)


def _series(
    observed: Observations,
    values: FloatArray,
    expected: FloatArray,
    covariance: FloatArray,
    df: int,
    places: np.ndarray[tuple[int], np.dtype[np.intp]],
    first: int,
) -> pd.DataFrame:
    import pandas as pd

    m = len(covariance)
    band = t_contrasts(expected[first:], np.diag(covariance), np.full(m, float(df)))
    lower, upper = np.full(len(values), np.nan), np.full(len(values), np.nan)
    lower[first:], upper[first:] = band.lower, band.upper
    columns = {
        "time": observed.time,
        "observed": observed.values,
        "expected": expected[places],
        "expected_lower": lower[places],
        "expected_upper": upper[places],
    }
    return pd.DataFrame(columns, index=pd.Index(np.arange(len(places)), name="position"))


def _doubts(parameters: FloatArray) -> tuple[Flag, ...]:
    if parameters[1] > 1e-4 * parameters.sum():
        return ()
    return (
        Flag(
            "level-fixed",
            "Before the change the level hardly moves in this model, so the forecast is a constant and its "
            "band doesn't widen; a level that drifts later would be taken for an effect.",
        ),
    )
