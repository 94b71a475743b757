"""What `auto` takes, and why: by the kind of measure, and by whether the usual estimate can be relied on.

Continuous outcomes get REML, the estimate that reviewers know, unless it is known to fail; then the estimate
averaged over the autocorrelation. Whichever is taken, the other is shown beside it. docs/coverage.md has the
coverage of what this gives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.its.averaged_ar1 import averaged_ar1
from pipeline.its.counts import CountEstimate, binomial, quasi_poisson
from pipeline.its.diagnostics import autocorrelations
from pipeline.its.estimators import Choice
from pipeline.its.inference import NORMAL_QUANTILE, Estimate, FloatArray
from pipeline.its.least_squares import default_lag
from pipeline.its.negative_binomial import negative_binomial
from pipeline.its.reml_ar1 import Ar1Estimate, reml_ar1
from pipeline.its.sample import Sample

SHORT_FOR_REML = 24
"""With fewer points than this, REML's intervals hold the truth too seldom."""

BOUNDARY_RHO = 0.98

LEAST_DF, LEAST_DF_SHARE = 8.0, 1 / 5
"""Fewer degrees of freedom than eight, or a fifth of the points: an autocorrelation too uncertain to use.

Found by simulation (docs/coverage.md): with less, intervals cover under 93% in some series of 24 to 60
points; with more, those of uncorrelated series grow wider for nothing.
"""

GROSS_DISPERSION = 10.0
"""A variance of more than ten times Poisson's means that the rates themselves vary."""


@dataclass(frozen=True, eq=False)
class Settled:
    """The model taken with its estimate, and the one shown beside it, if there is one."""

    choice: Choice
    estimate: Estimate
    beside: Choice | None
    beside_estimate: Estimate | None


def settle(sample: Sample, kind: str | None, rows: FloatArray) -> Settled:
    """Gives the model that suits the measure; `rows`, shape (m, k), are the combinations that matter most."""
    if kind == "count":
        return _counts(sample)
    if kind == "proportion" and sample.exposure is not None:
        choice = Choice(
            "binomial",
            "The measure is a share of a known denominator, so a binomial model was used, with the variance "
            "scaled to what was seen.",
        )
        return _with_robust(choice, binomial(sample), sample)
    return _continuous(sample, rows)


def _continuous(sample: Sample, rows: FloatArray) -> Settled:
    reml, averaged = reml_ar1(sample), averaged_ar1(sample)
    why = unreliable(reml, len(sample.y), rows)
    if why is None:
        reason = (
            "Generalised least squares with first-order autoregressive errors (REML) is the estimate that "
            "reviewers know for a continuous outcome, and allows for successive values being alike."
        )
        return Settled(Choice("reml-ar1", reason), reml, Choice("averaged-ar1", reason), averaged)
    reason = (
        f"{why}; so the estimate is averaged over every autocorrelation that the series allows, instead of "
        "resting on the one that fits best (REML, shown beside it)."
    )
    return Settled(Choice("averaged-ar1", reason), averaged, Choice("reml-ar1", reason), reml)


def unreliable(reml: Ar1Estimate, n: int, rows: FloatArray) -> str | None:
    """Gives why REML is not to be relied on here, or None."""
    least = float(np.min(reml.satterthwaite(rows)))
    if not needs_averaging(n, np.array([reml.rho]), np.array([least]))[0]:
        return None
    if n < SHORT_FOR_REML:
        return (
            f"With {n} points, fewer than {SHORT_FOR_REML}, the autocorrelation can't be estimated well "
            "enough to be taken as known"
        )
    if abs(reml.rho) > BOUNDARY_RHO:
        return f"The autocorrelation that fits best is {reml.rho:.3f}, at the edge of what is possible"
    return (
        f"The autocorrelation that fits best is uncertain (its {n} points are worth {least:.2g} degrees of "
        "freedom), so that intervals which take it as known hold the truth too seldom"
    )


def needs_averaging(n: int, rho: FloatArray, least_df: FloatArray) -> NDArray[np.bool_]:
    """Gives where REML is not to be relied on, for series of `n` points; (b,).

    `rho`, shape (b,), is REML's autocorrelation and `least_df` the least of Satterthwaite's degrees of
    freedom, held within nothing, over the changes and the average effect.
    """
    return (
        (n < SHORT_FOR_REML) | (np.abs(rho) > BOUNDARY_RHO) | (least_df < min(LEAST_DF, n * LEAST_DF_SHARE))
    )


def _counts(sample: Sample) -> Settled:
    quasi = quasi_poisson(replace(sample, lag=None))
    if quasi.dispersion > GROSS_DISPERSION:
        found = negative_binomial(sample)
        if found.took == "negative-binomial":
            reason = (
                f"The counts vary {quasi.dispersion:.0f} times as much as a Poisson model expects, so a "
                "negative binomial model was used, in which the rate itself varies."
            )
            return _with_robust(Choice("negative-binomial", reason), found, sample)
    reason = (
        "The measure is a count, so Poisson regression was used, with the variance scaled to what was seen "
        f"({quasi.dispersion:.2g} times Poisson's)."
    )
    return _with_robust(Choice("quasi-poisson", reason), quasi_poisson(sample), sample)


def _with_robust(choice: Choice, estimate: CountEstimate, sample: Sample) -> Settled:
    """The model with errors that allow for autocorrelation, where it was asked for or seen, and without.

    Seen: successive residuals more alike than those of independent errors in 95 of 100 series.
    """
    lag = default_lag(len(sample.y)) if sample.lag is None else sample.lag
    plain = choice.estimator(replace(sample, lag=None)) if sample.lag is not None else estimate
    robust = choice.estimator(replace(sample, lag=lag))
    alike = float(autocorrelations(plain.innovations, sample.time, np.array([1]))[0])
    errors = f"Newey–West errors, lag {lag}"
    if sample.lag is None and alike <= NORMAL_QUANTILE / np.sqrt(len(sample.y)):
        return Settled(choice, plain, Choice(choice.name, f"The same model with {errors}."), robust)
    why = "as asked" if sample.lag is not None else f"as successive residuals are alike ({alike:.2f})"
    taken = Choice(choice.name, f"{choice.reason[:-1]}; with {errors}, {why}.")
    return Settled(taken, robust, Choice(choice.name, "The same model with independent errors."), plain)
