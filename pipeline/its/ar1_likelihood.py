"""The restricted likelihood of regression with AR(1) errors, and where it is highest.

The inverse correlation matrix R⁻¹ of AR(1) errors is tridiagonal, and depends on rho through each gap in
time only. With B the columns of an orthonormal basis of the design beside the least-squares residuals, all
that the likelihood needs is

    M(rho) = B'R⁻¹B = B'B + Σ_gap [ w(rho^gap)·J_gap − h(rho^gap)·D_gap ],   w(f) = f/(1−f²),  h(f) = f/(1+f),

where J_gap sums the squares of the differences between rows that are `gap` apart, and D_gap those of the
rows themselves. The series is passed over once; the likelihood and its exact derivatives are then small
matrices, and nothing cancels as rho nears 1, where J is what is left. The likelihood is Harville's (1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.its.inference import FloatArray

BOUNDARY = 7.25
"""|atanh rho| is not looked for beyond this: rho = ±0.999999. The likelihood may have no interior maximum."""

GRID = np.linspace(-BOUNDARY, BOUNDARY, 146)


@dataclass(frozen=True, eq=False)
class Moments:
    """Cross-products of p columns (the design's basis, then the residuals), apart for each of the g gaps.

    `gaps` and `counts` have shape (g,), `whole` (p, p), `steps` and `ends` (g, p, p); `spare` is n − k.
    """

    gaps: FloatArray
    counts: FloatArray
    whole: FloatArray
    steps: FloatArray
    ends: FloatArray
    spare: int

    def matrices(self, rho: FloatArray, order: int = 0) -> FloatArray:
        """M, or its first or second derivative in rho; shape (r, p, p) for `rho` of shape (r,)."""
        rise, shrink = self.weights(rho, order)
        total: FloatArray = np.tensordot(rise, self.steps, axes=1) - np.tensordot(shrink, self.ends, axes=1)
        return total + self.whole if order == 0 else total

    def weights(self, rho: FloatArray, order: int = 0) -> tuple[FloatArray, FloatArray]:
        """w and h for each gap, or their first or second derivatives in rho; each of shape (r, g)."""
        f, f1, f2 = _powers(rho[:, None], self.gaps)
        left, right = 1 - f**2, 1 + f
        if order == 0:
            return f / left, f / right
        if order == 1:
            return (1 + f**2) / left**2 * f1, f1 / right**2
        rise = 2 * f * (3 + f**2) / left**3 * f1**2 + (1 + f**2) / left**2 * f2
        return rise, -2 / right**3 * f1**2 + f2 / right**2

    def log_correlation(self, rho: FloatArray) -> FloatArray:
        """log|R|, shape (r,)."""
        f = _powers(rho[:, None], self.gaps)[0]
        found: FloatArray = np.log1p(-(f**2)) @ self.counts
        return found

    def log_correlation_slopes(self, rho: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The first two derivatives of log|R| in rho, shape (r,)."""
        f, f1, f2 = _powers(rho[:, None], self.gaps)
        decay1, decay2 = -2 * f / (1 - f**2), -2 * (1 + f**2) / (1 - f**2) ** 2
        return (decay1 * f1) @ self.counts, (decay2 * f1**2 + decay1 * f2) @ self.counts

    def likelihood(self, rho: FloatArray) -> FloatArray:
        """The restricted log-likelihood, less a constant, with sigma² at its best; shape (r,)."""
        pivots = np.log(np.diagonal(np.linalg.cholesky(self.matrices(rho)), axis1=1, axis2=2))
        log_r = self.log_correlation(rho)
        misfit: FloatArray = self.spare * pivots[:, -1]
        precision: FloatArray = pivots[:, :-1].sum(axis=1)
        return -misfit - precision - log_r / 2


@dataclass(frozen=True, eq=False)
class Profile:
    """The restricted likelihood at one rho.

    `inverse`, shape (k, k), is (Q'R⁻¹Q)⁻¹ for the design's basis Q, and `inverse_slope` its derivative in
    rho; `correction`, shape (k,), is how far generalised lies from ordinary least squares in that basis.
    `squares` are the weighted sum of squares at its least with two derivatives in rho, and `determinants`
    the derivatives of log|Q'R⁻¹Q| + log|R|.
    """

    inverse: FloatArray
    inverse_slope: FloatArray
    correction: FloatArray
    squares: tuple[float, float, float]
    determinants: tuple[float, float]
    spare: int

    @property
    def slope(self) -> float:
        """Of the profile log-likelihood in rho."""
        return -(self.spare * self.squares[1] / self.squares[0] + self.determinants[0]) / 2

    @property
    def curvature(self) -> float:
        """Of the profile log-likelihood in rho."""
        ratio = self.squares[1] / self.squares[0]
        return -(self.spare * (self.squares[2] / self.squares[0] - ratio**2) + self.determinants[1]) / 2


def moments_of(columns: FloatArray, gaps: FloatArray, spare: int) -> Moments:
    """Gives the moments of `columns`, shape (n, p), whose rows are `gaps`, shape (n−1,), apart."""
    distinct, which, counts = np.unique(gaps, return_inverse=True, return_counts=True)
    later, earlier = columns[1:], columns[:-1]
    steps = np.empty((len(distinct), columns.shape[1], columns.shape[1]))
    ends = np.empty_like(steps)
    for index in range(len(distinct)):
        rows = which == index
        change = later[rows] - earlier[rows]
        steps[index] = change.T @ change
        ends[index] = later[rows].T @ later[rows] + earlier[rows].T @ earlier[rows]
    return Moments(distinct, counts.astype(np.float64), columns.T @ columns, steps, ends, spare)


def profile_at(moments: Moments, rho: float) -> Profile:
    """Gives the restricted likelihood's parts and derivatives at `rho`."""
    at = np.array([rho])
    m0, m1, m2 = (moments.matrices(at, order)[0] for order in (0, 1, 2))
    inverse = np.linalg.inv(m0[:-1, :-1])
    correction = inverse @ m0[:-1, -1]
    v = np.append(-correction, 1.0)
    pull = (m1 @ v)[:-1]
    turned = inverse @ m1[:-1, :-1]
    log_r1, log_r2 = (float(slope[0]) for slope in moments.log_correlation_slopes(at))
    log_a2 = np.trace(inverse @ m2[:-1, :-1]) - np.trace(turned @ turned)
    return Profile(
        inverse=inverse,
        inverse_slope=-turned @ inverse,
        correction=correction,
        squares=(float(v @ m0 @ v), float(v @ m1 @ v), float(v @ m2 @ v - 2 * pull @ inverse @ pull)),
        determinants=(float(np.trace(turned) + log_r1), float(log_a2 + log_r2)),
        spare=moments.spare,
    )


def highest(moments: Moments) -> float:
    """Gives the rho where the restricted likelihood is highest.

    Every local maximum on a grid of atanh rho is refined to the zero of the exact derivative, and the best
    is taken; where the likelihood rises to the edge of the grid, that edge.
    """
    heights = moments.likelihood(np.tanh(GRID))
    padded = np.concatenate([[-np.inf], heights, [-np.inf]])
    peaks = np.flatnonzero((heights >= padded[:-2]) & (heights > padded[2:]))
    last = len(GRID) - 1
    zeros = [
        _refined(moments, float(GRID[max(i - 1, 0)]), float(GRID[min(i + 1, last)])) for i in peaks.tolist()
    ]
    refined = [float(np.tanh(zero)) for zero in zeros]
    return refined[int(np.argmax(moments.likelihood(np.array(refined))))]


def _refined(moments: Moments, low: float, high: float) -> float:
    """The zero of the slope in atanh rho between `low` and `high`, by Newton's method kept in its bracket."""
    if profile_at(moments, float(np.tanh(high))).slope >= 0:
        return high
    if profile_at(moments, float(np.tanh(low))).slope <= 0:
        return low
    z = (low + high) / 2
    for _ in range(100):
        rho = float(np.tanh(z))
        at, turn = profile_at(moments, rho), 1 - rho**2
        slope, bend = at.slope * turn, at.curvature * turn**2 - at.slope * 2 * rho * turn
        low, high = (z, high) if slope > 0 else (low, z)
        step = z - slope / bend if bend < 0 else high
        previous, z = z, step if low < step < high else (low + high) / 2
        if abs(z - previous) <= 1e-14 * max(1.0, abs(z)):
            break
    return z


def _powers(rho: FloatArray, gaps: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """rho^gap with first and second derivatives in rho."""
    first = gaps * np.power(rho, gaps - 1)
    second = gaps * (gaps - 1) * np.power(rho, np.maximum(gaps - 2, 0))
    return np.power(rho, gaps), first, second
