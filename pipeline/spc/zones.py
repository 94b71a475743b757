"""The zone rules of the Western Electric handbook (1956) and of Nelson (1984, JQT 16: 237-239).

Where m of n points make a pattern, those m beyond the line are marked, not the odd one, which may be on the
other side. Points that alternate, hug the centre or avoid it have no direction. Nothing is found in a series
without variation.
"""

from __future__ import annotations

import numpy as np

from pipeline.spc.limits import Bools, Lines
from pipeline.spc.rules import Signals, above, below, steps_of
from pipeline.spc.windows import all_in_window, count_in_window, in_a_row, members


def some_beyond(lines: Lines, wanted: int, of: int, sigmas: float) -> Signals:
    """Marks the points beyond so many sigmas, `wanted` or more of them on one side in `of` in a row."""

    whole = all_in_window(np.isfinite(lines.value), of)

    def found(beyond: Bools) -> Bools:
        windows = (count_in_window(beyond, of) >= wanted) & whole
        return beyond & members(windows, of, beyond.shape[-1])

    return Signals(high=found(above(lines, lines.line(sigmas))), low=found(below(lines, lines.line(-sigmas))))


def alternating(lines: Lines, length: int) -> Signals:
    """Marks all points of `length` or more in a row that go up and down by turns."""
    step, tie = steps_of(lines)
    up, down = step > tie, step < -tie
    turns = (up[..., 1:] & down[..., :-1]) | (down[..., 1:] & up[..., :-1])
    windows = all_in_window(turns, length - 2)
    return _undirected(members(windows, length, lines.value.shape[-1]))


def hugging_centre(lines: Lines, length: int) -> Signals:
    """Marks all points of `length` or more in a row within 1 sigma of the centre, on the line included."""
    present = np.isfinite(lines.value) & np.isfinite(lines.upper)
    within = present & ~above(lines, lines.line(1)) & ~below(lines, lines.line(-1))
    return _undirected(in_a_row(within, length) & _varies(lines))


def avoiding_centre(lines: Lines, length: int) -> Signals:
    """Marks all points of `length` or more in a row beyond 1 sigma, on either side."""
    beyond = above(lines, lines.line(1)) | below(lines, lines.line(-1))
    return _undirected(in_a_row(beyond, length))


def _varies(lines: Lines) -> Bools:
    """Gives whether the values of a phase differ at all, (..., 1)."""
    most = np.fmax.reduce(lines.value, axis=-1, keepdims=True)
    least = np.fmin.reduce(lines.value, axis=-1, keepdims=True)
    return np.asarray(most - least > np.fmax.reduce(lines.slack, axis=-1, keepdims=True))


def _undirected(marked: Bools) -> Signals:
    none = np.zeros_like(marked)
    return Signals(high=none, low=none, undirected=marked)
