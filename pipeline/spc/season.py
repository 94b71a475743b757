"""Seasonal figures taken out of a series, so that its signals are not those of the calendar.

Each phase is cut into blocks of one period (a year of months, a week of days). Blocks and seasons are
fitted together, by least squares, with an effect for each (the two-way layout: Fisher 1925), and the effects
of the seasons are taken out. A shift from one block to another is the blocks' own and stays in the series
whole; one in the middle of a block leaves a part of it, 1 in as many as there are blocks, to the seasons.
Medians instead of means would leave less there, but make half as many false signals again. Seasons are the
same throughout, and add up to nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import AnalysisError
from pipeline.spc.limits import TOLERANCE, Floats, mean_along

FEWEST_BLOCKS = 2
"""Whole periods under which a season can't be told from what happened in it."""
ROUNDS = 500
"""Sweeps, at most; one or two are enough where no value is missing."""


@dataclass(frozen=True, eq=False)
class Season:
    """The seasonal figures of a series.

    period: points in a year or week. figures (period,): how much each season is above the level, that of
    the first point first. adjusted (time,): the values less their figures. sigma_factor: by how much limits
    are widened, since the figures were estimated from the same values: √(k / (k - period + 1)) for k values.
    """

    period: int
    figures: Floats
    adjusted: Floats
    sigma_factor: float


def seasonally_adjusted(values: Floats, starts: tuple[int, ...], period: object) -> Season:
    """Gives the seasonal figures of `values` (time,) whose phases start at `starts`.

    Raises AnalysisError unless the period is 2 points or more and each season has values in two blocks.
    """
    if not isinstance(period, int | np.integer) or isinstance(period, bool) or period < 2:
        raise AnalysisError(f"seasonal_period is {period!r}, and must be a whole number of 2 or more points.")
    period = int(period)
    seasons = np.arange(len(values)) % period
    blocks = _blocks(len(values), starts, period)
    table = np.full((blocks[-1] + 1, period), np.nan)
    # A last block shorter than a period is one with the block before it; its seasons are there twice.
    extra = np.full_like(table, np.nan)
    for value, block, season in zip(values, blocks, seasons, strict=True):
        (table if np.isnan(table[block, season]) else extra)[block, season] = value
    stacked = np.concatenate([table, extra], axis=1)
    seen = np.isfinite(table).sum(axis=0) + np.isfinite(extra).sum(axis=0)
    if seen.min() < FEWEST_BLOCKS:
        raise AnalysisError(
            f"Seasonal figures need {FEWEST_BLOCKS} or more values in each of the {period} seasons, and one "
            f"has {int(seen.min())}; leave seasonal_period out."
        )
    figures = _swept(stacked, period)
    known = int(np.isfinite(values).sum())
    freedom = max(known - period + 1, 1)
    return Season(period, figures, values - figures[seasons], math.sqrt(known / freedom))


def _blocks(size: int, starts: tuple[int, ...], period: int) -> NDArray[np.int64]:
    """Gives the number of the block that each point is in, (time,)."""
    blocks = np.zeros(size, dtype=np.int64)
    first = 0
    for start, end in zip(starts, (*starts[1:], size), strict=True):
        count = max((end - start) // period, 1)
        blocks[start:end] = first + np.minimum(np.arange(end - start) // period, count - 1)
        first += count
    return blocks


def _swept(stacked: Floats, period: int) -> Floats:
    """Gives the seasons of a table of blocks (rows) by seasons (columns, there twice), by least squares.

    Blocks and seasons are swept out by turns until nothing is left to sweep, which is where least squares
    ends, also with values missing.
    """
    rest = stacked.copy()
    figures = np.zeros(period)
    size = float(np.nanmax(np.abs(stacked)))
    step = np.full(period, np.inf)
    rounds = 0
    while rounds < ROUNDS and np.abs(step).max() > TOLERANCE * size:
        rounds += 1
        rest -= np.nan_to_num(mean_along(rest))
        by_season = np.concatenate([rest[:, :period], rest[:, period:]], axis=0)
        step = mean_along(by_season.T)[:, 0]
        figures += step
        rest -= np.tile(step, 2)
    return np.asarray(figures - figures.mean(), dtype=float)
