"""A plan's question for whom: its groups' series handed to the statistics, and what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from pipeline import series
from pipeline.errors import PlanError
from pipeline.evaluation import its as evaluated
from pipeline.evaluation import spc as charted
from pipeline.evaluation.bench import Bench, naming, unit_in_words
from pipeline.plan import COUNT_MODELS, Equity, Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.equity import Gap, Gradient, Inequality
    from pipeline.its import Fit
    from pipeline.spc import Chart

Groups = Mapping[str, "pd.DataFrame"]
ROUND = str.maketrans("[]", "()")
"""Square brackets stand round rows in the keys of results."""
TELLING = ["observed", "fitted", "fitted_trend", "adjusted", "residual", "innovation"]
"""Of the fit of a gap, what tells or (in a transition) all but tells what the gap was in a period."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found of a measure's groups: by name, in the plan's order.

    `rests`, for groups without an order: each group's difference from all the others, fitted. For ordered
    groups `gradient` has the indices by period, `slope` and `plain` what became of the slope index and of the
    plain gap between the first group and the last, `sides` the indices over all of the time before and after.
    """

    groups: Groups
    fits: dict[str, Fit]
    charts: dict[str, Chart]
    rests: dict[str, Fit]
    gradient: Gradient | None
    slope: Gap | None
    plain: Gap | None
    sides: tuple[Inequality, Inequality] | None


def outcomes(plan: Plan) -> tuple[Measure, ...]:
    """Gives the measures that are looked at by group: the outcomes with one value a period."""
    return tuple(measure for measure in plan.regular if measure.role == "outcome")


def asked(plan: Plan) -> Equity:
    """Gives what the plan asks of its groups; raises PlanError if it asks nothing."""
    if plan.equity is None:
        raise PlanError(f"params/{plan.study}.yaml, equity: is not there; name the groups to compare.")
    return plan.equity


def groups(bench: Bench, measure: Measure) -> dict[str, pd.DataFrame]:
    """Gives each group's series by its name for readers, in the plan's order, or as in the data's.

    Raises PlanError if the plan's order is not of the groups that the data have.
    """
    plan = bench.plan
    found = {str(name): data for name, data in series.read_by_stratum(bench.series, measure.id).items()}
    order = [str(name) for name in asked(plan).order or found]
    if set(order) != set(found):
        raise PlanError(
            f"params/{plan.study}.yaml, equity.order: has {', '.join(order)}, and the data have "
            f"{', '.join(found)} as {plan.data.strata}; list each of the data's once."
        )
    return {_name(plan, place, order): found[name] for place, name in enumerate(order)}


def _name(plan: Plan, place: int, order: list[str]) -> str:
    """A group's name: as in the data, with what its end of the order is called."""
    ends, name = asked(plan), order[place].translate(ROUND)
    if ends.order is None or place not in (0, len(order) - 1):
        return name
    return f"{name} ({ends.ends[0 if place == 0 else 1]})"


def analyse(plan: Plan, measure: Measure, by_group: Groups) -> Found:
    """Gives what was found of a measure's groups, as the plan asks.

    Raises AnalysisError, naming the measure, if a series can't bear the analysis.
    """
    from pipeline import equity

    fits = {name: evaluated.analysis(plan, measure, data).fit() for name, data in by_group.items()}
    charts = {name: charted.chart(plan, measure, data) for name, data in by_group.items()}
    counts, people = _wide(by_group, "numerator"), _wide(by_group, "denominator")
    values = _wide(by_group, "value")
    assert values is not None
    with naming(plan, measure):
        if asked(plan).order is None:
            rest = equity.rest_differences(
                values if counts is None else counts, None if counts is None else people, measure.unit
            )
            rests = {name: _fit(plan, measure, by_group, rest[name]) for name in by_group}
            return Found(by_group, fits, charts, rests, None, None, None, None)
        gradient = equity.gradient(values, people, counts, kind=measure.kind, per=measure.unit)
        gaps = [_gap(plan, measure, by_group, gradient.table[name]) for name in ("slope", "gap")]
        start = gaps[0].fit.start, gaps[0].fit.after
        sides = _sides(measure, values, people, counts, start)
    return Found(by_group, fits, charts, {}, gradient, gaps[0], gaps[1], sides)


