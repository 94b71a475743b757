"""Charts of subgroups: the mean (x-bar) and the standard deviation (s) of several values a point.

Montgomery (2013), Introduction to Statistical Quality Control, 6.3.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from pipeline.spc.individuals import given_or
from pipeline.spc.limits import Bools, Floats, Lines, Observed, Options, level_lines, total_along, used


def c4(size: Floats) -> Floats:
    """Gives the expected standard deviation of `size` normal values, in true ones; NaN under 2 values."""
    enough = np.where(size > 1, size, np.nan)
    return np.asarray(
        np.sqrt(2 / (enough - 1)) * np.exp(gammaln(enough / 2) - gammaln((enough - 1) / 2)), dtype=float
    )


def xbar(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of an x-bar chart: the mean of all values, and sigma from within the subgroups.

    Limits are the centre ± 3·S / (c4·√size), with S the mean standard deviation if subgroups are of one
    size, else the pooled one (Montgomery 6.29 to 6.31).
    """
    size = _sizes(observed)
    value, weight = used(observed.value, use), used(size, use)
    total = total_along(np.where(np.isnan(value), np.nan, weight))
    centre = given_or(options, total_along(value * weight) / np.where(total > 0, total, np.nan))
    return level_lines(observed.value, centre, within(observed, use) / (c4(size) * np.sqrt(size)))


def s(observed: Observed, use: Bools, options: Options) -> Lines:
    """Gives the lines of an s chart: S, and (1 ± 3·√(1 - c4²) / c4)·S, none below 0 (Montgomery 6.31)."""
    assert observed.sd is not None
    centre = given_or(options, within(observed, use))
    expected = c4(_sizes(observed))
    return level_lines(observed.sd, centre, centre * np.sqrt(1 - expected**2) / expected, lowest=0.0)


def within(observed: Observed, use: Bools) -> Floats:
    """Gives the standard deviation within subgroups, (..., 1): the mean of theirs, or pooled if sizes differ.

    Subgroups of one value have none, and are left out; NaN where there is none at all. As in qicharts2, to
    equal its limits, a missing subgroup is one of size 0, so that the others are pooled, and it counts
    among them: the pooled sum of squares is divided by the values less all subgroups, missing or not.
    """
    assert observed.sd is not None
    sd, size = used(observed.sd, use), used(_sizes(observed), use)
    freedom = total_along(size - 1)
    pooled = np.sqrt(total_along((size - 1) * sd**2) / np.where(freedom > 0, freedom, np.nan))
    count = np.count_nonzero(~np.isnan(sd), axis=-1, keepdims=True)
    mean = total_along(sd) / np.where(count, count, np.nan)
    one_size = (size == size[..., :1]).all(axis=-1, keepdims=True)
    return np.where(one_size, mean, pooled)


def _sizes(observed: Observed) -> Floats:
    assert observed.size is not None
    return observed.size
