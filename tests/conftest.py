"""What tests share: a copy of the repository to break, results that were really computed, and the CLI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PARTS = (
    "data",
    "data_contracts",
    "dvc.yaml",
    "notebooks",
    "params",
    "pipeline",
    "reports/sections",
    "reports/study.qmd.j2",
    "reports/theme",
    "requirements.lock",
    ".dvcignore",
)
STUDY = "seat-belt-law"
LISTED = """datasets:
  seatbelts:
    raw: data/raw/seatbelts.csv
networks: {}
studies:
  seat-belt-law:
    dataset: seatbelts
"""
"""Most tests are of one study; tests/test_studies.py runs them all."""


LONG = (
    "tests/test_studies.py",
    "tests/test_runs.py",
    "tests/reproduce/",
    "tests/evaluation/test_planted.py",
    "tests/evaluation/test_pooled.py",
    "tests/evaluation/test_network.py",
    "tests/report/test_accessibility.py",
    "tests/contract/test_extract.py",
)
"""Tests that share what takes long to make: each of these runs in one process, and first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups the long tests for `--dist loadgroup`, and puts them first, so that no process ends alone."""

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(ROOT).as_posix()
        return next((place for place, start in enumerate(LONG) if path.startswith(start)), len(LONG))

    for item in items:
        if place(item) < len(LONG):
            item.add_marker(pytest.mark.xdist_group(LONG[place(item)]))
    items.sort(key=place)


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


def copy_repository(target: Path) -> Path:
    """Copies what a clone holds to `target`, one study listed, with DVC set up without git."""
    for part in PARTS:
        source = ROOT / part
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target / part)
    (target / "params.yaml").write_text(LISTED, encoding="utf-8")
    (target / "dvc.lock").write_text(yaml.safe_dump(locked(), sort_keys=False), encoding="utf-8")
    (target / ".dvc").mkdir()
    config = (ROOT / ".dvc" / "config").read_text(encoding="utf-8")
    (target / ".dvc" / "config").write_text(config + "    no_scm = true\n", encoding="utf-8")
    return target


def locked(root: Path = ROOT) -> dict[str, Any]:
    """Gives what a dvc.lock says of the one study; the list of studies is another where there are more."""
    whole = yaml.safe_load((root / "dvc.lock").read_text(encoding="utf-8"))
    mine = {
        name: stage for name, stage in whole["stages"].items() if name.endswith((f"@{STUDY}", "@seatbelts"))
    }
    return {**whole, "stages": mine}


@contextmanager
def working_in(root: Path) -> Iterator[None]:
    """Makes a copy of the repository the one that commands and notebooks work in, for longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LASTING_ROOT", str(root))
        yield


@pytest.fixture
def clone(tmp_path, monkeypatch) -> Path:
    """A copy of the repository, and the place that commands work in."""
    target = copy_repository(tmp_path / "clone")
    monkeypatch.setenv("LASTING_ROOT", str(target))
    monkeypatch.chdir(target)
    return target


@pytest.fixture
def lasting(capsys, monkeypatch) -> Callable[..., Said]:
    """Runs the command line in this process, as `lasting(...)` would in a terminal."""

    def call(*arguments: str) -> Said:
        from pipeline import cli

        monkeypatch.setattr("sys.argv", ["lasting", *arguments])
        monkeypatch.setenv(cli.DEBUG, "")  # what `--debug` sets is taken back with it
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


def lasting_in(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own, in a clone."""
    return subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments],
        cwd=clone,
        env={**os.environ, "LASTING_ROOT": str(clone), "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """A copy of the repository in which the study was run, stage by stage (for reading only)."""
    from pipeline import project
    from pipeline.stages import code, report, series, site, validate

    target = copy_repository(tmp_path_factory.mktemp("finished"))
    with working_in(target):
        found = project.load()
        code.run(found)
        validate.run(found, "seatbelts")
        series.run(found, STUDY)
        from pipeline.stages import groups, its, spc

        its.run(found, STUDY)
        spc.run(found, STUDY)
        groups.run(found, STUDY)
        report.run(found, STUDY)
        site.run(found)
    return target


def edit(path: Path, old: str, new: str) -> None:
    """Replaces text in a file, and fails if it isn't there: a test must break what it means to break."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
