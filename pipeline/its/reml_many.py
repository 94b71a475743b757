"""REML with AR(1) errors for many series on one design, all at once; equal to `reml_ar1` for each.

The likelihood is looked at on one grid of rho for every series, and every local maximum is refined by the
same bracketed Newton steps, in step with one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.its.ar1_likelihood import GRID
from pipeline.its.ar1_shared import Products, SharedDesign, at_nodes, products_of
from pipeline.its.inference import Contrasts, FloatArray, t_contrasts
from pipeline.its.reml_ar1 import FEWEST_DF

_MOST_STEPS = 100
_SETTLED = 1e-14


@dataclass(frozen=True, eq=False)
class Profiles:
    """The restricted likelihood of m series, each at its own rho; see `ar1_likelihood.Profile`.

    `inverse` and `inverse_slope` have shape (m, k, k), `correction` (m, k); `squares` and `determinants` hold
    arrays of shape (m,), and so has `log_determinant`.
    """

    inverse: FloatArray
    inverse_slope: FloatArray
    correction: FloatArray
    squares: tuple[FloatArray, FloatArray, FloatArray]
    determinants: tuple[FloatArray, FloatArray]
    log_determinant: FloatArray
    spare: int

    @property
    def height(self) -> FloatArray:
        """The profile log-likelihood, less a constant."""
        found: FloatArray = -(self.spare * np.log(self.squares[0]) + self.log_determinant) / 2
        return found

    @property
    def slope(self) -> FloatArray:
        """Of the profile log-likelihood in rho."""
        return -(self.spare * self.squares[1] / self.squares[0] + self.determinants[0]) / 2

    @property
    def curvature(self) -> FloatArray:
        """Of the profile log-likelihood in rho."""
        ratio = self.squares[1] / self.squares[0]
        return -(self.spare * (self.squares[2] / self.squares[0] - ratio**2) + self.determinants[1]) / 2


@dataclass(frozen=True, eq=False)
class ManyAr1:
    """REML fits of b series on one design; fields as `Ar1Estimate`'s, with b in front."""

    rho: FloatArray
    sigma: FloatArray
    coefficients: FloatArray
    inverse: FloatArray
    inverse_slope: FloatArray
    pull: FloatArray
    peak: FloatArray
    triangle: FloatArray
    spare: int

    def contrasts(self, rows: FloatArray) -> Contrasts:
        """Gives combinations of coefficients, shape (b, m), of weights `rows`, shape (m, k) or (b, m, k)."""
        rows = np.broadcast_to(rows, (len(self.rho), *rows.shape[-2:]))
        df = np.clip(self.satterthwaite(rows), FEWEST_DF, self.spare)
        return t_contrasts(np.einsum("bmk,bk->bm", rows, self.coefficients), self._variance(rows)[0], df)

    def satterthwaite(self, rows: FloatArray) -> FloatArray:
        """Gives the degrees of freedom as they come out, held within nothing; 0 without a peak."""
        variance, drift = self._variance(rows)
        peak = self.peak[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = variance**2 * 2 / self.spare + (drift + variance * self.pull[:, None]) ** 2 / peak
            df = np.where(spread > 0, 2 * variance**2 / spread, self.spare)
        return np.where(peak > 0, df, 0.0)

    def _variance(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The combinations' variances, and their derivatives in atanh rho at a fixed sigma²; (b, m)."""
        inner = np.broadcast_to(rows, (len(self.rho), *rows.shape[-2:])) @ np.linalg.inv(self.triangle)
        size = (self.sigma**2)[:, None]
        drift: FloatArray = size * np.sum((inner @ self.inverse_slope) * inner, axis=2)
        return size * np.sum((inner @ self.inverse) * inner, axis=2), drift


def reml_many(design: SharedDesign, series: FloatArray) -> ManyAr1:
    """Gives the REML fit of each of `series`, shape (b, n)."""
    found = products_of(design, series)
    rho = _highest(design, found)
    at = profiles(design, found, np.arange(len(series)), rho)
    turn = 1 - rho**2
    sigma2 = at.squares[0] / design.spare
    inside = found.projected + at.correction
    return ManyAr1(
        rho=rho,
        sigma=np.sqrt(sigma2),
        coefficients=np.asarray(np.linalg.solve(design.triangle, inside.T).T, dtype=np.float64),
        inverse=at.inverse,
        inverse_slope=at.inverse_slope * turn[:, None, None],
        pull=at.squares[1] / at.squares[0] * turn,
        peak=2 * rho * turn * at.slope - at.curvature * turn**2,
        triangle=design.triangle,
        spare=design.spare,
    )


def profiles(design: SharedDesign, found: Products, which: NDArray[np.intp], rho: FloatArray) -> Profiles:
    """Gives the likelihood of the series `which`, shape (m,), each at its own `rho`, shape (m,)."""
    moments = design.moments
    a0, a1, a2 = (moments.matrices(rho, order) for order in (0, 1, 2))
    u0, u1, u2 = (_vectors(design, found, which, rho, order) for order in (0, 1, 2))
    s0, s1, s2 = (_squares(design, found, which, rho, order) for order in (0, 1, 2))
    inverse = np.asarray(np.linalg.inv(a0), dtype=np.float64)
    correction = _times(inverse, u0)
    turned = inverse @ a1
    pull = u1 - _times(a1, correction)
    log_r1, log_r2 = moments.log_correlation_slopes(rho)
    squares = [
        np.sum(correction * (_times(a, correction) - 2 * u), axis=1) + s
        for a, u, s in ((a0, u0, s0), (a1, u1, s1), (a2, u2, s2))
    ]
    return Profiles(
        inverse=inverse,
        inverse_slope=-turned @ inverse,
        correction=correction,
        squares=(squares[0], squares[1], squares[2] - 2 * np.sum(pull * _times(inverse, pull), axis=1)),
        determinants=(
            np.trace(turned, axis1=1, axis2=2) + log_r1,
            np.trace(inverse @ a2 - turned @ turned, axis1=1, axis2=2) + log_r2,
        ),
        log_determinant=np.linalg.slogdet(a0)[1] + moments.log_correlation(rho),
        spare=design.spare,
    )


def _highest(design: SharedDesign, found: Products) -> FloatArray:
    """The rho of each series where its likelihood is highest: the best of its local maxima on a grid."""
    heights = at_nodes(design, found, np.tanh(GRID)).likelihood(design.spare)
    edge = np.full((len(heights), 1), -np.inf)
    padded = np.hstack([edge, heights, edge])
    which, peaks = np.nonzero((heights >= padded[:, :-2]) & (heights > padded[:, 2:]))
    last = len(GRID) - 1
    low, high = GRID[np.maximum(peaks - 1, 0)], GRID[np.minimum(peaks + 1, last)]
    rho = np.tanh(_refined(design, found, which, low, high))
    reached = profiles(design, found, which, rho).height
    # Sorted by series and then by height, the last of each series is its best.
    order = np.lexsort((reached, which))
    ends = np.append(np.flatnonzero(np.diff(which[order])), len(order) - 1)
    best: FloatArray = rho[order[ends]]
    return best


def _refined(
    design: SharedDesign, found: Products, which: NDArray[np.intp], low: FloatArray, high: FloatArray
) -> FloatArray:
    """Zeros of the slope in atanh rho between `low` and `high`, as `ar1_likelihood` finds each."""
    low, high = low.copy(), high.copy()
    z = (low + high) / 2
    rising = profiles(design, found, which, np.tanh(high)).slope >= 0
    falling = ~rising & (profiles(design, found, which, np.tanh(low)).slope <= 0)
    z[rising], z[falling] = high[rising], low[falling]
    active = np.flatnonzero(~rising & ~falling)
    for _ in range(_MOST_STEPS):
        if not len(active):
            break
        at, rho = z[active], np.tanh(z[active])
        profile, turn = profiles(design, found, which[active], rho), 1 - rho**2
        slope = profile.slope * turn
        bend = profile.curvature * turn**2 - slope * 2 * rho
        low[active] = np.where(slope > 0, at, low[active])
        high[active] = np.where(slope > 0, high[active], at)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(bend < 0, at - slope / bend, high[active])
        inside = (low[active] < step) & (step < high[active])
        z[active] = np.where(inside, step, (low[active] + high[active]) / 2)
        active = active[np.abs(z[active] - at) > _SETTLED * np.maximum(1.0, np.abs(z[active]))]
    return z


def _vectors(
    design: SharedDesign, found: Products, which: NDArray[np.intp], rho: FloatArray, order: int
) -> FloatArray:
    """u, or its derivative in rho, of each series at its own rho; shape (m, k)."""
    rise, shrink = design.moments.weights(rho, order)
    total: FloatArray = np.einsum("mg,gmk->mk", rise, found.steps_u[:, which])
    total -= np.einsum("mg,gmk->mk", shrink, found.ends_u[:, which])
    return total


def _squares(
    design: SharedDesign, found: Products, which: NDArray[np.intp], rho: FloatArray, order: int
) -> FloatArray:
    """r'R⁻¹r, or its derivative in rho, of each series at its own rho; shape (m,)."""
    rise, shrink = design.moments.weights(rho, order)
    total: FloatArray = np.sum(rise.T * found.steps_s[:, which] - shrink.T * found.ends_s[:, which], axis=0)
    return total + found.squares[which] if order == 0 else total


def _times(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    return np.asarray(np.matmul(matrices, vectors[:, :, None])[:, :, 0], dtype=np.float64)
