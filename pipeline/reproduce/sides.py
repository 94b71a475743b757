"""The two sides of a difference: a bundle, a git revision, or the working tree, each as a folder to read."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import project, results
from pipeline.errors import DataError, PlanError, VerificationError
from pipeline.reproduce import git, integrity, provenance, stages, unpack
from pipeline.reproduce.bundle import MANIFEST

HERE = "."
CACHE = ".dvc/cache/files/md5"
FOLDER = ".dir"


@dataclass(frozen=True)
class Side:
    """One side: what the user called it, its folder, and its studies."""

    name: str
    folder: Path
    studies: tuple[str, ...]

    def datasets(self, study: str) -> list[str]:
        """Gives the datasets of a study."""
        return stages.datasets_of(self.folder, study)

    def raw(self, dataset: str) -> Path:
        """Gives the place of a dataset's raw file."""
        return self.folder / project.load(self.folder).raw[dataset]


def open_side(name: str, work: Path) -> Side:
    """Opens a side by the user's word for it: a zip file, `.` for the working tree, or a git revision.

    `work` is a folder for what is unpacked. Raises VerificationError for a damaged bundle, and PlanError for
    a word that is none of the three.
    """
    if name == HERE:
        root = project.find_root()
        return _side(name, root)
    if Path(name).is_file():
        work.mkdir(parents=True)
        files = unpack.unpack(Path(name), work)
        if damage := integrity.problems(work, files):
            raise VerificationError(f"{name}: {damage[0].sentence}")
        if not (work / MANIFEST).is_file():
            raise VerificationError(f"{name}: holds no {MANIFEST}; this is not a bundle of Lasting.")
        return _side(name, work)
    root = project.find_root()
    commit = git.commit_of(root, name)
    if commit is None:
        raise PlanError(
            f"{name}: is neither a bundle, nor a revision that git knows, nor `.` (the working tree)."
        )
    _check_out(root, commit, work)
    found = _side(name, work)
    for study in found.studies:
        _results_from_cache(root, work, study, name)
    return found


def study_of(before: Side, after: Side, wanted: str | None) -> str:
    """Gives the study to compare: the one that is wanted, or the only one that both sides have.

    Raises PlanError if there is no such study, or more than one to choose from.
    """
    shared = [study for study in before.studies if study in after.studies]
    if wanted and wanted not in shared:
        raise PlanError(f"{wanted}: is not a study of both {before.name} and {after.name}.")
    if not wanted and len(shared) != 1:
        said = f"share {', '.join(shared)}; name one of them" if shared else "have no study in common"
        raise PlanError(f"{before.name} and {after.name} {said}.")
    return wanted or shared[0]


def _side(name: str, folder: Path) -> Side:
    return Side(name, folder, tuple(project.load(folder).studies))


def _check_out(root: Path, commit: str, folder: Path) -> None:
    """Lays out a commit's files in `folder`; the working tree and git's state are not touched."""
    packed = git.said(root, "archive", "--format=tar", commit)
    if packed is None:
        raise PlanError(f"{commit[:12]}: git can't give its files; is the clone whole?")
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


def _results_from_cache(root: Path, folder: Path, study: str, name: str) -> None:
    """Puts the results that a commit's dvc.lock names in place, from DVC's cache.

    Raises DataError if one of them isn't there any more.
    """
    lock = provenance.read(folder / provenance.LOCK)
    for stage in stages.of(folder, study):
        for part, path, md5 in provenance.entries(lock, stage.title):
            if part == "outs" and path.startswith("results/"):
                for cached, target in _cached(root / CACHE, md5, folder / path):
                    if not cached.is_file():
                        raise DataError(
                            f"{name}: {path} is not in DVC's cache; check it out and run `lasting run`, or "
                            "compare with a bundle."
                        )
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(cached, target)


def _cached(cache: Path, md5: str, target: Path) -> Iterator[tuple[Path, Path]]:
    """The files of the cache that make an output, and where each belongs."""
    place = cache / md5[:2] / md5[2:]
    if not md5.endswith(FOLDER) or not place.is_file():
        yield place, target
        return
    for entry in json.loads(place.read_text(encoding="utf-8")):
        yield cache / entry["md5"][:2] / entry["md5"][2:], target / entry["relpath"]


def result_files(side: Side, study: str) -> dict[str, Path]:
    """Gives the results of a study that hold numbers, by their paths.

    Raises DataError if there are none: never run, or no longer in DVC's cache.
    """
    datasets = [f"_data/{name}" for name in side.datasets(study)]
    folders = [side.folder / "results" / name for name in (study, *datasets)]
    files = [file for folder in folders for file in sorted(folder.rglob("*.json"))]
    if not files:
        how = "run `lasting run`" if side.name == HERE else "check it out and run `lasting run`"
        raise DataError(f"{side.name}: the results of {study} are not there; {how}, and try again.")
    return {file.relative_to(side.folder).as_posix(): file for file in files}


def shown(side: Side, study: str) -> dict[str, str]:
    """Gives the numbers that a study's report shows, as it shows them, by their keys."""
    path = side.folder / "results" / study / "report" / "report.numbers.json"
    return {entry["key"]: entry["text"] for entry in results.read_json(path)} if path.is_file() else {}
