"""The estimate averaged over an AR(1) autocorrelation: for short series, where a maximum misleads.

Coverage and width against other methods are in docs/coverage.md. The nodes of the Gauss–Jacobi rule are part
of the definition, as the trim splits one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.flag import Flag
from pipeline.its.ar1_shared import SharedDesign, at_nodes, products_of, shared_design
from pipeline.its.autoregression import quasi_difference
from pipeline.its.averaging import NEAR_ONE, Averaged, normalised, prior_exponent, without_highest
from pipeline.its.inference import Contrasts, FloatArray
from pipeline.its.sample import Sample

LIKELY = 0.5
"""A probability above which errors near a random walk are worth a doubt of their own."""


@dataclass(frozen=True, eq=False)
class AveragedEstimate:
    """One series' averaged estimate; the last `extra` coefficients of the posterior stand for no term."""

    posterior: Averaged
    sigma: float
    innovations: FloatArray
    extra: int = 0

    @property
    def coefficients(self) -> FloatArray:
        """Posterior means, shape (k,)."""
        found: FloatArray = self.posterior.coefficients[0, : len(self.posterior.triangle) - self.extra]
        return found

    @property
    def rho(self) -> float:
        """The posterior mean of the lag-one autocorrelation."""
        return float(self.posterior.mean_rho[0])

    @property
    def rho_interval(self) -> tuple[float, float]:
        """The 95% interval of the lag-one autocorrelation."""
        return self.posterior.rho_interval(0)

    @property
    def near_random_walk(self) -> float:
        """The probability, given the series, that the autocorrelation is above 0.9."""
        return float(self.posterior.near_random_walk[0])

    @property
    def caveats(self) -> tuple[Flag, ...]:
        """Errors that may well be close to a random walk."""
        if self.near_random_walk <= LIKELY:
            return ()
        return (
            Flag(
                "near-random-walk",
                f"The probability is {self.near_random_walk:.0%} that successive errors correlate by more "
                f"than {NEAR_ONE:g}, close to a random walk, where the intervals for a slope or an average "
                "effect hold the truth somewhat less often than they claim (86 to 94 times in 100 in "
                "simulations); the level change is not affected.",
            ),
        )

    def contrasts(self, rows: FloatArray) -> Contrasts:
        """Gives the linear combinations of coefficients whose weights are `rows`, shape (m, k)."""
        return self.posterior.contrasts(np.pad(rows, ((0, 0), (0, self.extra))))


def averaged_ar1(sample: Sample) -> AveragedEstimate:
    """Gives the averaged estimate at integer times, gaps allowed.

    Where every gap is a multiple of some number of periods (a value every tenth year), that is the step over
    which rho is meant.
    """
    gaps = own_step(sample.gaps)
    design = shared_design(sample.matrix, gaps)
    posterior = average_ar1(design, sample.y[None])
    residuals = sample.y - sample.matrix @ posterior.coefficients[0]
    rho = float(posterior.weights[0] @ posterior.rho)
    innovations = quasi_difference(residuals, gaps, rho)
    sigma = float(posterior.marginal_sigma[0])
    return AveragedEstimate(posterior, sigma, innovations)


def own_step(gaps: FloatArray) -> FloatArray:
    """Gives `gaps` in units of the series' own step, the largest number of periods that divides them all."""
    found: FloatArray = gaps / np.gcd.reduce(gaps.astype(np.int64))
    return found


def average_ar1(design: SharedDesign, series: FloatArray) -> Averaged:
    """Gives the posterior of `series`, shape (b, n), which share a design and a calendar."""
    rho, log_prior = nodes(len(design.basis), design.spare)
    found = products_of(design, series)
    at = at_nodes(design, found, rho)
    whole = normalised(at.likelihood(design.spare) + log_prior)
    return Averaged(
        rho=rho,
        whole=whole,
        weights=without_highest(whole),
        projected=found.projected,
        correction=at.correction,
        inverse=at.inverse,
        scale=np.sqrt(at.squares / design.spare),
        triangle=design.triangle,
        spare=design.spare,
    )


def nodes(n: int, spare: int) -> tuple[FloatArray, FloatArray]:
    """Gives the nodes of rho in ascending order, and log(quadrature weight × prior) at each.

    The rule's own weight function has (1+rho)^0, not the prior's −1/2: the likelihood brings (1+rho)^(1/2),
    its one factor that is not smooth at −1.
    """
    from scipy.special import roots_jacobi

    count = int(max(64, 16 * np.ceil(8 * np.sqrt(n) / 16)))
    rho, weights = roots_jacobi(count, prior_exponent(spare) - 1, 0.0)
    return rho, np.log(weights) - np.log1p(rho) / 2
