"""Charts of counted things: proportions, rates, counts, and cases between rare events.

Each function sees one phase: what was observed, (..., time), and the points in `use` (time,) that enter its
lines. Values are already per denominator. Sources: Montgomery (2013), Introduction to Statistical Quality
Control, chapter 7; Laney (2002) for p' and u'.
"""

from __future__ import annotations

import numpy as np

from pipeline.spc.individuals import given_or, median_along
from pipeline.spc.limits import (
    MOVING_RANGE_D2,
    Bools,
    Floats,
    Lines,
    Observed,
    Options,
    level_lines,
    mean_along,
    mean_range,
    total_along,
    used,
)

EXPONENTIAL_MEDIAN = 0.693
"""The median of an exponential distribution with mean 1 (Provost & Murray 2011)."""


def proportion(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a p chart: Σy / Σn, and binomial limits within 0 and 1."""
    centre, sigma = _binomial(observed, use, options)
    return Lines(observed.value, centre, sigma, middle=centre, lowest=0.0, highest=1.0)


def rate(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a u chart: Σy / Σn, and Poisson limits, none below 0."""
    centre, sigma = _poisson(observed, use, options)
    return level_lines(observed.value, centre, sigma, lowest=0.0)


def count(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a c chart: the mean count, and Poisson limits, none below 0."""
    centre = given_or(options, mean_along(used(observed.value, use)))
    return level_lines(observed.value, centre, np.sqrt(centre), lowest=0.0)


def laney_proportion(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a p' chart: a p chart with sigma widened by how points vary (Laney 2002)."""
    centre, sigma = _binomial(observed, use, options)
    sigma = sigma * sigma_z(observed.value, centre, sigma, use, options)
    return Lines(observed.value, centre, sigma, middle=centre, lowest=0.0, highest=1.0)


def laney_rate(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a u' chart: a u chart with sigma widened by how points vary (Laney 2002)."""
    centre, sigma = _poisson(observed, use, options)
    sigma = sigma * sigma_z(observed.value, centre, sigma, use, options)
    return level_lines(observed.value, centre, sigma, lowest=0.0)


def cases_between(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a g chart, of cases between events: geometric limits from the mean m, √(m(m + 1)).

    The limits are about the mean, none below 0; the centre that is drawn is the median, since the values
    are so skewed that the mean has far fewer than half of them above it (Benneyan 2001; Provost & Murray
    2011, page 228). A given centre takes the place of the mean; the line drawn is then at 0.693 of it, the
    median of an exponential distribution (as in qicharts2).
    """
    y = used(observed.value, use)
    mean = given_or(options, mean_along(y))
    centre = median_along(y) if options.centre is None else EXPONENTIAL_MEDIAN * mean
    sigma = np.sqrt(mean * (mean + 1))
    return Lines(observed.value, centre, sigma, middle=mean, lowest=0.0)


def sigma_z(value: Floats, centre: Floats, sigma: Floats, use: Bools, options: Options) -> Floats:
    """Gives how many times as much values vary from point to point as chance alone makes them, (..., 1).

    The moving range of (y - centre) / sigma, divided by 1.128 (Laney 2002); the standard deviation where
    points have no order. 1 if there is no chance variation at all (a proportion of 0 or 1 throughout).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        z = used((value - centre) / np.where(sigma > 0, sigma, np.nan), use)
    if options.ordered:
        widened = mean_range(np.abs(np.diff(z, axis=-1)), options.screen) / MOVING_RANGE_D2
    else:
        count = np.count_nonzero(~np.isnan(z), axis=-1, keepdims=True)
        squares = total_along((z - mean_along(z)) ** 2)
        widened = np.sqrt(squares / np.where(count > 1, count - 1, np.nan))
    return np.where((sigma == 0).all(axis=-1, keepdims=True), 1.0, widened)


def pooled(observed: Observed, use: Bools) -> Floats:
    """Gives the sum of numerators over the sum of denominators, (..., 1); NaN where there is neither."""
    y = used(observed.value, use)
    n = np.where(np.isnan(y), np.nan, used(sizes(observed), use))
    total = total_along(n)
    return total_along(y * n) / np.where(total > 0, total, np.nan)


def sizes(observed: Observed) -> Floats:
    """Gives the denominators, (..., time); ones if there are none."""
    return np.ones_like(observed.value) if observed.size is None else observed.size


def _binomial(observed: Observed, use: Bools, options: Options) -> tuple[Floats, Floats]:
    centre = given_or(options, pooled(observed, use))
    # Rounding can put the pooled proportion a hair above 1, whose square root is no number.
    return centre, np.sqrt(np.maximum(centre * (1 - centre), 0.0) / sizes(observed))


def _poisson(observed: Observed, use: Bools, options: Options) -> tuple[Floats, Floats]:
    centre = given_or(options, pooled(observed, use))
    return centre, np.sqrt(centre / sizes(observed))
