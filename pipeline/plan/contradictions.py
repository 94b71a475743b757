"""What can't be meant, whatever the data are."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import marked_yaml
from pipeline.plan.analysis import Harmonics
from pipeline.plan.data import Measure
from pipeline.plan.model import Plan
from pipeline.plan.vocabulary import FEWEST_COMPARATORS, FORECASTS, OF_SINGLE_CASES, WITHOUT_LAG


def contradictions(plan: Plan) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    """Gives what can't be meant, whatever the data are: the field, and a sentence."""
    its, period = plan.its, plan.data.period
    if its.lag and its.model in WITHOUT_LAG:
        yield ("its", "lag"), f"{its.model} has no lag; take it out, or use newey-west or a model of counts"
    yield from _model_contradictions(plan)
    yield from _disclosing(plan)
    if isinstance(its.seasonality, Harmonics):
        most = period.season // 2
        if its.seasonality.harmonics > most:
            said = f"a season of {period.season} {period.every}s has at most {most}; ask for fewer"
            if not most:
                said = f"data by the {period.every} have no season; leave seasonality out"
            yield ("its", "seasonality", "harmonics"), said
    elif its.seasonality == "dummies" and period.season == 1:
        yield ("its", "seasonality"), f"data by the {period.every} have no season; leave seasonality out"
    if plan.spc.seasonally_adjusted and period.season == 1:
        yield ("spc", "seasonally_adjusted"), f"data by the {period.every} have no season; leave it out"
    yield from _contradictions_of_sites(plan)
    for index, measure in enumerate(plan.measures):
        if not measure.is_regular and (measure == plan.primary or measure.role == "control"):
            what = "the first outcome" if measure == plan.primary else "a control"
            said = f"{what} can't be a time-between, which no time series model takes; count its events"
            yield ("measures", index, "kind"), said
        for field in ("column", "numerator", "denominator"):
            if getattr(measure, field) == period.column:
                said = f"{period.column} dates the rows, and can't be measured; name another column"
                yield ("measures", index, field), said
        if measure.numerator and measure.numerator == measure.denominator:
            said = f"{measure.numerator} stands above the line too; name another column"
            yield ("measures", index, "denominator"), said
    measured = {name: measure.id for measure in plan.measures for name in (measure.column, measure.numerator)}
    for index, name in enumerate(its.covariates):
        if name == period.column:
            said = f"{name} dates the rows; the model has its trend already, so take it out"
        elif name in measured:
            said = f"{name} is what {measured[name]} measures, and can't explain itself; take it out"
        elif name in its.covariates[:index]:
            said = f"{name} comes a second time; take it out"
        else:
            continue
        yield ("its", "covariates", index), said


def _contradictions_of_sites(plan: Plan) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    """What can't be meant of sites and groups."""
    data = plan.data
    for field, name in (("unit", data.unit), ("strata", data.strata)):
        if name == data.period.column:
            yield ("data", field), f"{name} dates the rows; name another column"
    if data.unit and data.unit == data.strata:
        yield ("data", "strata"), f"{data.strata} is the unit too; name another column"
    for index, change in enumerate(plan.interventions):
        if change.units is None:
            continue
        if data.unit is None:
            said = "is for panels; name the column of the sites as `data.unit`, or take it out"
            yield ("interventions", index, "units"), said
        elif twice := [name for place, name in enumerate(change.units) if name in change.units[:place]]:
            yield ("interventions", index, "units"), f"{twice[0]} comes twice; take one out"
    yield from _contradictions_of_groups(plan)


def _contradictions_of_groups(plan: Plan) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    """What can't be meant of the groups whose gap is asked for."""
    equity = plan.equity
    if equity is None:
        return
    if equity.gradient != plan.data.strata:
        said = f"is {equity.gradient}, and data.strata is {plan.data.strata or 'not there'}; make them agree"
        yield ("equity", "gradient"), said
    order = [str(name) for name in equity.order or ()]
    if twice := [name for place, name in enumerate(order) if name in order[:place]]:
        yield ("equity", "order"), f"{twice[0]} comes twice; take one out"
    if plan.its.model in FORECASTS:
        said = f"{plan.its.model} has no shape of the change to compare groups by; use another model"
        yield ("its", "model"), said


