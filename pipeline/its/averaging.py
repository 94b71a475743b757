"""Generalised least squares averaged over an autocorrelation that isn't known.

For a given autocorrelation the posterior of the coefficients, under the usual vague prior, is exactly a
multivariate t (Zellner & Tiao 1964). Averaged over the autocorrelation, by its restricted likelihood times a
prior, any combination of coefficients has a mixture of t distributions. Nothing is maximised, so there is no
boundary to stop at and no second mode to miss. The highest tenth of the autocorrelation's posterior is left
out, as a nuisance parameter may be held to a one-sided confidence set (Berger & Boos 1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.its.inference import CONFIDENCE, Contrasts, FloatArray
from pipeline.its.student_mixture import mixture_moments, mixture_probability, mixture_quantiles

LEFT_OUT = 0.10
"""The share of the autocorrelation's posterior, from the top, that is left out."""

PRIOR_POINTS = 24.0
"""How slowly the prior turns, as the series grows, into the arcsine prior (1−rho²)^(−1/2)."""

NEAR_ONE = 0.9
"""Above this the errors are close to a random walk, where intervals for trends cover less than they claim."""


@dataclass(frozen=True, eq=False)
class Averaged:
    """The posterior of b series at r nodes of the autocorrelation.

    `weights`, shape (b, r), sum to one, with what is left out at zero; `whole` are those before the trim.
    `projected` (b, k) and `correction` (b, r, k) make the coordinates of the coefficients in an orthonormal
    basis of the design, whose triangular factor is `triangle`; `inverse` (r, k, k) their precision's inverse
    and `scale` (b, r) the errors' scale. `rho`, shape (r,), is the lag-one autocorrelation of each node.
    """

    rho: FloatArray
    whole: FloatArray
    weights: FloatArray
    projected: FloatArray
    correction: FloatArray
    inverse: FloatArray
    scale: FloatArray
    triangle: FloatArray
    spare: int

    @property
    def coefficients(self) -> FloatArray:
        """The posterior means, shape (b, k)."""
        in_basis = self.projected + np.einsum("br,brk->bk", self.weights, self.correction)
        return np.asarray(np.linalg.solve(self.triangle, in_basis.T).T, dtype=np.float64)

    @property
    def mean_rho(self) -> FloatArray:
        """The posterior mean of the autocorrelation, nothing left out; shape (b,)."""
        found: FloatArray = self.whole @ self.rho
        return found

    @property
    def near_random_walk(self) -> FloatArray:
        """The posterior probability that the autocorrelation is above 0.9, nothing left out; shape (b,)."""
        found: FloatArray = self.whole @ (self.rho > NEAR_ONE).astype(np.float64)
        return found

    @property
    def marginal_sigma(self) -> FloatArray:
        """The errors' standard deviation, the geometric mean over nodes; shape (b,).

        Near rho = 1 it grows without bound, and an arithmetic mean would show little else.
        """
        found: FloatArray = np.exp(np.sum(self.weights * np.log(self.scale), axis=1))
        return found

    def rho_interval(self, series: int) -> tuple[float, float]:
        """The 95% interval of the autocorrelation in one series, nothing left out."""
        order = np.argsort(self.rho, kind="stable")
        below = np.cumsum(self.whole[series][order])
        tail = (1 - CONFIDENCE) / 2
        # Half a node's weight lies on either side of it.
        reached = below - self.whole[series][order] / 2
        low, high = np.interp([tail, 1 - tail], reached, self.rho[order])
        return float(low), float(high)

    def contrasts(self, rows: FloatArray) -> Contrasts:
        """Gives combinations of coefficients with weights `rows`, shape (m, k), in every series: (m·b,).

        All series of the first combination come first. The standard error is the posterior's spread in
        units of t on n − k degrees; the limits are the posterior's own quantiles, and the p-value is twice
        its smaller tail beyond zero. The 95% limits are calibrated, and no others.
        """
        inner = np.linalg.solve(self.triangle.T, rows.T).T
        b, m = len(self.weights), len(rows)
        spread = np.sqrt(np.maximum(np.einsum("mk,rkl,ml->mr", inner, self.inverse, inner), 0.0))
        centres = (self.projected @ inner.T).T[:, :, None] + np.einsum("mk,brk->mbr", inner, self.correction)
        shape = (m * b, len(self.rho))
        scales = (spread[:, None, :] * self.scale).reshape(shape)
        return _summary(np.tile(self.weights, (m, 1)), centres.reshape(shape), scales, float(self.spare))


def _summary(weights: FloatArray, centres: FloatArray, scales: FloatArray, df: float) -> Contrasts:
    """The mixtures' means and limits; a combination that is fixed at zero is its own interval."""
    estimate, spread = mixture_moments(weights, centres, scales)
    lower, upper, p_value = estimate.copy(), estimate.copy(), np.full(len(estimate), np.nan)
    some = np.flatnonzero(scales.max(axis=1) > 0)
    parts = weights[some], centres[some], scales[some], df
    tail = (1 - CONFIDENCE) / 2
    lower[some] = mixture_quantiles(tail, *parts)
    upper[some] = mixture_quantiles(1 - tail, *parts)
    below = mixture_probability(np.zeros(len(some)), *parts)
    p_value[some] = 2 * np.minimum(below, 1 - below)
    return Contrasts(estimate, spread, np.full(len(estimate), df), lower, upper, p_value)


def without_highest(weights: FloatArray) -> FloatArray:
    """Gives weights, shape (b, r) in ascending order of rho, without the top tenth, and summing to one again.

    The node in which the tenth ends is split.
    """
    at_or_above = np.cumsum(weights[:, ::-1], axis=1)[:, ::-1]
    kept = np.clip(at_or_above - LEFT_OUT, 0.0, weights)
    found: FloatArray = kept / kept.sum(axis=1, keepdims=True)
    return found


def normalised(log_weights: FloatArray) -> FloatArray:
    """Gives weights that sum to one along the last axis, from their logarithms."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    found: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return found


def prior_exponent(spare: int) -> float:
    """Gives a in the prior (1−rho)^(a−1)·(1+rho)^(−1/2): near 1/2 in long series, more wary in short ones."""
    return spare / (2 * spare + PRIOR_POINTS)
