"""dvc.yaml has the package's stages, each with its own code; dvc.lock is of the files as they are."""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import modules, results
from pipeline.reproduce import provenance
from pipeline.stages import STAGES

ROOT = Path(__file__).parents[1]


def _entry(stage: str) -> dict[str, Any]:
    entry = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]
    return entry.get("do", entry)


@pytest.mark.parametrize("stage", STAGES[1:])
def test_a_stage_depends_on_the_sums_of_its_code_and_on_its_notebooks(stage):
    deps = _entry(stage)["deps"]
    assert [path for path in deps if path.startswith("results/_code/")] == [f"results/_code/{stage}.json"]
    notebooks = {path.removeprefix("notebooks/") for path in deps if path.startswith("notebooks/")}
    assert notebooks == set(modules.NOTEBOOKS.get(stage, ()))
    assert not [path for path in deps if path.startswith("pipeline")]


def test_the_sums_depend_on_the_whole_package():
    assert _entry("code")["deps"] == ["notebooks", "pipeline"]
    assert _entry("code")["outs"] == ["results/_code"]


def test_dvc_yaml_has_exactly_the_stages_of_the_package():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert tuple(stages) == STAGES
    written = {path.stem for path in (ROOT / "pipeline" / "stages").glob("*.py")} - {"__init__"}
    assert written == set(STAGES)


def test_the_committed_lock_knows_every_stage_of_every_study():
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    listed = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    expected = {f"validate@{name}" for name in listed["datasets"]} | {"code", "site"}
    of_all = [stage for stage in STAGES[2:-1] if stage != "network"]
    expected |= {f"{stage}@{study}" for study in listed["studies"] for stage in of_all}
    expected |= {f"network@{study}" for study in listed["networks"]}
    assert set(lock) == expected


def test_no_notebook_is_kept_with_outputs_or_defines_functions():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                assert not cell["outputs"], path.name
                assert cell["execution_count"] is None, path.name
                tree = ast.parse("".join(cell["source"]))
                assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)], path.name


def test_the_committed_lock_is_of_the_files_as_they_are():
    """Without running anything: what git holds has the sums that the lock has of it."""
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    sums = {dep["path"]: dep["md5"] for stage in lock.values() for dep in stage["deps"]}
    kept = {path: md5 for path, md5 in sums.items() if not path.startswith("results/")}
    stale = [path for path, md5 in kept.items() if provenance.md5_of(ROOT / path) != md5]
    for stage in STAGES[1:]:
        told = results.to_json(modules.sums(ROOT, stage)).encode()
        if sums[f"results/_code/{stage}.json"] != hashlib.md5(told).hexdigest():
            stale.append(f"the code of {stage}")
    assert not stale, f"run `lasting run` and commit dvc.lock: {stale}"
    assert {"params/no-change.yaml", "pipeline", "reports/theme"} <= set(kept)
