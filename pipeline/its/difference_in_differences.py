"""Difference in differences: how much more the treated units changed than the comparators did.

For panels with too few periods for a trend. Each unit's mean after a start, less its mean before it; the
treated units' changes, each less the average of the comparators' over the same periods. Standard errors
clustered by unit are far too small with few treated units (Conley & Taber 2011), so inference is by placebo
in space: the same is computed for every other set of units taken for the treated (Fisher's randomisation
test; Abadie, Diamond & Hainmueller 2010), and the interval holds the effects that this test does not reject
(Rosenbaum 2002).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, permutations
from math import comb, perm
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.inference import CONFIDENCE, FloatArray
from pipeline.its.interval import Interval
from pipeline.its.observations import numbers

if TYPE_CHECKING:
    import pandas as pd

MOST_SETS = 9_999
"""Above so many ways to choose the treated, so many are drawn, with a fixed seed."""
SEED = 20_130_305
NO_TREND = Flag(
    "no-trend",
    "Averages before and after cannot tell whether the units were already drawing apart, or how the effect "
    "grew or faded.",
)
"""The doubt that comes with the method, however many periods there are before the change."""


@dataclass(frozen=True, eq=False)
class DifferenceInDifferences:
    """The difference, and how it stands among those of other units taken for the treated.

    `effect`: the estimate with limits (not numbers where there are too few ways to choose the treated for any
    effect to be rejected at 5%). `p_value`: the share of `sets` ways, the real one among them, that give a
    difference at least as large. `table`: a row a unit, by name; columns treated, start (position, empty for
    comparators), before, after (means; comparators' at the first start), change. `placebos`: every set's
    difference. `expected`: the treated units' average after, had they changed as the comparators did.
    """

    effect: Interval
    p_value: float
    sets: int
    table: pd.DataFrame
    placebos: FloatArray
    observed: float
    expected: float
    flags: tuple[Flag, ...]
    sentence: str
    passed: bool | None = None


def difference_in_differences(
    treated: Mapping[str, ArrayLike], starts: Mapping[str, int], comparators: Mapping[str, ArrayLike]
) -> DifferenceInDifferences:
    """Gives the average over `treated` units of their change at their `starts`, less the comparators'.

    Series have shape (n,), with missing values allowed. Units without a value on either side of a start are
    left out, with a flag. Raises `AnalysisError` where no treated unit or under two comparators are left.
    """
    series = {name: numbers(y, f"unit '{name}'") for name, y in {**treated, **comparators}.items()}
    kinds = sorted(set(starts.values()))
    changes = {start: {name: _change(y, start) for name, y in series.items()} for start in kinds}
    lost = [name for name in series if any(np.isnan(changes[at][name]) for at in kinds)]
    got = [name for name in treated if name not in lost]
    others = [name for name in comparators if name not in lost]
    if not got or len(others) < 2:
        raise AnalysisError(
            "a difference in differences needs a treated unit and two comparators with values on both sides "
            f"of the start; there are {len(got)} and {len(others)}."
        )
    table = np.array([[changes[starts[slot]][name] for name in (*got, *others)] for slot in got])
    effects, shares = _of_sets(table, one_start=len({starts[name] for name in got}) == 1)
    estimate = float(effects[0])
    means = [_means(series[name], starts[name]) for name in got]
    after = float(np.mean([mean[1] for mean in means]))
    effect = Interval(estimate, *_limits(effects, shares))
    p_value = float(np.mean(np.abs(effects) >= abs(estimate) * (1 - 1e-9)))
    return DifferenceInDifferences(
        effect=effect,
        p_value=p_value,
        sets=len(effects),
        table=_units(series, got, others, starts),
        placebos=effects,
        observed=after,
        expected=after - estimate,
        flags=_flags(lost, effect, len(effects)),
        sentence=_sentence(effect, p_value, len(effects), len(got), len(others)),
    )


def _means(y: FloatArray, start: int) -> tuple[float, float]:
    before, after = (part[np.isfinite(part)] for part in (y[:start], y[start:]))
    if not len(before) or not len(after):
        return float("nan"), float("nan")
    return float(before.mean()), float(after.mean())


def _change(y: FloatArray, start: int) -> float:
    before, after = _means(y, start)
    return after - before


def _of_sets(changes: FloatArray, *, one_start: bool) -> tuple[FloatArray, FloatArray]:
    """Every set's difference, the real one first, and how much of the treated units' effect is in it.

    `changes`: a row a treated unit's start, a column a unit, the treated first. A set gives each start to
    one unit; those without a start are compared with. A constant effect of the treated adds its `share`.
    """
    starts, units = changes.shape
    is_treated = np.zeros_like(changes)
    is_treated[np.arange(starts), np.arange(starts)] = 1.0
    chosen = _sets(units, starts, one_start)

    def differences(values: FloatArray) -> FloatArray:
        own = values[np.arange(starts), chosen]
        theirs = values[:, chosen].sum(axis=2).T
        rest = (values.sum(axis=1) - theirs) / (units - starts)
        return np.asarray((own - rest).mean(axis=1), dtype=np.float64)

    return differences(changes), differences(is_treated)


def _sets(units: int, treated: int, one_start: bool) -> NDArray[np.int64]:
    """The ways to give each start to a unit, shape (sets, starts), the real one first: all, or a sample."""
    count, ways = (comb, combinations) if one_start else (perm, permutations)
    if count(units, treated) <= MOST_SETS:
        return np.array(list(ways(range(units), treated)))
    random = np.random.default_rng(SEED)
    drawn = [random.permutation(units)[:treated] for _ in range(MOST_SETS - 1)]
    return np.vstack([np.arange(treated), *drawn])


def _limits(effects: FloatArray, shares: FloatArray) -> tuple[float, float]:
    """The least and the largest constant effect that the test does not reject.

    Taken off the treated, an effect t leaves a set the difference d − t·share, and the real one d0 − t. A set
    is as large as the real one for t between (d0 − d)/(1 − share) and (d0 + d)/(1 + share), which hold d0.
    """
    real = effects[0]
    apart = np.abs(shares) < 1 - 1e-12
    ends = np.column_stack(
        [
            (real - effects[apart]) / (1 - shares[apart]),
            (real + effects[apart]) / (1 + shares[apart]),
        ]
    )
    # The sets with the treated at their own starts are as large whatever the effect.
    needed = int(np.floor((1 - CONFIDENCE) * len(effects))) + 1 - int(np.sum(~apart))
    if needed < 1:
        return float("nan"), float("nan")
    lowest, highest = np.sort(ends.min(axis=1)), np.sort(ends.max(axis=1))[::-1]
    return float(lowest[needed - 1]), float(highest[needed - 1])


def _units(
    series: Mapping[str, FloatArray], treated: list[str], comparators: list[str], starts: Mapping[str, int]
) -> pd.DataFrame:
    import pandas as pd

    first = min(starts[name] for name in treated)
    rows = []
    for name in (*treated, *comparators):
        before, after = _means(series[name], starts[name] if name in treated else first)
        start = float(starts[name]) if name in treated else float("nan")
        rows.append((name in treated, start, before, after, after - before))
    columns = ["treated", "start", "before", "after", "change"]
    return pd.DataFrame(rows, index=pd.Index([*treated, *comparators], name="unit"), columns=columns)


def _flags(lost: list[str], effect: Interval, sets: int) -> tuple[Flag, ...]:
    flags = []
    if lost:
        said = f"{len(lost)} units have no values on one side of a start and are left out: {', '.join(lost)}."
        flags.append(Flag("units-left-out", said))
    if np.isnan(effect.lower):
        said = (
            f"There are only {sets} ways to choose the treated units, too few for any effect to stand out "
            "from chance one time in twenty; no interval can be given."
        )
        flags.append(Flag("few-placebos", said))
    return (*flags, NO_TREND)


def _sentence(effect: Interval, p_value: float, sets: int, treated: int, comparators: int) -> str:
    who = "the treated unit’s change is"
    if treated > 1:
        who = f"the change of the {treated} treated units is on average"
    said = effect.spoken() if np.isfinite(effect.lower) else effect.spoken().split(" (")[0]
    as_large = round(p_value * sets)
    return (
        f"Set against {comparators} comparators, {who} {said}. Of {sets:,} ways to choose the "
        f"treated units, {as_large} (the real one among them) {'gives' if as_large == 1 else 'give'} a "
        "difference at least as large."
    )
