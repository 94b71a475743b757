"""Advice on where a new phase might start: never taken by itself, and each condition told by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.spc.limits import Bools
from pipeline.spc.phases import phase
from pipeline.spc.request import checked_positions
from pipeline.spc.rules import SHIFT_LENGTH, above, below
from pipeline.spc.windows import in_a_row

if TYPE_CHECKING:
    from pipeline.spc.chart import Chart

LEAD = 3
"""Points that may pass between a cause and the shift that it makes."""
FEWEST_AFTER = 12
"""Points in the new state under which its limits would be trial limits (NHS-R Community)."""

ConditionName = Literal["sustained-shift", "known-cause", "stable-since", "enough-points"]


@dataclass(frozen=True)
class Condition:
    """One of the conditions for a new phase: its name, whether it holds, and what was found."""

    name: ConditionName
    holds: bool
    sentence: str


@dataclass(frozen=True)
class RebaseAdvice:
    """Where a new phase might start, and which conditions for it hold.

    position: 0-based, of the first point of the shift. cause: the known cause, if there is one.
    advised: whether all conditions hold. sentence: the advice in words.
    """

    position: int
    cause: str | None
    conditions: tuple[Condition, ...]

    @property
    def advised(self) -> bool:
        """Whether all conditions hold."""
        return all(condition.holds for condition in self.conditions)

    @property
    def sentence(self) -> str:
        """The advice in words, for a reader who decides."""
        found = " ".join(condition.sentence for condition in self.conditions)
        if self.advised:
            return f"A new phase may start at position {self.position}. {found}"
        return f"No new phase is advised at position {self.position}. {found}"


def rebase_advice(
    chart: Chart, known_causes: Mapping[int, str] | None = None, shift_length: int = SHIFT_LENGTH
) -> tuple[RebaseAdvice, ...]:
    """Gives the places in the latest phase of a chart at which a new one might start, in order of time.

    A place is the first point of a shift: `shift_length` or more points in a row on one side of the centre,
    where those before were not. Beside the centre of the chart, that of the points before each known cause
    is looked at, since a mean of before and after together finds a shift late. The conditions, each told
    whether it holds:

    - sustained-shift: the process has stayed on that side, but for single points, up to the latest point.
    - known-cause: one of `known_causes` (0-based position: what changed) is at the place or up to 3 points
      before.
    - stable-since: charted alone, the points from there on have no signal.
    - enough-points: there are 12 or more of them, so that the new limits are more than trial limits.

    A chart without a shift gives no place. Raises AnalysisError on a cause that is at no point.
    NHS England, Making Data Count: when to recalculate limits.
    """
    causes = dict(known_causes or {})
    size = len(chart.points)
    checked_positions("known_causes", causes, first=0, size=size)
    start = int(chart.phases["start"].iloc[-1])
    places = _places(chart, start, sorted(causes), shift_length)
    return tuple(
        RebaseAdvice(
            position=position,
            cause=_cause(position, causes)[1],
            conditions=(
                _sustained(chart, start, position, high),
                _known(position, causes),
                _stable(chart, position),
                _enough(chart, position),
            ),
        )
        for position, high in places
    )


def _places(chart: Chart, start: int, causes: Sequence[int], length: int) -> list[tuple[int, bool]]:
    """Gives where shifts begin, and whether they are high: those at known causes first, then others."""
    in_limits = chart.request.cuts.in_limits[start:]
    places = []
    for cause in causes:
        before = in_limits & (np.arange(start, len(chart.points)) < cause)
        if np.count_nonzero(before) >= length:
            found = _shifts(chart, start, before, length)
            places += [place for place in found if cause <= place[0] <= cause + LEAD]
    for position, high in _shifts(chart, start, in_limits, length):
        near = (abs(position - place) <= length for place, side in places if side == high)
        if not any(near):
            places.append((position, high))
    return sorted(set(places))


def _shifts(chart: Chart, start: int, in_limits: Bools, length: int) -> list[tuple[int, bool]]:
    """Gives where runs of the latest phase begin that are shifts, and whether they are high.

    The run that the phase begins with is no change.
    """
    high, low = _sides(chart, start, in_limits)
    places: list[tuple[int, bool]] = []
    for is_high, marked in ((True, in_a_row(high, length)), (False, in_a_row(low, length))):
        begins = np.flatnonzero(marked & ~np.concatenate([[False], marked[:-1]]))
        places += [(int(place) + start, is_high) for place in begins]
    places = sorted(place for place in places if place[0] > start)
    # Of runs on the same side one after the other, only the first is a change.
    return [
        place
        for before, place in pairwise([(-1, not places[0][1]) if places else (-1, True), *places])
        if before[1] != place[1]
    ]


def _sides(chart: Chart, start: int, in_limits: Bools) -> tuple[Bools, Bools]:
    request = chart.request
    cut = slice(start, len(chart.points))
    latest = phase(start, request.observed.part(cut), in_limits, request.cuts.kept[cut], request.method)
    return above(latest.lines, latest.lines.centre), below(latest.lines, latest.lines.centre)


def _sustained(chart: Chart, start: int, position: int, high: bool) -> Condition:
    """Judges the points from a place on by the centre of those before it in their phase."""
    before = chart.request.cuts.in_limits[start:] & (np.arange(start, len(chart.points)) < position)
    sides = _sides(chart, start, before if before.any() else chart.request.cuts.in_limits[start:])
    back = sides[1 if high else 0][position - start :]
    value = chart.points["value"].iloc[position:]
    returned = bool(in_a_row(back, 2).any()) or bool(back[-1])
    known = int(value.notna().sum())
    side = "above" if high else "below"
    if returned:
        return Condition(
            "sustained-shift", False, f"Values moved {side} the level before them, and came back."
        )
    return Condition(
        "sustained-shift",
        True,
        f"The latest {known} points lie {side} the level before them, but for single ones.",
    )


def _cause(position: int, causes: Mapping[int, str]) -> tuple[int, str | None]:
    """Gives the nearest cause at or before a position, within the lead, and where it is."""
    near = [place for place in causes if position - LEAD <= place <= position]
    return (max(near), causes[max(near)]) if near else (-1, None)


def _known(position: int, causes: Mapping[int, str]) -> Condition:
    place, cause = _cause(position, causes)
    if cause is None:
        return Condition("known-cause", False, f"No cause is known at that point, or up to {LEAD} before it.")
    before = position - place
    when = "at that point" if before == 0 else f"{before} point{'' if before == 1 else 's'} before"
    return Condition("known-cause", True, f"There is a known cause {when}: {cause}.")


def _stable(chart: Chart, position: int) -> Condition:
    request = chart.request
    cut = slice(position, len(chart.points))
    kept = request.cuts.kept[cut]
    alone = phase(position, request.observed.part(cut), kept, kept, request.method)
    marked = np.any([found.marked for found in alone.signals], axis=0)
    signals = int(np.count_nonzero(marked))
    if signals:
        part = "is part of a signal" if signals == 1 else "are parts of signals"
        return Condition("stable-since", False, f"Since then it is not stable: {signals} points {part}.")
    return Condition("stable-since", True, "Since then the process is stable.")


def _enough(chart: Chart, position: int) -> Condition:
    n = int(chart.points["value"].iloc[position:].notna().sum())
    told = f"There are {n} points since then"
    if n < FEWEST_AFTER:
        return Condition("enough-points", False, f"{told}, fewer than the {FEWEST_AFTER} that limits need.")
    return Condition("enough-points", True, f"{told}, enough for new limits.")
