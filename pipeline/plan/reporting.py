"""What a plan answers for the reader: items of reporting standards, and who signs."""

from __future__ import annotations

from pydantic import (
    Field,
)

from pipeline.plan.vocabulary import Date, Part, Text


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
