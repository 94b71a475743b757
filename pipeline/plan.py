"""The analysis plan: everything an analyst decides, in one page of YAML (`params/<study>.yaml`).

The model below is the plan's whole vocabulary. Unknown keys are refused with the nearest known one, and
every complaint names file, line and field. The same model gives the JSON Schema that editors use.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from pipeline import conditions, marked_yaml
from pipeline.complaints import complaints
from pipeline.conditions import Condition
from pipeline.errors import PlanError
from pipeline.project import NOT_A_SLUG, is_slug

if TYPE_CHECKING:
    from pipeline.project import Project

Every = Literal["day", "week", "month", "quarter", "year"]
Role = Literal["outcome", "process", "balancing", "control"]
Kind = Literal["count", "rate", "proportion", "mean", "value", "time-between"]
Better = Literal["lower", "higher"]
Format = Literal["html", "pdf", "docx"]
Estimator = Literal[
    "auto",
    "reml-ar1",
    "averaged-ar1",
    "averaged-ar2",
    "ols",
    "newey-west",
    "prais-winsten",
    "arima",
    "poisson",
    "quasi-poisson",
    "negative-binomial",
    "binomial",
    "structural",
    "synthetic-control",
]
ChartKind = Literal["auto", "run", "xmr", "mr", "xbar", "s", "p", "u", "c", "p'", "u'", "i'", "g", "t"]
Rules = Literal["making-data-count", "nhsr-plotthedots", "anhoej", "western-electric", "nelson"]

MINIMUM, ROUND_TO = 5, 5
"""Disclosure control unless the plan says otherwise: counts of 1 to 4 are hidden, others rounded to fives."""
WITHOUT_LAG = (
    "reml-ar1",
    "averaged-ar1",
    "averaged-ar2",
    "ols",
    "prais-winsten",
    "arima",
    "structural",
    "synthetic-control",
)
"""The models whose errors need no lag: the others are newey-west, models of counts, and auto."""
OF_SINGLE_CASES = ("mr", "g", "t")
"""Charts whose points are differences of neighbours, or one event each."""
FORECASTS = ("structural", "synthetic-control")
"""The models that expect something of the series after the change, without a shape of what changed."""
COUNT_MODELS = ("poisson", "quasi-poisson", "negative-binomial", "binomial")
FEWEST_COMPARATORS = 19
"""With fewer the treated unit can't be among the one in twenty that a 95% interval needs."""
PERIODS_A_YEAR: dict[str, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
"""How many periods make a year; for days the season that is modelled is the week (see `season`)."""


PER_CENT = 100.0
"""Of how many a proportion tells unless the plan says otherwise."""


def _date(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is not a date; write it as YYYY-MM-DD") from None
    if isinstance(value, datetime.date):
        return value
    raise ValueError(f"{value} is not a date; write it as YYYY-MM-DD")


def _slug(value: str) -> str:
    if not is_slug(value):
        raise ValueError(f"{value} {NOT_A_SLUG}")
    return value


def _off_or_rule(value: Any) -> Any:
    if isinstance(value, str) and value != "off":
        raise ValueError(
            f"{value} is not known; write {{minimum: {MINIMUM}, round_to: {ROUND_TO}}}, or off if the data "
            "are public"
        )
    return value


def _condition(value: str) -> str:
    conditions.read(value)
    return value


Date = Annotated[datetime.date, BeforeValidator(_date)]
Slug = Annotated[
    str,
    AfterValidator(_slug),
    Field(json_schema_extra={"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
]
Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(ge=1)]
Order = Annotated[int, Field(ge=0, le=3)]


class Part(BaseModel):
    """A part of the plan: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(Part):
    """The column that dates each row, and the length of a period."""

    column: Text
    every: Every

    @property
    def season(self) -> int:
        """Periods in the seasonal cycle: the year, or for daily data the week."""
        return 7 if self.every == "day" else PERIODS_A_YEAR[self.every]


class Data(Part):
    """Where the data come from: a contract, and the period that makes the series."""

    contract: Text
    period: Period
    unit: Text | None = Field(
        None, description="The column that names each row's site; it makes the study a panel."
    )
    strata: Text | None = Field(None, description="The column that names each row's group of people.")
    filter: Annotated[Text, AfterValidator(_condition)] | None = Field(
        None,
        description="Which rows are used, as in \"type == 'Type 1' and age >= 18\"; all of them by default.",
    )

    @property
    def condition(self) -> Condition | None:
        """The filter, read."""
        return conditions.read(self.filter) if self.filter else None


class Measure(Part):
    """One thing that is measured: an outcome, or what helps to believe or doubt it."""

    id: Slug
    role: Role
    label: Text = Field(description="A noun phrase for readers, as in 'Patients waiting over four hours'.")
    kind: Kind
    column: Text | None = Field(
        None,
        description="The column of a count, mean or value; without it a count is of records. Of a "
        "time-between: the cases that passed since the event before; without it, the days that did.",
    )
    numerator: Text | None = Field(None, description="The column above the line of a rate or proportion.")
    denominator: Text | None = Field(
        None,
        description="The column below the line; without it a rate or proportion is of the number of records.",
    )
    per: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="So many of the denominator: 1 for a rate, 100 for a proportion by default.",
    )
    comparators: tuple[Text, ...] = Field(
        (), description="Columns with the same measure where there was no change, each as a series of values."
    )
    at_most: float | None = Field(
        None, allow_inf_nan=False, description="The greatest value there can be, against which we check."
    )
    better: Better | None = None
    target: float | None = Field(None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _columns_fit_the_kind(self) -> Measure:
        if self.is_ratio:
            if not self.numerator or self.column:
                raise ValueError(f"a {self.kind} needs `numerator` and `denominator`, and no `column`")
        elif self.kind == "time-between":
            if self.numerator or self.denominator or self.per:
                raise ValueError(
                    "a time-between has its events' dates, or a `column`, and no `numerator`, `denominator` "
                    "or `per`"
                )
        elif self.numerator or self.denominator or not (self.column or self.kind == "count"):
            raise ValueError(f"a {self.kind} needs `column`, and no `numerator` or `denominator`")
        return self

    @property
    def is_ratio(self) -> bool:
        """True for a rate or a proportion: its series has a numerator and a denominator."""
        return self.kind in ("rate", "proportion")

    @property
    def counts_records(self) -> bool:
        """True if it can be had only of records: a count of them, or a share of their number."""
        return self.is_regular and not self.column and not self.denominator

    @property
    def is_regular(self) -> bool:
        """Whether it has one value a period, as a time series model needs; times between events have not."""
        return self.kind != "time-between"

    @property
    def unit(self) -> float:
        """Of how many of the denominator the measure tells."""
        return self.per or (PER_CENT if self.kind == "proportion" else 1.0)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data that this measure is made from."""
        own = (self.column, self.numerator, self.denominator)
        return (*(name for name in own if name), *self.comparators)


class PhaseIn(Part):
    """The transition: periods from the start up to, not including, the one that begins at `until`."""

    until: Date


class Intervention(Part):
    """The change that is evaluated."""

    label: Text = Field(description="A noun phrase for readers, as in 'The winter flow bundle'.")
    start: Date = Field(
        description="The day it began; the first period that begins on or after it counts as after."
    )
    units: tuple[Text, ...] | None = Field(
        None, min_length=1, description="The sites that got it; all of them by default."
    )
    phase_in: PhaseIn | None = None
    delay: int = Field(0, ge=0, description="Periods after the start in which nothing is yet expected.")
    until: Date | None = Field(None, description="The day a temporary change ended.")

    @model_validator(mode="after")
    def _phase_in_follows(self) -> Intervention:
        if self.phase_in and self.phase_in.until <= self.start:
            raise ValueError("`phase_in.until` should be later than `start`")
        if self.until and self.until <= self.start:
            raise ValueError("`until` should be later than `start`")
        return self


class Harmonics(Part):
    """Seasonality as `harmonics` pairs of sine and cosine."""

    harmonics: Annotated[int, Field(ge=1, le=6)]


class Its(Part):
    """The interrupted time series analysis (METHODS: docs/methods.md)."""

    model: Estimator = "auto"
    impact: Literal["level", "slope", "level-and-slope"] = "level-and-slope"
    seasonality: Literal["auto", "none", "dummies"] | Harmonics = Field(
        "auto",
        description="none, dummies (one term a season), harmonics: k, or auto: none, one or two harmonics, "
        "whichever suits the periods before the change.",
    )
    trend: Literal["linear", "none"] = "linear"
    covariates: tuple[Text, ...] = ()
    lag: Positive | None = Field(
        None,
        description="The lag of newey-west, or of a model of counts whose errors allow for autocorrelation.",
    )
    order: tuple[Order, Order, Order] | None = Field(
        None, description="The orders p, d, q of arima; by default chosen on the periods before the change."
    )
    seasonal_order: tuple[Order, Order, Order] | None = Field(
        None, description="The seasonal orders P, D, Q of arima, on the data's own season."
    )
    horizons: tuple[Positive, ...] = Field(
        (), description="Periods after the start at which the effect is reported; 12 is the twelfth."
    )


class Baseline(Part):
    """The first `periods` points fix the limits of the first phase."""

    periods: Annotated[int, Field(ge=2)]


class Annotation(Part):
    """Something that happened, to be written on the charts: a cycle of plan, do, study, act, say."""

    date: Date
    label: Text


class Spc(Part):
    """The statistical process control chart."""

    chart: ChartKind = "auto"
    rules: Rules = "making-data-count"
    shift_length: Annotated[int, Field(ge=6, le=9)] | None = Field(
        None, description="Points on one side that make a shift (making-data-count: 7 by default)."
    )
    trend_length: Annotated[int, Field(ge=6, le=8)] | None = Field(
        None, description="Points rising or falling that make a trend (making-data-count: 7 by default)."
    )
    baseline: Baseline | None = None
    exclude: tuple[Date, ...] = Field((), description="Periods left out of the limits; they are plotted.")
    rebase: Literal["at-interventions", "never"] | tuple[Date, ...] = Field(
        "at-interventions", description="Where limits are computed anew: or dates, each a period's first day."
    )
    seasonally_adjusted: bool = Field(
        False, description="Chart the values less their seasonal figures, where the season hides the process."
    )
    screen: bool = Field(False, description="Leave extreme moving ranges out of the limits, once.")
    small_shifts: Literal["ewma", "cusum"] | None = Field(
        None,
        description="A second chart, which finds small shifts that last; limits from before the change.",
    )
    annotations: tuple[Annotation, ...] = Field(
        (), description="What happened when, written on the charts; cycles of improvement work, say."
    )

    @model_validator(mode="after")
    def _lengths_fit_the_rules(self) -> Spc:
        if (self.shift_length or self.trend_length) and self.rules != "making-data-count":
            raise ValueError("`shift_length` and `trend_length` belong to the rules making-data-count")
        return self


class Sustain(Part):
    """What "it lasted" means: `after` periods on, at least `keep` of the early effect."""

    after: Annotated[int, Field(ge=2)]
    keep: Annotated[float, Field(gt=0, le=1)] = 0.8


class Equity(Part):
    """For whom: the groups of `data.strata`, and whether the gap between them narrowed."""

    gradient: Text = Field(description="The column of the groups: that of `data.strata`.")
    order: tuple[int | Text, ...] | None = Field(
        None,
        min_length=3,
        description="The groups from the most deprived to the least; leave it out where they have no order.",
    )
    ends: tuple[Text, Text] = Field(
        ("most deprived", "least deprived"),
        description="What the first and the last group of the order are called.",
    )


class Network(Part):
    """How people work together: a list of ties, under a contract of its own, before and after."""

    contract: Text = Field(description="The dataset of ties: one row for each person named, in each wave.")
    sender: Text = Field(alias="from", description="The column of who names.")
    receiver: Text = Field(alias="to", description="The column of who is named; empty for naming nobody.")
    site: Text = Field(description="The column of where the person who names works.")
    wave: Text = Field(description="The column that dates the waves.")
    before: Date = Field(description="The wave before the change, by its date.")
    after: Date = Field(description="The wave after it.")

    @model_validator(mode="after")
    def _after_follows(self) -> Network:
        if self.after <= self.before:
            raise ValueError("`after` should be later than `before`")
        return self


class Disclosure(Part):
    """Which counts may be shown: none below `minimum` (but nought), the others to the nearest `round_to`."""

    minimum: Annotated[int, Field(ge=2)] = MINIMUM
    round_to: Annotated[int, Field(ge=1)] = ROUND_TO


class Report(Part):
    """What is rendered."""

    formats: tuple[Format, ...] = Field(("html", "pdf", "docx"), min_length=1)


class Epoc(Part):
    """The analyst's answers to EPOC's risks of bias that the results can't answer, or add to."""

    independence: Text | None = None
    shape: Text | None = Field(None, description="Why the effect should have the shape that the plan names.")
    data_collection: Text | None = None
    blinding: Text | None = None
    completeness: Text | None = None
    reporting: Text | None = None
    other: Text | None = None


class Squire(Part):
    """The analyst's answers to SQUIRE's items that the results can't answer."""

    problem: Text | None = None
    knowledge: Text | None = None
    rationale: Text | None = None
    context: Text | None = None
    intervention: Text | None = None
    study: Text | None = None
    measures: Text | None = None
    analysis: Text | None = None
    ethics: Text | None = None
    results: Text | None = None
    interpretation: Text | None = None
    limitations: Text | None = None
    conclusions: Text | None = None
    funding: Text | None = None


class Reporting(Part):
    """What reporting standards ask, answered by the analyst."""

    epoc: Epoc = Epoc()
    squire: Squire = Squire()


class Signature(Part):
    """Who signs for their part, and when."""

    name: Text
    role: Text | None = None
    on: Date | None = None


class SignOff(Part):
    """Who answers for the analysis: the roles of the Aqua Book."""

    commissioner: Signature | None = None
    analyst: Signature | None = None
    assurer: Signature | None = None
    approver: Signature | None = None


class Plan(Part):
    """One study's analysis plan."""

    study: Slug
    title: Text
    question: Text = Field(description="One plain question, asked so that yes means things got better.")
    authors: tuple[Text, ...] = ()
    funder: Text | None = None
    data: Data
    measures: tuple[Measure, ...] = Field(min_length=1)
    interventions: tuple[Intervention, ...] = Field(min_length=1)
    its: Its = Its()
    spc: Spc = Spc()
    sustain: Sustain | None = None
    equity: Equity | None = None
    network: Network | None = None
    disclosure: Annotated[Literal["off"] | Disclosure, BeforeValidator(_off_or_rule)] = Field(
        description="Which counts may be shown; `off` is for public data only."
    )
    reporting: Reporting = Reporting()
    sign_off: SignOff = SignOff()
    report: Report = Report()

    @model_validator(mode="after")
    def _has_one_primary_outcome_and_distinct_ids(self) -> Plan:
        ids = [measure.id for measure in self.measures]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"two measures have the id {twice[0]}; give each its own")
        if not any(measure.role == "outcome" for measure in self.measures):
            raise ValueError("no measure has the role outcome; the first outcome is the primary one")
        return self

    @property
    def regular(self) -> tuple[Measure, ...]:
        """The measures that have one value a period, of which the time series analysis tells."""
        return tuple(measure for measure in self.measures if measure.is_regular)

    @property
    def primary(self) -> Measure:
        """The first outcome."""
        return next(measure for measure in self.measures if measure.role == "outcome")

    @property
    def rule(self) -> Disclosure | None:
        """The rule of disclosure control; None where it is off."""
        return None if self.disclosure == "off" else self.disclosure

    @property
    def intervention(self) -> Intervention:
        """The first change, from which effects are counted."""
        return self.interventions[0]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the data that the plan uses, each once, in the plan's order."""
        used = [self.data.period.column]
        used += [name for name in (self.data.unit, self.data.strata) if name]
        if self.data.condition:
            used += self.data.condition.columns
        for measure in self.measures:
            used += measure.columns
        return tuple(dict.fromkeys([*used, *self.its.covariates]))


def mid_sentence(label: str) -> str:
    """Gives a label as it stands in the middle of a sentence.

    >>> mid_sentence("Drivers killed"), mid_sentence("A&E attendances")
    ('drivers killed', 'A&E attendances')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def load(project: Project, study: str) -> Plan:
    """Reads the plan of a listed study.

    Raises PlanError, listing every problem with file, line and field, if it can't be used.
    """
    dataset = project.dataset_of(study)
    path = project.plan_path(study)
    source = marked_yaml.read(path, project.name_of(path), PlanError)
    plan = parse(source)
    if plan.study != study:
        raise PlanError(source.complaint(("study",), f"should be {study}, as the file is named"))
    if plan.data.contract != dataset:
        raise PlanError(
            source.complaint(
                ("data", "contract"), f"is {plan.data.contract}, but params.yaml gives {study} {dataset}"
            )
        )
    listed, ties = project.networks.get(study), plan.network.contract if plan.network else None
    if ties and listed != ties:
        said = f"needs `{study}: {{dataset: {ties}}}` under `networks` in params.yaml"
        raise PlanError(source.complaint(("network", "contract"), said))
    if listed and not ties:
        said = f"has no `network`, and params.yaml lists its ties, {listed}; ask for it, or take them out"
        raise PlanError(source.complaint((), said))
    return plan


def parse(source: marked_yaml.MarkedYaml) -> Plan:
    """Makes a plan of YAML that has been read; raises PlanError listing every problem."""
    try:
        plan = Plan.model_validate(source.data)
    except ValidationError as found:
        raise PlanError("\n".join(complaints(source, Plan, found))) from None
    if problems := [source.complaint(path, said) for path, said in contradictions(plan)]:
        raise PlanError("\n".join(problems))
    return plan


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
        yield from _range_contradictions(plan, index, measure)
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
        if name == plan.data.period.column:
            said = f"{name} dates the rows, and can't be compared with; take it out"
        elif name in (measure.column, measure.numerator, measure.denominator):
            said = f"{name} is what {measure.id} measures; name the same elsewhere"
        elif name in measure.comparators[:place]:
            said = f"{name} comes a second time; take it out"
        else:
            continue
        yield ("measures", index, "comparators", place), said


def _range_contradictions(
    plan: Plan, index: int, measure: Measure
) -> Iterator[tuple[tuple[marked_yaml.Key, ...], str]]:
    if measure.at_most is None:
        return
    if measure.kind == "proportion":
        said = f"a proportion is never above its whole, {measure.unit:g}; take it out"
    elif measure.kind == "rate" and plan.its.model in COUNT_MODELS:
        said = "a rate in a model of counts can't be bounded so; call it a proportion, or use another model"
    else:
        return
    yield ("measures", index, "at_most"), said


def json_schema() -> str:
    """Gives the plan's JSON Schema (draft 2020-12), for editors."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Plan.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
