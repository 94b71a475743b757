"""Controlled interrupted time series: the change where it happened, less the change where it didn't.

One stacked model (Lopez Bernal, Cummins & Gasparrini 2018; Linden 2015): every unit has its own intercept
and trend, the comparators share one change of level and slope, and the treated unit has theirs and a
difference of its own. That difference is the effect: what would have followed without the change is the
treated unit's own trend, moved as the comparators moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.analysis import Analysis
from pipeline.its.design import Design
from pipeline.its.effects import effects_from
from pipeline.its.flags import BOUNDARY_RHO
from pipeline.its.inference import FloatArray
from pipeline.its.interval import Interval, average_effect
from pipeline.its.observations import numbers
from pipeline.its.reml_ar1 import Ar1Estimate
from pipeline.its.stacked_ar1 import stacked_reml_ar1
from pipeline.its.stacked_design import DIFFERENCE, stacked

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Controlled:
    """A controlled interrupted time series.

    `table`: index trend, level_change and slope_change, each for _comparators, _treated and their
    _difference; columns estimate, std_error, df, lower, upper, p_value. Comparators' trend is the mean of
    theirs; every trend is that before the change. `effects` has the rows and columns of a `Fit`'s, against
    the treated unit's own trend moved as the comparators moved. `alone` is the average effect without
    comparators. `passed` is True where comparing with them leaves a clear effect clear, on the same side,
    False where it doesn't, and None where there was none.
    """

    table: pd.DataFrame
    effects: pd.DataFrame
    average: Interval
    alone: Interval
    trend_difference: Interval
    rho: float
    flags: tuple[Flag, ...]
    comparators: tuple[str, ...]
    passed: bool | None
    sentence: str
    estimate: Ar1Estimate


def controlled(analysis: Analysis, comparators: pd.DataFrame | Mapping[str, ArrayLike]) -> Controlled:
    """Gives the analysis of a treated series beside `comparators`, series of the same n periods by name.

    Errors are AR(1) within each unit, independent between units, with one autocorrelation and one variance,
    by REML. Seasonality, transition and covariates are the analysis's, and differ between the treated unit
    and the comparators. Raises `AnalysisError` if there are no comparators, one can't be used, or the
    analysis is of counts.
    """
    named = {str(name): numbers(column, f"comparator '{name}'") for name, column in comparators.items()}
    _check(analysis, named)
    fit = analysis.fit()
    stack = stacked(analysis.as_fitted(fit), named)
    estimate = stacked_reml_ar1(stack.samples)
    effects = effects_from(stack.design, estimate, stack.after, stack.until).table
    table = _table(stack.design, estimate, len(named))
    average = average_effect(effects)
    alone = average_effect(fit.effects)
    return Controlled(
        table=table,
        effects=effects,
        average=average,
        alone=alone,
        trend_difference=_difference(table),
        rho=estimate.rho,
        flags=_flags(estimate.rho),
        comparators=tuple(named),
        passed=alone.concludes_as(average) if alone.is_clear else None,
        sentence=_sentence(average, alone, tuple(named)),
        estimate=estimate,
    )


def _check(analysis: Analysis, named: Mapping[str, FloatArray]) -> None:
    if not named:
        raise AnalysisError(
            "there are no comparators; give at least one series that the change didn't touch."
        )
    if analysis.later:
        raise AnalysisError("a controlled comparison is of one change; compare up to the second.")
    if analysis.denominator is not None:
        raise AnalysisError(
            "a controlled comparison is of values, rates or means; give the rates instead of counts with a "
            "denominator."
        )
    for name, column in named.items():
        if len(column) != len(analysis.y):
            raise AnalysisError(
                f"comparator '{name}' has {len(column)} values and the treated series has {len(analysis.y)}; "
                "give one for each period."
            )


def _table(design: Design, estimate: Ar1Estimate, comparators: int) -> pd.DataFrame:
    """Trend, level and slope of comparators, treated and their difference, as far as the model has them."""
    import pandas as pd

    def weights(**named: float) -> FloatArray:
        return np.array([named.get(name, 0.0) for name in design.columns])

    rows: dict[str, FloatArray] = {}
    own = weights(**{"time:0": 1.0})
    theirs = weights(**{f"time:{unit}": 1 / comparators for unit in range(1, comparators + 1)})
    rows |= {"trend_comparators": theirs, "trend_treated": own, "trend_difference": own - theirs}
    for name in ("level_change", "slope_change"):
        if f"{name}:{DIFFERENCE}" in design.columns:
            shared = weights(**{f"{name}:comparators": 1.0})
            apart = weights(**{f"{name}:{DIFFERENCE}": 1.0})
            rows |= {
                f"{name}_comparators": shared,
                f"{name}_treated": shared + apart,
                f"{name}_difference": apart,
            }
    found = estimate.contrasts(np.array(list(rows.values())))
    columns = {field.name: getattr(found, field.name) for field in fields(found)}
    return pd.DataFrame(columns, index=pd.Index(list(rows), name="term"))


def _difference(table: pd.DataFrame) -> Interval:
    columns = ["estimate", "lower", "upper"]
    return Interval(*(float(value) for value in table.loc["trend_difference", columns].to_numpy(dtype=float)))


def _flags(rho: float) -> tuple[Flag, ...]:
    if abs(rho) <= BOUNDARY_RHO:
        return ()
    return (
        Flag(
            "rho-at-boundary",
            f"The estimated autocorrelation is {rho:.3f}: errors that can't be told from a random walk, so "
            "that a difference in trend or level can't be told from drift.",
        ),
    )


def _sentence(average: Interval, alone: Interval, names: tuple[str, ...]) -> str:
    others = f"the comparator ({names[0]})" if len(names) == 1 else f"{len(names)} comparators"
    return (
        f"Set against {others}, the average effect after the change is {average.spoken()}; without a "
        f"comparison it is {alone.spoken()}."
    )
