"""The EWMA chart: an exponentially weighted moving average, for small shifts that last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.spc.process import SigmaFrom, check_above_zero, process, sides

WEIGHT, SIGMAS = 0.2, 3.0
"""The weight of the newest point and the width of the limits that suit shifts of about one sigma
(Lucas & Saccucci 1990)."""


@dataclass(frozen=True, eq=False)
class Ewma:
    """An EWMA chart.

    points: one row a point: value, ewma, centre, lower, upper, signal (True where the average is outside its
        limits) and side (high, low or None).
    centre, sigma: of the process in control; weight, sigmas: as asked for.
    """

    points: pd.DataFrame
    centre: float
    sigma: float
    weight: float
    sigmas: float


def ewma(
    y: Any,
    weight: float = WEIGHT,
    sigmas: float = SIGMAS,
    centre: float | None = None,
    sigma: float | None = None,
    baseline: int | None = None,
    exclude: Iterable[int] = (),
    sigma_from: SigmaFrom = "moving-range",
) -> Ewma:
    """Gives the EWMA chart of one series: z = weight·y + (1 - weight)·z before, from the centre on.

    Args:
        y: the values in time order, (time,), NaN where missing (the average then stays as it was, and is no
            signal); or subgroups, (time, values).
        weight: how much the newest point counts, from above 0 to 1.
        sigmas: how many of its own standard deviations the limits are from the centre.
        centre, sigma: of the process in control, where known; else estimated.
        baseline, exclude: the first so many points, less those at these 0-based positions, are those that
            centre and sigma are estimated from.
        sigma_from: moving-range (mean moving range / 1.128) or standard-deviation (over c4); of subgroups,
            the mean of range / d2.

    Limits are exact, not those that the chart settles at: the variance after i points is
    sigma²·weight / (2 - weight)·(1 - (1 - weight)^2i). A constant series has no signal.

    Raises:
        AnalysisError: if the series or an option can't be used as given.

    Sources: Roberts (1959), Technometrics 1; Lucas & Saccucci (1990), Technometrics 32.
    """
    check_above_zero("weight", weight, most=1)
    check_above_zero("sigmas", sigmas, most=10)
    base = process(y, centre, sigma, baseline, exclude, sigma_from)
    known = np.isfinite(base.value)
    average = np.empty(len(known))
    latest = base.centre
    for at, value in enumerate(base.value):
        if known[at]:
            latest = weight * value + (1 - weight) * latest
        average[at] = latest
    steps = np.cumsum(known)
    spread = np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * steps)))
    reach = sigmas * _carried(base.sigma_of_points, known) * spread
    high = known & (average - base.centre - reach > base.slack)
    low = known & (base.centre - average - reach > base.slack)
    points = pd.DataFrame(
        {
            "value": base.value,
            "ewma": average,
            "centre": base.centre,
            "lower": base.centre - reach,
            "upper": base.centre + reach,
            "signal": high | low,
            "side": sides(high, low),
        }
    )
    return Ewma(points, base.centre, base.sigma, weight, sigmas)


def _carried(values: Any, known: Any) -> Any:
    """Gives the values with those of missing points as at the last one known, or the first."""
    at = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    return values[np.where(at < 0, int(np.argmax(known)), at)]
