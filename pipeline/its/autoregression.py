"""First-order autoregressive errors on a calendar with gaps: neighbours correlate as rho^gap."""

from __future__ import annotations

import numpy as np

from pipeline.its.inference import NORMAL_QUANTILE, FloatArray


def quasi_difference(values: FloatArray, gaps: FloatArray, rho: float) -> FloatArray:
    """Gives `values`, shape (n,) or (n, k), freed of AR(1) correlation, keeping the first row.

    `gaps`, shape (n−1,), are the distances in time between rows. Row t becomes v_t − rho^gap·v_(t−1),
    scaled so that every row has the variance of one step's innovation; with no gaps this is Prais and
    Winsten's (1954) transformation.
    """
    carried = np.power(rho, gaps)
    scale = np.sqrt((1 - rho**2) / (1 - carried**2))
    if values.ndim == 2:
        carried, scale = carried[:, None], scale[:, None]
    first = np.sqrt(1 - rho**2) * values[:1]
    return np.concatenate([first, (values[1:] - carried * values[:-1]) * scale])


def correlation_interval(correlation: float, std_error: float) -> tuple[float, float]:
    """Gives a 95% interval from a standard error on Fisher's z scale (the inverse hyperbolic tangent)."""
    z = np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))
    margin = NORMAL_QUANTILE * std_error
    return float(np.tanh(z - margin)), float(np.tanh(z + margin))
