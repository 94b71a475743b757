"""What the report says of a frozen plan: its day, its amendments, and every deviation, traced like numbers."""

from __future__ import annotations

import datetime
import re

from pipeline import plan as plans
from pipeline import project, results
from pipeline.contract import model
from pipeline.report import document
from pipeline.report.numbers import Numbers
from pipeline.reproduce import frozen

from ..conftest import STUDY


def _report(finished, laid_down: frozen.Frozen | None) -> str:
    here = project.load(finished)
    plan = plans.load(here, STUDY)
    contract = model.load(here, plan.data.contract)
    data = results.read_json(here.results("_data", contract.id, "validation.json"))
    numbers = Numbers(
        {
            "data": {**data, "checked": 37},
            "software": {"lasting": "9.9.9"},
            **document.roots(plan, contract),
            "frozen": frozen.as_results(laid_down, plan),
            **{name: results.read_json(here.results(STUDY, name, f"{name}.json")) for name in ("its", "spc")},
        }
    )
    return document.write(finished / "reports", plan, contract, numbers)


def _version(finished, **changed) -> frozen.Version:
    plain = frozen.canonical(plans.load(project.load(finished), STUDY))
    plain["sustain"] = {**plain["sustain"], **changed}
    return frozen.Version(
        date=datetime.date(2025, 5, 3), commit=None, sha256=frozen.digest(plain), plan=plain
    )


def test_a_draft_says_so_and_has_no_section_of_the_plan(finished):
    text = _report(finished, None)
    assert "[Draft]{.chip} [Plan not frozen]{.chip}" in text
    assert "## The plan" not in text


def test_a_plan_that_was_kept_to_is_said_to_be(finished):
    text = _report(finished, frozen.Frozen(study=STUDY, versions=(_version(finished),)))
    assert "[Plan frozen 3 May 2025]{.chip}" in text
    assert "follows it in every field" in text
    assert "Draft" not in text


def test_deviations_and_amendments_are_listed_field_by_field(finished):
    first, second = _version(finished, keep=0.7), _version(finished, keep=0.9)
    later = second.model_copy(update={"reason": "The board *asked*.", "date": datetime.date(2025, 6, 1)})
    text = _report(finished, frozen.Frozen(study=STUDY, versions=(first, later)))
    assert "[Plan frozen 3 May 2025, with changes since]{.chip}" in text
    assert re.search(r"^\| sustain.keep \| 0.9 \| 0.8 \|$", text, re.MULTILINE)
    assert "Amendment of 1 June 2025: The board \\*asked\\*." in text
    assert "- sustain.keep: 0.7 → 0.9" in text
