"""What reviewers ask is answered by results, or by the analyst in the plan, or named as not answered."""

from __future__ import annotations

from pipeline.plan import Epoc, Reporting, Squire
from pipeline.report.numbers import Numbers
from pipeline.report.wording import standards


def _answers(items):
    return {item.asks: (item.answer, item.by) for item in items}


def test_every_item_of_both_standards_is_listed_and_can_be_answered_in_the_plan():
    assert len(standards.EPOC) == 7
    assert len(standards.SQUIRE) == 18
    assert set(standards.EPOC) == set(Epoc.model_fields)
    assert set(standards.SQUIRE) - set(Squire.model_fields) == {"title", "abstract", "aims", "summary"}


def test_what_neither_results_nor_plan_answer_is_not_answered(parts):
    plan, _, found = parts
    plan = plan.model_copy(update={"reporting": Reporting()})
    said = _answers(standards.epoc(Numbers(found), plan))
    assert said[standards.EPOC["independence"]] == ("*Not answered.*", "nobody yet")
    answer, by = said[standards.EPOC["completeness"]]
    assert (answer, by) == ("No month of the primary outcome is without a value.", "the results")
    assert "There are 169 months before the change and 23 after it." in said[standards.EPOC["other"]][0]


def test_the_design_is_a_time_series_only_where_one_was_fitted(parts):
    plan, _, found = parts
    item = standards.SQUIRE["study"]
    assert _answers(standards.squire(Numbers(found), plan))[item][0].startswith("An interrupted time series")
    del found["its"]["measures"]["drivers"]["effects"]
    answer, _ = _answers(standards.squire(Numbers(found), plan))[item]
    assert answer.startswith("A comparison with sites without the change and a control chart")


def test_missing_values_are_counted(parts):
    plan, _, found = parts
    found["its"]["measures"]["drivers"]["missing"] = 3
    answer, _ = _answers(standards.epoc(Numbers(found), plan))[standards.EPOC["completeness"]]
    assert answer.startswith("3 months of the primary outcome have no value")


def test_a_shape_counts_as_settled_beforehand_only_in_a_frozen_plan(parts):
    plan, _, found = parts
    item = standards.EPOC["shape"]
    assert (
        "The plan is not frozen, so it cannot be shown"
        in _answers(standards.epoc(Numbers(found), plan))[item][0]
    )
    frozen = Numbers({**found, "frozen": {"date": "2024-01-01"}})
    assert "The plan was frozen before the analysis." in _answers(standards.epoc(frozen, plan))[item][0]


def test_the_analysts_answer_is_added_and_its_marks_are_text(parts):
    plan, _, found = parts
    given = Reporting(epoc=Epoc(shape="A law bites *at once*."), squire=Squire(ethics="None needed."))
    plan = plan.model_copy(update={"reporting": given})
    answer, by = _answers(standards.epoc(Numbers(found), plan))[standards.EPOC["shape"]]
    assert answer.endswith("A law bites \\*at once\\*.")
    assert by == "the analyst"
    said = _answers(standards.squire(Numbers(found), plan))
    assert said[standards.SQUIRE["ethics"]] == ("None needed.", "the analyst")
    assert said[standards.SQUIRE["funding"]][1] == "nobody yet"


def test_how_far_a_standard_is_answered_is_said(parts):
    plan, _, found = parts
    items = standards.epoc(Numbers(found), plan.model_copy(update={"reporting": Reporting()}))
    assert "for the analyst to give" in standards.open_items(Numbers(found), items)
    answered = [item for item in items if item.by != "nobody yet"]
    assert standards.open_items(Numbers(found), answered) == "Every item has an answer."
