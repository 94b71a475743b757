"""The centre line and limits of each chart kind, as arrays that work along the last axis.

A chart kind is one pure function, registered in `KINDS`, that sees the points of one phase and which of
them may enter the limits. To add a kind, write that function and register it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOVING_RANGE_D2 = 1.128
"""Expected moving range of two normal values, in standard deviations (Shewhart 1931; Wheeler 1993)."""
NHS_LIMIT_FACTOR = 2.66
"""Limits are the mean ± 2.66 mean moving ranges: 3 / 1.128 as the NHS rounds it (Wheeler 1993)."""
SCREENING_FACTOR = 3.267
"""Upper limit of a moving range, in mean moving ranges; larger ones may be screened out (Nelson 1982)."""
TOLERANCE = 1e-9
"""Relative size below which a difference is rounding noise, not a difference."""


@dataclass(frozen=True)
class Options:
    """How sigma is estimated: the choices that belong to the rule set or the analyst, not to the kind."""

    screen: bool = False
    sigma_per_moving_range: float = 1 / MOVING_RANGE_D2


@dataclass(frozen=True, eq=False)
class Lines:
    """What one phase shows: the plotted values and their lines, each of shape (..., time)."""

    value: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    lower_2sigma: Floats
    upper_2sigma: Floats


Kind = Callable[[Floats, Floats | None, Bools, Options], Lines]


def mean_along(values: Floats) -> Floats:
    """Gives the mean of the values present along the last axis, (..., time) → (..., 1); NaN where none is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy warns where no value is present
        return np.asarray(np.nanmean(values, axis=-1, keepdims=True), dtype=float)


def mean_moving_range(y: Floats, use: Bools, screen: bool = False) -> Floats:
    """Gives the mean moving range of `y` (..., time) as (..., 1), over the points where `use` (time,).

    A point that is not used is bridged: its neighbours are compared with each other. A missing value (NaN)
    is not: both of its ranges are missing. With `screen`, ranges of at least 3.267 times the mean are left
    out and the mean taken again, once (Nelson 1982). NaN where no range is left.
    """
    ranges = np.abs(np.diff(y[..., use], axis=-1))
    if ranges.shape[-1] == 0:
        return np.full((*y.shape[:-1], 1), np.nan)
    mean = mean_along(ranges)
    if screen:
        # A range on the limit is screened, also where rounding puts it a hair below.
        small = ranges < SCREENING_FACTOR * mean * (1 - TOLERANCE)
        mean = mean_along(np.where(small, ranges, np.nan))
    return mean


def xmr(y: Floats, n: Floats | None, use: Bools, options: Options) -> Lines:  # noqa: ARG001
    """Gives the lines of an XmR (individuals) chart: the mean, and 2 and 3 sigma from the moving range.

    `y` (..., time) holds one phase, `use` (time,) the points that enter the limits; `n` is not used.
    Sigma is mean moving range / 1.128, or 2.66 / 3 mean moving ranges under NHS rules. The lines are NaN
    where too few values are there to tell. Wheeler (1993), Understanding Variation; Shewhart (1931).
    """
    centre = mean_along(y[..., use]) if use.any() else np.full((*y.shape[:-1], 1), np.nan)
    sigma = options.sigma_per_moving_range * mean_moving_range(y, use, options.screen)
    return _symmetric(y, centre, sigma)


def _symmetric(value: Floats, centre: Floats, sigma: Floats) -> Lines:
    def line(sigmas: float) -> Floats:
        return np.broadcast_to(centre + sigmas * sigma, value.shape)

    return Lines(
        value=value,
        centre=np.broadcast_to(centre, value.shape),
        lower=line(-3),
        upper=line(3),
        lower_2sigma=line(-2),
        upper_2sigma=line(2),
    )


KINDS: dict[str, Kind] = {"xmr": xmr}
"""Every chart kind that can be asked for by name, besides `auto`."""
