"""The command line as its users meet it: what it says, its exit codes, and what it leaves behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from pipeline import cli, errors, events
from pipeline.errors import LastingError

from .conftest import ROOT, STUDY, edit, lasting_in

PLAN = f"params/{STUDY}.yaml"
RAW = "data/raw/seatbelts.csv"


def _one_sentence(text: str) -> bool:
    return (
        "Traceback" not in text and len(text.strip().splitlines()) == 1 and text.strip().endswith((".", "?"))
    )


def _left_behind(clone) -> list[str]:
    made = [path for part in ("results", "reports/_site") for path in (clone / part).rglob("*")]
    return [path.name for path in made if "partial" in path.name or "running" in path.name]


def test_help_names_every_exit_code(lasting):
    said = lasting("--help")
    assert said.code == 0
    for kind in LastingError.__subclasses__():
        assert str(kind.exit_code) in said.out
    assert len({kind.exit_code for kind in LastingError.__subclasses__()}) == 7


def test_readme_and_errors_give_the_same_exit_codes():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in (1, *(kind.exit_code for kind in LastingError.__subclasses__())):
        assert re.search(rf"\| {code} \|", readme), code
        assert re.search(rf"\b{code}\b", errors.__doc__ or ""), code


def test_the_version_is_said(lasting):
    assert lasting("--version").out.startswith("lasting ")


def test_check_is_satisfied_with_the_example(clone, lasting):
    said = lasting("check", STUDY)
    assert said.code == 0
    assert said.out.strip() == (
        "seat-belt-law: the plan and the contract are sound (3 measures, The seat-belt law from 1983-01-31)."
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "said"),
    [
        (
            PLAN,
            "  model: reml-ar1",
            "  modle: reml-ar1",
            10,
            f"{PLAN}, line 32, its.modle: unknown key; did you",
        ),
        (
            PLAN,
            "column: rear",
            "column: raer",
            10,
            "there is no column raer in the contract; did you mean rear?",
        ),
        (RAW, None, None, 12, f"{RAW}: there is no such file; put it there"),
        (
            "data_contracts/seatbelts.odcs.yaml",
            "integer",
            "intger",
            11,
            "intger is not checked here; did you",
        ),
        (
            "data_contracts/seatbelts.odcs.yaml",
            "value: public",
            "value: x",
            14,
            "is off, which is for public",
        ),
    ],
)
@pytest.mark.parametrize("command", ["check", "run"])
def test_what_check_finds_stops_run_too_before_anything_is_run(
    clone, lasting, command, file, old, new, code, said
):
    if old is None:
        (clone / file).unlink()
    else:
        edit(clone / file, old, new)
    found = lasting(command, STUDY)
    assert found.code == code
    assert said in found.err
    assert "Traceback" not in found.err
    assert not (clone / "results").exists()


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_study_that_is_not_listed_is_named_with_the_nearest(clone, lasting, command):
    found = lasting(command, "seat-belts-law")
    assert found.code == 10
    assert (
        found.err.strip()
        == "params.yaml: there is no study named seat-belts-law; did you mean seat-belt-law?"
    )


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r"^month,", "mnth,", "month is there"),
        (r"1969-03-01,102,1507", "1969-03-01,102,many", "drivers is a whole number"),
        (r"1970-06-01.*\n", "", "no month is missing"),
        (r"1970-06-01", "1970-05-01", "no month comes twice"),
    ],
)
def test_data_that_break_the_contract_stop_with_a_table(clone, lasting, pattern, new, said):
    raw = clone / RAW
    text, changes = re.subn(pattern, new, raw.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert changes == 1
    raw.write_text(text, encoding="utf-8")
    found = lasting("stage", "validate", "seatbelts")
    assert found.code == 11
    assert said in found.err
    assert found.err.startswith(f"{RAW}: breaks ")
    assert "Traceback" not in found.err
    assert not list((clone / "results").rglob("*.json"))
    assert not _left_behind(clone)


def _series(clone, lasting) -> None:
    assert lasting("stage", "validate", "seatbelts").code == 0


def test_an_intervention_outside_the_data_is_a_data_error(clone, lasting):
    edit(clone / PLAN, "start: 1983-01-31", "start: 1993-01-31")
    _series(clone, lasting)
    found = lasting("stage", "series", STUDY)
    assert found.code == 12
    assert "interventions[1].start: 1993-01-31 is outside the data" in found.err
    assert _one_sentence(found.err)
    assert not (clone / "results" / STUDY / "series").exists()


def test_too_few_points_is_an_analysis_error(clone, lasting):
    edit(clone / PLAN, "start: 1983-01-31", "start: 1969-01-31")
    _series(clone, lasting)
    assert lasting("stage", "series", STUDY).code == 0
    found = lasting("stage", "its", STUDY)
    assert found.code == 13
    assert "params/seat-belt-law.yaml, measure drivers: only 1 usable points lie before" in found.err
    assert _one_sentence(found.err)
    assert not (clone / "results" / STUDY / "its").exists()
    assert not _left_behind(clone)


def test_a_broken_notebook_is_an_analysis_error(clone, lasting):
    edit(clone / "notebooks" / "spc.ipynb", "spc.charted(", "spc.no_such_chart(")
    _series(clone, lasting)
    assert lasting("stage", "series", STUDY).code == 0
    found = lasting("stage", "spc", STUDY)
    assert found.code == 13
    assert "notebooks/spc.ipynb: cell 6 failed with AttributeError" in found.err
    assert _one_sentence(found.err)
    assert not (clone / "results" / STUDY / "spc").exists()
    assert not _left_behind(clone)


def test_an_unknown_stage_is_wrong_use(clone, lasting):
    assert lasting("stage", "bake", "x").code == 2


SECRET = "418.0731"
"""A value of the data that an error could name."""


def test_an_error_nobody_expected_tells_its_kind_and_place_and_debug_its_words(clone, lasting, monkeypatch):
    def fail(*_, **__):
        raise ValueError(f"could not convert {SECRET}")

    monkeypatch.setattr("pipeline.series.first_after", fail)
    assert lasting("stage", "validate", "seatbelts").code == 0
    found = lasting("stage", "series", STUDY)
    assert found.code == 1
    assert re.search(r"\(ValueError at pipeline/stages/series\.py, line \d+\)", found.err)
    assert "lasting --debug" in found.err
    assert _one_sentence(found.err)
    assert SECRET not in found.out + found.err
    with pytest.raises(ValueError, match=SECRET):
        lasting("--debug", "stage", "series", STUDY)


def test_the_systems_own_words_are_told_for_they_know_of_no_data():
    assert "(PermissionError: Permission denied)" in cli.sentence(PermissionError(13, "Permission denied"))
    assert SECRET not in cli.sentence(OSError(f"bad value {SECRET}"))


@pytest.mark.functional
def test_an_error_in_a_notebook_or_a_stage_tells_no_value_anywhere(clone, tmp_path, monkeypatch):
    """Planted where DVC and papermill carry it: the terminal, their logs, and every file of the clone."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    cell = "spc.charted("
    edit(clone / "notebooks" / "spc.ipynb", cell, f"int({SECRET[:2]!r} + {SECRET[2:]!r}); {cell}")
    said = lasting_in(clone, "run", STUDY)
    assert said.returncode == 13
    assert "notebooks/spc.ipynb: cell 6 failed with ValueError; run `lasting --debug" in said.stderr
    there = [path for path in (*clone.rglob("*"), *tmp_path.rglob("*")) if path.is_file()]
    holding = [path for path in there if SECRET.encode() in path.read_bytes()]
    assert holding == []
    assert SECRET not in said.stdout + said.stderr
    assert SECRET in lasting_in(clone, "--debug", "run", STUDY).stderr


def test_a_stage_records_its_start_its_end_and_its_failure(clone, lasting, tmp_path, monkeypatch):
    monkeypatch.setenv(events.VARIABLE, str(tmp_path / "events"))
    lasting("stage", "series", STUDY)
    (clone / "results" / "_studies").mkdir(parents=True)
    lasting("stage", "site")
    heard = events.read(tmp_path / "events")
    assert [(event.stage, event.what) for event in heard] == [
        ("series", "started"),
        ("series", "failed"),
        ("site", "started"),
        ("site", "finished"),
    ]
    assert heard[1].message


def test_schema_writes_what_is_kept(clone, lasting):
    kept = clone / "params" / "plan.schema.json"
    before = kept.read_text(encoding="utf-8")
    kept.unlink()
    assert lasting("schema").code == 0
    assert kept.read_text(encoding="utf-8") == before
    assert json.loads(before)["title"] == "Plan"


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from pipeline import cli; "
        "heavy = ('pandas', 'numpy', 'duckdb', 'great_expectations', 'papermill', 'matplotlib', 'pydantic'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
