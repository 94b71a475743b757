"""Negative binomial regression by maximum likelihood, which says so where there is no maximum.

The variance is mean + mean²/theta. Where counts vary no more than Poisson's the likelihood rises for ever as
theta does; common programs then stop at some theta such as 10¹⁰ and report that they converged. Here the
sign of the score at theta = ∞ decides, and quasi-Poisson stands in, with a flag.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.counts import (
    CountEstimate,
    Working,
    count_estimate,
    log_exposure,
    poisson_fit,
    quasi_poisson,
)
from pipeline.its.inference import FloatArray
from pipeline.its.sample import Sample

_MOST_STEPS = 200
_SETTLED = 1e-12
_LARGEST_SCORE = 1e-8

NO_MAXIMUM = Flag(
    "no-overdispersion",
    "The counts vary no more than a Poisson model expects, so a negative binomial model has no best fit; "
    "quasi-Poisson was used.",
)


def negative_binomial(sample: Sample) -> CountEstimate:
    """Gives negative binomial regression (Lawless 1987), its errors at a known theta as in common programs.

    Falls back to quasi-Poisson, with a flag, where theta has no finite maximum. Raises `AnalysisError` where
    the score isn't zero at the end.
    """
    from scipy.optimize import brentq

    start = poisson_fit(sample)
    excess = float(np.sum((sample.y - start.mean) ** 2 - sample.y))
    if excess <= 0:
        return replace(quasi_poisson(sample), caveats=(NO_MAXIMUM,))
    coefficients = start.coefficients
    centre = -np.log(start.mean.mean())

    def slope(log_alpha: float) -> float:
        nonlocal coefficients
        coefficients = _coefficients(sample, log_alpha, coefficients)
        return _theta_score(sample.y, _means(sample, coefficients), np.exp(-log_alpha))

    # alpha·mean from 10⁻⁶ (indistinguishable from Poisson) to 10⁶; the score falls from positive to negative.
    low, high = centre - 14.0, centre + 14.0
    if slope(low) <= 0 or slope(high) >= 0:
        return replace(quasi_poisson(sample), caveats=(NO_MAXIMUM,))
    log_alpha = float(brentq(slope, low, high, xtol=1e-13, rtol=1e-14))
    theta = float(np.exp(-log_alpha))
    coefficients = _coefficients(sample, log_alpha, coefficients)
    mean = _means(sample, coefficients)
    fit = Working(coefficients, mean, mean + mean**2 / theta, mean)
    return replace(count_estimate(sample, fit, "negative-binomial", dispersed=False), theta=theta)


def _coefficients(sample: Sample, log_alpha: float, start: FloatArray) -> FloatArray:
    """The coefficients at a known theta, by Newton's method, each step halved until the likelihood climbs."""
    theta = float(np.exp(-log_alpha))
    basis, triangle = np.linalg.qr(sample.matrix)
    place, offset = triangle @ start, log_exposure(sample)
    height = _height(sample.y, basis @ place + offset, theta)
    score = np.full(basis.shape[1], np.inf)
    for _ in range(_MOST_STEPS):
        mean = np.exp(basis @ place + offset)
        score = basis.T @ ((sample.y - mean) / (1 + mean / theta))
        curvature = mean * (1 + sample.y / theta) / (1 + mean / theta) ** 2
        step = np.linalg.solve((basis * curvature[:, None]).T @ basis, score)
        for _ in range(60):
            trial = _height(sample.y, basis @ (place + step) + offset, theta)
            if trial >= height - 1e-12 * abs(height):
                break
            step = step / 2
        place, height = place + step, trial
        if np.abs(step).max() <= _SETTLED * max(1.0, np.abs(place).max()):
            break
    if not np.abs(score).max() <= _LARGEST_SCORE * np.linalg.norm(sample.y):
        raise AnalysisError("negative-binomial doesn't settle for this series; use quasi-poisson.")
    return np.asarray(np.linalg.solve(triangle, place), dtype=np.float64)


def _means(sample: Sample, coefficients: FloatArray) -> FloatArray:
    found: FloatArray = np.exp(sample.matrix @ coefficients + log_exposure(sample))
    return found


def _height(y: FloatArray, predictor: FloatArray, theta: float) -> float:
    """The log-likelihood at a known theta, less what does not depend on the coefficients."""
    return float(np.sum(y * predictor - (y + theta) * np.logaddexp(np.log(theta), predictor)))


def _theta_score(y: FloatArray, mean: FloatArray, theta: float) -> float:
    """The derivative of the log-likelihood in log(1/theta)."""
    from scipy.special import digamma

    parts = digamma(y + theta) - digamma(theta) - np.log1p(mean / theta) + (mean - y) / (theta + mean)
    return -theta * float(np.sum(parts))
