"""How much sites truly differ: the between-site variance of a random-effects model.

Every estimate is solved to rounding. Common software stops at absolute tolerances that leave four digits,
and fewer where effects are small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from pipeline.its.inference import CONFIDENCE, FloatArray

Method = Literal["REML", "DL", "PM", "ML", "common"]

GRID = 400
"""Points at which the slope of a likelihood is looked at, evenly spaced in the logarithm."""

WIDEST = 1e3
"""No estimate can lie beyond this many times the squared range of effects plus the largest variance."""


def tau_squared(effects: FloatArray, variances: FloatArray, method: Method) -> float:
    """Gives the between-site variance of `effects`, shape (k,), known with these `variances`, shape (k,).

    REML is restricted maximum likelihood (Raudenbush 2009), ML maximum likelihood, PM Paule and Mandel's
    (1982) moments, DL DerSimonian and Laird's (1986), and common takes sites to be all alike. REML and ML
    are the highest of all local maxima. Zero where there is one site.
    """
    if method == "common" or len(effects) < 2:
        return 0.0
    scale = _scale(effects, variances)
    y, v = effects / np.sqrt(scale), variances / scale
    if method == "DL":
        return scale * _dersimonian_laird(y, v)
    if method == "PM":
        return scale * _falling_to(lambda t: generalised_q(y, v, t) - (len(y) - 1), y, v)
    restricted = method == "REML"
    peaks = [0.0, *_peaks(lambda t: _slope(y, v, t, restricted), y, v)]
    heights = [_likelihood(y, v, peak, restricted) for peak in peaks]
    return scale * peaks[int(np.argmax(heights))]


def tau_squared_interval(effects: FloatArray, variances: FloatArray) -> tuple[float, float]:
    """Gives the 95% interval of the between-site variance by the Q-profile (Viechtbauer 2007).

    (0, 0) where sites are more alike than chance would make them, so that the interval is empty.
    """
    from scipy.special import chdtri

    freedom = len(effects) - 1
    if freedom < 1:
        return float("nan"), float("nan")
    scale = _scale(effects, variances)
    y, v = effects / np.sqrt(scale), variances / scale
    tail = (1 - CONFIDENCE) / 2
    limits = []
    for probability in (tail, 1 - tail):
        target = float(chdtri(freedom, probability))
        limits.append(scale * _falling_to(lambda t, q=target: generalised_q(y, v, t) - q, y, v))  # type: ignore[misc]
    return limits[0], limits[1]


def generalised_q(effects: FloatArray, variances: FloatArray, tau2: float) -> float:
    """Gives the weighted sum of squares about the weighted mean, at this between-site variance."""
    weights = 1 / (variances + tau2)
    mean = weights @ effects / weights.sum()
    return float(weights @ (effects - mean) ** 2)


def _scale(effects: FloatArray, variances: FloatArray) -> float:
    """A variance of the effects' own size, so that tolerances mean the same at every scale."""
    return float(np.var(effects) + np.mean(variances))


def _dersimonian_laird(y: FloatArray, v: FloatArray) -> float:
    w = 1 / v
    excess = generalised_q(y, v, 0.0) - (len(y) - 1)
    return max(excess / float(w.sum() - (w**2).sum() / w.sum()), 0.0)


def _slope(y: FloatArray, v: FloatArray, tau2: float, restricted: bool) -> float:
    """Twice the slope of the (restricted) log-likelihood in the between-site variance."""
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    slope = w**2 @ (y - mean) ** 2 - w.sum()
    return float(slope + (w**2).sum() / w.sum()) if restricted else float(slope)


def _likelihood(y: FloatArray, v: FloatArray, tau2: float, restricted: bool) -> float:
    w = 1 / (v + tau2)
    height = np.log(w).sum() - generalised_q(y, v, tau2)
    return float(height - np.log(w.sum())) if restricted else float(height)


def _peaks(slope: Callable[[float], float], y: FloatArray, v: FloatArray) -> list[float]:
    """Every place where the slope turns from rising to falling."""
    grid = np.concatenate([[0.0], np.geomspace(1e-12, _widest(y, v), GRID)])
    rises = np.array([slope(float(t)) > 0 for t in grid])
    turns = np.flatnonzero(rises[:-1] & ~rises[1:])
    return [_bisected(slope, float(grid[turn]), float(grid[turn + 1])) for turn in turns]


def _falling_to(gap: Callable[[float], float], y: FloatArray, v: FloatArray) -> float:
    """Where a falling function of the variance reaches zero; 0 if it starts below."""
    return 0.0 if gap(0.0) <= 0 else _bisected(gap, 0.0, _widest(y, v))


def _bisected(function: Callable[[float], float], low: float, high: float) -> float:
    """The place where a function goes from above zero at `low` to below at `high`, to the last digit."""
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        low, high = (middle, high) if function(middle) > 0 else (low, middle)


def _widest(y: FloatArray, v: FloatArray) -> float:
    return WIDEST * float(np.ptp(y) ** 2 + v.max())
