"""The bundle: what it holds, what it withholds, that it is an RO-Crate, and that its bytes are stable."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from pipeline import project, study
from pipeline.errors import DataError, PlanError
from pipeline.reproduce import bundle, contents, frozen, locks, stages

from ..conftest import STUDY, edit
from .conftest import DAY, contents_of, lock


@pytest.fixture
def checkout(published, tmp_path, monkeypatch):
    """Another checkout of what was published, to change."""
    target = tmp_path / "elsewhere"
    shutil.copytree(published, target, symlinks=True)
    monkeypatch.setenv("LASTING_ROOT", str(target))
    monkeypatch.chdir(target)
    return target


def _write(root, name="b.zip", day=DAY):
    return bundle.write(study.load(project.load(root), STUDY), root / name, day)


def test_two_checkouts_give_the_same_bytes(honest, checkout):
    assert _write(checkout).path.read_bytes() == honest.read_bytes()


def test_it_holds_everything_that_a_rerun_needs_and_everything_that_was_made(honest, published):
    files = contents_of(honest)
    for path in (
        f"params/{STUDY}.yaml",
        "data/raw/seatbelts.csv",
        "data_contracts/seatbelts.odcs.yaml",
        "results/_data/seatbelts/validation.json",
        "notebooks/its.ipynb",
        f"results/{STUDY}/its/its.ipynb",
        f"results/{STUDY}/its/its.json",
        f"results/_environment/{STUDY}/its.json",
        f"reports/_site/{STUDY}/report.html",
        f"reports/_site/{STUDY}/report.pdf",
        f"reports/_site/{STUDY}/report.docx",
        "requirements.lock",
        "requirements-lab.lock",
        "environment.yml",
        "dvc.lock",
        "dvc.yaml",
        "pyproject.toml",
        "Makefile",
        "pipeline/cli/__init__.py",
        "reports/study.qmd.j2",
    ):
        assert path in files, path
    for stage in stages.of(published, STUDY):
        for path in (*stage.inputs, *stage.outputs):
            for file in contents.files_under(published, [path]):
                assert file in files or path in contents.SHARED, file


def test_it_names_no_other_study_and_no_machine(honest, published):
    files = contents_of(honest)
    assert yaml.safe_load(files["params.yaml"]) == {
        "datasets": {"seatbelts": {"raw": "data/raw/seatbelts.csv"}},
        "studies": {STUDY: {"dataset": "seatbelts"}},
        "networks": {},
    }
    assert {title.rpartition("@")[2] for title in yaml.safe_load(files["dvc.lock"])["stages"]} == {
        STUDY,
        "seatbelts",
        "code",
    }
    for path, content in files.items():
        assert str(published).encode() not in content, path
        assert f"{Path.home()}/".encode() not in content, path


def test_the_checksums_are_those_that_sha256sum_reads(honest, tmp_path):
    shutil.unpack_archive(honest, tmp_path)
    subprocess.run(["sha256sum", "--check", "--quiet", bundle.CHECKSUMS], cwd=tmp_path, check=True)


def test_it_is_a_crate_of_a_workflow_run_that_describes_every_file(honest):
    files = contents_of(honest)
    graph = {entity["@id"]: entity for entity in json.loads(files["ro-crate-metadata.json"])["@graph"]}
    root, run = graph["./"], graph["#run"]
    parts = {part["@id"] for part in root["hasPart"]}
    assert parts == set(files) - {"ro-crate-metadata.json", bundle.CHECKSUMS}
    profiles = {profile["@id"] for profile in root["conformsTo"]}
    assert "https://w3id.org/ro/wfrun/workflow/0.5" in profiles
    assert profiles <= set(graph)
    assert root["mainEntity"] == run["instrument"] == {"@id": "dvc.yaml"}
    assert "ComputationalWorkflow" in graph["dvc.yaml"]["@type"]
    assert root["datePublished"] == "2025-05-03"
    assert {"@id": f"params/{STUDY}.yaml"} in run["object"]
    assert {"@id": f"results/{STUDY}/its/its.json"} in run["result"]
    for entity in (*run["object"], *run["result"]):
        assert graph[entity["@id"]]["exampleOfWork"]["@id"] in graph


def test_the_manifest_for_a_codecheck_names_files_that_are_there(honest):
    files = contents_of(honest)
    text = files["codecheck.yml"].decode()
    assert text.startswith("---\n")
    manifest = yaml.safe_load(text)
    assert manifest["paper"]["authors"] == [{"name": "The Lasting team"}]
    assert all(entry["file"] in files and entry["comment"] for entry in manifest["manifest"])


def test_the_frozen_plan_goes_with_it(checkout):
    here = project.load(checkout)
    frozen.freeze(here, study.load(here, STUDY).plan, DAY, None)
    lock(checkout)
    assert f"params/frozen/{STUDY}.json" in contents_of(_write(checkout).path)


def test_results_that_are_not_of_the_plan_as_it_stands_are_not_bundled(checkout):
    edit(checkout / "params" / f"{STUDY}.yaml", "keep: 0.8", "keep: 0.9")
    with pytest.raises(DataError, match=r"\(plan\): is not the one that .* was run with. Run `lasting run"):
        _write(checkout)
    shutil.rmtree(checkout / "results" / STUDY / "its")
    with pytest.raises(DataError, match=r"results/seat-belt-law/its: is not there yet"):
        _write(checkout)
    assert not list(checkout.glob("*.zip*"))


def test_a_bundle_without_git_needs_a_date(checkout):
    with pytest.raises(PlanError, match="not a git repository; give --date"):
        _write(checkout, day=None)


def test_a_place_that_can_not_be_written_is_said(checkout):
    with pytest.raises(DataError, match=r"nowhere/b\.zip: cannot be written"):
        _write(checkout, "nowhere/b.zip")


def test_data_that_may_not_be_passed_on_are_withheld_with_their_hash(checkout, lasting, monkeypatch):
    contract = checkout / "data_contracts" / "seatbelts.odcs.yaml"
    edit(contract, "      - name: kms\n", "      - name: kms\n        classification: restricted\n")
    edit(contract, "  - property: disclosure\n    value: public\n", "")
    edit(checkout / "params" / f"{STUDY}.yaml", "disclosure: off", "disclosure: {minimum: 5, round_to: 5}")
    lock(checkout)  # what is tried here is what goes into the bundle, not the results
    said = lasting("bundle", STUDY, "-o", "withheld.zip", "--date", "2025-05-03")
    assert said.code == 0, said.err
    assert "withheld, as the contract says: data/raw/seatbelts.csv" in said.out
    files = contents_of(checkout / "withheld.zip")
    assert not [path for path in files if path.startswith("data/") or path.endswith(".parquet")]
    held = {entry["path"]: entry for entry in json.loads(files["bundle.json"])["withheld"]}
    raw = (checkout / "data" / "raw" / "seatbelts.csv").read_bytes()
    assert held["data/raw/seatbelts.csv"]["bytes"] == len(raw)
    assert b"restricted" in files["data_contracts/seatbelts.odcs.yaml"]
    assert b'"passed": true' in files["results/_data/seatbelts/validation.json"]
    some_row = raw.splitlines()[100]
    assert not [path for path, content in files.items() if some_row in content]

    said = lasting("verify", "withheld.zip", "-o", "c")
    assert said.code == 0, said.err
    assert "Intact, but not rerun: the data are withheld." in said.out
    (checkout / "other.csv").write_bytes(raw + b"\n")
    said = lasting("verify", "withheld.zip", "--data", "other.csv")
    assert said.code == 15
    assert "other.csv: is not a file that the study was run with; see bundle.json." in said.err
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = lasting("verify", "withheld.zip", "--data", "data/raw/seatbelts.csv")
    assert said.code == 2, "asked, and nobody said yes"
    assert "Run it? [y/N]" in said.err + said.out


def test_the_command_says_what_it_wrote(checkout, lasting, honest):
    said = lasting("bundle", STUDY, "--date", "2025-05-03")
    assert said.code == 0, said.err
    assert said.out.splitlines()[0].startswith(f"{STUDY}.zip: ")
    assert "SHA-256 " in said.out
    assert (checkout / f"{STUDY}.zip").read_bytes() == honest.read_bytes()


def test_a_lock_from_elsewhere_may_name_versions_and_hashes_only():
    from pipeline.errors import SetupError

    from ..conftest import ROOT

    locks.refuse_strange((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    for line in (
        "--index-url https://evil.example",
        "-e .",
        "numpy @ https://evil.example/numpy.whl",
        "numpy>=1",
    ):
        with pytest.raises(SetupError, match="line 2: is neither an exact version nor a hash"):
            locks.refuse_strange(f"# a lock\n{line}\n")


def test_a_study_with_ties_takes_both_its_datasets_and_nothing_of_others(checkout):
    edit(
        checkout / "params.yaml",
        "networks: {}",
        f"networks:\n  {STUDY}: {{dataset: ties}}\n  other: {{dataset: secret}}",
    )
    edit(
        checkout / "params.yaml",
        "datasets:\n",
        "datasets:\n  ties: {raw: data/raw/ties.csv}\n  secret: {raw: data/raw/secret.csv}\n",
    )
    assert stages.listed(checkout, STUDY) == {
        "datasets": {"seatbelts": {"raw": "data/raw/seatbelts.csv"}, "ties": {"raw": "data/raw/ties.csv"}},
        "studies": {STUDY: {"dataset": "seatbelts"}},
        "networks": {STUDY: {"dataset": "ties"}},
    }
    titles = [stage.title for stage in stages.of(checkout, STUDY)]
    assert {"validate@seatbelts", "validate@ties", f"network@{STUDY}"} <= set(titles)
    assert titles.index(f"network@{STUDY}") < titles.index(f"report@{STUDY}")
    assert not [title for title in titles if "other" in title or "secret" in title]
