"""What a chart means for the service: is the change good news, and can the target be met?

Everything works on arrays of any shape, so that one chart and a batch are told by the same rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.spc.limits import Bools, Floats
from pipeline.spc.rules import Signals

Better = Literal["higher", "lower"]
Variation = Literal[
    "common-cause",
    "improving-high",
    "improving-low",
    "concerning-high",
    "concerning-low",
    "neutral-high",
    "neutral-low",
]
Assurance = Literal["meets", "misses", "hit-or-miss"]
Direction = Literal["improving", "concerning", "neutral-high", "neutral-low", "both"]

DIRECTIONS: tuple[Direction | None, ...] = (
    None,
    "improving",
    "concerning",
    "neutral-high",
    "neutral-low",
    "both",
)
"""The directions by their code."""
Codes = NDArray[np.int8]
Names = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Sides:
    """The sides of the patterns that points are in: high (or rising), low (or falling), or without one."""

    high: Bools
    low: Bools
    undirected: Bools


def sides_of_all(signals: Sequence[Signals], shape: tuple[int, ...]) -> Sides:
    """Gives the sides of all patterns that each point is in, of `shape`."""
    high, low, undirected = (np.zeros(shape, dtype=bool) for _ in range(3))
    for found in signals:
        high |= found.high
        low |= found.low
        if found.undirected is not None:
            undirected |= found.undirected
    return Sides(high, low, undirected)


def sides_of_headline(signals: Sequence[Signals], shape: tuple[int, ...]) -> Sides:
    """Gives the sides of the first pattern, by the rules' priority, that each point is in; of `shape`."""
    high, low, undirected = (np.zeros(shape, dtype=bool) for _ in range(3))
    for found in reversed(signals):
        marked = found.marked
        high = np.where(marked, found.high, high)
        low = np.where(marked, found.low, low)
        undirected = np.where(marked, False if found.undirected is None else found.undirected, undirected)
    return Sides(high, low, undirected)


def headlines(signals: Sequence[Signals], shape: tuple[int, ...]) -> Codes:
    """Gives the place among the rules of each point's headline, -1 where it is no signal; of `shape`."""
    first = np.full(shape, -1, dtype=np.int8)
    for place in reversed(range(len(signals))):
        first[signals[place].marked] = place
    return first


def directions(sides: Sides, is_high: Bools, better: Better | None) -> Codes:
    """Gives what it means that points are in these patterns, as codes of `DIRECTIONS`.

    A pattern without a direction is a change, neither good nor bad, on the side of the centre its point is
    on (`is_high`).
    """
    up, down = {"higher": (1, 2), "lower": (2, 1), None: (3, 4)}[better]
    codes = np.where(sides.high, np.int8(up), np.int8(0))
    codes = np.where(sides.low, np.where(sides.high, np.int8(5), np.int8(down)), codes)
    if sides.undirected.any():
        alone = sides.undirected & (codes == 0)
        codes = np.where(alone, np.where(is_high, np.int8(3), np.int8(4)), codes)
    return np.asarray(codes, dtype=np.int8)


def variations(sides: Sides, is_high: Bools, better: Better | None) -> Names:
    """Gives the kind of variation at points, from the pattern of their headlines.

    A point at which a rising pattern turns into a falling one is taken as low: what is happening now.
    """
    up = {"higher": "improving-high", "lower": "concerning-high", None: "neutral-high"}[better]
    down = {"higher": "concerning-low", "lower": "improving-low", None: "neutral-low"}[better]
    names = np.full(np.shape(sides.high), "common-cause", dtype=object)
    names[sides.undirected & is_high] = "neutral-high"
    names[sides.undirected & ~is_high] = "neutral-low"
    names[sides.high] = up
    names[sides.low] = down
    return names


def variation_of_phase(sides: Sides, is_high: Bools, better: Better | None) -> Names:
    """Gives the kind of variation of phases (..., time) as wholes, (...).

    It is that of the side that has more of the points in patterns; of the latest such point where both have
    as many. Patterns without a direction tell only where there are no others.
    """
    high, low = sides.high & ~sides.low, sides.low
    most = np.count_nonzero(high, axis=-1) - np.count_nonzero(low, axis=-1)
    directed = (high | low).any(axis=-1)
    latest_high = _latest(high | low, high)
    is_up = (most > 0) | ((most == 0) & latest_high)
    undirected = np.asarray(sides.undirected.any(axis=-1) & ~directed)
    whole = Sides(directed & is_up, directed & ~is_up, undirected)
    return variations(whole, _latest(sides.undirected, is_high), better)


def _latest(marked: Bools, values: Bools) -> Bools:
    """Gives, along time, the value at the latest marked point; False where none is marked."""
    last = marked.shape[-1] - 1 - np.argmax(marked[..., ::-1], axis=-1)[..., np.newaxis]
    found = np.take_along_axis(values & marked, last, axis=-1)[..., 0]
    return np.asarray(found, dtype=bool)


def assurances(
    target: float | Floats | None, lower: Floats, upper: Floats, better: Better | None, slack: Floats
) -> Names:
    """Gives whether processes as they are will meet the target: always, never, or by chance.

    The target is compared with the limits at the latest point; on a limit (within `slack`) it is hit or
    miss. None where there is no target, no better direction, or no limits. NHS England, Making Data Count.
    """
    names = np.full(np.shape(lower), None, dtype=object)
    if target is None or better is None:
        return names
    below, over = ("meets", "misses") if better == "higher" else ("misses", "meets")
    known = (lower <= upper) & ~np.isnan(target)
    names[known] = "hit-or-miss"
    names[known & (target < lower - slack)] = below
    names[known & (target > upper + slack)] = over
    return names


def one(names: Names) -> Any:
    """Gives the only name of an array without dimensions."""
    return cast(Any, names[()])