def shown(plan: Plan, measure: Measure, found: Found) -> Found:
    """Gives what was found as it may be shown; itself, where disclosure control is off.

    Of the gap, periods in which any group's cell is small are left out: with the others' values, it could
    be told from the gap.
    """
    if plan.rule is None:
        return found
    from pipeline.evaluation import shown as showing
    from pipeline.evaluation.shown_chart import shown_chart
    from pipeline.evaluation.shown_fit import shown_fit

    safe = showing.parts(plan, measure, dict(found.groups))
    missing = [safe[name]["value"].isna() & data["value"].notna() for name, data in found.groups.items()]
    hidden = np.any(np.array(missing), axis=0)
    return replace(
        found,
        fits={
            name: shown_fit(plan, measure, found.groups[name], fit, safe[name])
            for name, fit in found.fits.items()
        },
        charts={
            name: shown_chart(plan, measure, found.groups[name], chart, safe[name])
            for name, chart in found.charts.items()
        },
        rests={name: _without(fit, hidden) for name, fit in found.rests.items()},
        gradient=found.gradient and replace(found.gradient, table=_emptied(found.gradient.table, hidden)),
        slope=found.slope and replace(found.slope, fit=_without(found.slope.fit, hidden)),
        plain=found.plain and replace(found.plain, fit=_without(found.plain.fit, hidden)),
    )


def _emptied(table: pd.DataFrame, hidden: NDArray[np.bool_]) -> pd.DataFrame:
    """A table whose rows are empty for some periods."""
    return table[~hidden].reindex(table.index)


def _without(fit: Fit, hidden: NDArray[np.bool_]) -> Fit:
    """A fit whose series does not tell what was observed in some periods."""
    table = fit.series.copy()
    table.loc[hidden, TELLING] = np.nan
    return replace(fit, series=table)


def _wide(by_group: Groups, column: str) -> pd.DataFrame | None:
    """A column of every group's series, side by side; None if there is no such column."""
    import pandas as pd

    if any(column not in data for data in by_group.values()):
        return None
    return pd.DataFrame({name: data[column] for name, data in by_group.items()})


def _fit(plan: Plan, measure: Measure, by_group: Groups, values: pd.Series) -> Fit:
    """The plan's analysis of a series made from the groups': a value a period, whatever the measure is."""
    value = measure.model_copy(
        update={"kind": "value", "column": "value", "numerator": None, "denominator": None, "at_most": None}
    )
    if plan.its.model in COUNT_MODELS:
        plan = plan.model_copy(update={"its": plan.its.model_copy(update={"model": "auto", "lag": None})})
    data = series.covariates(next(iter(by_group.values()))).add_prefix(series.COVARIATE)
    return evaluated.analysis(plan, value, data.assign(value=values)).fit()


def _gap(plan: Plan, measure: Measure, by_group: Groups, values: pd.Series) -> Gap:
    from pipeline import equity

    periods = cast("pd.DatetimeIndex", values.index)
    sign = equity.sign_of(values[: series.first_after(periods, plan)])
    found = _fit(plan, measure, by_group, sign * values)
    return equity.gap_of(found, sign, ends=asked(plan).ends, unit=unit_in_words(measure))


def _sides(
    measure: Measure,
    values: pd.DataFrame,
    people: pd.DataFrame | None,
    counts: pd.DataFrame | None,
    start: tuple[int, int],
) -> tuple[Inequality, Inequality]:
    """The indices of the whole time before, and of the whole time after the change and its transition."""
    from pipeline import equity

    found = []
    for part in (slice(0, start[0]), slice(start[1], None)):
        if counts is None or people is None:
            found.append(equity.slope_index(values[part].mean(), [1.0] * values.shape[1]))
            continue
        above, below = counts[part].sum(), people[part].sum()
        errors = equity.count_errors(above, below, measure.kind, measure.unit)
        found.append(equity.slope_index(measure.unit * above / below, below, errors))
    return found[0], found[1]
