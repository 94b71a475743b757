"""Freezing a plan, and what is told of every later deviation."""

from __future__ import annotations

import datetime
import json
import subprocess

import pytest

from pipeline import plan as plans
from pipeline import project
from pipeline.errors import PlanError
from pipeline.reproduce import frozen

from ..conftest import STUDY, edit

DAY = datetime.date(2025, 5, 3)
FILE = f"params/frozen/{STUDY}.json"


@pytest.fixture
def here(clone):
    return project.load(clone)


def _plan(here):
    return plans.load(here, STUDY)


def test_a_frozen_plan_holds_every_field_with_its_default_and_its_hash(here):
    version = frozen.freeze(here, _plan(here), DAY, None).now
    assert version.plan["its"]["trend"] == "linear"
    assert version.sha256 == frozen.digest(frozen.canonical(_plan(here)))
    assert frozen.read(here, STUDY) == frozen.Frozen(study=STUDY, versions=(version,))
    assert version.commit is None


def test_comments_and_order_in_the_plan_are_no_deviation(here):
    laid_down = frozen.freeze(here, _plan(here), DAY, None)
    edit(here.plan_path(STUDY), "disclosure: off # public, national totals\n", "")
    edit(here.plan_path(STUDY), "title:", "disclosure: off\ntitle:")
    assert frozen.deviations(laid_down, _plan(here)) == []


def test_what_is_said_after_the_study_is_no_deviation(here):
    laid_down = frozen.freeze(here, _plan(here), DAY, None)
    edit(here.plan_path(STUDY), "report:", "sign_off: {analyst: {name: A. Analyst}}\nreport:")
    edit(here.plan_path(STUDY), "funding: None; an example study.", "funding: A foundation.")
    assert frozen.deviations(laid_down, _plan(here)) == []


def test_each_deviation_is_named_with_both_values(here):
    laid_down = frozen.freeze(here, _plan(here), DAY, None)
    edit(here.plan_path(STUDY), "model: reml-ar1", "model: ols")
    edit(here.plan_path(STUDY), "horizons: [1, 12, 23]", "horizons: [1, 12]")
    edit(here.plan_path(STUDY), "    column: rear", "    column: front")
    assert [change.sentence for change in frozen.deviations(laid_down, _plan(here))] == [
        "measures[rear-passengers].column: rear → front",
        "its.model: reml-ar1 → ols",
        "its.horizons: 1, 12, 23 → 1, 12",
    ]


def test_a_frozen_plan_is_never_overwritten_and_an_amendment_keeps_what_was(here):
    first = frozen.freeze(here, _plan(here), DAY, None)
    with pytest.raises(PlanError, match="was frozen on 2025-05-03, and has not changed"):
        frozen.freeze(here, _plan(here), DAY, None)
    with pytest.raises(PlanError, match="there is nothing to amend"):
        frozen.freeze(here, _plan(here), DAY, "because")
    edit(here.plan_path(STUDY), "keep: 0.8", "keep: 0.9")
    with pytest.raises(PlanError, match='amend it with --amend "the reason"'):
        frozen.freeze(here, _plan(here), DAY, None)
    amended = frozen.freeze(here, _plan(here), datetime.date(2025, 6, 1), "The board asked for more.")
    assert amended.versions[0] == first.now
    assert frozen.deviations(amended, _plan(here)) == []
    told = frozen.as_results(amended, _plan(here))
    assert told["date"] == "2025-05-03"
    assert told["amendments"] == [
        {
            "date": "2025-06-01",
            "reason": "The board asked for more.",
            "changes": [{"field": "sustain.keep", "frozen": "0.8", "now": "0.9"}],
        }
    ]


def test_a_first_freeze_takes_no_reason(here):
    with pytest.raises(PlanError, match="is not frozen yet"):
        frozen.freeze(here, _plan(here), DAY, "because")


def test_a_frozen_plan_that_was_changed_by_hand_is_refused(here):
    frozen.freeze(here, _plan(here), DAY, None)
    edit(here.root / FILE, '"keep": 0.8', '"keep": 0.5')
    with pytest.raises(PlanError, match=r"versions\[1\]: was changed after it was frozen"):
        frozen.read(here, STUDY)
    (here.root / FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(PlanError, match="is not a frozen plan"):
        frozen.read(here, STUDY)


def test_a_frozen_plan_of_another_study_is_refused(here):
    frozen.freeze(here, _plan(here), DAY, None)
    edit(here.root / FILE, f'"study": "{STUDY}",\n  "versions"', '"study": "other",\n  "versions"')
    with pytest.raises(PlanError, match="is the frozen plan of other"):
        frozen.read(here, STUDY)


def test_fields_that_came_later_are_no_deviation_and_fields_that_went_are(here):
    laid_down = frozen.freeze(here, _plan(here), DAY, None).model_dump(mode="json")
    older = laid_down["versions"][0]["plan"]
    del older["its"]["trend"]
    assert frozen.deviations(frozen.Frozen(**laid_down), _plan(here)) == []
    older["its"]["smoothing"] = "lowess"
    sentences = [change.sentence for change in frozen.deviations(frozen.Frozen(**laid_down), _plan(here))]
    assert "its.smoothing: lowess → nothing" in sentences


def test_the_day_and_the_commit_are_gits_where_the_plan_is_committed_as_it_stands(here):
    with pytest.raises(PlanError, match="is not committed as it stands; commit it first, or give --date"):
        frozen.freeze(here, _plan(here), None, None)
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "params"], [*settings, "commit", "-qm", "Plan", "--date=now"]):
        subprocess.run(["git", *command], cwd=here.root, check=True, env=_at("2024-03-02T12:00:00+0000"))
    version = frozen.freeze(here, _plan(here), None, None).now
    assert version.date == datetime.date(2024, 3, 2)
    assert len(version.commit or "") == 40


def _at(moment: str) -> dict[str, str]:
    import os

    return {**os.environ, "GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment}


def test_the_command_freezes_and_check_lists_what_deviates(here, lasting):
    said = lasting("freeze", STUDY, "--date", "2025-05-03")
    assert said.code == 0, said.err
    assert "seat-belt-law: frozen on 2025-05-03 from a plan that is not committed, SHA-256 " in said.out
    assert "frozen on 2025-05-03; no deviation since." in lasting("check").out
    edit(here.plan_path(STUDY), "model: reml-ar1", "model: ols")
    said = lasting("check")
    assert said.code == 0
    assert "frozen on 2025-05-03; 1 deviation since.\n  its.model: reml-ar1 → ols" in said.out
    assert lasting("freeze", STUDY, "--amend", "OLS is enough.", "--date", "2025-06-01").code == 0
    assert lasting("freeze", STUDY).code == 10
    assert len(json.loads((here.root / FILE).read_text(encoding="utf-8"))["versions"]) == 2
