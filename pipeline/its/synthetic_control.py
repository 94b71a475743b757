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
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.forecast import effects_table
from pipeline.its.inference import CONFIDENCE, FloatArray
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
    "average" and "cumulative"; columns as in a `Fit`'s effects, `fitted` being what was observed. Limits are
    those that placebos in space leave: effects with which the treated unit would not be among the one in
    twenty most extreme (not a number with fewer than 19 comparators, which leave every effect possible).
    `series`: index position; columns time, observed, expected, expected_lower, expected_upper (from the start
    on). `placebos`: index the unit
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
    series: pd.DataFrame
    n_before: int
    n_after: int
    model: str = "synthetic-control"
    reason: str = (
        "What was to be expected is a weighted average of comparators that went with the series before the "
        "change; likely ranges come from the same done to every comparator."
    )


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
        effects=_effects(y, gaps, distance["before"], np.flatnonzero(usable), start),
        placebos=placebos,
        gaps=pd.DataFrame(gaps, index=rows, columns=units),
        p_value=float(np.mean(ratio >= ratio[0] * (1 - 1e-12))),
        flags=flags + _doubts(table[before, 0], distance["before"][0], len(names)),
        start=int(start),
        series=_series(y, gaps, distance["before"], np.flatnonzero(usable), start),
        n_before=int(before.sum()),
        n_after=int((~before).sum()),
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


def _effects(
    y: FloatArray, gaps: FloatArray, before: FloatArray, usable: NDArray[np.intp], start: int
) -> pd.DataFrame:
    known = np.zeros(len(y) - start, dtype=np.bool_)
    known[usable[usable >= start] - start] = True
    weights = np.vstack([np.eye(len(known)), known / known.sum(), known.astype(float)])
    each = np.zeros((len(known), gaps.shape[1]))
    each[known] = gaps[usable >= start]
    effect, margin = (weights @ each)[:, 0], _margin(weights @ each, before)
    happened = weights @ np.where(known, y[start:], 0.0)
    expected = np.where(np.append(known, [True, True]), happened - effect, np.nan)
    return effects_table(expected, happened, (effect, effect - margin, effect + margin), known, start)


def _margin(gaps: FloatArray, before: FloatArray) -> FloatArray:
    """Half the width of each effect's interval, shape (m,), from the units' effects, (m, units).

    A test by rank among placebos in space, each effect taken relative to its unit's distance before the
    change, inverted (Abadie, Diamond & Hainmueller 2010; Firpo & Possebom 2018): effects are kept as long as
    what is left of the treated unit's is not among the 5% most extreme of all units'.
    """
    units = gaps.shape[1]
    rank = int(np.floor((1 - CONFIDENCE) * units + 1e-9))
    if rank < 1:
        return np.full(len(gaps), np.nan)
    tiny = 1e-12 * float(np.abs(gaps).max()) or 1.0
    others = np.sort(np.abs(gaps[:, 1:]) / np.maximum(before[1:], tiny), axis=1)
    extreme: FloatArray = others[:, -rank] * before[0]
    return extreme


def _series(
    y: FloatArray, gaps: FloatArray, before: FloatArray, usable: NDArray[np.intp], start: int
) -> pd.DataFrame:
    import pandas as pd

    expected, lower, upper = np.full((3, len(y)), np.nan)
    expected[usable] = y[usable] - gaps[:, 0]
    after = usable >= start
    margin = _margin(gaps[after], before)
    lower[usable[after]] = expected[usable[after]] - margin
    upper[usable[after]] = expected[usable[after]] + margin
    columns = {"time": np.arange(len(y)), "observed": y, "expected": expected}
    columns |= {"expected_lower": lower, "expected_upper": upper}
    return pd.DataFrame(columns, index=pd.Index(np.arange(len(y)), name="position"))


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
