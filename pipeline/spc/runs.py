"""Anhøj's runs analysis: is the longest run too long, or are the crossings too few, for chance alone?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from pipeline.spc.limits import Bools, Floats

Sides = NDArray[np.int8]
Counts = NDArray[np.int64]

CROSSINGS_PROBABILITY = 0.05
"""Crossings fewer than this quantile of their binomial distribution are a signal (Chen 2010; Anhøj 2015)."""


@dataclass(frozen=True)
class Runs:
    """What the runs about the centre line say; the two bounds are None where no point is off the line."""

    longest_run: int
    longest_run_max: int | None
    crossings: int
    crossings_min: int | None
    signal: bool


@dataclass(frozen=True, eq=False)
class RunsOfMany:
    """The runs analysis of a batch, an array (...) each; `useful` is the number of points off the line."""

    useful: Counts
    longest_run: Counts
    longest_run_max: Counts
    crossings: Counts
    crossings_min: Counts
    signal: Bools

    def one(self, index: int | tuple[()] = ()) -> Runs:
        """Gives the runs of one series of the batch, or of the only one."""
        known = bool(self.useful[index])
        return Runs(
            longest_run=int(self.longest_run[index]),
            longest_run_max=int(self.longest_run_max[index]) if known else None,
            crossings=int(self.crossings[index]),
            crossings_min=int(self.crossings_min[index]) if known else None,
            signal=bool(self.signal[index]),
        )


def runs_of(sides: Sides) -> RunsOfMany:
    """Gives the runs analysis of one phase from the side of the centre each point is on.

    `sides` (..., time): 1 above, -1 below, 0 for points on the line or missing, which are left out: they
    neither break nor lengthen a run. A signal is a longest run above round(log2(n)) + 3, or crossings below
    the 5% quantile of binomial(n - 1, 0.5), with n the points off the line (Anhøj & Olesen 2014; Anhøj 2015).
    """
    useful = np.count_nonzero(sides, axis=-1)
    place, starts = run_starts(sides)
    crossings = np.maximum(np.count_nonzero(starts, axis=-1) - 1, 0)
    first = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    lengths = np.where(sides != 0, place - first + 1, 0)
    longest = lengths.max(axis=-1, initial=0).astype(np.int64)
    longest_max, crossings_min = (bounds[useful] for bounds in _bounds(sides.shape[-1]))
    return RunsOfMany(
        useful=useful,
        longest_run=longest,
        longest_run_max=longest_max,
        crossings=crossings,
        crossings_min=crossings_min,
        signal=(useful > 0) & ((longest > longest_max) | (crossings < crossings_min)),
    )


def run_starts(sides: Sides) -> tuple[NDArray[np.int32], Bools]:
    """Gives each point's rank among those off the line, from 1, and the points that start a run."""
    off = sides != 0
    place = np.cumsum(off, axis=-1, dtype=np.int32)
    # The latest point off the line, as twice its rank, plus 1 if it is above: its side goes along with it.
    code = np.maximum.accumulate(np.where(off, 2 * place + (sides > 0), 0), axis=-1)
    before = np.zeros_like(code)
    before[..., 1:] = code[..., :-1]
    return place, off & ((before == 0) | ((before ^ code) & 1).astype(bool))


def fewest_crossings(n: int) -> int:
    """Gives the fewest crossings that chance allows for `n` points: the 5% quantile of B(n - 1, 0.5)."""
    cumulative: Floats = bdtr(np.arange(n, dtype=float), n - 1, 0.5)
    return int(np.searchsorted(cumulative, CROSSINGS_PROBABILITY))


@lru_cache(maxsize=64)
def _bounds(most: int) -> tuple[Counts, Counts]:
    """Gives the longest run and the fewest crossings allowed, for 0 to `most` points off the line."""
    n = np.arange(1, most + 1)
    longest = np.rint(np.log2(n)).astype(np.int64) + 3
    fewest = np.array([fewest_crossings(int(points)) for points in n], dtype=np.int64)
    none = np.zeros(1, dtype=np.int64)
    return np.concatenate([none, longest]), np.concatenate([none, fewest])
