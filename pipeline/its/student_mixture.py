"""Mixtures of t distributions on the same degrees of freedom: probabilities and quantiles, many at once.

The posterior of a linear combination of coefficients, averaged over an autocorrelation that isn't known, is
such a mixture: one t distribution a node, each with its weight, centre and scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.its.inference import FloatArray

_KNOTS = 4001
_SETTLED = 1e-10
"""Quantiles are sought to this share of the mixture's standard deviation."""
_MOST_STEPS = 80
_BLOCK = 400_000
"""Most numbers in one array of nodes: larger problems go in pieces, which stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class StudentTable:
    """The distribution function of t on `df` degrees of freedom, tabulated for speed.

    Cubic Hermite interpolation in atan(x/√df), where the function is smooth to both ends; the error is below
    1e-9 in probability. An exact evaluation takes fifty times as long, and intervals for thousands of
    series need tens of millions.
    """

    df: float
    step: float
    values: FloatArray
    slopes: FloatArray
    log_constant: float

    def probability(self, x: FloatArray) -> FloatArray:
        """P(T ≤ x), of the shape of `x`."""
        place = (np.arctan(x / np.sqrt(self.df)) + np.pi / 2) / self.step
        knot = np.clip(place.astype(np.intp), 0, _KNOTS - 2)
        t = place - knot
        low, rise = self.values[knot], self.values[knot + 1] - self.values[knot]
        first, last = self.slopes[knot], self.slopes[knot + 1]
        found: FloatArray = low + t * (
            first + t * (3 * rise - 2 * first - last + t * (first + last - 2 * rise))
        )
        return found

    def density(self, x: FloatArray) -> FloatArray:
        """The density at x, of the shape of `x`."""
        found: FloatArray = np.exp(self.log_constant - (self.df + 1) / 2 * np.log1p(x * x / self.df))
        return found


@lru_cache(maxsize=64)
def student_table(df: float) -> StudentTable:
    """Gives the table for `df` degrees of freedom; kept, as the same one is asked for again and again."""
    from scipy.special import gammaln, stdtr

    angles = np.linspace(-np.pi / 2, np.pi / 2, _KNOTS)
    step = float(angles[1] - angles[0])
    values = np.concatenate([[0.0], stdtr(df, np.sqrt(df) * np.tan(angles[1:-1])), [1.0]])
    log_constant = float(gammaln((df + 1) / 2) - gammaln(df / 2) - np.log(df * np.pi) / 2)
    # The density times the derivative of x in the angle, which leaves a power of the cosine.
    slopes = np.exp(log_constant) * np.sqrt(df) * np.maximum(np.cos(angles), 0.0) ** (df - 1) * step
    return StudentTable(df, step, values, slopes, log_constant)


def mixture_probability(
    x: FloatArray, weights: FloatArray, centres: FloatArray, scales: FloatArray, df: float
) -> FloatArray:
    """Gives P(θ ≤ x) for mixtures; `x` has shape (m,), the others (m, nodes)."""
    table = student_table(df)
    found = np.empty(len(x))
    for rows in _blocks(weights):
        inside = table.probability((x[rows, None] - centres[rows]) / scales[rows])
        found[rows] = np.sum(weights[rows] * inside, axis=1)
    return found


def mixture_quantiles(
    probability: float, weights: FloatArray, centres: FloatArray, scales: FloatArray, df: float
) -> FloatArray:
    """Gives the quantile of each mixture at one probability; arguments of shape (m, nodes), result (m,).

    Newton's method, held between the least and the greatest of the components' own quantiles.
    """
    found = np.empty(len(weights))
    for rows in _blocks(weights):
        found[rows] = _quantiles(probability, weights[rows], centres[rows], scales[rows], df)
    return found


def mixture_moments(
    weights: FloatArray, centres: FloatArray, scales: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Gives the mean of each mixture, and its spread in units of a t distribution's scale; shape (m,)."""
    mean = np.sum(weights * centres, axis=1)
    spread = np.sqrt(np.sum(weights * (scales**2 + (centres - mean[:, None]) ** 2), axis=1))
    return mean, spread


def _quantiles(
    probability: float, weights: FloatArray, centres: FloatArray, scales: FloatArray, df: float
) -> FloatArray:
    from scipy.special import stdtrit

    table = student_table(df)
    quantile = float(stdtrit(df, probability))
    own = centres + quantile * scales
    low, high = own.min(axis=1), own.max(axis=1)
    mean, spread = mixture_moments(weights, centres, scales)
    x = np.clip(mean + quantile * spread, low, high)
    active = np.arange(len(x))
    stride = high - low
    for _ in range(_MOST_STEPS):
        at, weight, scale = x[active], weights[active], scales[active]
        z = (at[:, None] - centres[active]) / scale
        excess = np.sum(weight * table.probability(z), axis=1) - probability
        slope = np.sum(weight * table.density(z) / scale, axis=1)
        low[active] = np.where(excess < 0, at, low[active])
        high[active] = np.where(excess > 0, at, high[active])
        step = at - excess / np.maximum(slope, 1e-300)
        # Halve the bracket where Newton leaves it, or its steps don't shrink (a narrow component does that).
        slow = ~((step >= low[active]) & (step <= high[active]) & (np.abs(step - at) <= stride[active] / 2))
        x[active] = np.where(slow, (low[active] + high[active]) / 2, step)
        stride[active] = np.abs(x[active] - at)
        active = active[np.abs(x[active] - at) > _SETTLED * spread[active]]
        if not len(active):
            break
    return x


def _blocks(weights: FloatArray) -> list[slice]:
    rows = max(1, _BLOCK // weights.shape[1])
    return [slice(first, first + rows) for first in range(0, len(weights), rows)]
