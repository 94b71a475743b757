"""What changed and when: the impact that is looked for, its transition, its delay, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import AnalysisError

Impact = Literal["level", "slope", "level-and-slope"]


@dataclass(frozen=True)
class Intervention:
    """One change, as the plan has it (the choice of impact: Lopez Bernal et al. 2018).

    `start` is the position of the first point after the change. Each of the `phase_in` periods from there
    has an indicator of its own; level and slope begin after them and after a `delay` of so many further
    periods, in which nothing is yet expected to differ. A temporary impact ends before position `until`.
    """

    start: int
    impact: Impact = "level-and-slope"
    phase_in: int = 0
    delay: int = 0
    until: int | None = None


@dataclass(frozen=True)
class Placed:
    """An intervention on a calendar: rows `start` to before `settled` are its transition, and its level and
    slope are in force from row `after` to before row `until`. `suffix` marks the terms of a second change."""

    start: int
    settled: int
    after: int
    until: int
    impact: Impact
    suffix: str

    @property
    def points_needed(self) -> int:
        """The fewest usable points from which the impact can be told."""
        return 1 if self.impact == "level" else 2


def in_transition(placed: Iterable[Placed], n: int) -> NDArray[np.bool_]:
    """True for each of n periods that is in the transition of any of the changes, shape (n,)."""
    rows = np.zeros(n, dtype=bool)
    for change in placed:
        rows[change.start : change.settled] = True
    return rows


def place(interventions: Sequence[Intervention], time: NDArray[np.int64]) -> tuple[Placed, ...]:
    """Gives the interventions on the calendar `time`, shape (n,), which must come in order.

    Raises `AnalysisError` for starts, impacts, transitions, delays or ends that can't be used.
    """
    placed: list[Placed] = []
    for number, given in enumerate(interventions, start=1):
        if given.impact not in get_args(Impact):
            raise AnalysisError(
                f"impact is {given.impact!r}; it must be one of {', '.join(get_args(Impact))}."
            )
        start = _position(given.start, len(time))
        phase_in, delay = _periods(given.phase_in, "phase_in"), _periods(given.delay, "delay")
        settled = int(np.searchsorted(time, time[start] + phase_in))
        after = int(np.searchsorted(time, time[start] + phase_in + delay))
        until = len(time) if given.until is None else _end(given.until, after, len(time))
        if placed and start <= placed[-1].start:
            raise AnalysisError(
                f"intervention {number} starts at position {start}, not after the one before it; list them "
                "in order, each with its own start."
            )
        suffix = "" if number == 1 else f"_{number}"
        placed.append(Placed(start, settled, after, until, given.impact, suffix))
    if not placed:
        raise AnalysisError("no intervention was given; give a start, or at least one intervention.")
    return tuple(placed)


def _position(start: object, n: int) -> int:
    if isinstance(start, bool) or not isinstance(start, int | np.integer):
        raise AnalysisError(
            f"start must be a whole number, the position of the first point after, not {start!r}."
        )
    if not 0 < start < n:
        raise AnalysisError(
            f"start is {start}, which is not inside the series; it must be a position from 1 to {n - 1}."
        )
    return int(start)


def _periods(given: object, name: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < 0:
        raise AnalysisError(f"{name} must be a number of periods, 0 or more, not {given!r}.")
    return int(given)


def _end(until: object, after: int, n: int) -> int:
    if isinstance(until, bool) or not isinstance(until, int | np.integer) or not after < until <= n:
        raise AnalysisError(
            f"until is {until!r}; it must be a position after {after}, where the impact begins, and at most "
            f"{n}."
        )
    return int(until)
