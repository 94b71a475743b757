"""The plan itself: one study's choices, and what follows from them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    model_validator,
)

from pipeline.plan.analysis import MINIMUM, ROUND_TO, Disclosure, Equity, Its, Network, Report, Spc, Sustain
from pipeline.plan.data import Data, Intervention, Measure
from pipeline.plan.reporting import Reporting, SignOff
from pipeline.plan.vocabulary import Part, Slug, Text


def _off_or_rule(value: Any) -> Any:
    if isinstance(value, str) and value != "off":
        raise ValueError(
            f"{value} is not known; write {{minimum: {MINIMUM}, round_to: {ROUND_TO}}}, or off if the data "
            "are public"
        )
    return value


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


ARTICLE = re.compile("A (?!and |to )[a-z]")
"""The article before a word, unlike the letter of “A and E” or “A to Z”."""


def mid_sentence(label: str) -> str:
    """Gives a label as it stands in the middle of a sentence.

    >>> mid_sentence("Drivers killed"), mid_sentence("A&E attendances"), mid_sentence("A new ward")
    ('drivers killed', 'A&E attendances', 'a new ward')
    """
    is_word = label[1:2].islower() or ARTICLE.match(label)
    return label[:1].lower() + label[1:] if is_word else label
