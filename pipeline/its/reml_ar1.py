"""Generalised least squares with AR(1) errors by exact restricted maximum likelihood (REML).

The correlation of errors g periods apart is rho^g (as `nlme::corAR1` on integer times), so gaps are
allowed. Degrees of freedom are Satterthwaite's (1946; for contrasts of a mixed model, Giesbrecht & Burns
1985), one for each combination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.flag import Flag
from pipeline.its.ar1_likelihood import highest, moments_of, profile_at
from pipeline.its.autoregression import correlation_interval, quasi_difference
from pipeline.its.inference import Contrasts, FloatArray, t_contrasts
from pipeline.its.sample import Sample

FEWEST_DF = 2.0
"""In short series Satterthwaite's approximation falls below this, to intervals that mean nothing."""


@dataclass(frozen=True, eq=False)
class Ar1Estimate:
    """A REML fit: coefficients, rho, and contrasts whose degrees of freedom are Satterthwaite's.

    `triangle` is the triangular factor of the design's QR decomposition; `inverse` and `inverse_slope` are
    (Q'R⁻¹Q)⁻¹ and its derivative in z = atanh rho. The observed information for (log sigma², z) is held as
    the two numbers that its inverse is made of: `pull`, how fast the best log sigma² moves with z, and
    `peak`, the information on z that remains when log sigma² is not known either.
    """

    rho: float
    sigma: float
    coefficients: FloatArray
    innovations: FloatArray
    spare: int
    triangle: FloatArray
    inverse: FloatArray
    inverse_slope: FloatArray
    pull: float
    peak: float
    caveats: tuple[Flag, ...] = ()

    @property
    def rho_interval(self) -> tuple[float, float]:
        """95% interval, from the information for atanh rho; −1 to 1 where the likelihood has no peak."""
        if self.peak <= 0:
            return -1.0, 1.0
        return correlation_interval(self.rho, 1 / np.sqrt(self.peak))

    def contrasts(self, rows: FloatArray) -> Contrasts:
        """Gives the linear combinations of coefficients whose weights are `rows`, shape (m, k).

        Their degrees of freedom are Satterthwaite's, held within 2 and n − k.
        """
        df = np.clip(self.satterthwaite(rows), FEWEST_DF, self.spare)
        return t_contrasts(rows @ self.coefficients, self._variance(rows)[0], df)

    def satterthwaite(self, rows: FloatArray) -> FloatArray:
        """Gives the degrees of freedom of combinations as they come out, held within nothing; shape (m,).

        2v²/(g'Wg): v the variance, g its gradient in (log sigma², atanh rho), W the inverse of their
        information; 0 where the likelihood has no peak.
        """
        if self.peak <= 0:
            return np.zeros(len(rows))
        variance, drift = self._variance(rows)
        spread = variance**2 * 2 / self.spare + (drift + variance * self.pull) ** 2 / self.peak
        known = spread > 0
        return np.where(known, 2 * variance**2 / np.where(known, spread, 1.0), self.spare)

    def _variance(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The combinations' variances, and their derivatives in atanh rho at a fixed sigma²."""
        inner = np.linalg.solve(self.triangle.T, rows.T).T
        variance = self.sigma**2 * np.sum((inner @ self.inverse) * inner, axis=1)
        return variance, self.sigma**2 * np.sum((inner @ self.inverse_slope) * inner, axis=1)


def reml_ar1(sample: Sample) -> Ar1Estimate:
    """Gives the REML estimate at integer times, gaps allowed; rho may be negative.

    Where the likelihood has no interior maximum rho is ±0.999999, which the flags of the fit then say.
    """
    basis, triangle = np.linalg.qr(sample.matrix)
    projected = basis.T @ sample.y
    residuals = sample.y - basis @ projected
    moments = moments_of(np.column_stack([basis, residuals]), sample.gaps, sample.spare)
    rho = highest(moments)
    at = profile_at(moments, rho)
    sigma2 = at.squares[0] / sample.spare
    turn = 1 - rho**2  # the derivative of rho in atanh rho
    return Ar1Estimate(
        rho=rho,
        sigma=float(np.sqrt(sigma2)),
        coefficients=np.linalg.solve(triangle, projected + at.correction),
        innovations=quasi_difference(residuals - basis @ at.correction, sample.gaps, rho),
        spare=sample.spare,
        triangle=triangle,
        inverse=at.inverse,
        inverse_slope=at.inverse_slope * turn,
        pull=at.squares[1] / at.squares[0] * turn,
        peak=2 * rho * turn * at.slope - at.curvature * turn**2,
    )
