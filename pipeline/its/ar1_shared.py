"""Many series on one design and one calendar: what the likelihood of AR(1) errors needs of them, at once.

The same quantities as in `ar1_likelihood`, with the design's own part worked out once for all series: with
Q an orthonormal basis of the design, r a series' least-squares residuals and R the errors' correlations,

    A(rho) = Q'R⁻¹Q,   u(rho) = Q'R⁻¹r,   S(rho) = r'R⁻¹r − u'A⁻¹u,

where S is the least weighted sum of squares, and A⁻¹u how far generalised lies from ordinary least squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.its.ar1_likelihood import Moments, moments_of
from pipeline.its.inference import FloatArray


@dataclass(frozen=True, eq=False)
class SharedDesign:
    """A design of full rank, its triangular factor, and the moments of its basis; n rows, k columns.

    `basis` has shape (n, k) and `triangle` (k, k); `gaps`, shape (n−1,), are the distances between rows, and
    `which`, of the same shape, says which of the distinct gaps each is.
    """

    basis: FloatArray
    triangle: FloatArray
    gaps: FloatArray
    which: np.ndarray[tuple[int], np.dtype[np.intp]]
    moments: Moments

    @property
    def spare(self) -> int:
        """n − k."""
        return int(self.basis.shape[0] - self.basis.shape[1])

    def in_basis(self, rows: FloatArray) -> FloatArray:
        """Combinations of coefficients, shape (m, k), as combinations of the basis's coordinates."""
        return np.asarray(np.linalg.solve(self.triangle.T, rows.T).T, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Products:
    """What is needed of b series, for each of the g distinct gaps.

    `projected` (b, k) are the coordinates of the least-squares fit in the basis, `squares` (b,) the sums of
    squared residuals; `steps_u` and `ends_u` have shape (g, b, k), `steps_s` and `ends_s` (g, b).
    """

    projected: FloatArray
    squares: FloatArray
    steps_u: FloatArray
    ends_u: FloatArray
    steps_s: FloatArray
    ends_s: FloatArray


@dataclass(frozen=True, eq=False)
class Nodes:
    """The likelihood at r values of rho, of b series.

    `inverse` (r, k, k) is A⁻¹, `log_determinant` (r,) is log|A| + log|R|; `squares` (b, r) is S and
    `correction` (b, r, k) is A⁻¹u.
    """

    inverse: FloatArray
    log_determinant: FloatArray
    squares: FloatArray
    correction: FloatArray

    def likelihood(self, spare: int) -> FloatArray:
        """The restricted log-likelihood at each rho, less a constant; shape (b, r)."""
        found: FloatArray = -(spare * np.log(self.squares) + self.log_determinant) / 2
        return found


def shared_design(matrix: FloatArray, gaps: FloatArray) -> SharedDesign:
    """Gives the shared part for a design of shape (n, k) whose rows are `gaps`, shape (n−1,), apart."""
    basis, triangle = np.linalg.qr(matrix)
    which = np.unique(gaps, return_inverse=True)[1]
    return SharedDesign(basis, triangle, gaps, which, moments_of(basis, gaps, len(matrix) - matrix.shape[1]))


def products_of(design: SharedDesign, series: FloatArray) -> Products:
    """Gives what the likelihood needs of `series`, shape (b, n)."""
    basis = design.basis
    projected = series @ basis
    residuals = series - projected @ basis.T
    # A second pass takes off what rounding left: a large level would otherwise spoil small residuals.
    again = residuals @ basis
    projected, residuals = projected + again, residuals - again @ basis.T
    steps, rise = residuals[:, 1:] - residuals[:, :-1], basis[1:] - basis[:-1]
    distinct = len(design.moments.gaps)
    b, k = projected.shape
    steps_u, ends_u = np.empty((distinct, b, k)), np.empty((distinct, b, k))
    steps_s, ends_s = np.empty((distinct, b)), np.empty((distinct, b))
    for index in range(distinct):
        rows = np.flatnonzero(design.which == index)
        steps_u[index] = steps[:, rows] @ rise[rows]
        ends_u[index] = residuals[:, rows + 1] @ basis[rows + 1] + residuals[:, rows] @ basis[rows]
        steps_s[index] = np.sum(steps[:, rows] ** 2, axis=1)
        ends_s[index] = np.sum(residuals[:, rows + 1] ** 2 + residuals[:, rows] ** 2, axis=1)
    return Products(projected, np.sum(residuals**2, axis=1), steps_u, ends_u, steps_s, ends_s)


def at_nodes(design: SharedDesign, found: Products, rho: FloatArray) -> Nodes:
    """Gives the likelihood's parts at `rho`, shape (r,), for each of the b series."""
    rise, shrink = design.moments.weights(rho)
    matrices = design.moments.matrices(rho)
    inverse = np.asarray(np.linalg.inv(matrices), dtype=np.float64)
    log_determinant = np.linalg.slogdet(matrices)[1] + design.moments.log_correlation(rho)
    u = np.tensordot(rise, found.steps_u, axes=1) - np.tensordot(shrink, found.ends_u, axes=1)
    correction = np.matmul(u, inverse)  # (r, b, k), as each inverse is symmetric
    squares = found.squares + rise @ found.steps_s - shrink @ found.ends_s - np.sum(u * correction, axis=2)
    return Nodes(inverse, log_determinant, np.maximum(squares.T, 1e-300), correction.transpose(1, 0, 2))
