"""One process validates all datasets of a run; where there is none, each stage does its own work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
import yaml

from pipeline import inspector, project, results
from pipeline.errors import ContractError
from pipeline.stages import validate

from .conftest import STUDY, edit

pytestmark = pytest.mark.functional


@pytest.fixture
def two_datasets(clone):
    """A second dataset, `belts`, beside `seatbelts`, and a study of each."""
    odcs = (clone / "data_contracts" / "seatbelts.odcs.yaml").read_text(encoding="utf-8")
    (clone / "data_contracts" / "belts.odcs.yaml").write_text(
        odcs.replace("id: seatbelts", "id: belts").replace("seatbelts.csv", "belts.csv"), encoding="utf-8"
    )
    shutil.copyfile(clone / "data" / "raw" / "seatbelts.csv", clone / "data" / "raw" / "belts.csv")
    listed = yaml.safe_load((clone / "params.yaml").read_text(encoding="utf-8"))
    listed["datasets"]["belts"] = {"raw": "data/raw/belts.csv"}
    (clone / "params.yaml").write_text(yaml.safe_dump(listed), encoding="utf-8")
    return clone


VALIDATES = """
import sys
from pipeline import project
from pipeline.stages import validate
validate.run(project.load(), sys.argv[1])
print("great_expectations" in sys.modules)
"""


def _stage(dataset: str) -> str:
    """Validates a dataset in a process of its own, as DVC does; says whether it imported the engine."""
    ended = subprocess.run(
        [sys.executable, "-c", VALIDATES, dataset], capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


def test_stages_that_find_an_inspector_leave_the_import_to_it(two_datasets, tmp_path):
    with inspector.started(two_datasets, tmp_path):
        assert [_stage(dataset) for dataset in ("seatbelts", "belts")] == ["False", "False"]
    found = [
        results.read_json(two_datasets / "results" / "_data" / name / "validation.json")
        for name in ("seatbelts", "belts")
    ]
    assert [each["dataset"] for each in found] == ["seatbelts", "belts"]
    assert inspector.VARIABLE not in os.environ


def test_what_the_inspector_finds_is_what_a_stage_finds_alone(clone, tmp_path):
    validate.run(project.load(), "seatbelts")
    alone = (clone / "results" / "_data" / "seatbelts" / "validation.json").read_bytes()
    shutil.rmtree(clone / "results")
    with inspector.started(clone, tmp_path):
        validate.run(project.load(), "seatbelts")
    assert (clone / "results" / "_data" / "seatbelts" / "validation.json").read_bytes() == alone


def test_a_broken_contract_is_the_same_sentence_and_the_next_dataset_is_validated(two_datasets, tmp_path):
    edit(two_datasets / "data" / "raw" / "belts.csv", "1969-03-01", "1969-03-02")
    with inspector.started(two_datasets, tmp_path):
        with pytest.raises(ContractError) as asked:
            validate.run(project.load(), "belts")
        validate.run(project.load(), "seatbelts")
    with pytest.raises(ContractError) as alone:
        validate.run(project.load(), "belts")
    assert str(asked.value) == str(alone.value)
    assert not (two_datasets / "results" / "_data" / "belts").exists()


def test_without_an_inspector_or_with_one_that_is_gone_the_stage_does_its_work(clone, monkeypatch, tmp_path):
    monkeypatch.setattr(inspector, "SECONDS_TO_WAIT", 0.1)
    monkeypatch.setenv(inspector.VARIABLE, f"{tmp_path / 'nobody'}|word")
    validate.run(project.load(), "seatbelts")
    assert (clone / "results" / "_data" / "seatbelts" / "data.parquet").is_file()


def test_no_stage_of_a_run_of_two_datasets_imports_the_engine(two_datasets, lasting, monkeypatch):
    plan = (two_datasets / "params" / f"{STUDY}.yaml").read_text(encoding="utf-8")
    (two_datasets / "params" / "belts-law.yaml").write_text(
        plan.replace(f"study: {STUDY}", "study: belts-law").replace("contract: seatbelts", "contract: belts"),
        encoding="utf-8",
    )
    listed = yaml.safe_load((two_datasets / "params.yaml").read_text(encoding="utf-8"))
    listed["studies"]["belts-law"] = {"dataset": "belts"}
    (two_datasets / "params.yaml").write_text(yaml.safe_dump(listed), encoding="utf-8")
    for dataset in ("seatbelts", "belts"):
        contract = two_datasets / "data_contracts" / f"{dataset}.odcs.yaml"
        edit(contract, "mustBeGreaterOrEqualTo: 24", "mustBeGreaterOrEqualTo: 500")
    # Every process that ends by itself, as stages do and the inspector doesn't, says if it has the engine.
    seen = two_datasets / "imports.txt"
    (two_datasets / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        f"told = lambda: open({str(seen)!r}, 'a').write(str('great_expectations' in sys.modules) + '\\n')\n"
        "atexit.register(told)\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(two_datasets), prepend=os.pathsep)
    said = lasting("run", STUDY, "belts-law")
    assert said.code == 11
    assert said.err.count("the file has at least 500 rows") == 2
    assert set(seen.read_text(encoding="utf-8").splitlines()) == {"False"}
