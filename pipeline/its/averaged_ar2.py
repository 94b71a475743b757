"""The estimate averaged over an AR(2) autocorrelation: the check where one lag may not be enough.

Nodes lie on a product of two Gauss–Jacobi rules, one for each partial autocorrelation r1, r2, with
phi1 = r1·(1 − r2) and phi2 = r2. On a calendar without gaps (Box & Jenkins 1970, appendix A7.4)

    y'R⁻¹z = Σ_ij v_i·v_j·Σ_t y_(t+i)·z_(t+j),   v = (1, −phi1, −phi2),  i, j = 0, 1, 2.

A period without a value gets an indicator of its own, which gives exactly the restricted likelihood of the
values that there are.
"""

from __future__ import annotations

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.averaged_ar1 import AveragedEstimate, own_step
from pipeline.its.averaging import Averaged, normalised, prior_exponent, without_highest
from pipeline.its.inference import FloatArray
from pipeline.its.sample import Sample

_FIRST_NODES = 48
_SECOND_EXPONENT = 3.0
"""The prior of the second partial autocorrelation is (1−r2²)³, which holds it near nought."""


def averaged_ar2(sample: Sample) -> AveragedEstimate:
    """Gives the averaged estimate at integer times; rho is the first partial (the lag-one) autocorrelation.

    Raises `AnalysisError` where fewer than half of the periods have a value.
    """
    steps = own_step(sample.gaps)
    places = np.concatenate([[0], np.cumsum(steps)]).astype(np.intp)
    length, n = int(places[-1]) + 1, len(sample.y)
    if length > 2 * n:
        raise AnalysisError(
            f"averaged-ar2 needs values in most periods, and {length - n} of {length} have none; use "
            "averaged-ar1, which needs no neighbours."
        )
    absent = np.setdiff1d(np.arange(length), places)
    k = sample.matrix.shape[1]
    y, matrix = np.zeros(length), np.zeros((length, k + len(absent)))
    y[places], matrix[places, :k] = sample.y, sample.matrix
    matrix[absent, k + np.arange(len(absent))] = 1.0
    posterior, second = _average(matrix, y, n)
    residuals = y - matrix @ posterior.coefficients[0]
    innovations, sigma = _innovations(residuals, posterior, second)
    return AveragedEstimate(posterior, sigma, innovations[places], extra=len(absent))


def _average(matrix: FloatArray, y: FloatArray, n: int) -> tuple[Averaged, FloatArray]:
    """The posterior, and the second partial autocorrelation at its nodes."""
    spare = len(y) - matrix.shape[1]
    first, second, log_prior = nodes(n, spare)
    basis, triangle = np.linalg.qr(matrix)
    projected = basis.T @ y
    residuals = y - basis @ projected
    again = basis.T @ residuals
    projected, residuals = projected + again, residuals - basis @ again
    v = np.stack([np.ones_like(first), -first * (1 - second), -second], axis=1)
    lagged = _lagged_products(np.column_stack([basis, residuals]))
    # Both triangles of i, j: the sum is symmetric, each product alone is not.
    whole = np.einsum("ri,rj,ijab->rab", v, v, lagged, optimize=True)
    inverse = np.linalg.inv(whole[:, :-1, :-1])
    u = whole[:, :-1, -1]
    correction = np.einsum("rab,rb->ra", inverse, u)
    squares = np.maximum(whole[:, -1, -1] - np.sum(u * correction, axis=1), 1e-300)
    log_correlation = -np.log1p(-(first**2)) - 2 * np.log1p(-(second**2))
    log_determinant = np.linalg.slogdet(whole[:, :-1, :-1])[1] + log_correlation
    weights = normalised((log_prior - (spare * np.log(squares) + log_determinant) / 2)[None])
    order = np.argsort(-v[:, 1] - v[:, 2], kind="stable")  # by persistence, phi1 + phi2
    posterior = Averaged(
        rho=first[order],
        whole=weights[:, order],
        weights=without_highest(weights[:, order]),
        projected=projected[None],
        correction=correction[None, order],
        inverse=inverse[order],
        scale=np.sqrt(squares / spare)[None, order],
        triangle=triangle,
        spare=spare,
    )
    return posterior, second[order]


def _lagged_products(columns: FloatArray) -> FloatArray:
    """Σ_t a_(t+i)·b_(t+j) for every pair of columns; shape (3, 3, p, p)."""
    n, p = columns.shape
    found = np.empty((3, 3, p, p))
    for i in range(3):
        for j in range(3):
            length = n - i - j
            found[i, j] = columns[i : i + length].T @ columns[j : j + length]
    return found


def nodes(n: int, spare: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gives both partial autocorrelations, and log(quadrature weight × prior), at each node."""
    from scipy.special import roots_jacobi

    count = _FIRST_NODES if n < 200 else 64
    r1, weight1 = roots_jacobi(count, prior_exponent(spare) - 1, 0.0)
    r2, weight2 = roots_jacobi(
        int(max(16, 8 * np.ceil(2.4 * np.sqrt(n) / 8))), _SECOND_EXPONENT, _SECOND_EXPONENT
    )
    first, second = (grid.ravel() for grid in np.meshgrid(r1, r2, indexing="ij"))
    log_weight = (np.log(weight1)[:, None] + np.log(weight2)).ravel() - np.log1p(first) / 2
    return first, second, log_weight


def _innovations(residuals: FloatArray, posterior: Averaged, second: FloatArray) -> tuple[FloatArray, float]:
    """Residuals freed of the autocorrelation at its average, and the errors' standard deviation there."""
    weights = posterior.weights[0]
    r1 = float(weights @ posterior.rho)
    r2 = float(weights @ second)
    share = (1 - r1**2) * (1 - r2**2)  # of the errors' variance, what is new each period
    freed = np.empty_like(residuals)
    freed[0] = residuals[0] * np.sqrt(share)
    freed[1] = (residuals[1] - r1 * residuals[0]) * np.sqrt(1 - r2**2)
    freed[2:] = residuals[2:] - r1 * (1 - r2) * residuals[1:-1] - r2 * residuals[:-2]
    return freed, float(np.sqrt(freed @ freed / posterior.spare / share))
