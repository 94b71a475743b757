"""What a bundle of a study holds, found from dvc.yaml: what its stages read and wrote, and the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract import model
from pipeline.errors import DataError
from pipeline.project import Project
from pipeline.reproduce import frozen, record, stages
from pipeline.reproduce.stages import Stage

SITE = "reports/_site"
CODE = (
    "pipeline",
    ".dvcignore",
    "CITATION.cff",
    "LICENSE",
    "Makefile",
    "dvc.yaml",
    "environment.yml",
    "params/plan.schema.json",
    "pyproject.toml",
    "requirements-lab.lock",
)
"""What a rerun needs and no stage names; what of it isn't there is left out."""
LEFT_OUT = ("__pycache__", ".ipynb_checkpoints", ".DS_Store")
SHARED = (frozen.FOLDER,)
"""Folders that hold a file of each study: a bundle takes its own study's."""


@dataclass(frozen=True)
class Contents:
    """The files of a study, by their paths in the repository, in order; `withheld` are not passed on."""

    stages: tuple[Stage, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    withheld: tuple[str, ...]


def of(project: Project, study: str) -> Contents:
    """Gives the files that belong in the bundle of a study that was run.

    Raises DataError if a stage has not written what it should.
    """
    root, found = project.root, stages.of(project.root, study)
    if absent := [path for stage in found for path in stage.outputs if not (root / path).exists()]:
        raise DataError(f"{absent[0]}: is not there yet; run `lasting run {study}` first.")
    outputs = {path for stage in found for path in stage.outputs} | {f"{SITE}/{study}"}
    outputs |= {f"{record.FOLDER}/{item}" for item in (study, *stages.datasets_of(root, study))}
    inputs = {path for stage in found for path in stage.inputs if not _is_under(path, outputs)}
    inputs = inputs.difference(SHARED) | {f"{folder}/{study}.json" for folder in SHARED}
    files = files_under(root, {*inputs, *CODE})
    return Contents(
        stages=tuple(found),
        inputs=tuple(files),
        outputs=tuple(files_under(root, outputs)),
        withheld=tuple(_withheld(project, study, found)),
    )


def _withheld(project: Project, study: str, found: list[Stage]) -> Iterator[str]:
    """The files of data that may not be passed on: raw files, their snapshots, and the series made of them.

    A contract whose data are public may classify no column otherwise, so its `disclosure` says it all.
    """
    datasets = stages.datasets_of(project.root, study)
    closed = [name for name in datasets if not model.load(project, name).public]
    yield from (project.raw[name] for name in closed)
    if closed:
        made = [path for stage in found if stage.item in (study, *closed) for path in stage.outputs]
        yield from (path for path in files_under(project.root, made) if path.endswith(".parquet"))


def is_record(path: str) -> bool:
    """True for outputs that tell of the machine and not of the study: those may differ from run to run."""
    return path.startswith(f"{record.FOLDER}/") or path.endswith("/engine.json")


def _is_under(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def files_under(root: Path, paths: Iterable[str]) -> list[str]:
    """Gives every file at or below `paths`, in order, from the root and with forward slashes."""
    found = set()
    for path in paths:
        here = root / path
        within = here.rglob("*") if here.is_dir() else [here]
        found |= {file.relative_to(root).as_posix() for file in within if file.is_file()}
    return sorted(file for file in found if not _is_left_out(file))


def _is_left_out(file: str) -> bool:
    return file.endswith(".pyc") or any(part in LEFT_OUT for part in file.split("/"))
