"""The level and spread that EWMA and CUSUM charts measure against: estimated from the series, or given."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.errors import AnalysisError
from pipeline.spc.kinds import KINDS
from pipeline.spc.limits import MOVING_RANGE_D2, TOLERANCE, Bools, Floats, mean_moving_range
from pipeline.spc.observed import LARGEST, is_subgrouped, numbers, observed, rectangular, subgrouped
from pipeline.spc.request import checked_baseline, checked_positions
from pipeline.spc.subgroups import c4

SigmaFrom = Literal["moving-range", "standard-deviation"]

D2 = (
    *(math.nan, math.nan, 1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258),
    *(3.336, 3.407, 3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931),
)
"""Expected range of 2 to 25 normal values, in standard deviations (Montgomery 2013, appendix VI)."""


@dataclass(frozen=True, eq=False)
class Process:
    """A process in control: its centre, the standard deviation of single values, and the points, (time,).

    value: the values, or the means of subgroups; size: how many values each point has.
    """

    centre: float
    sigma: float
    value: Floats
    size: Floats

    @property
    def sigma_of_points(self) -> Floats:
        """The standard deviation of each point, (time,): that of single values over the root of its size."""
        return np.asarray(self.sigma / np.sqrt(np.where(self.size > 0, self.size, np.nan)), dtype=float)

    @property
    def slack(self) -> float:
        """The difference below which two values are tied."""
        return TOLERANCE * max(abs(self.centre), self.sigma)


def process(
    y: Any,
    centre: float | None,
    sigma: float | None,
    baseline: int | None,
    exclude: Iterable[int],
    sigma_from: SigmaFrom,
) -> Process:
    """Gives the process in control, from the first `baseline` points less those in `exclude`.

    Centre: the mean. Sigma: mean moving range / 1.128, or standard deviation / c4; of subgroups, the mean of
    range / d2. Raises AnalysisError on a series or options that can't be used.
    """
    if sigma_from not in ("moving-range", "standard-deviation"):
        raise AnalysisError(
            f"sigma_from is {sigma_from!r}, and must be 'moving-range' or 'standard-deviation'."
        )
    grouped = is_subgrouped(y)
    if not grouped and np.ndim(y) != 1:
        raise AnalysisError(f"A chart takes one series, and this has {np.ndim(y)} dimensions.")
    seen = subgrouped(y) if grouped else observed(y, None, KINDS["xmr"])
    use = np.ones(len(seen.value), dtype=bool)
    use[checked_positions("exclude", exclude, first=0, size=len(use))] = False
    first = checked_baseline(baseline)
    if first is not None:
        use[first:] = False
    if not np.isfinite(seen.value[use]).any():
        raise AnalysisError("There is nothing to go by: none of the points that make the centre has a value.")
    size = seen.size if seen.size is not None else np.isfinite(seen.value).astype(float)
    known = np.where(np.isfinite(seen.value), size, 0.0)
    mean = float(np.sum(np.nan_to_num(seen.value[use]) * known[use]) / known[use].sum())
    if sigma is None:
        ranges = _from_ranges(rectangular(y), use) if grouped else None
        sigma = ranges if ranges is not None else _from_values(seen.value, use, sigma_from)
    elif not 0 < sigma < LARGEST:
        raise AnalysisError(f"sigma is {sigma!r}, and must be more than zero.")
    if centre is not None and not abs(centre) < LARGEST:
        raise AnalysisError(f"centre is {centre!r}, and must be a number or None.")
    return Process(mean if centre is None else float(centre), float(sigma), seen.value, size)


def check_above_zero(name: str, value: float, most: float) -> None:
    """Raises AnalysisError unless an option is above zero and at most `most`."""
    if not 0 < value <= most:
        raise AnalysisError(f"{name} is {value!r}, and must be above 0 and at most {most:g}.")


def sides(high: Bools, low: Bools) -> pd.Series[Any]:
    """Gives the side on which each point is a signal, (time,): high, low, both, or None."""
    names = {(True, False): "high", (False, True): "low", (True, True): "both"}
    found = [names.get((bool(up), bool(down))) for up, down in zip(high, low, strict=True)]
    return pd.Series(found, dtype=object)


def _from_values(value: Floats, use: Bools, sigma_from: SigmaFrom) -> float:
    if sigma_from == "moving-range":
        sigma = float(mean_moving_range(value, use)[0]) / MOVING_RANGE_D2
    else:
        known = value[use & np.isfinite(value)]
        sigma = math.nan
        if len(known) > 1:
            sigma = float(np.std(known, ddof=1) / c4(np.array(float(len(known)))))
    if not math.isfinite(sigma):
        raise AnalysisError(
            "There is no telling how much values vary: no two neighbours to compare. Give sigma, or use more "
            "points."
        )
    return sigma


def _from_ranges(y: Any, use: Bools) -> float:
    values = numbers("the series", y)[use]
    sizes = np.isfinite(values).sum(axis=1)
    if sizes.max(initial=0) >= len(D2):
        raise AnalysisError(
            f"Subgroups have up to {sizes.max()} values, and at most {len(D2) - 1} can be used."
        )
    several = sizes > 1
    if not several.any():
        raise AnalysisError("There is no telling how much values vary: no subgroup has two values.")
    ranges = np.nanmax(values[several], axis=1) - np.nanmin(values[several], axis=1)
    return float(np.mean(ranges / np.array(D2)[sizes[several]]))
