"""Prais and Winsten's feasible generalised least squares: first observation kept, iterated to convergence."""

from __future__ import annotations

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.autoregression import correlation_interval, quasi_difference
from pipeline.its.inference import FloatArray, LinearEstimate
from pipeline.its.sample import Sample

CONVERGED = 1e-13
MOST_ITERATIONS = 1000
LARGEST_RHO = 1 - 1e-6
"""The regression estimate of rho can reach 1 and pass it, where the transformation has no meaning."""


def prais_winsten(sample: Sample) -> LinearEstimate:
    """Gives the iterated estimate (Prais & Winsten 1954), with t intervals on n − k degrees of freedom.

    rho is the regression of each residual on the one before it, without intercept, over pairs one period
    apart. `statsmodels.GLSAR` is another method: it drops the first observation. Raises `AnalysisError` if
    no two usable points are a period apart, or the iteration doesn't settle.
    """
    adjacent = sample.gaps == 1
    if adjacent.sum() < 2:
        raise AnalysisError(
            "prais-winsten needs points in successive periods, and almost every one has a gap before it; use "
            "reml-ar1, which allows for gaps."
        )
    rho = 0.0
    for _ in range(MOST_ITERATIONS):
        residuals = sample.y - sample.matrix @ _solve(sample, rho)[0]
        update = _regressed(residuals, adjacent)
        moved, rho = abs(update - rho), update
        if moved <= CONVERGED:
            break
    else:
        raise AnalysisError("prais-winsten doesn't settle on one autocorrelation for y; use reml-ar1.")
    coefficients, unscaled, innovations = _solve(sample, rho)
    variance = float(innovations @ innovations) / sample.spare
    return LinearEstimate(
        coefficients=coefficients,
        covariance=unscaled * variance,
        df=float(sample.spare),
        sigma=float(np.sqrt(variance / (1 - rho**2))),
        innovations=innovations,
        rho=rho,
        rho_interval=correlation_interval(rho, 1 / np.sqrt(len(sample.y) - 3)),
    )


def _solve(sample: Sample, rho: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Coefficients, (X*'X*)⁻¹ and residuals of the transformed regression."""
    matrix = quasi_difference(sample.matrix, sample.gaps, rho)
    outcome = quasi_difference(sample.y, sample.gaps, rho)
    basis, triangle = np.linalg.qr(matrix)
    inverse = np.linalg.inv(triangle)
    coefficients = inverse @ (basis.T @ outcome)
    return coefficients, inverse @ inverse.T, outcome - matrix @ coefficients


def _regressed(residuals: FloatArray, adjacent: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    earlier, later = residuals[:-1][adjacent], residuals[1:][adjacent]
    return float(np.clip(later @ earlier / (earlier @ earlier), -LARGEST_RHO, LARGEST_RHO))
