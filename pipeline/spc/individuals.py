"""Charts of single values: run, XmR, moving range, weighted individuals, and time between events.

Each function sees one phase: what was observed, (..., time), and the points in `use` (time,) that enter its
lines, which are NaN where too few values are there to tell.
"""

from __future__ import annotations

import math

import numpy as np

from pipeline.spc.limits import (
    MOVING_RANGE_D2,
    SCREENING_FACTOR,
    Bools,
    Floats,
    Lines,
    Observed,
    Options,
    level_lines,
    mean_along,
    mean_moving_range,
    mean_range,
    total_along,
    used,
)

TIME_BETWEEN_POWER = 1 / 3.6
"""Times between Poisson events, to this power, are nearly normal (Nelson 1994)."""


def given_or(options: Options, computed: Floats) -> Floats:
    """Gives the centre line that was asked for, else the one computed, (..., 1)."""
    return computed if options.centre is None else np.full_like(computed, options.centre)


def median_along(values: Floats) -> Floats:
    """Gives the median of the values present along the last axis, (..., 1); NaN where none is."""
    if values.shape[-1] == 0:
        return np.full((*values.shape[:-1], 1), np.nan)
    # Sorted with the missing last, so that the middle is found for all series at once.
    ordered = np.sort(values, axis=-1)
    count = np.count_nonzero(~np.isnan(values), axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1), axis=-1)
    return np.asarray(low + (high - low) / 2, dtype=float)


def run(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a run chart: the median, and no limits (Perla, Provost & Murray 2011)."""
    centre = given_or(options, median_along(used(observed.value, use)))
    return level_lines(observed.value, centre, np.full_like(centre, np.nan))


def xmr(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of an XmR (individuals) chart: the mean, and sigma from the moving range.

    Sigma is mean moving range / 1.128, or 2.66 / 3 mean moving ranges under NHS rules. Wheeler (1993),
    Understanding Variation; Shewhart (1931).
    """
    y = observed.value
    centre = given_or(options, mean_along(used(y, use)))
    sigma = options.sigma_per_moving_range * mean_moving_range(y, use, options.screen)
    return level_lines(y, centre, sigma)


def moving_range(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of an mR chart: the ranges between neighbours, their mean, limits 0 and 3.267 means.

    The first point of a phase has no range. A point that is left out still makes ranges with its
    neighbours; its own (that to the point before it) does not enter the mean. The line at 2 sigma is two
    thirds of the limit, as in qicharts2. Montgomery (2013), 6.4.
    """
    y = observed.value
    ranges = np.abs(np.diff(y, axis=-1, prepend=np.nan))
    centre = given_or(options, mean_along(used(ranges, use)))
    sigma = SCREENING_FACTOR * centre / 3
    return Lines(value=ranges, centre=centre, sigma=sigma, middle=np.zeros_like(centre), lowest=0.0)


def weighted_individuals(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of an I' chart: the weighted mean, and limits that narrow where denominators are large.

    Sigma of a point is the mean of √(π/2)·|Δy| / √(1/n₋₁ + 1/n) over neighbours, divided by √n (Taylor 2019,
    Normalized individuals chart). Without denominators all weigh the same. As in qicharts2, to equal its
    limits, only the mean keeps to the points in `use`: sigma is from all neighbours of the phase.
    """
    y = observed.value
    n = np.ones_like(y) if observed.size is None else observed.size
    y_used, n_used = used(y, use), used(n, use)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.where(np.isnan(y_used), np.nan, n_used)
        centre = given_or(options, total_along(y_used * n_used) / _or_nan(total_along(weights)))
        scale = np.sqrt(1 / n[..., :-1] + 1 / n[..., 1:])
        spread = math.sqrt(math.pi / 2) * np.abs(np.diff(y, axis=-1)) / scale
        sigma = mean_range(spread, options.screen) / np.sqrt(n)
    return level_lines(y, centre, sigma)


def time_between(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of a t chart, of times between events: an XmR chart of y^(1/3.6), transformed back.

    A lower limit that would be below zero is zero. Nelson (1994), JQT 26; Montgomery (2013), 7.3.5.
    """
    y = observed.value**TIME_BETWEEN_POWER
    centre = mean_along(used(y, use))
    if options.centre is not None:
        centre = np.full_like(centre, max(options.centre, 0.0) ** TIME_BETWEEN_POWER)
    sigma = mean_moving_range(y, use, options.screen) / MOVING_RANGE_D2
    return Lines(value=observed.value, centre=_back(centre), sigma=sigma, middle=centre, back=_back)


def _back(values: Floats) -> Floats:
    return np.asarray(np.maximum(values, 0.0) ** (1 / TIME_BETWEEN_POWER), dtype=float)


def _or_nan(values: Floats) -> Floats:
    return np.where(values > 0, values, np.nan)
