"""What moved a result: two bundles, two revisions, or a bundle and what is here, cause by cause."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from pipeline import project
from pipeline.reproduce import difference
from pipeline.reproduce.sides import Side
from pipeline.stages import its, report

from ..conftest import STUDY, edit
from .conftest import lock, swap, tampered

pytestmark = pytest.mark.functional
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")


def _commit(root, message):
    for command in (["add", "--all"], ["commit", "-qm", message]):
        subprocess.run([*GIT, *command], cwd=root, check=True)


@pytest.fixture(scope="module")
def revised(published, tmp_path_factory):
    """A checkout with two commits: as published, and with another model, rerun as far as the report."""
    root = tmp_path_factory.mktemp("revised") / "checkout"
    shutil.copytree(published, root, symlinks=True)
    (root / ".gitignore").write_text("/results/\n/reports/_site/\n/.dvc/cache/\n/.dvc/tmp/\n__pycache__/\n")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    _commit(root, "As published")
    edit(root / "params" / f"{STUDY}.yaml", "model: reml-ar1", "model: ols")
    here = project.load(root)
    its.run(here, STUDY)
    report.run(here, STUDY)
    lock(root)
    _commit(root, "Another model")
    return root


@pytest.fixture
def at(revised, monkeypatch):
    monkeypatch.chdir(revised)
    monkeypatch.setenv("LASTING_ROOT", str(revised))
    return revised


def test_two_sides_that_are_the_same_are_said_to_be(honest, lasting, published, monkeypatch):
    monkeypatch.setenv("LASTING_ROOT", str(published))
    said = lasting("diff", str(honest), ".")
    assert said.code == 0, said.err
    assert "Plan, contract, data, code, environment and every number are the same." in said.out


@pytest.mark.parametrize("sides", [("HEAD~1", "HEAD"), ("HEAD~1", "."), ("bundle", ".")])
def test_another_model_is_named_and_what_it_moved_comes_largest_first(at, honest, lasting, sides):
    words = [str(honest) if side == "bundle" else side for side in sides]
    said = lasting("diff", *words, "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["plan"] == [{"field": "its.model", "before": "reml-ar1", "after": "ols"}]
    assert found["data"] == ""
    assert found["contract"] == found["code"] == found["environment"] == []
    sizes = [change["relative"] for change in found["numbers"]]
    assert len(sizes) > 100
    assert sizes == sorted(sizes, reverse=True)
    moved = {change["field"]: change for change in found["numbers"]}
    assert "its.measures.drivers.effects[average].relative" in moved
    assert not [field for field in moved if field.startswith("spc.")]
    assert found["report"][0]["field"].startswith("its.measures.drivers.")


def test_the_terminal_tells_causes_first_and_leaves_out_single_periods(at, lasting):
    said = lasting("diff", "HEAD~1")
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[0] == f"{STUDY}, from HEAD~1 to ."
    assert lines[1:3] == ["plan", "  its.model: reml-ar1 → ols"]
    assert "numbers moved, the largest moves first" in said.out
    assert ".series[" not in said.out


def test_data_contract_code_and_environment_are_told_apart(honest, tmp_path, lasting):
    other = tampered(
        honest,
        tmp_path / "other.zip",
        {
            "data/raw/seatbelts.csv": lambda text: text + b"1985-01-01,1,1,1,1,1,1,1\n",
            "data_contracts/seatbelts.odcs.yaml": swap("maximum: 10000", "maximum: 20000"),
            "pipeline/its/reml_ar1.py": swap("import", "import  "),
            "requirements.lock": swap("statsmodels==", "statsmodels==1"),
        },
        new_sums=True,
    )
    said = lasting("diff", str(honest), str(other), "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert found["data"] == "seatbelts: Rows new or changed: 1; gone or changed since: 0 (of 192)."
    assert found["contract"][0]["field"].endswith("logicalTypeOptions.maximum")
    assert found["code"] == ["pipeline/its/reml_ar1.py"]
    assert [change["field"] for change in found["environment"]] == ["statsmodels"]
    assert found["numbers"] == []


def test_a_side_from_before_decision_16_has_the_modules_that_its_stages_list(tmp_path):
    for name in ("old", "new"):
        folder = tmp_path / name
        (folder / "pipeline").mkdir(parents=True)
        (folder / "pipeline" / "fit.py").write_text(f"name = {name!r}\n")
        (folder / "dvc.yaml").write_text(
            "stages:\n  its:\n    foreach: ${studies}\n    do:\n      cmd: lasting stage its ${key}\n"
            "      deps: [pipeline/fit.py]\n      outs: ['results/${key}/its']\n"
        )
        (folder / "params.yaml").write_text(
            "datasets: {falls: {raw: data/raw/falls.csv}}\nstudies: {falls: {dataset: falls}}\n"
        )
    old, new = (Side(name, tmp_path / name, ("falls",)) for name in ("old", "new"))
    assert "pipeline/fit.py" in difference._code(old, new, "falls")


def test_rows_in_another_order_are_no_other_rows(tmp_path):
    (tmp_path / "a.csv").write_text("h\n1\n2\n")
    (tmp_path / "b.csv").write_text("h\n2\n1\n")
    assert difference.rows_apart(tmp_path / "a.csv", tmp_path / "b.csv").startswith("The same rows")
    assert difference.rows_apart(tmp_path / "a.csv", tmp_path / "none.csv").startswith("The data of one side")
    assert difference.rows_apart(tmp_path / "none.csv", tmp_path / "none.csv") == ""


def test_what_can_not_be_compared_is_said_in_a_sentence(at, honest, tmp_path, lasting, monkeypatch):
    said = lasting("diff", "nonsense")
    assert (said.code, said.err.strip()) == (
        10,
        "nonsense: is neither a bundle, nor a revision that git knows, nor `.` (the working tree).",
    )
    assert lasting("diff", "HEAD", ".", "other").err.startswith("other: is not a study of both HEAD and .")
    broken = tampered(honest, tmp_path / "b.zip", {"LICENSE": lambda _: b"mine"})
    said = lasting("diff", str(broken), ".")
    assert said.code == 15
    assert "LICENSE" in said.err
    shutil.copytree(at, tmp_path / "clone", ignore=shutil.ignore_patterns("cache"))
    monkeypatch.setenv("LASTING_ROOT", str(tmp_path / "clone"))
    said = lasting("diff", "HEAD~1", "HEAD")
    assert said.code == 12
    assert "is not in DVC's cache; check it out and run `lasting run`" in said.err
    shutil.rmtree(tmp_path / "clone" / "results")
    said = lasting("diff", str(honest), ".")
    assert (said.code, said.err.strip()) == (
        12,
        f".: the results of {STUDY} are not there; run `lasting run`, and try again.",
    )
