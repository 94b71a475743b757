"""A study that was run and locked by DVC, its bundle, and bundles that were tampered with."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline import project, study
from pipeline.reproduce import bundle, record, stages
from pipeline.stages import render

from ..conftest import ROOT, STUDY

DAY = datetime.date(2025, 5, 3)
FROM_ROOT = (
    "requirements-lab.lock",
    "environment.yml",
    "pyproject.toml",
    "Makefile",
    "LICENSE",
    "CITATION.cff",
)
Change = Callable[[bytes], bytes | None]


@pytest.fixture(scope="session")
def published(finished, tmp_path_factory) -> Path:
    """A checkout in which the study was run and rendered, with a dvc.lock that DVC wrote of it."""
    root = tmp_path_factory.mktemp("published") / "checkout"
    shutil.copytree(finished, root, symlinks=True)
    for name in FROM_ROOT:
        shutil.copyfile(ROOT / name, root / name)
    here = project.load(root)
    render.run(here, STUDY)
    for stage in [stage for stage in stages.of(root, STUDY) if stage.item]:
        record.write(here, stage.name, stage.item)
    lock(root)
    return root


def lock(root: Path) -> None:
    """Has DVC write down the files as they are."""
    (root / "dvc.lock").unlink(missing_ok=True)
    command = [sys.executable, "-m", "dvc", "commit", "--quiet", "--force", "--with-deps", f"render@{STUDY}"]
    subprocess.run(command, cwd=root, check=True)


@pytest.fixture(scope="session")
def honest(published, tmp_path_factory) -> Path:
    """The bundle of that study."""
    target = tmp_path_factory.mktemp("bundles") / "honest.zip"
    return bundle.write(study.load(project.load(published), STUDY), target, DAY).path


def contents_of(path: Path) -> dict[str, bytes]:
    """Gives the files of a bundle."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tampered(honest: Path, target: Path, changes: Mapping[str, Change], new_sums: bool = False) -> Path:
    """Writes a bundle in which files are changed, taken out (None) or put in, with or without new checksums."""
    files = contents_of(honest)
    for path, change in changes.items():
        made = change(files.get(path, b""))
        assert made != files.get(path), f"{path} was not changed"
        if made is None:
            del files[path]
        else:
            files[path] = made
    if new_sums:
        files.pop(bundle.CHECKSUMS)
        files[bundle.CHECKSUMS] = bundle.checksums(files).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target


def swap(old: str, new: str) -> Change:
    """A change of a file that replaces text, once."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content, f"there is no {old!r}"
        return content.replace(old.encode(), new.encode(), 1)

    return change
