"""A study runs only where its plan and its data's contract agree."""

from __future__ import annotations

import re

import pytest

from pipeline import project, study
from pipeline.errors import DataError, DisclosureError, PlanError

from .conftest import STUDY, edit

PLAN = f"params/{STUDY}.yaml"
CONTRACT = "data_contracts/seatbelts.odcs.yaml"


def test_the_example_study_agrees(clone):
    found = study.load(project.load(), STUDY)
    assert (found.plan.study, found.contract.id) == (STUDY, "seatbelts")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            CONTRACT,
            "logicalType: number\n        required: true\n"
            "        logicalTypeOptions: {exclusiveMinimum: 0, maximum: 1}",
            "logicalType: string",
            "its.covariates[2]: PetrolPrice is a string in the contract, and a series needs numbers",
        ),
        (
            PLAN,
            "column: rear",
            "column: raer",
            "measures[3].column: there is no column raer in the contract; did you mean rear?",
        ),
        (
            PLAN,
            "[kms, PetrolPrice]",
            "[VanKilled, zzz]",
            "its.covariates[2]: there is no column zzz in the contract; its columns are month, ",
        ),
        (PLAN, "every: month}", "every: quarter}", "data.period: says month every quarter, and the contract"),
    ],
)
def test_a_disagreement_is_a_plan_error(clone, file, old, new, said):
    edit(clone / file, old, new)
    with pytest.raises(PlanError, match=re.escape(said)):
        study.load(project.load(), STUDY)


def test_disclosure_may_be_off_for_public_data_only(clone):
    edit(clone / CONTRACT, "value: public", "value: restricted")
    with pytest.raises(DisclosureError, match="is off, which is for public data only"):
        study.load(project.load(), STUDY)


def test_a_raw_file_that_is_not_there_is_a_data_error(clone):
    (clone / "data/raw/seatbelts.csv").unlink()
    with pytest.raises(DataError, match=r"^data/raw/seatbelts.csv: there is no such file; put it there"):
        study.load(project.load(), STUDY)
