"""Every stage of dvc.yaml depends on all the package modules it imports, and on nothing it doesn't."""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path

import pytest
import yaml

from pipeline.stages import STAGES

ROOT = Path(__file__).parents[1]
NOTEBOOKS = {
    "its": ["its.ipynb"],
    "spc": ["spc.ipynb"],
    "groups": ["pooled.ipynb", "equity.ipynb"],
    "network": ["network.ipynb"],
}
NEVER_LISTED = {"pipeline", "pipeline.stages", "pipeline.errors"}
"""Packages' own docstrings, and the errors: their words change no result."""


@cache
def _graph():
    import grimp

    return grimp.build_graph("pipeline", cache_dir=None)


def _imported_by_notebook(name: str) -> set[str]:
    cells = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipeline"):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {node.module} | {module for module in names if module in _graph().modules}
    return found


def _modules(stage: str) -> set[str]:
    starts = {f"pipeline.stages.{stage}"}.union(*map(_imported_by_notebook, NOTEBOOKS.get(stage, [])))
    reached = starts.union(*(_graph().find_upstream_modules(module) for module in starts))
    return reached - NEVER_LISTED


def _as_path(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"


def _listed(stage: str) -> list[str]:
    entry = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]
    return [path for path in entry.get("do", entry)["deps"] if path.startswith("pipeline")]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_every_module_it_imports_and_on_no_other(stage):
    listed = _listed(stage)
    needed = {_as_path(module) for module in _modules(stage)}
    covered = {path for path in needed if path in listed or any(path.startswith(f"{d}/") for d in listed)}
    assert covered == needed, f"missing in dvc.yaml, stage {stage}: {sorted(needed - covered)}"
    idle = [
        path for path in listed if path not in needed and not any(n.startswith(f"{path}/") for n in needed)
    ]
    assert not idle, f"listed in dvc.yaml, stage {stage}, but not imported: {idle}"


def test_dvc_yaml_has_exactly_the_stages_of_the_package():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert tuple(stages) == STAGES
    modules = {path.stem for path in (ROOT / "pipeline" / "stages").glob("*.py")} - {"__init__"}
    assert modules == set(STAGES)


def test_the_committed_lock_knows_every_stage_of_every_study():
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    listed = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    expected = {f"validate@{name}" for name in listed["datasets"]} | {"site"}
    of_all = [stage for stage in STAGES[1:-1] if stage != "network"]
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
    sums = {dep["path"]: dep for stage in lock.values() for dep in stage["deps"]}
    files = {path: dep for path, dep in sums.items() if (ROOT / path).is_file()}
    here = {path: hashlib.md5((ROOT / path).read_bytes()).hexdigest() for path in files}
    stale = [path for path, dep in files.items() if here[path] != dep["md5"]]
    assert not stale, f"run `lasting run` and commit dvc.lock: {stale}"
    assert "params/no-change.yaml" in files
