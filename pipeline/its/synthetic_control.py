"""A synthetic control: a weighted average of comparators that went with the unit before the change.

Weights are convex (none negative, and they sum to one) and fit the outcome before the change (Abadie, Diamond
& Hainmueller 2010, with every earlier outcome as a predictor). With one unit treated there is no standard
error worth the name: the same is done for every comparator as if it had been treated, and the unit's rank
among these placebos in space is the inference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.inference import FloatArray
from pipeline.its.observations import numbers

if TYPE_CHECKING:
    import pandas as pd

FEWEST_COMPARATORS = 2
FEWEST_BEFORE = 3
POOR_FIT = 0.5
"""A distance before the change of more than half of the unit's own spread: the control doesn't go with it."""
ENOUGH_PLACEBOS = 19
"""With fewer comparators even the most extreme unit of all has a p-value above 0.05."""


@dataclass(frozen=True, eq=False)
class SyntheticControl:
    """What the comparators say.

    `weights`: a share for each comparator, by name. `effects`: index the positions from the start on, then
    "average" and "cumulative"; columns observed, expected, absolute, relative. `placebos`: index the unit
    (the treated one is "treated"); columns before and after (root mean squared distances from its own
    control), ratio, and average (its average effect). `gaps`: index position, a column a unit, each less its
    control. `p_value` is the share of units, the treated one among them, whose ratio is at least as large.
    """

    weights: pd.Series[float]
    effects: pd.DataFrame
    placebos: pd.DataFrame
    gaps: pd.DataFrame
    p_value: float
    flags: tuple[Flag, ...]
    start: int
    model: str = "synthetic-control"


def synthetic_control(
    treated: ArrayLike, comparators: pd.DataFrame | Mapping[str, ArrayLike], start: int
) -> SyntheticControl:
    """Gives the effect on `treated`, shape (n,), of a change at position `start`, against `comparators`.

    Comparators are columns of n values by name. One with a missing value where `treated` has one is left
    out, with a flag; periods where `treated` has none are left out. Raises `AnalysisError` for too few
    comparators or periods.
    """
    import pandas as pd

    y = numbers(treated, "treated")
    usable = ~np.isnan(y)
    if usable[:start].sum() < FEWEST_BEFORE or not usable[start:].any():
        raise AnalysisError("synthetic-control needs three values before the change, and one after it.")
    pool, flags = _pool(comparators, usable)
    names = list(pool)
    table = np.column_stack([y[usable], *pool.values()])
    before = np.flatnonzero(usable) < start
    weights = convex_weights(table[before, 0], table[before, 1:])
    gaps = np.empty_like(table)
    gaps[:, 0] = table[:, 0] - table[:, 1:] @ weights
    for unit in range(1, table.shape[1]):
        # The treated unit is no comparator of a placebo: it would carry the effect into it.
        others = np.delete(table, [0, unit], axis=1)
        gaps[:, unit] = table[:, unit] - others @ convex_weights(table[before, unit], others[before])
    units = pd.Index(["treated", *names], name="unit")
    distance = {
        "before": np.sqrt(np.mean(gaps[before] ** 2, axis=0)),
        "after": np.sqrt(np.mean(gaps[~before] ** 2, axis=0)),
    }
    tiny = 1e-9 * float(np.abs(table[before]).max())
    ratio = distance["after"] / np.maximum(distance["before"], tiny)
    placebos = pd.DataFrame({**distance, "ratio": ratio, "average": gaps[~before].mean(axis=0)}, index=units)
    rows = pd.Index(np.flatnonzero(usable), name="position")
    return SyntheticControl(
        weights=pd.Series(weights, index=pd.Index(names, name="unit"), name="weight"),
        effects=_effects(table[~before, 0], gaps[~before, 0], rows[~before]),
        placebos=placebos,
        gaps=pd.DataFrame(gaps, index=rows, columns=units),
        p_value=float(np.mean(ratio >= ratio[0] * (1 - 1e-12))),
        flags=flags + _doubts(table[before, 0], distance["before"][0], len(names)),
        start=int(start),
    )


def convex_weights(target: FloatArray, others: FloatArray) -> FloatArray:
    """Gives the weights, shape (j,), not negative and summing to one, of the columns nearest to `target`.

    As weights sum to one, others·w − target = (others − target)·w, whose square is homogeneous in w. So the
    minimum over the simplex is the direction of a non-negative least-squares solution with one more row that
    asks for the sum, which an active-set method finds exactly (Lawson & Hanson 1974).
    """
    from scipy.optimize import nnls

    distance = others - target[:, None]
    size = np.linalg.norm(distance)
    augmented = np.vstack([distance / (size if size > 0 else 1.0), np.ones(others.shape[1])])
    found = nnls(augmented, np.append(np.zeros(len(target)), 1.0), maxiter=100 * others.shape[1])[0]
    return np.asarray(found / found.sum(), dtype=np.float64)


def _pool(
    comparators: pd.DataFrame | Mapping[str, ArrayLike], usable: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[dict[str, FloatArray], tuple[Flag, ...]]:
    """The comparators that have every value, over the usable periods."""
    pool: dict[str, FloatArray] = {}
    dropped = []
    for name, given in comparators.items():
        values = numbers(given, f"comparator '{name}'")
        if len(values) != len(usable):
            raise AnalysisError(
                f"comparator '{name}' has {len(values)} values and treated has {len(usable)}; give one for "
                "each."
            )
        if np.isfinite(values[usable]).all():
            pool[str(name)] = values[usable]
        else:
            dropped.append(str(name))
    if len(pool) < FEWEST_COMPARATORS:
        raise AnalysisError(
            f"synthetic-control needs at least {FEWEST_COMPARATORS} comparators without missing values, and "
            f"there are {len(pool)}."
        )
    if not dropped:
        return pool, ()
    sentence = f"{len(dropped)} comparators have missing values and were left out: {', '.join(dropped)}."
    return pool, (Flag("comparators-left-out", sentence),)


def _effects(observed: FloatArray, gap: FloatArray, rows: pd.Index[int]) -> pd.DataFrame:
    import pandas as pd

    happened = np.append(observed, [observed.mean(), observed.sum()])
    effect = np.append(gap, [gap.mean(), gap.sum()])
    expected = happened - effect
    relative = np.where(expected > 0, effect / np.where(expected > 0, expected, 1.0), np.nan)
    index = pd.Index([*rows.tolist(), "average", "cumulative"], name="position")
    columns = {"observed": happened, "expected": expected, "absolute": effect, "relative": relative}
    return pd.DataFrame(columns, index=index)


def _doubts(target: FloatArray, distance: float, comparators: int) -> tuple[Flag, ...]:
    flags = []
    if distance > POOR_FIT * float(np.std(target)):
        flags.append(
            Flag(
                "poor-fit-before",
                "No average of comparators goes with the unit before the change, so what comes after can't "
                "be read as an effect.",
            )
        )
    if comparators < ENOUGH_PLACEBOS:
        flags.append(
            Flag(
                "few-placebos",
                f"With {comparators} comparators the p-value can't be below {1 / (comparators + 1):.2g}, "
                "however large the effect.",
            )
        )
    return tuple(flags)
