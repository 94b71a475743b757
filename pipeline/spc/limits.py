"""What a chart is drawn from, and its lines, as arrays that work along the last axis.

Everything here takes one series, of shape (time,), or a batch, of shape (series, time). A chart kind (see
`kinds`) is one pure function from `Observed` to `Lines`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

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
    """The choices that belong to the rule set or the analyst, not to the kind of chart.

    screen: leave large moving ranges out. sigma_per_moving_range: of an XmR chart. centre: a centre line
    that is given. non_negative: no line is below zero. sigma_factor: by how much limits are widened.
    ordered: whether the points have an order, as those of time have and those of sites have not.
    """

    screen: bool = False
    sigma_per_moving_range: float = 1 / MOVING_RANGE_D2
    centre: float | None = None
    non_negative: bool = False
    sigma_factor: float = 1.0
    ordered: bool = True


@dataclass(frozen=True, eq=False)
class Observed:
    """What one phase is drawn from, each of shape (..., time).

    value: the values: as given, per denominator, or the mean of each subgroup; NaN where missing.
    size: denominators, or subgroup sizes. sd: standard deviations within subgroups.
    """

    value: Floats
    size: Floats | None = None
    sd: Floats | None = None

    def part(self, cut: slice) -> Observed:
        """Gives the points of `cut` along time."""
        return Observed(
            self.value[..., cut],
            None if self.size is None else self.size[..., cut],
            None if self.sd is None else self.sd[..., cut],
        )


def _as_it_is(values: Floats) -> Floats:
    return values


@dataclass(frozen=True, eq=False)
class Lines:
    """What one phase shows: the plotted values, the centre, and a line at each number of sigmas.

    A line is `back(middle + sigmas x sigma)`, no lower than `lowest` and no higher than `highest`; `middle`
    is the centre unless the kind says otherwise. All have shape (..., time), or (..., 1) where a line is
    level; `drawn` gives full rows.
    """

    value: Floats
    centre: Floats
    sigma: Floats
    middle: Floats
    lowest: float = -np.inf
    highest: float = np.inf
    back: Callable[[Floats], Floats] = _as_it_is

    def line(self, sigmas: float) -> Floats:
        """Gives the line at so many sigmas from the middle, (..., time) or (..., 1)."""
        line = self.back(self.middle + sigmas * self.sigma)
        if np.isfinite([self.lowest, self.highest]).any():
            line = np.clip(line, self.lowest, self.highest)
        return line

    @cached_property
    def lower(self) -> Floats:
        """The lower limit, at 3 sigma."""
        return self.line(-3)

    @cached_property
    def upper(self) -> Floats:
        """The upper limit, at 3 sigma."""
        return self.line(3)

    @cached_property
    def lower_2sigma(self) -> Floats:
        """The line at 2 sigma below the middle."""
        return self.line(-2)

    @cached_property
    def upper_2sigma(self) -> Floats:
        """The line at 2 sigma above the middle."""
        return self.line(2)

    @cached_property
    def slack(self) -> Floats:
        """The difference below which two values are tied: 1e-9 of the larger of the centre and sigma."""
        sigma = np.abs(self.back(self.middle + 3 * self.sigma) - self.centre) / 3
        return np.asarray(TOLERANCE * np.fmax(np.abs(self.centre), sigma), dtype=float)

    def drawn(self, name: str) -> Floats:
        """Gives a line by its name, one value a point: (..., time)."""
        return np.broadcast_to(getattr(self, name), self.value.shape)

    def times(self, per: float) -> Lines:
        """Gives the same lines with values per so many, for kinds whose lines are not transformed."""
        return Lines(
            self.value * per,
            self.centre * per,
            self.sigma * per,
            self.middle * per,
            self.lowest * per,
            self.highest * per,
        )

    def without(self, points: Bools) -> Lines:
        """Gives the same lines with these points (time,) missing."""
        values = np.where(points, np.nan, self.value)
        return Lines(values, self.centre, self.sigma, self.middle, self.lowest, self.highest, self.back)


def level_lines(value: Floats, centre: Floats, sigma: Floats, lowest: float = -np.inf) -> Lines:
    """Gives lines that are symmetric about the centre, cut off at `lowest`."""
    return Lines(value=value, centre=centre, sigma=sigma, middle=centre, lowest=lowest)


def used(values: Floats, use: Bools) -> Floats:
    """Gives the points (..., used) of `values` (..., time) where `use` (time,)."""
    return values if use.all() else np.compress(use, values, axis=-1)


def total_along(values: Floats) -> Floats:
    """Gives the sum of the values present along the last axis, (..., time) → (..., 1); 0 where none is."""
    missing = np.isnan(values)
    if missing.any():
        values = np.where(missing, 0.0, values)
    return np.asarray(values.sum(axis=-1, keepdims=True), dtype=float)


def mean_along(values: Floats) -> Floats:
    """Gives the mean of the values present along the last axis, (..., time) → (..., 1); NaN where none is."""
    count = np.count_nonzero(~np.isnan(values), axis=-1, keepdims=True)
    return total_along(values) / np.where(count, count, np.nan)


def mean_range(ranges: Floats, screen: bool) -> Floats:
    """Gives the mean of moving ranges (..., ranges) as (..., 1); NaN where no range is left.

    With `screen`, ranges of at least 3.267 times the mean are left out and the mean taken again, once
    (Nelson 1982).
    """
    if ranges.shape[-1] == 0:
        return np.full((*ranges.shape[:-1], 1), np.nan)
    mean = mean_along(ranges)
    if screen:
        # A range on the limit is screened, also where rounding puts it a hair below.
        small = ranges < SCREENING_FACTOR * mean * (1 - TOLERANCE)
        mean = mean_along(np.where(small, ranges, np.nan))
    return mean


def mean_moving_range(y: Floats, use: Bools, screen: bool = False) -> Floats:
    """Gives the mean moving range of `y` (..., time) as (..., 1), over the points where `use` (time,).

    A point that is not used is bridged: its neighbours are compared with each other. A missing value (NaN)
    is not: both of its ranges are missing. NaN where no range is left.
    """
    return mean_range(np.abs(np.diff(used(y, use), axis=-1)), screen)
