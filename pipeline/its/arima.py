"""Regression with ARIMA errors, by maximum likelihood, on the likelihood's top and not merely near it.

statsmodels' SARIMAX, left to itself on raw data, can stop well short of the maximum and report that it
converged. So the regression is taken out by least squares first, what is left is scaled, the regressors are
made orthonormal, the search begins from several places, and two of them must end at the same likelihood.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.inference import FloatArray, LinearEstimate
from pipeline.its.sample import Sample

Order = tuple[int, int, int]
SeasonalOrder = tuple[int, int, int, int]

SAME_HEIGHT = 0.1
"""Log-likelihoods closer than this tell no two models apart, and are taken for the same maximum."""

MOST_LAGS = 2
CYCLES_NEEDED = 3
"""Cycles before the change from which a seasonal term of the errors can be told."""

ANCHORED = Flag(
    "differenced-errors",
    "The errors are differenced, so the level of what was to be expected is anchored in the series itself; "
    "its band carries the uncertainty of the other terms only.",
)


@dataclass(frozen=True, eq=False)
class ArimaEstimate(LinearEstimate):
    """Coefficients of the regression; `order` and `seasonal_order` are the errors', `arma` their parameters
    with standard errors by name, `log_likelihood` that of the (differenced) series in its own units."""

    order: Order = (0, 0, 0)
    seasonal_order: SeasonalOrder = (0, 0, 0, 0)
    arma: tuple[tuple[str, float, float], ...] = ()
    variance: float = float("nan")
    log_likelihood: float = float("nan")


def arima(sample: Sample) -> ArimaEstimate:
    """Gives the estimate with the orders asked for, or those of least AICc before the change.

    Intervals are t's; each parameter of the errors takes a degree of freedom. Missing periods are allowed.
    A term that differencing removes (the intercept) has the value that centres the residuals, and no
    uncertainty. Raises `AnalysisError` for orders that can't be used, and where the searches disagree.
    """
    order, seasonal = (
        chosen_orders(sample)
        if sample.order is None and sample.seasonal_order is None
        else _checked(sample.order or (0, 0, 0), sample.seasonal_order or (0, 0, 0, 0))
    )
    rows = (sample.time - sample.time[0]).astype(np.intp)
    n = int(rows[-1]) + 1
    if n > 2 * len(rows):
        raise AnalysisError("arima needs values in most periods; use averaged-ar1, which allows for gaps.")
    kept = _surviving(sample.matrix, rows, order, seasonal)
    free = len(rows) - order[1] - seasonal[1] * seasonal[3]
    df = free - int(kept.sum()) - order[0] - order[2] - seasonal[0] - seasonal[2]
    if df < 1:
        raise AnalysisError("the series is too short for these ARIMA orders; ask for fewer terms.")
    regressors = sample.matrix[:, kept]
    basis, triangle = np.linalg.qr(regressors)
    projected = basis.T @ sample.y
    residuals = sample.y - basis @ projected
    scale = float(np.sqrt(residuals @ residuals / len(rows)))
    y, exog = np.full(n, np.nan), np.zeros((n, int(kept.sum())))
    y[rows], exog[rows] = residuals / scale, basis * np.sqrt(len(rows))
    found = _maximum(y, exog, order, seasonal)
    k = exog.shape[1]
    back = np.linalg.inv(triangle) * scale * np.sqrt(len(rows))
    parameters, covariance = np.asarray(found.params), np.asarray(found.cov_params())
    coefficients, whole = np.zeros(len(kept)), np.zeros((len(kept), len(kept)))
    coefficients[kept] = np.linalg.solve(triangle, projected) + back @ parameters[:k]
    whole[np.ix_(kept, kept)] = back @ covariance[:k, :k] @ back.T
    if not kept[0]:
        coefficients[0] = float(np.mean(sample.y - sample.matrix @ coefficients))
    variance = float(found.scale) * scale**2
    names = [str(name) for name in found.model.param_names[k:]]
    errors = np.sqrt(np.maximum(np.diag(covariance)[k:], 0.0))
    return ArimaEstimate(
        coefficients=coefficients,
        covariance=whole,
        df=float(df),
        sigma=float(np.sqrt(variance)),
        innovations=_innovations(found, n, scale)[rows],
        caveats=() if kept.all() else (ANCHORED,),
        order=order,
        seasonal_order=seasonal,
        arma=tuple(zip(names, parameters[k:].tolist(), errors.tolist(), strict=True)),
        variance=variance,
        log_likelihood=float(found.llf) - free * float(np.log(scale)),
    )


def chosen_orders(sample: Sample) -> tuple[Order, SeasonalOrder]:
    """Gives the orders of least AICc for the least-squares residuals before the change.

    Up to two autoregressive and two moving-average terms, three in all, and one seasonal term where three
    cycles were seen and the model has no seasonal columns of its own. No differencing: the regression has
    the trend. An AR(1) where values are missing, or too few.
    """
    from statsmodels.tsa.arima.estimators.innovations import innovations_mle

    before = np.ones(len(sample.y), dtype=np.bool_) if sample.before is None else sample.before
    y, matrix = sample.y[before], sample.matrix[before]
    basis = np.linalg.svd(matrix, full_matrices=False)[0][:, : np.linalg.matrix_rank(matrix)]
    residuals = y - basis @ (basis.T @ y)
    n, k = len(y), basis.shape[1]
    if n - k < 12 or (np.diff(sample.time[before]) != 1).any():
        return (1, 0, 0), (0, 0, 0, 0)
    residuals = residuals / np.sqrt(residuals @ residuals / n)
    seasonals: list[SeasonalOrder] = [(0, 0, 0, 0)]
    if sample.period > 1 and n >= CYCLES_NEEDED * sample.period:
        seasonals += [(1, 0, 0, sample.period), (0, 0, 1, sample.period)]
    best = (np.inf, (1, 0, 0), seasonals[0])
    for p in range(MOST_LAGS + 1):
        for q in range(MOST_LAGS + 1 - (p == MOST_LAGS)):
            for seasonal in seasonals:
                count = p + q + seasonal[0] + seasonal[2] + k + 1
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        found = innovations_mle(
                            residuals, order=(p, 0, q), seasonal_order=seasonal, demean=False
                        )[1].minimize_results
                    except (ValueError, np.linalg.LinAlgError):
                        continue
                height = -float(found.fun) * (n if abs(found.fun) < 100 else 1)
                if n - count - 1 < 1:
                    continue
                score = -2 * height + 2 * count * n / (n - count - 1)
                best = min(best, (score, (p, 0, q), seasonal))
    return best[1], best[2]


def _maximum(y: FloatArray, exog: FloatArray, order: Order, seasonal: SeasonalOrder) -> Any:
    """The fit of greatest likelihood, which two searches from different places must have reached."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SARIMAX(
            y,
            exog=exog if exog.shape[1] else None,
            order=order,
            seasonal_order=seasonal,
            concentrate_scale=True,
            simple_differencing=not np.isnan(y).any(),
        )
        k, arma = exog.shape[1], model.k_params - exog.shape[1]
        own = np.asarray(model.start_params, dtype=np.float64)
        starts = [own, np.zeros(model.k_params), np.concatenate([np.zeros(k), np.full(arma, 0.3)])]
        found = [one for one in (_searched(model, start) for start in starts) if one is not None]
        if found:
            top = max(found, key=lambda one: float(one.llf))
            again = _searched(model, np.asarray(top.params) * 0.97)
            found += [again] if again is not None else []
    heights = sorted((float(one.llf) for one in found), reverse=True)
    if len(heights) < 2 or not heights[0] - heights[1] <= SAME_HEIGHT:
        raise AnalysisError(
            f"arima{order}{seasonal if any(seasonal) else ''} has no maximum that two searches agree on "
            f"(log-likelihoods {', '.join(f'{height:.2f}' for height in heights) or 'none'}); ask for other "
            "orders, or use averaged-ar2."
        )
    return max(found, key=lambda one: float(one.llf))


