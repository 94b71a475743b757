"""The gradient by period: the slope and relative index of inequality, and the plain gap, over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.equity.inequality import (
    FEWEST_GROUPS,
    Inequality,
    count_errors,
    poisson_index,
    slope_index,
)
from pipeline.errors import AnalysisError
from pipeline.its.inference import NORMAL_QUANTILE, FloatArray
from pipeline.its.interval import Interval

if TYPE_CHECKING:
    import pandas as pd

COUNTED = ("rate", "proportion")
COLUMNS = ("slope", "ratio", "gap")


@dataclass(frozen=True, eq=False)
class Gradient:
    """Inequality by period.

    `table`: index the period; columns slope (least minus most deprived), ratio (least over most) and gap (the
    last group minus the first, as they were), each with _lower and _upper. A period in which a group has no
    value is empty. `method` says where the ratio comes from: the line, or Poisson regression for every
    period where the line goes below zero in any.
    """

    table: pd.DataFrame
    method: Literal["linear", "poisson"]


def gradient(
    values: pd.DataFrame,
    population: pd.DataFrame | None = None,
    counts: pd.DataFrame | None = None,
    *,
    kind: str = "value",
    per: float = 1.0,
) -> Gradient:
    """Gives the indices of inequality of each period (a row) over groups (columns, most deprived first).

    `population`: the denominators, with which each group is weighed; all groups count the same without.
    `counts`: the numerators of a rate or proportion (`kind`), from which come the groups' own errors; without
    them intervals come from the groups' scatter round the line. `per`: so many of the population. Raises
    AnalysisError for fewer than three groups.
    """
    if values.shape[1] < FEWEST_GROUPS:
        raise AnalysisError(
            f"an index of inequality needs {FEWEST_GROUPS} groups or more, not {values.shape[1]}."
        )
    y = values.to_numpy(dtype=float)
    weights = np.ones_like(y) if population is None else population.to_numpy(dtype=float)
    counted = None if counts is None or kind not in COUNTED else counts.to_numpy(dtype=float)
    errors = None if counted is None else count_errors(counted, weights, kind, per)
    whole = np.isfinite(y).all(axis=1) & (weights > 0).all(axis=1)
    found = [
        slope_index(y[row], weights[row], None if errors is None else errors[row]) if whole[row] else None
        for row in range(len(y))
    ]
    ratios = [None if each is None else each.ratio for each in found]
    method: Literal["linear", "poisson"] = "linear"
    if counted is not None and any(each is not None and each.ratio is None for each in found):
        method = "poisson"
        ratios = [
            poisson_index(counted[row], weights[row], per).ratio if whole[row] and any(counted[row]) else None
            for row in range(len(y))
        ]
    return Gradient(_table(values, found, ratios, y, errors), method)


def _table(
    values: pd.DataFrame,
    found: list[Inequality | None],
    ratios: list[Interval | None],
    y: FloatArray,
    errors: FloatArray | None,
) -> pd.DataFrame:
    import pandas as pd

    gap = y[:, -1] - y[:, 0]
    reach = np.full(len(y), np.nan)
    if errors is not None:
        reach = NORMAL_QUANTILE * np.hypot(errors[:, 0], errors[:, -1])
    slopes = [None if each is None else Interval.of(each.slope) for each in found]
    columns = {"slope": _columns(slopes), "ratio": _columns(ratios), "gap": (gap, gap - reach, gap + reach)}
    return pd.DataFrame(
        {
            name + suffix: part
            for name, parts in columns.items()
            for suffix, part in zip(("", "_lower", "_upper"), parts, strict=True)
        },
        index=values.index,
    )


def _columns(intervals: list[Interval | None]) -> tuple[FloatArray, FloatArray, FloatArray]:
    rows = [(np.nan,) * 3 if each is None else (each.estimate, each.lower, each.upper) for each in intervals]
    estimate, lower, upper = np.array(rows, dtype=float).reshape(-1, 3).T
    return estimate, lower, upper


def rest_differences(
    numerators: pd.DataFrame, denominators: pd.DataFrame | None, per: float = 1.0
) -> pd.DataFrame:
    """Gives each group's value minus that of all the others together, by period; for groups without an order.

    Without denominators the others' value is their mean. A period in which the others have no denominator
    is empty. Raises AnalysisError for fewer than two groups.
    """
    if numerators.shape[1] < 2:
        raise AnalysisError("one group alone has no others to be compared with; name two groups or more.")
    others = (-numerators).add(numerators.sum(axis=1, skipna=False), axis=0)
    if denominators is None:
        return numerators - others / (numerators.shape[1] - 1)
    people = (-denominators).add(denominators.sum(axis=1, skipna=False), axis=0)
    return per * (numerators / denominators.where(denominators > 0) - others / people.where(people > 0))
