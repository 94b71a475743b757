"""A plan's control charts: its choices handed to the statistics."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline import series
from pipeline.errors import AnalysisError, DataError
from pipeline.evaluation.bench import naming
from pipeline.evaluation.shown_chart import shown_chart
from pipeline.plan import Intervention, Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.spc import Chart, Cusum, Ewma, RebaseAdvice
    from pipeline.spc.rules import RuleSet

OF_EVENTS = ("run", "g", "t")
"""The charts that suit times between events; where the plan names another for its other measures, auto."""
OF_RATIOS = ("p", "u", "p'", "u'")
"""The charts that need denominators; where a plan has rates or proportions, its other measures are auto."""

Beside = Literal["adjusted", "plain"]


@dataclass(frozen=True, eq=False)
class Charted:
    """What a measure's control charts are: the one the plan asks for, and what stands beside it.

    beside: the chart of seasonally adjusted values where the other shows a season, or the plain one where the
    plan asks for the adjusted one. small_shifts: where the plan asks for it. advice: where limits might be
    computed anew.
    """

    measure: Measure
    data: pd.DataFrame
    chart: Chart
    beside: tuple[Beside, Chart] | None
    small_shifts: Ewma | Cusum | None
    advice: tuple[RebaseAdvice, ...]


def charted(plan: Plan, measure: Measure, data: pd.DataFrame) -> Charted:
    """Gives the control charts of one measure's series (`data`, of `series.read`), as the plan asks for them.

    Raises AnalysisError if the series can't be charted so, and DataError if a date of the plan is not in it.
    """
    made = chart(plan, measure, data)
    beside = _beside(plan, measure, data, made)
    return Charted(
        measure=measure,
        data=data,
        chart=shown_chart(plan, measure, data, made),
        beside=None if beside is None else (beside[0], shown_chart(plan, measure, data, beside[1])),
        small_shifts=small_shifts(plan, measure, data, made),
        advice=advice(plan, measure, data, made),
    )


def chart(plan: Plan, measure: Measure, data: pd.DataFrame, unit: str | None = None, **instead: Any) -> Chart:
    """Gives the control chart of one series, as the plan asks for it.

    `unit`: the site whose series it is, if it is of one; `instead`: options of `pipeline.spc.chart` that
    are other than the plan's. Raises what `charted` does.
    """
    from pipeline import spc

    asked, is_ratio = plan.spc, measure.is_ratio
    grouped = "sd" in data and asked.chart in ("auto", "xbar", "s")
    sizes = data["denominator"] if is_ratio else data["n"] if grouped else None
    options: dict[str, Any] = {
        "kind": _kind(plan, measure, grouped),
        "n": None if sizes is None else sizes.to_numpy(),
        "sd": data["sd"].to_numpy() if grouped else None,
        "rules": _rules(plan),
        "baseline": _baseline(plan, measure, data),
        "rebase": _phases(plan, measure, data, unit),
        "exclude": _excluded(plan, measure, data),
        "better": measure.better,
        "target": measure.target,
        "screen": asked.screen,
        "measure": measure.kind,
        "per": measure.unit if is_ratio else 1.0,
        "non_negative": measure.kind in ("count", "rate", "proportion"),
        "seasonal_period": plan.data.period.season
        if asked.seasonally_adjusted and measure.is_regular
        else None,
    }
    with naming(plan, measure):
        return spc.chart(data["numerator" if is_ratio else "value"].to_numpy(), **{**options, **instead})


def _kind(plan: Plan, measure: Measure, grouped: bool) -> str:
    asked = plan.spc.chart
    if asked in ("xbar", "s") and not grouped:
        raise AnalysisError(
            f"params/{plan.study}.yaml, measure {measure.id}: spc.chart is {asked}, and there is one value a "
            "period; leave it to auto, or bring rows of single cases."
        )
    if asked in OF_RATIOS and not measure.is_ratio and any(each.is_ratio for each in plan.measures):
        return "auto"
    return asked if measure.is_regular or asked in OF_EVENTS else "auto"


def _rules(plan: Plan) -> str | RuleSet:
    from pipeline import spc

    asked = plan.spc
    lengths = {"shift_length": asked.shift_length, "trend_length": asked.trend_length}
    given = {name: length for name, length in lengths.items() if length is not None}
    return spc.making_data_count(**given) if given else asked.rules


def _baseline(plan: Plan, measure: Measure, data: pd.DataFrame) -> int | None:
    """How many points the baseline has: of times between events, those in its periods."""
    if plan.spc.baseline is None or measure.is_regular:
        return plan.spc.baseline.periods if plan.spc.baseline else None
    return int(data.index.searchsorted(data.index[0] + plan.spc.baseline.periods * series.step(plan)))


def _phases(plan: Plan, measure: Measure, data: pd.DataFrame, unit: str | None) -> tuple[int, ...]:
    """The positions at which limits are computed anew; a new phase begins with the first event after."""
    import pandas as pd

    if plan.spc.rebase == "never":
        return ()
    if plan.spc.rebase == "at-interventions":
        starts = (series.first_after(data.index, plan, change) for change in changes_of(plan, data, unit))
    elif measure.is_regular:
        starts = (series.position_of(data.index, day, plan, "spc.rebase") for day in plan.spc.rebase)
    else:
        starts = (int(data.index.searchsorted(pd.Timestamp(day))) for day in plan.spc.rebase)
    return tuple(sorted(set(starts)))


def _excluded(plan: Plan, measure: Measure, data: pd.DataFrame) -> list[int]:
    """The positions left out of the limits: of times between events, those of the events in such periods."""
    import numpy as np
    import pandas as pd

    if measure.is_regular:
        return [series.position_of(data.index, day, plan, "spc.exclude") for day in plan.spc.exclude]
    starts = [pd.Timestamp(day) for day in plan.spc.exclude]
    within = [(data.index >= start) & (data.index < start + series.step(plan)) for start in starts]
    return np.flatnonzero(np.any(within, axis=0)).tolist() if within else []


def changes_of(plan: Plan, data: pd.DataFrame, unit: str | None = None) -> tuple[Intervention, ...]:
    """Gives the changes that a series shows: those of its site or, without one, one a period of all."""
    if unit is not None:
        return series.starts_of(plan, unit)
    return series.changes(plan, data.index)


def dated(plan: Plan, measure: Measure) -> str:
    """Gives the length of time by which a measure's points are named: an event by its day."""
    return plan.data.period.every if measure.is_regular else "day"


