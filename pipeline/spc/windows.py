"""Patterns over successive points, as boolean arrays along the last axis.

Nothing here loops over points: a window of k points is a few shifted copies of the array, doubled in width
until they reach k.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.spc.limits import Bools


def count_in_window(marked: Bools, width: int) -> NDArray[np.int16]:
    """Gives how many are marked in each full window of `width`: (..., time) → (..., time-width+1)."""
    starts = max(marked.shape[-1] - width + 1, 0)
    total = np.zeros((*marked.shape[:-1], starts), dtype=np.int16)
    for step in range(width if starts else 0):
        total += marked[..., step : step + starts]
    return total


def all_in_window(marked: Bools, width: int) -> Bools:
    """Gives whether all are marked in each full window of `width`: (..., time) → (..., time-width+1)."""
    if marked.shape[-1] < width:
        return np.zeros((*marked.shape[:-1], 0), dtype=bool)
    done, reached = marked, 1
    while reached < width:
        step = min(reached, width - reached)
        done = done[..., : done.shape[-1] - step] & done[..., step:]
        reached += step
    return done


def members(windows: Bools, width: int, points: int) -> Bools:
    """Gives the points that lie in any chosen window: (..., windows) → (..., points).

    `windows` is indexed by the first point of each window of `width` points.
    """
    inside = np.zeros((*windows.shape[:-1], points), dtype=bool)
    if not windows.any():
        return inside
    inside[..., : windows.shape[-1]] = windows
    reached = 1
    while reached < width:
        step = min(reached, width - reached)
        inside[..., step:] |= inside[..., : points - step].copy()
        reached += step
    return inside


def in_a_row(marked: Bools, width: int) -> Bools:
    """Gives the points that belong to `width` or more successive marked points; the shape stays."""
    return members(all_in_window(marked, width), width, marked.shape[-1])
