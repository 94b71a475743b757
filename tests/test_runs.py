"""`lasting run` from end to end, with the DVC that a user has."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from pipeline import events, project, runs
from pipeline.stages import STAGES

from .conftest import ROOT, STUDY, copy_repository, edit, lasting_in, locked

pytestmark = pytest.mark.functional


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A clone in which `lasting run` was called once, and what it said."""
    clone = copy_repository(tmp_path_factory.mktemp("ran") / "clone")
    return clone, lasting_in(clone, "run")


def test_a_run_ends_with_the_finding_the_files_and_the_committed_lock(ran):
    clone, said = ran
    assert said.returncode == 0, said.stderr
    assert "Fell by 14% (−21% to −7%)" in said.stdout
    assert f"reports/_site/{STUDY}/report.html" in said.stdout
    for name in ("report.html", "report.pdf", "report.docx", "report.numbers.json", "rendered.json"):
        assert (clone / "reports" / "_site" / STUDY / name).is_file()
    assert (clone / "reports" / "_site" / "index.html").is_file()
    assert locked(clone) == locked()


def test_progress_names_each_stage_and_its_time(ran):
    _, said = ran
    assert re.search(r"^seatbelts: checking the data, \d+\.\d s$", said.stderr, re.MULTILINE)
    assert re.search(r"^seat-belt-law: rendering it, \d+\.\d s$", said.stderr, re.MULTILINE)


def test_whoever_started_the_run_hears_of_every_stage(tmp_path):
    clone = copy_repository(tmp_path / "clone")
    heard: list[events.Event] = []
    outcomes = runs.run(project.load(clone), [STUDY], 1, heard.append)
    assert outcomes[0].exit_code == 0, outcomes[0].message
    finished = [event.stage for event in heard if event.what == "finished"]
    of_this_study = set(STAGES) - {"network"}  # it has no ties to compare
    assert sorted(finished) == sorted(of_this_study)
    assert set(outcomes[0].stages) == of_this_study - {"code", "site"}
    (clone / "reports" / "_site" / STUDY / "engine.json").write_text(
        '{"engine": "quarto 1"}', encoding="utf-8"
    )
    two = runs.run(project.load(clone), [STUDY, STUDY], 2, heard.append)
    assert two[0].stages == ("render",)
    edit(clone / "dvc.yaml", "foreach: ${studies}", "forech: ${studies}")
    broken = runs.run(project.load(clone), [STUDY], 1, heard.append)
    assert broken[0].exit_code == 16
    assert broken[0].message.startswith("DVC stopped: './dvc.yaml' validation failed")


def test_a_second_run_runs_nothing(ran):
    clone, _ = ran
    said = lasting_in(clone, "run", STUDY)
    assert said.returncode == 0
    assert "up to date" in said.stdout
    assert said.stderr == ""


def test_nothing_in_results_names_the_machine_or_the_day(ran):
    clone, _ = ran
    for path in (clone / "results").rglob("*"):
        if path.suffix in (".json", ".ipynb", ".svg", ".qmd"):
            text = path.read_text(encoding="utf-8")
            assert str(clone) not in text, path.name
            assert not re.search(r"20\d\d-\d\d-\d\dT\d\d:", text), path.name


def test_another_engine_renders_anew_and_locks_the_same(ran, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(ran[0], clone, symlinks=True)
    made = clone / "reports" / "_site" / STUDY
    (made / "engine.json").write_text(json.dumps({"engine": "quarto 1.9.38"}), encoding="utf-8")
    (made / "report.html").write_text("by quarto", encoding="utf-8")
    said = lasting_in(clone, "run", "-j", "2")
    assert said.returncode == 0, said.stderr
    assert "rendering it" in said.stderr
    assert "checking the data" not in said.stderr
    assert "rendered by pandoc" in (made / "report.html").read_text(encoding="utf-8")
    assert locked(clone) == locked()


def test_a_failing_study_gives_its_sentence_and_code_and_the_other_still_runs(ran, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(ran[0], clone, symlinks=True)
    shutil.copyfile(clone / "params" / f"{STUDY}.yaml", clone / "params" / "late.yaml")
    edit(clone / "params" / "late.yaml", "study: seat-belt-law", "study: late")
    edit(clone / "params" / "late.yaml", "start: 1983-01-31", "start: 1993-01-31")
    with (clone / "params.yaml").open("a", encoding="utf-8") as file:
        file.write("  late:\n    dataset: seatbelts\n")
    shutil.rmtree(clone / "results" / "_data")  # both studies wait for it
    said = lasting_in(clone, "run", "-j", "2")
    assert said.returncode == 12
    assert "late: params/late.yaml, interventions[1].start: 1993-01-31 is outside the data" in said.stderr
    assert re.search(r"late +stopped", said.stdout)
    assert re.search(r"seat-belt-law +Fell by 14%", said.stdout)
    assert not (clone / "results" / "late" / "series").exists()
    assert "Traceback" not in said.stderr


def test_a_stage_that_is_killed_is_never_reported_as_up_to_date(ran):
    here = project.load(ran[0])
    heard = [events.Event("series", STUDY, "started")]
    outcome = runs._outcome(here, STUDY, heard, [])
    assert outcome.exit_code == 16
    assert "the stage series was stopped from outside" in outcome.message


def test_one_studys_failure_is_never_anothers_even_where_names_are_shared(ran):
    here = project.load(ran[0])
    heard = [events.Event("its", "seatbelts", "failed", 1.0, 13, "No.")]
    assert runs._outcome(here, STUDY, heard, ["failed"]).exit_code == 0
    heard = [events.Event("validate", "seatbelts", "failed", 1.0, 11, "No.")]
    assert runs._outcome(here, STUDY, heard, ["failed"]).exit_code == 11


def test_a_rendering_that_is_not_whole_or_not_readable_is_done_again(ran, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(ran[0], clone, symlinks=True)
    made = clone / "reports" / "_site" / STUDY
    (made / "report.html").unlink()
    assert "rendering it" in lasting_in(clone, "run").stderr
    assert (made / "report.html").is_file()
    (made / "engine.json").write_text("{", encoding="utf-8")
    assert "rendering it" in lasting_in(clone, "run").stderr


def test_an_interrupted_run_says_so_and_leaves_nothing_running_or_half_written(tmp_path):
    clone = copy_repository(tmp_path / "clone")
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "run"],
        cwd=clone,
        env={**os.environ, "LASTING_ROOT": str(clone), "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(3)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip().endswith("Stopped. What was finished is kept, and nothing is half-written.")
    time.sleep(0.5)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(clone) not in listed
    assert not list(clone.rglob("*.partial"))


def test_debug_shows_the_traceback_of_a_stage(ran, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(ran[0], clone, symlinks=True)
    edit(clone / "params" / f"{STUDY}.yaml", "start: 1983-01-31", "start: 1993-01-31")
    said = lasting_in(clone, "--debug", "run")
    assert said.returncode == 12
    assert "Traceback" in said.stderr
    assert "in first_after" in said.stderr


def test_an_error_that_only_dvc_sees_is_passed_on(ran, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(ran[0], clone, symlinks=True)
    edit(clone / "dvc.yaml", "    foreach: ${studies}", "    forech: ${studies}")
    said = lasting_in(clone, "run")
    assert said.returncode == 16
    assert "DVC stopped: " in said.stderr
    assert "Traceback" not in said.stderr
