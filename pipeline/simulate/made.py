"""What a simulation gives: tables as raw data would be, and the truth about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd

Truth = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Made:
    """Tables by the name of their file in data/raw, and the truth by study, as plain values."""

    tables: dict[str, pd.DataFrame]
    truth: Truth


def effect(with_change: ArrayLike, without: ArrayLike, weights: ArrayLike | None = None) -> Truth:
    """Gives the true average effect over some periods, from expected values with and without the change.

    `weights` are the denominators of a rate or proportion, by which periods count; all count alike without.
    """
    one, other = np.asarray(with_change, dtype=float), np.asarray(without, dtype=float)
    counted = None if weights is None else np.asarray(weights, dtype=float)
    expected, fitted = (float(np.average(each, weights=counted)) for each in (other, one))
    return {
        "expected": expected,
        "fitted": fitted,
        "absolute": fitted - expected,
        "relative": fitted / expected - 1,
    }


def share(log_odds: ArrayLike) -> Floats:
    """Gives the proportion of some log odds."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(log_odds, dtype=float))))


def season(months: pd.DatetimeIndex, winter: float, spring: float = 0.0) -> Floats:
    """Gives a yearly course by month: highest in January by `winter`, with a half-yearly wave of `spring`."""
    angle = 2 * np.pi * (months.month.to_numpy() - 1) / 12
    return np.asarray(winter * np.cos(angle) + spring * np.cos(2 * angle), dtype=float)


def ar1(random: np.random.Generator, n: int, rho: float, sd: float) -> Floats:
    """Gives n errors with first-order autocorrelation `rho` and standard deviation `sd`, from the stationary
    course."""
    errors = random.normal(0.0, sd * np.sqrt(1 - rho**2), n)
    errors[0] = random.normal(0.0, sd)
    for place in range(1, n):
        errors[place] += rho * errors[place - 1]
    return errors
