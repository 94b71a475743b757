"""What a plan says of the data: periods, measures, and the changes that are evaluated."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    model_validator,
)

from pipeline import conditions
from pipeline.conditions import Condition
from pipeline.plan.vocabulary import (
    PER_CENT,
    PERIODS_A_YEAR,
    SHARES,
    Better,
    Date,
    Every,
    Kind,
    Part,
    Role,
    Slug,
    Text,
)


def _condition(value: str) -> str:
    conditions.read(value)
    return value


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
        description="So many of the denominator: 1 for a rate, 100 for a proportion by default. 100 tells a "
        "value that is a share in per cent.",
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
        elif self.per and (self.kind, self.per) != ("value", PER_CENT):
            raise ValueError(f"a {self.kind} has no `per`; a value that is a share may have 100")
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
    def is_per_cent(self) -> bool:
        """True if it is told in per cent, so that differences are percentage points."""
        return self.kind in SHARES and self.unit == PER_CENT

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
