"""How far a controlled comparison can be trusted: trends before, each comparator's weight, and its rank.

With one treated unit, standard errors say how well each series is known, not how much units differ in what
happens to them. Placebo in space asks that: would another unit, taken for the treated one, show as much
(Abadie, Diamond & Hainmueller 2010)?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.its.alt_text import spoken_number
from pipeline.its.analysis import Analysis
from pipeline.its.comparators import Controlled, controlled
from pipeline.its.inference import FloatArray
from pipeline.its.interval import Interval
from pipeline.its.observations import numbers

if TYPE_CHECKING:
    import pandas as pd

FEWEST_COMPARATORS = 9
"""With fewer, even the largest effect of all is among the largest fifth or more."""

RARE = 0.1
"""An effect stands out if at most this share of units, the treated among them, show one as large."""


@dataclass(frozen=True, eq=False)
class TrendsBefore:
    """Trends before the change: `table` has rows comparators, treated and difference."""

    table: pd.DataFrame
    passed: bool | None
    sentence: str


@dataclass(frozen=True, eq=False)
class LeftOut:
    """The controlled effect without each comparator in turn.

    `table`: index the comparator left out, "none" first; columns estimate, lower, upper, failure.
    """

    table: pd.DataFrame
    passed: bool | None
    sentence: str


@dataclass(frozen=True, eq=False)
class PlaceboInSpace:
    """The controlled effect with each unit taken for the treated one.

    `table`, ordered by estimate: unit, is_treated, estimate, lower, upper, statistic (the estimate as a
    multiple of its interval's half-width), failure. `share_as_large` is the share of units, the treated
    among them, whose statistic is at least as large.
    """

    table: pd.DataFrame
    share_as_large: float
    passed: bool | None
    sentence: str


def compare_trends_before(found: Controlled) -> TrendsBefore:
    """Gives the comparison of trends before the change; it passes if their difference could be zero."""
    table = found.table.loc[["trend_comparators", "trend_treated", "trend_difference"]].copy()
    table.index = table.index.str.removeprefix("trend_")
    difference = found.trend_difference
    if difference.is_clear:
        sentence = (
            "Before the change the treated series and its comparators were drawing apart, by "
            f"{difference.spoken()} each period, so the comparison rests on both trends going on as they "
            "were."
        )
    else:
        sentence = (
            "Before the change the treated series and its comparators moved alike, as far as can be told: "
            f"their trends differ by {difference.spoken()} each period."
        )
    return TrendsBefore(table, not difference.is_clear, sentence)


def leave_one_comparator_out(
    analysis: Analysis, comparators: pd.DataFrame | Mapping[str, ArrayLike]
) -> LeftOut:
    """Gives the controlled effect with all comparators, and without each in turn.

    It passes if every one concludes as the whole does; with one comparator there is nothing to leave out.
    Raises `AnalysisError` where the comparison with all of them can't be had.
    """
    import pandas as pd

    named = _named(comparators)
    whole = controlled(analysis, named).average
    rows: dict[str, tuple[float, float, float, str]] = {"none": (*astuple(whole), "")}
    for name in named if len(named) > 1 else ():
        rows[name] = _attempt(analysis, {other: y for other, y in named.items() if other != name})[1:]
    index = pd.Index(list(rows), name="left_out")
    table = pd.DataFrame(list(rows.values()), index=index, columns=["estimate", "lower", "upper", "failure"])
    others = [Interval(*row[:3]) for name, row in rows.items() if name != "none" and not row[3]]
    if not others:
        return LeftOut(table, None, "There is only one comparator, so none can be left out.")
    differ = sum(not each.concludes_as(whole) for each in others)
    scale = max(abs(each.estimate) for each in others)
    low, high = (spoken_number(end(each.estimate for each in others), scale) for end in (min, max))
    verdict = "none changes" if differ == 0 else f"{differ} of {len(others)} change"
    sentence = (
        f"Leaving out one comparator at a time, the average effect lies between {low} and {high}, and "
        f"{verdict} the conclusion; with all of them it is {whole.spoken()}."
    )
    return LeftOut(table, differ == 0, sentence)


def placebo_in_space(
    analysis: Analysis, comparators: pd.DataFrame | Mapping[str, ArrayLike]
) -> PlaceboInSpace:
    """Gives the controlled effect with each unit in turn taken for the treated one.

    Each comparator is set against the other comparators; the treated unit is left out of theirs. Raises
    `AnalysisError` where there are fewer than two comparators, or the real comparison can't be had.
    """
    import pandas as pd

    named = _named(comparators)
    if len(named) < 2:
        raise AnalysisError("a placebo in space needs at least two comparators; give more of them.")
    real = controlled(analysis, named)
    rows = [("treated", True, _statistic(real), *astuple(real.average), "")]
    for name, y in named.items():
        others = {other: values for other, values in named.items() if other != name}
        rows.append((name, False, *_attempt(replace(analysis, y=y), others)))
    columns = ["unit", "is_treated", "statistic", "estimate", "lower", "upper", "failure"]
    table = pd.DataFrame(rows, columns=columns).sort_values("estimate", ignore_index=True)
    statistics = np.abs(np.array([row[2] for row in rows]))
    usable = int(np.isfinite(statistics[1:]).sum())
    as_large = int((statistics[1:] >= statistics[0]).sum())
    share = (as_large + 1) / (usable + 1)
    is_told = usable >= FEWEST_COMPARATORS and real.average.is_clear
    sentence = (
        f"Taking each of {usable} comparators in turn for the treated unit, {as_large or 'none'} "
        f"{'shows' if as_large == 1 else 'show'} an effect at least as large, for its uncertainty, as the "
        f"real one, {real.average.spoken()}."
    )
    return PlaceboInSpace(table, share, share <= RARE if is_told else None, sentence)


def _named(comparators: pd.DataFrame | Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    return {str(name): numbers(column, f"comparator '{name}'") for name, column in comparators.items()}


def _attempt(
    analysis: Analysis, comparators: Mapping[str, FloatArray]
) -> tuple[float, float, float, float, str]:
    """Statistic, estimate, limits and an empty string; or not-a-numbers and why."""
    try:
        found = controlled(analysis, comparators)
    except AnalysisError as refused:
        return (*[float("nan")] * 4, str(refused))  # type: ignore[return-value]
    return (_statistic(found), *astuple(found.average), "")


def _statistic(found: Controlled) -> float:
    """The average effect as a multiple of its interval's half-width."""
    half = (found.average.upper - found.average.lower) / 2
    return found.average.estimate / half
