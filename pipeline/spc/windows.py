"""Patterns over successive points, as boolean arrays along the last axis.

Nothing here loops over points: a window of k points is k shifted copies of the array.
"""

from __future__ import annotations

import numpy as np

from pipeline.spc.limits import Bools


def count_in_window(marked: Bools, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Gives how many are marked in each full window of `width`: (..., time) → (..., time-width+1)."""
    starts = max(marked.shape[-1] - width + 1, 0)
    total = np.zeros((*marked.shape[:-1], starts), dtype=np.int64)
    for step in range(width if starts else 0):
        total += marked[..., step : step + starts]
    return total


def members(windows: Bools, width: int, points: int) -> Bools:
    """Gives the points that lie in any chosen window: (..., windows) → (..., points).

    `windows` is indexed by the first point of each window of `width` points.
    """
    inside = np.zeros((*windows.shape[:-1], points), dtype=bool)
    for step in range(width if windows.shape[-1] else 0):
        inside[..., step : step + windows.shape[-1]] |= windows
    return inside


def in_a_row(marked: Bools, width: int) -> Bools:
    """Gives the points that belong to `width` or more successive marked points; the shape stays."""
    return members(count_in_window(marked, width) == width, width, marked.shape[-1])
