"""The CUSUM chart: cumulative sums of what exceeds a small allowance, for small shifts that last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import AnalysisError
from pipeline.spc.limits import TOLERANCE
from pipeline.spc.process import SigmaFrom, check_above_zero, process, sides

SHIFT, DECISION = 1.0, 5.0
"""The shift to be found, and how high a sum may go, in standard deviations (Hawkins & Olwell 1998)."""


@dataclass(frozen=True, eq=False)
class Cusum:
    """A tabular CUSUM chart, in standard deviations of a point.

    points: one row a point: value, high (the upper sum, 0 or more), low (the lower sum, 0 or less), signal
        (True where a sum is beyond the decision interval) and side (high, low, both or None).
    centre, sigma: of the process in control; shift, decision, head_start: as asked for.
    """

    points: pd.DataFrame
    centre: float
    sigma: float
    shift: float
    decision: float
    head_start: float


def cusum(
    y: Any,
    shift: float = SHIFT,
    decision: float = DECISION,
    head_start: float = 0.0,
    centre: float | None = None,
    sigma: float | None = None,
    baseline: int | None = None,
    exclude: Iterable[int] = (),
    sigma_from: SigmaFrom = "moving-range",
) -> Cusum:
    """Gives the CUSUM chart of one series: both sums of z beyond half the shift, none reset by a signal.

    Args:
        y: the values in time order, (time,), NaN where missing (the sums then stay as they were, and are no
            signal); or subgroups, (time, values).
        shift: the shift to be found, in standard deviations; half of it is allowed for.
        decision: how far from zero a sum may go, in standard deviations.
        head_start: where both sums start, for a fast initial response (Lucas & Crosier 1982).
        centre, sigma, baseline, exclude, sigma_from: as in `ewma`.

    A constant series has no signal.

    Raises:
        AnalysisError: if the series or an option can't be used as given.

    Sources: Page (1954), Biometrika 41; Hawkins & Olwell (1998), Cumulative Sum Charts.
    """
    check_above_zero("shift", shift, most=100)
    check_above_zero("decision", decision, most=100)
    if not 0 <= head_start <= decision:
        raise AnalysisError(
            f"head_start is {head_start!r}, and must be from 0 to the decision of {decision:g}."
        )
    base = process(y, centre, sigma, baseline, exclude, sigma_from)
    known = np.isfinite(base.value)
    off = base.value - base.centre
    off[np.abs(off) <= base.slack] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(off == 0.0, 0.0, off / base.sigma_of_points)
    upper, lower = np.empty(len(z)), np.empty(len(z))
    high, low = head_start, -head_start
    for at, step in enumerate(z):
        if known[at]:
            high = max(0.0, high + step - shift / 2)
            low = min(0.0, low + step + shift / 2)
        upper[at], lower[at] = high, low
    over = known & (upper > decision * (1 + TOLERANCE))
    under = known & (lower < -decision * (1 + TOLERANCE))
    points = pd.DataFrame(
        {
            "value": base.value,
            "high": upper,
            "low": lower,
            "signal": over | under,
            "side": sides(over, under),
        }
    )
    return Cusum(points, base.centre, base.sigma, shift, decision, head_start)
