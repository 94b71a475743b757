"""The two rules of the R package NHSRplotthedots 0.2.2 that differ from the NHS's present ones.

With them, a chart can be equal to that package's (Reading et al. 2021, NHSRplotthedots).
"""

from __future__ import annotations

import numpy as np

from pipeline.spc.limits import Bools, Lines
from pipeline.spc.rules import Signals, above, below, steps_of, trend
from pipeline.spc.windows import all_in_window, count_in_window, members


def turning_trend(lines: Lines) -> Signals:
    """Marks the points of trends, each as rising or falling but never both.

    The direction of a point is that of the step to the next one if that is in a trend too, and otherwise of
    the step from the one before; a tie there counts as falling. So a peak shared by two trends is falling.
    """
    found = trend(lines)
    marked = found.high | found.low
    step, tie = steps_of(lines)
    rising = step > tie
    no_step = np.zeros((*marked.shape[:-1], 1), dtype=bool)
    next_marked = np.concatenate([marked[..., 1:], no_step], axis=-1)
    after = np.concatenate([rising, no_step], axis=-1)
    before = np.concatenate([no_step, rising], axis=-1)
    up = np.where(next_marked, after, before)
    return Signals(high=marked & up, low=marked & ~up)


def two_of_three_within_limits(lines: Lines) -> Signals:
    """Marks points between 2 and 3 sigma, two or more of them in three in a row on one side of the centre.

    Points outside the limits do not count towards the two, and the third point is not marked.
    """

    def found(near: Bools, side: Bools) -> Bools:
        windows = (count_in_window(near, 3) >= 2) & all_in_window(side, 3)
        return near & members(windows, 3, near.shape[-1])

    return Signals(
        high=found(above(lines, lines.upper_2sigma) & ~above(lines, lines.upper), above(lines, lines.centre)),
        low=found(below(lines, lines.lower_2sigma) & ~below(lines, lines.lower), below(lines, lines.centre)),
    )
