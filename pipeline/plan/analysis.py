"""What a plan says of the analysis: models, charts, groups, ties, and what may be shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    Field,
    model_validator,
)

from pipeline.plan.vocabulary import ChartKind, Date, Estimator, Format, Order, Part, Positive, Rules, Text

MINIMUM, ROUND_TO = 5, 5
"""Disclosure control unless the plan says otherwise: counts of 1 to 4 are hidden, others rounded to fives."""


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