def happened(plan: Plan, data: pd.DataFrame) -> list[tuple[int, pd.Timestamp, str]]:
    """Gives what the plan's annotations say happened, in order: the first point after, the day, the label.

    Raises DataError if a day is not within the data.
    """
    import pandas as pd

    found = []
    first, last = data.index[0], data.index[-1] + series.step(plan)
    for place, each in enumerate(plan.spc.annotations, 1):
        day = pd.Timestamp(each.date)
        if not first <= day < last:
            raise DataError(
                f"params/{plan.study}.yaml, spc.annotations[{place}].date: {each.date} is outside the data, "
                f"which run from {first.date()} to {data.index[-1].date()}; mend one of them."
            )
        position = min(int(data.index.searchsorted(day)), len(data) - 1)
        found.append((position, day, each.label))
    return sorted(found)


def _beside(plan: Plan, measure: Measure, data: pd.DataFrame, made: Chart) -> tuple[Beside, Chart] | None:
    """The chart to compare with, where there is a season to be seen in one of the two."""
    from pipeline.spc.kinds import KINDS

    if made.request.season is not None:
        return "plain", chart(plan, measure, data, seasonal_period=None)
    flagged = any(flag.code == "seasonality" for flag in made.flags)
    if not flagged or plan.data.period.season < 2:
        return None
    by_size = "i'" if measure.is_ratio else "xmr"
    kind = made.kind if KINDS[made.kind].adjustable else by_size
    with suppress(AnalysisError):  # too few values in a season: the plan did not ask for this chart
        return "adjusted", chart(plan, measure, data, kind=kind, seasonal_period=plan.data.period.season)
    return None


def small_shifts(plan: Plan, measure: Measure, data: pd.DataFrame, made: Chart) -> Ewma | Cusum | None:
    """Gives the EWMA or CUSUM chart that the plan asks for, of the values of the chart `made`.

    The process in control is that before the first change, or of the plan's baseline. None if the plan asks
    for none, or for times between events, which are too skewed for it. Raises AnalysisError if there are too
    few values to go by.
    """
    from pipeline import spc

    if plan.spc.small_shifts is None or not measure.is_regular:
        return None
    before = _baseline(plan, measure, data) or series.first_after(data.index, plan)
    exclude = _excluded(plan, measure, data)
    values = made.request.observed.value * made.request.method.per
    with naming(plan, measure):
        if plan.spc.small_shifts == "ewma":
            return spc.ewma(values, baseline=before, exclude=exclude)
        return spc.cusum(values, baseline=before, exclude=exclude)


def advice(plan: Plan, measure: Measure, data: pd.DataFrame, made: Chart) -> tuple[RebaseAdvice, ...]:
    """Gives where the latest phase of a chart might be split; the plan's changes and annotations are causes.

    Nothing is done about it: the analyst decides, in `spc.rebase`.
    """
    from pipeline import spc
    from pipeline.spc.rules import SHIFT_LENGTH

    if not made.request.method.sees_patterns:
        return ()
    changes = changes_of(plan, data)
    causes = {series.first_after(data.index, plan, each): each.label for each in changes}
    causes |= {position: label for position, _, label in happened(plan, data)}
    with naming(plan, measure):
        return spc.rebase_advice(made, causes, plan.spc.shift_length or SHIFT_LENGTH)
