"""How many harmonics a series wants, judged from the points before the change only.

The points after can't choose: a change that falls in one season would choose the season that hides it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.its.ar1_likelihood import moments_of
from pipeline.its.inference import FloatArray

MOST_HARMONICS = 2
CYCLES_NEEDED = 2
"""With less than two whole cycles before the change, a season can't be told from a trend."""

_RHO = np.tanh(np.linspace(-3, 3, 121))


def choose_harmonics(y: FloatArray, time: NDArray[np.int64], period: int) -> int:
    """Gives 0, 1 or 2: the pairs of sines and cosines with the lowest AICc (Hurvich & Tsai 1989).

    `y` and `time`, shape (n,), are those before the change, NaN where a value is missing. Each candidate is a
    linear trend with harmonics on a cycle of `period` and AR(1) errors, by maximum likelihood, so that
    errors which are alike from one period to the next are not taken for a season. Nought where less than
    two cycles were seen.
    """
    usable = ~np.isnan(y)
    values, places = y[usable], time[usable].astype(np.float64)
    if period < 2 or len(values) < 2 or places[-1] - places[0] + 1 < CYCLES_NEEDED * period:
        return 0
    found = [_aicc(values, places, period, k) for k in range(min(MOST_HARMONICS, period // 2) + 1)]
    return int(np.argmin(found))


def _aicc(y: FloatArray, time: FloatArray, period: int, harmonics: int) -> float:
    columns = [np.ones(len(y)), time - time.mean()]
    for k in range(1, harmonics + 1):
        angle = 2 * np.pi * k * np.mod(time, period) / period
        columns += [np.cos(angle)] if 2 * k >= period else [np.sin(angle), np.cos(angle)]
    basis = np.linalg.qr(np.column_stack(columns))[0]
    n, k = basis.shape
    parameters = k + 2  # and the variance and the autocorrelation
    if n - parameters - 1 < 1:
        return np.inf
    residuals = y - basis @ (basis.T @ y)
    moments = moments_of(np.column_stack([basis, residuals]), np.diff(time), n - k)
    last = np.linalg.cholesky(moments.matrices(_RHO))[:, -1, -1]
    height = -(n * 2 * np.log(last) + moments.log_correlation(_RHO)) / 2
    return float(-2 * height.max() + 2 * parameters * n / (n - parameters - 1))
