"""Anhøj's runs analysis: is the longest run too long, or are the crossings too few, for chance alone?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from pipeline.spc.limits import Floats

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


def runs_of(sides: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> Runs:
    """Gives the runs analysis of one phase from the side of the centre each point is on.

    `sides` (time,): 1 above, -1 below, 0 for points on the line or missing, which are left out: they
    neither break nor lengthen a run. A signal is a longest run above round(log2(n)) + 3, or crossings below
    the 5% quantile of binomial(n - 1, 0.5), with n the points off the line (Anhøj & Olesen 2014; Anhøj 2015).
    """
    useful = sides[sides != 0]
    n = len(useful)
    if n == 0:
        return Runs(0, None, 0, None, signal=False)
    changes = np.flatnonzero(np.diff(useful)) + 1
    longest = int(np.diff(np.concatenate(([0], changes, [n]))).max())
    longest_max, crossings_min = round(math.log2(n)) + 3, fewest_crossings(n)
    signal = longest > longest_max or len(changes) < crossings_min
    return Runs(longest, longest_max, len(changes), crossings_min, signal)


def fewest_crossings(n: int) -> int:
    """Gives the fewest crossings that chance allows for `n` points: the 5% quantile of B(n - 1, 0.5)."""
    cumulative: Floats = bdtr(np.arange(n, dtype=float), n - 1, 0.5)
    return int(np.searchsorted(cumulative, CROSSINGS_PROBABILITY))
