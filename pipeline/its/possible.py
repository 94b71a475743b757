"""Until when a counterfactual can be: what was to be expected is not below nought, nor above all there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.its.inference import FloatArray

if TYPE_CHECKING:
    import pandas as pd

NOT_NEGATIVE = ("count", "rate", "proportion", "time-between")
"""Kinds of measure that can't be below nought."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """What an outcome can be: `kind` (`estimators.Kind`) and `at_most` as `its.fit` has them, and the
    denominator of each of n periods, shape (n,), of a model that takes one."""

    kind: str | None = None
    at_most: float | None = None
    exposure: FloatArray | None = None


@dataclass(frozen=True)
class Impossible:
    """The first period whose counterfactual can't be: its position, and the bound that it is beyond."""

    position: int
    is_below: bool
    most: float


def first_impossible(effects: pd.DataFrame, bounds: Bounds) -> Impossible | None:
    """Gives the first row of a fit's effects whose expected value can't be, or None where all can."""
    rows = [row for row in effects.index if isinstance(row, int)]
    expected = effects["expected"].to_numpy(dtype=float)[: len(rows)]
    most = _most(bounds, rows)
    below = (expected < 0) & (bounds.kind in NOT_NEGATIVE)
    outside = np.flatnonzero(below | (expected > most))
    if not len(outside):
        return None
    first = int(outside[0])
    return Impossible(rows[first], bool(below[first]), float(most[first]))


def without_more_than_all(effects: pd.DataFrame, bounds: Bounds) -> pd.DataFrame:
    """Gives a fit's effects with no share, and no limit of one, that is more than all of what was expected.

    A model with additive errors doesn't know that there can't be fewer than none; an interval cut off where
    nothing can be holds the truth as often.
    """
    if bounds.kind not in NOT_NEGATIVE:
        return effects
    shares = effects.filter(like="relative")
    return effects.assign(**shares.clip(lower=-1.0))


def _most(bounds: Bounds, rows: list[int]) -> FloatArray:
    """The greatest value that there can be in each row."""
    most = np.full(len(rows), np.inf if bounds.at_most is None else bounds.at_most)
    if bounds.exposure is None:
        return most
    if bounds.kind == "proportion":
        most = np.minimum(most, bounds.exposure[rows])
    if bounds.kind == "rate":
        most = most * bounds.exposure[rows]
    return most