def _searched(model: Any, start: FloatArray) -> Any:
    try:
        found = model.fit(
            start, method="lbfgs", maxiter=500, pgtol=1e-7, factr=10.0, disp=0, cov_type="approx"
        )
    except (ValueError, np.linalg.LinAlgError):
        return None
    return found if np.isfinite(found.llf) else None


def _surviving(
    matrix: FloatArray, rows: np.ndarray[tuple[int], np.dtype[np.intp]], order: Order, seasonal: SeasonalOrder
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which columns are still independent once differenced as the errors are."""
    whole = np.zeros((int(rows[-1]) + 1, matrix.shape[1]))
    for column in range(matrix.shape[1]):
        whole[:, column] = np.interp(np.arange(len(whole)), rows, matrix[:, column])
    for _ in range(order[1]):
        whole = np.diff(whole, axis=0)
    for _ in range(seasonal[1]):
        whole = whole[seasonal[3] :] - whole[: -seasonal[3]]
    length = np.linalg.norm(whole, axis=0)
    floor = 1e-9 * np.linalg.norm(matrix, axis=0)
    own = np.abs(np.diag(np.linalg.qr(whole / np.where(length > floor, length, 1.0), mode="r")))
    return np.asarray((length > floor) & (own > 1e-9))


def _innovations(found: Any, n: int, scale: float) -> FloatArray:
    """Forecast errors of the calendar's n periods, noughts where differencing leaves none."""
    standard = np.asarray(found.filter_results.standardized_forecasts_error)[0]
    burn = int(found.model.loglikelihood_burn)
    innovations = np.zeros(n)
    innovations[n - len(standard) :] = np.nan_to_num(standard)
    innovations[: n - len(standard) + burn] = 0.0
    return np.asarray(innovations * scale * np.sqrt(float(found.scale)), dtype=np.float64)


def _checked(order: Order, seasonal: SeasonalOrder) -> tuple[Order, SeasonalOrder]:
    def counts(given: tuple[int, ...], length: int) -> bool:
        return len(given) == length and all(
            isinstance(one, int | np.integer) and not isinstance(one, bool) and one >= 0 for one in given
        )

    if not counts(tuple(order), 3):
        raise AnalysisError(f"order is {order!r}; it must be three whole numbers: (p, d, q).")
    if not counts(tuple(seasonal), 4) or (any(seasonal[:3]) and seasonal[3] < 2):
        raise AnalysisError(
            f"seasonal_order is {seasonal!r}; it must be four whole numbers: (P, D, Q, length of the cycle)."
        )
    if max(order[0], order[2]) > 5 or max(seasonal[0], seasonal[2]) > 2 or max(order[1], seasonal[1]) > 2:
        raise AnalysisError(
            f"order {order} and seasonal_order {seasonal} go beyond 5 lags, 2 seasonal ones, or 2 "
            "differences; such a model can't be told from a series of this kind."
        )
    return order, seasonal
