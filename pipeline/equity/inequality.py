"""Indices of inequality over ordered groups, at one moment: the slope index and the relative index.

Groups come from the most deprived to the least. Each stands at its ridit, the middle of its place in the
population ranked from 0 (most deprived) to 1 (least), and a line is fitted to their values (Mackenbach &
Kunst 1997). **The slope index is the line at 1 less the line at 0: least minus most deprived.** It is
positive for what is good and scarcer among the deprived, and negative for a harm that weighs on them. The
relative index is the one end over the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.its.inference import NORMAL_QUANTILE, Contrast, Contrasts, FloatArray, t_contrasts
from pipeline.its.interval import Interval

FEWEST_GROUPS = 3
"""Two points have a line of their own, and nothing left to judge it by."""
ABOVE_ZERO = 1e-9
"""An end of the line this near to zero, as a share of the largest value, is zero but for rounding."""


@dataclass(frozen=True)
class Inequality:
    """The slope index with its interval, the line's ends, and the relative index.

    `most` and `least` are the line at the two ends, `ratio` is least over most; it is None where the line is
    not above zero at both ends, since a ratio then means nothing.
    """

    slope: Contrast
    most: float
    least: float
    ratio: Interval | None


def ridits(population: ArrayLike) -> FloatArray:
    """Gives each group's place from 0 to 1: the share of the population before it, and half its own; (k,).

    >>> ridits([1, 1, 2]).tolist()
    [0.125, 0.375, 0.75]
    """
    share = np.asarray(population, dtype=float) / np.sum(population)
    return np.asarray(np.cumsum(share) - share / 2, dtype=float)


def slope_index(values: ArrayLike, population: ArrayLike, std_errors: ArrayLike | None = None) -> Inequality:
    """Gives the indices from a line fitted by least squares with the population as weights; all are (k,).

    Intervals are t with k − 2 degrees of freedom from the groups' scatter round the line (Mackenbach & Kunst
    1997), or, where each group's own standard error is given, carry those through the same line: the closed
    form of what England's Office for Health Improvement and Disparities simulates. Raises AnalysisError for
    fewer than three groups, or values that can't be used.
    """
    import statsmodels.api as sm

    y, weights = _checked(values, population)
    design = np.column_stack([np.ones_like(y), ridits(weights)])
    fitted = sm.WLS(y, design, weights=weights).fit()
    covariance, df = np.asarray(fitted.cov_params()), float(len(y) - 2)
    if std_errors is not None:
        own = np.asarray(std_errors, dtype=float)
        if own.shape != y.shape or not (np.isfinite(own) & (own >= 0)).all():
            raise AnalysisError("std_errors must be numbers of zero or more, one for each group.")
        projection = np.linalg.pinv(design * np.sqrt(weights)[:, None]) * np.sqrt(weights)
        covariance, df = (projection * own**2) @ projection.T, float("inf")
    most, slope = (float(value) for value in fitted.params)
    least = most + slope
    ratio = None
    if min(most, least) > ABOVE_ZERO * float(np.abs(y).max()):
        # The delta method: the ratio is a number over a number, both from the same line.
        gradient = np.array([1 / most - least / most / most, 1 / most])
        ratio = _interval(_contrasts(least / most, gradient @ covariance @ gradient, df))
    return Inequality(_contrasts(slope, covariance[1, 1], df).one(0), most, least, ratio)


def poisson_index(counts: ArrayLike, population: ArrayLike, per: float = 1.0) -> Inequality:
    """Gives the indices from Poisson regression of counts on the ridits, which can't go below zero; (k,).

    The ratio is exp(b), and the slope is the difference of the curve's ends, for `per` of the population, by
    the delta method. Both have normal intervals (Moreno-Betancur et al. 2015). Raises AnalysisError as
    `slope_index` does, and where no group has a count.
    """
    import statsmodels.api as sm

    y, weights = _checked(counts, population)
    if (y < 0).any() or not y.any():
        raise AnalysisError("the counts must be zero or more, and not all zero, for a relative index.")
    design = np.column_stack([np.ones_like(y), ridits(weights)])
    model = sm.GLM(y, design, family=sm.families.Poisson(), offset=np.log(weights))
    fitted = model.fit(tol=1e-14, tol_criterion="params", maxiter=200)
    covariance = np.asarray(fitted.cov_params())
    log_most, log_ratio = (float(value) for value in fitted.params)
    most, least = per * float(np.exp(log_most)), per * float(np.exp(log_most + log_ratio))
    gradient = np.array([least - most, least])
    spread = NORMAL_QUANTILE * float(np.sqrt(covariance[1, 1]))
    ratio = Interval(*(float(np.exp(log_ratio + shift)) for shift in (0.0, -spread, spread)))
    slope = _contrasts(least - most, gradient @ covariance @ gradient, float("inf"))
    return Inequality(slope.one(0), most, least, ratio)


def count_errors(counts: ArrayLike, population: ArrayLike, kind: str, per: float = 1.0) -> FloatArray:
    """Gives the standard errors of groups' proportions or rates, from their counts; any shape.

    Half the width of the 95% interval over 1.96, which does not vanish with a count of zero: Wilson's for a
    proportion, the exact one (Garwood 1936) for a rate.
    """
    from statsmodels.stats.proportion import proportion_confint
    from statsmodels.stats.rates import confint_poisson

    y, n = np.asarray(counts, dtype=float), np.asarray(population, dtype=float)
    if kind == "proportion":
        lower, upper = proportion_confint(y, n, method="wilson")
    else:
        lower, upper = confint_poisson(y, n, method="exact-c")
    return np.asarray(per * (upper - np.nan_to_num(lower)) / (2 * NORMAL_QUANTILE), dtype=float)


def _checked(values: ArrayLike, population: ArrayLike) -> tuple[FloatArray, FloatArray]:
    y, weights = np.asarray(values, dtype=float), np.asarray(population, dtype=float)
    if y.ndim != 1 or y.shape != weights.shape:
        raise AnalysisError(f"there are {y.size} values and {weights.size} populations; give one each.")
    if len(y) < FEWEST_GROUPS:
        raise AnalysisError(f"an index of inequality needs {FEWEST_GROUPS} groups or more, not {len(y)}.")
    if not np.isfinite(y).all() or not (np.isfinite(weights) & (weights > 0)).all():
        raise AnalysisError("every group needs a value, and a population above zero.")
    return y, weights


def _contrasts(estimate: float, variance: float, df: float) -> Contrasts:
    return t_contrasts(np.array([estimate]), np.array([variance]), np.array([df]))


def _interval(found: Contrasts) -> Interval:
    return Interval.of(found.one(0))


def in_words(index: float, ends: Sequence[str]) -> str:
    """Gives which end of the gradient has more, by the sign of a slope index (least minus most).

    >>> in_words(-3.2, ("most deprived", "least deprived"))
    'higher among the most deprived'
    """
    return f"higher among the {ends[0] if index < 0 else ends[1]}"