def _disclosing(plan: Plan) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    """What shows every single count by its nature, and so can't go with disclosure control."""
    if plan.rule is None:
        return
    public = "with disclosure control"
    if plan.its.model in FORECASTS:
        yield (
            ("its", "model"),
            f"{plan.its.model} tells what happened in each period; choose another {public}",
        )
    if plan.spc.chart in OF_SINGLE_CASES:
        yield ("spc", "chart"), f"{plan.spc.chart} shows single counts or cases; choose another {public}"
    if plan.spc.small_shifts:
        said = f"{plan.spc.small_shifts} adds up counts that could be taken apart; leave it out {public}"
        yield ("spc", "small_shifts"), said
    if plan.network:
        yield ("network",), f"it is made of single people's ties, and can't be shown {public}"
    for index, measure in enumerate(plan.measures):
        if not measure.is_regular:
            yield ("measures", index, "kind"), f"each time is that of one event, and can't be shown {public}"


def _model_contradictions(plan: Plan) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    """What the plan's model has no use for, or lacks."""
    its, model, change = plan.its, plan.its.model, plan.intervention
    for field in ("order", "seasonal_order"):
        if getattr(its, field) and model != "arima":
            yield ("its", field), f"{model} has no such orders; take it out, or use arima"
    if its.seasonal_order and plan.data.period.season == 1:
        yield ("its", "seasonal_order"), f"data by the {plan.data.period.every} have no season; take it out"
    for index, measure in enumerate(plan.measures):
        yield from _range_contradictions(index, measure)
        yield from _comparator_contradictions(plan, index, measure)
        if model == "synthetic-control" and len(measure.comparators) < FEWEST_COMPARATORS:
            said = (
                f"synthetic-control needs {FEWEST_COMPARATORS} or more for a 95% interval, and "
                f"{measure.id} has {len(measure.comparators)}; name more, or use another model, which is "
                "then set against them"
            )
            yield ("measures", index, "comparators"), said
    if model not in FORECASTS:
        return
    useless = {"impact", "trend"} | ({"covariates", "seasonality"} if model == "synthetic-control" else set())
    for field in sorted(useless & its.model_fields_set):
        yield ("its", field), f"{model} has no use for it; take it out"
    if model == "structural" and isinstance(its.seasonality, Harmonics):
        yield ("its", "seasonality"), "structural takes a pattern of its own; write dummies, none or auto"
    if plan.sustain:
        yield ("sustain",), f"{model} does not say whether an effect lasts; take it out, or use another model"
    if len(plan.interventions) > 1 or change.phase_in or change.delay or change.until:
        said = f"{model} takes one lasting change without a transition or delay; use another model"
        yield ("interventions",), said


def _comparator_contradictions(
    plan: Plan, index: int, measure: Measure
) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    for place, name in enumerate(measure.comparators):
        if plan.data.unit:
            said = "units without the change are compared with already, as data.unit asks; take it out"
        elif name == plan.data.period.column:
            said = f"{name} dates the rows, and can't be compared with; take it out"
        elif name in (measure.column, measure.numerator, measure.denominator):
            said = f"{name} is what {measure.id} measures; name the same elsewhere"
        elif name in measure.comparators[:place]:
            said = f"{name} comes a second time; take it out"
        else:
            continue
        yield ("measures", index, "comparators", place), said


def _range_contradictions(index: int, measure: Measure) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    if measure.at_most is None:
        return
    if measure.kind == "proportion":
        said = f"a proportion is never above its whole, {measure.unit:g}; take it out"
        yield ("measures", index, "at_most"), said
