"""The rules that tell special causes from common ones.

A rule is a named predicate: it sees a phase with its lines and gives two boolean arrays, the points that
belong to a high (or rising) pattern and those that belong to a low (or falling) one. A rule set lists its
rules by priority: where a point triggers several, the first in the list is its headline.

All rules share two conventions. Differences within 1e-9 of the larger of the centre and sigma are ties; a
point on a line is neither beyond it nor on a side of it. A missing point compares as false with
everything, so that it is never part of a pattern and breaks any it falls in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.spc.limits import MOVING_RANGE_D2, TOLERANCE, Bools, Floats, Lines
from pipeline.spc.windows import count_in_window, in_a_row, members

SHIFT_LENGTH = 7
"""Successive points on one side of the mean that make a shift (NHS England, Making Data Count)."""
TREND_LENGTH = 7
"""Successive points, so one step fewer, that make a trend (NHS England, Making Data Count)."""


@dataclass(frozen=True, eq=False)
class Signals:
    """The points of high or rising patterns, and those of low or falling ones; (..., time) each."""

    high: Bools
    low: Bools


@dataclass(frozen=True)
class Rule:
    """A rule: its short name, what it says in words, and the predicate that finds its points."""

    name: str
    sentence: str
    find: Callable[[Lines], Signals]


@dataclass(frozen=True)
class RuleSet:
    """Rules by priority for the headline, and the conventions that come with them.

    `says_both`: whether a point in an improving and a concerning pattern at once says so, rather than
    following its headline alone. `variation_from`: the point that gives the chart's variation.
    """

    name: str
    rules: tuple[Rule, ...]
    sigma_per_moving_range: float = 1 / MOVING_RANGE_D2
    says_both: bool = True
    variation_from: Literal["latest value", "last row"] = "latest value"


def slack(lines: Lines) -> Floats:
    """Gives the difference below which two values are tied, (..., time): 1e-9 of the centre or sigma."""
    sigma = np.abs(lines.upper - lines.centre) / 3
    return np.asarray(TOLERANCE * np.fmax(np.abs(lines.centre), sigma), dtype=float)


def above(lines: Lines, line: Floats) -> Bools:
    """Gives the points above `line` by more than a tie, (..., time)."""
    return np.asarray(lines.value - line > slack(lines))


def below(lines: Lines, line: Floats) -> Bools:
    """Gives the points below `line` by more than a tie, (..., time)."""
    return np.asarray(line - lines.value > slack(lines))


def outside_limits(lines: Lines) -> Signals:
    """Marks each point above the upper or below the lower limit (Shewhart 1931)."""
    return Signals(high=above(lines, lines.upper), low=below(lines, lines.lower))


def shift(lines: Lines, length: int = SHIFT_LENGTH) -> Signals:
    """Marks all points of `length` or more in a row on one side of the centre; a tie breaks the run."""
    return Signals(
        high=in_a_row(above(lines, lines.centre), length), low=in_a_row(below(lines, lines.centre), length)
    )


def trend(lines: Lines, length: int = TREND_LENGTH) -> Signals:
    """Marks all points of `length` or more in a row that rise, or fall, at every step."""
    points = lines.value.shape[-1]

    def runs(steps: Bools) -> Bools:
        return members(count_in_window(steps, length - 1) == length - 1, length, points)

    step = np.diff(lines.value, axis=-1)
    tie = slack(lines)[..., 1:]
    return Signals(high=runs(step > tie), low=runs(step < -tie))


def two_of_three(lines: Lines) -> Signals:
    """Marks three in a row on one side of the centre, two or more of them beyond 2 sigma.

    Points beyond 3 sigma count as beyond 2 (NHS England, announced November 2023), and all three points
    are marked, since the pattern is theirs together.
    """

    def found(beyond: Bools, side: Bools) -> Bools:
        windows = (count_in_window(beyond, 3) >= 2) & (count_in_window(side, 3) == 3)
        return members(windows, 3, beyond.shape[-1])

    return Signals(
        high=found(above(lines, lines.upper_2sigma), above(lines, lines.centre)),
        low=found(below(lines, lines.lower_2sigma), below(lines, lines.centre)),
    )
