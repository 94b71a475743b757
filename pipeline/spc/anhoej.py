"""Anhøj's two rules on runs about the centre line, and which points make their signals.

Anhøj & Olesen (2014), PLoS ONE 9: e113825; Anhøj (2015), PLoS ONE 10: e0121349.
"""

from __future__ import annotations

import numpy as np

from pipeline.spc.limits import Bools, Floats, Lines
from pipeline.spc.rules import Signals, above, below
from pipeline.spc.runs import Sides, fewest_crossings, run_starts, runs_of


def sides_of(lines: Lines) -> Sides:
    """Gives the side of the centre each point is on, (..., time): 1 above, -1 below, 0 on it or missing."""
    return above(lines, lines.centre).astype(np.int8) - below(lines, lines.centre).astype(np.int8)


def long_run(lines: Lines) -> Signals:
    """Marks the points of every run that is longer than chance allows, those on the centre line left out."""
    sides = sides_of(lines)
    runs = runs_of(sides)
    allowed = np.asarray(runs.longest_run_max)
    return _signals(sides, _run_lengths(sides) > allowed[..., np.newaxis])


def few_crossings(lines: Lines) -> Signals:
    """Marks the runs that make the crossings too few for chance.

    These are the longest ones: as many, from the longest down (ties together), as have to be taken away
    for what remains to have the crossings that chance allows for its number of points.
    """
    sides = sides_of(lines)
    runs = runs_of(sides)
    few = np.asarray((runs.useful > 0) & (runs.crossings < runs.crossings_min))
    lengths = _run_lengths(sides)
    shortest = np.full(few.shape, np.inf)
    for series in np.argwhere(few):
        at = tuple(series)
        _, starts = run_starts(sides[at])
        shortest[at] = _shortest_to_blame(lengths[at][starts])
    return _signals(sides, lengths >= shortest[..., np.newaxis])


def _shortest_to_blame(lengths: Floats) -> float:
    """Gives the length of the shortest of the runs that make the crossings of these runs too few."""
    ordered = np.sort(lengths)[::-1]
    left = int(ordered.sum()) - np.cumsum(ordered).astype(int)
    enough = [
        points == 0 or len(ordered) - taken - 2 >= fewest_crossings(points)
        for taken, points in enumerate(left)
    ]
    return float(ordered[enough.index(True)])


def _run_lengths(sides: Sides) -> Floats:
    """Gives the length of the run that each point is in, (..., time); NaN for points off any run."""
    _, starts = run_starts(sides)
    off = sides != 0
    number = np.cumsum(starts, axis=-1)
    lengths = np.full(sides.shape, np.nan)
    for row in np.ndindex(sides.shape[:-1]):
        numbers = number[row][off[row]]
        lengths[row][off[row]] = np.bincount(numbers, minlength=1)[numbers]
    return lengths


def _signals(sides: Sides, marked: Bools) -> Signals:
    return Signals(high=marked & (sides > 0), low=marked & (sides < 0))
