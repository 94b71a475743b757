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

from pipeline.spc.limits import MOVING_RANGE_D2, Bools, Floats, Lines
from pipeline.spc.windows import all_in_window, count_in_window, in_a_row, members

SHIFT_LENGTH = 7
"""Successive points on one side of the mean that make a shift (NHS England, Making Data Count)."""
TREND_LENGTH = 7
"""Successive points, so one step fewer, that make a trend (NHS England, Making Data Count)."""


@dataclass(frozen=True, eq=False)
class Signals:
    """The points of high or rising patterns, and those of low or falling ones; (..., time) each.

    undirected: those of patterns that have no direction (points that alternate, or vary too little).
    """

    high: Bools
    low: Bools
    undirected: Bools | None = None

    @property
    def marked(self) -> Bools:
        """The points of any pattern, (..., time)."""
        marked = self.high | self.low
        return marked if self.undirected is None else marked | self.undirected


@dataclass(frozen=True)
class Rule:
    """A rule: its short name, what it says in words, and the predicate that finds its points.

    sees_excluded: whether points that were left out of the limits can be part of its patterns.
    needs_order: whether it is a pattern over time, which independent points that have no order can't make.
    """

    name: str
    sentence: str
    find: Callable[[Lines], Signals]
    sees_excluded: bool = True
    needs_order: bool = True


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


def above(lines: Lines, line: Floats) -> Bools:
    """Gives the points above `line` by more than a tie, (..., time)."""
    return np.asarray(lines.value - line > lines.slack)


def below(lines: Lines, line: Floats) -> Bools:
    """Gives the points below `line` by more than a tie, (..., time)."""
    return np.asarray(line - lines.value > lines.slack)


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
        return members(all_in_window(steps, length - 1), length, points)

    step, tie = steps_of(lines)
    return Signals(high=runs(step > tie), low=runs(step < -tie))


def steps_of(lines: Lines) -> tuple[Floats, Floats]:
    """Gives the step from each point to the next, (..., time-1), and the size below which it is a tie."""
    slack = lines.slack
    return np.diff(lines.value, axis=-1), slack if slack.shape[-1] == 1 else slack[..., 1:]


def two_of_three(lines: Lines) -> Signals:
    """Marks three in a row on one side of the centre, two or more of them beyond 2 sigma.

    Points beyond 3 sigma count as beyond 2 (NHS England, announced November 2023), and all three points
    are marked, since the pattern is theirs together.
    """

    def found(beyond: Bools, side: Bools) -> Bools:
        windows = (count_in_window(beyond, 3) >= 2) & all_in_window(side, 3)
        return members(windows, 3, beyond.shape[-1])

    return Signals(
        high=found(above(lines, lines.upper_2sigma), above(lines, lines.centre)),
        low=found(below(lines, lines.lower_2sigma), below(lines, lines.centre)),
    )
