"""Ordinary least squares, with errors taken as independent or with Newey and West's correction."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.inference import FloatArray, LinearEstimate
from pipeline.its.sample import Sample


def ordinary(sample: Sample) -> LinearEstimate:
    """Gives the least-squares estimate for independent errors, with t intervals on n − k degrees."""
    fitted = _least_squares(sample)
    return _estimate(sample, fitted, np.asarray(fitted.cov_params(), dtype=np.float64))


def newey_west(sample: Sample) -> LinearEstimate:
    """Gives the least-squares estimate with heteroscedasticity- and autocorrelation-consistent errors.

    Bartlett weights up to `sample.lag` (by default `default_lag`), the n/(n−k) correction, t on n − k
    degrees of freedom (Newey & West 1987). Lags are distances in time: a missing period has a score of zero,
    so that points on either side of a gap are never taken for neighbours (Parzen's 1963 device).
    Raises `AnalysisError` if the lag is negative or reaches past the series.
    """
    fitted = _least_squares(sample)
    scores = sample.matrix * np.asarray(fitted.resid)[:, None]
    bread = np.asarray(fitted.normalized_cov_params, dtype=np.float64)
    lag = lag_of(sample)
    meat = summed_scores(scores, sample.gaps, lag)
    return _estimate(sample, fitted, bread @ meat @ bread * (len(sample.y) / sample.spare))


def lag_of(sample: Sample) -> int:
    """Gives the lag that was asked for, or the default. Raises `AnalysisError` if it can't be used."""
    n = len(sample.y)
    lag = default_lag(n) if sample.lag is None else sample.lag
    if isinstance(lag, bool) or not isinstance(lag, int | np.integer) or not 0 <= lag < n:
        raise AnalysisError(f"lag is {lag!r}; it must be a whole number from 0 to {n - 1}.")
    return int(lag)


def summed_scores(scores: FloatArray, gaps: FloatArray, lag: int) -> FloatArray:
    """Gives the (k, k) variance of the sum of `scores`, shape (n, k): Bartlett weights up to `lag`.

    `gaps`, shape (n−1,), are the distances in time between rows.
    """
    from statsmodels.stats.sandwich_covariance import S_hac_simple

    # A gap wider than the lag weighs nothing whatever its length, so it need not be filled all the way.
    places = np.concatenate([[0.0], np.cumsum(np.minimum(gaps, lag + 1))]).astype(np.intp)
    spaced = np.zeros((places[-1] + 1, scores.shape[1]))
    spaced[places] = scores
    return np.asarray(S_hac_simple(spaced, nlags=lag), dtype=np.float64)


def default_lag(n: int) -> int:
    """Gives floor(4·(n/100)^(2/9)), the lag that Newey and West (1994) suggest as a rule of thumb.

    >>> default_lag(48)
    3
    """
    return int(np.floor(4 * (n / 100) ** (2 / 9)))


def _least_squares(sample: Sample) -> Any:
    from statsmodels.regression.linear_model import OLS

    return OLS(sample.y, sample.matrix).fit(method="qr")


def _estimate(sample: Sample, fitted: Any, covariance: FloatArray) -> LinearEstimate:
    residuals = np.asarray(fitted.resid, dtype=np.float64)
    return LinearEstimate(
        coefficients=np.asarray(fitted.params, dtype=np.float64),
        covariance=covariance,
        df=float(sample.spare),
        sigma=float(np.sqrt(residuals @ residuals / sample.spare)),
        innovations=residuals,
    )
