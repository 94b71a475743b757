"""Models of counts and proportions: Poisson, quasi-Poisson and binomial regression.

Counts have a log link and the denominator's logarithm as an offset; proportions a logit link, with the
denominator as the number of trials. Dispersion is Pearson's, X²/(n−k) (McCullagh & Nelder 1989), and
intervals are t's on n − k degrees, also where R's own tables take the normal. With `lag` the covariance is
Newey and West's (1987), for residuals that are alike from one period to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.inference import FloatArray, LinearEstimate
from pipeline.its.least_squares import lag_of, summed_scores
from pipeline.its.sample import Sample

if TYPE_CHECKING:
    from statsmodels.genmod.families import Family

CONVERGED = 1e-13
NOUGHT = 1e-8
"""A fitted variance below this share of their average is on its way to zero, not an estimate."""

NO_MAXIMUM = (
    "the model of counts has no maximum for this series (some rate runs to zero or to everything); use "
    "longer periods or fewer terms."
)

LARGEST_SCORE = 1e-7
"""The score, on columns of unit length, must be below this share of the counts' own spread."""


@dataclass(frozen=True, eq=False)
class CountEstimate(LinearEstimate):
    """Coefficients on the link's scale; `dispersion` is Pearson's, and `innovations` Pearson residuals.

    `theta` is the negative binomial's, None elsewhere. `took` is the model that was really fitted, and `lag`
    that of errors which allow for autocorrelation.
    """

    dispersion: float = 1.0
    theta: float | None = None
    took: str = ""
    lag: int | None = None


@dataclass(frozen=True, eq=False)
class Working:
    """A fit at its maximum: means, variances (for a dispersion of one) and slopes of the mean, all (n,)."""

    coefficients: FloatArray
    mean: FloatArray
    variance: FloatArray
    slope: FloatArray


def poisson(sample: Sample) -> CountEstimate:
    """Gives Poisson regression, the variance taken to be the mean."""
    return count_estimate(sample, poisson_fit(sample), "poisson", dispersed=False)


def quasi_poisson(sample: Sample) -> CountEstimate:
    """Gives Poisson regression with the variance a multiple of the mean, estimated by Pearson's statistic."""
    return count_estimate(sample, poisson_fit(sample), "quasi-poisson", dispersed=True)


def binomial(sample: Sample) -> CountEstimate:
    """Gives logistic regression of counts out of a denominator, with Pearson's dispersion.

    Raises `AnalysisError` without a denominator, or where a count is above it.
    """
    from statsmodels.genmod.families import Binomial

    check_counts(sample, "binomial")
    trials = sample.exposure
    if trials is None:
        raise AnalysisError("binomial needs a denominator: how many there were, of whom y counts some.")
    if (sample.y > trials).any():
        row = int(np.argmax(sample.y > trials))
        raise AnalysisError(
            f"y is above the denominator at time {sample.time[row]:g}, so it can't be a share of it; check "
            "both."
        )
    if np.all(sample.y == trials):
        raise AnalysisError("y equals the denominator throughout, so there is nothing to tell apart.")
    share = sample.y / trials
    coefficients = _maximum(share, sample.matrix, Binomial(), None, trials)
    mean = 1 / (1 + np.exp(-(sample.matrix @ coefficients)))
    spread = trials * mean * (1 - mean)
    _check_inside(spread)
    return count_estimate(
        sample, Working(coefficients, trials * mean, spread, spread), "binomial", dispersed=True
    )


def poisson_fit(sample: Sample) -> Working:
    """Gives the maximum of the Poisson likelihood. Raises `AnalysisError` for counts that have none."""
    from statsmodels.genmod.families import Poisson

    check_counts(sample, "a model of counts")
    coefficients = _maximum(sample.y, sample.matrix, Poisson(), log_exposure(sample), None)
    mean = np.exp(sample.matrix @ coefficients + log_exposure(sample))
    _check_inside(mean)
    return Working(coefficients, mean, mean, mean)


def count_estimate(sample: Sample, fit: Working, took: str, *, dispersed: bool) -> CountEstimate:
    """Gives the estimate from a maximum: its covariance by the expected information, or Newey and West's."""
    pearson = (sample.y - fit.mean) / np.sqrt(fit.variance)
    dispersion = float(pearson @ pearson / sample.spare)
    # Orthonormal in the information's own metric, so that inverting loses no digits.
    triangle = np.linalg.qr(sample.matrix * (fit.slope / np.sqrt(fit.variance))[:, None], mode="r")
    half = np.linalg.inv(triangle)
    covariance = half @ half.T * (dispersion if dispersed else 1.0)
    if sample.lag is not None:
        scores = sample.matrix * ((sample.y - fit.mean) * fit.slope / fit.variance)[:, None]
        meat = summed_scores(scores @ half, sample.gaps, lag_of(sample))
        covariance = half @ meat @ half.T * (len(sample.y) / sample.spare)
    return CountEstimate(
        coefficients=fit.coefficients,
        covariance=covariance,
        df=float(sample.spare),
        sigma=float(np.sqrt(dispersion)),
        innovations=pearson,
        dispersion=dispersion,
        took=took,
        lag=sample.lag,
    )


def log_exposure(sample: Sample) -> FloatArray:
    """The offset, shape (n,): log denominators, or nought where there are none."""
    return np.zeros(len(sample.y)) if sample.exposure is None else np.log(sample.exposure)


def check_counts(sample: Sample, model: str) -> None:
    """Raises `AnalysisError` for what is no count, and for counts of which nothing can be learnt."""
    if (sample.y < 0).any():
        row = int(np.argmax(sample.y < 0))
        raise AnalysisError(
            f"y is negative at time {sample.time[row]:g}, and {model} is for counts; choose another model."
        )
    before = sample.before
    if before is None:
        return
    for side, rows in (("before", before), ("after", ~before)):
        if not (sample.y[rows] > 0).any():
            raise AnalysisError(
                f"every count {side} the change is zero, so its rate has no lower limit to be estimated; use "
                "longer periods, or another measure."
            )


def _check_inside(variance: FloatArray) -> None:
    """Raises `AnalysisError` where the search ran off: some periods' counts are taken to be certain."""
    if variance.min() < NOUGHT * variance.mean():
        raise AnalysisError(NO_MAXIMUM)


def _maximum(
    y: FloatArray, matrix: FloatArray, family: Family, offset: FloatArray | None, trials: FloatArray | None
) -> FloatArray:
    """The coefficients at the likelihood's maximum, by statsmodels; the score there must be zero."""
    from statsmodels.genmod.generalized_linear_model import GLM

    basis, triangle = np.linalg.qr(matrix)
    weights = np.ones(len(y)) if trials is None else trials
    with np.errstate(all="ignore"):
        found = GLM(y, basis, family=family, offset=offset, var_weights=weights).fit(
            maxiter=200, tol=CONVERGED, tol_criterion="params"
        )
    fitted = np.asarray(found.fittedvalues, dtype=np.float64)
    score = basis.T @ (weights * (y - fitted))
    spread = np.linalg.norm(weights * y)
    if not np.isfinite(score).all() or np.abs(score).max() > LARGEST_SCORE * spread:
        raise AnalysisError(NO_MAXIMUM)
    return np.asarray(np.linalg.solve(triangle, np.asarray(found.params)), dtype=np.float64)
