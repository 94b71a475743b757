"""What dvc.lock says that results were made from, compared with the files that are there.

dvc.lock holds the MD5 of every file a stage read and wrote when it ran. So a result that was changed
afterwards, or made from another plan or other data than those beside it, can be told without a rerun.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import marked_yaml
from pipeline.errors import SetupError
from pipeline.reproduce.contents import SHARED, files_under

LOCK = "dvc.lock"
KINDS = (
    ("params/frozen/", "frozen plan"),
    ("params/", "plan"),
    ("params.yaml", "plan"),
    ("data_contracts/", "contract"),
    ("data/", "data"),
    ("notebooks", "notebook"),
    ("requirements", "environment"),
    ("environment.yml", "environment"),
    ("results/_environment/", "environment"),
    ("results/_code/", "code"),
    ("results/_data/", "validated data"),
    ("results/", "result"),
    ("reports/_site/", "report"),
    ("pipeline", "code"),
    ("reports/", "code"),
    ("dvc.yaml", "code"),
)
FIGURES, TABLES = (".svg", ".png"), (".parquet",)
CAUSES = ("plan", "frozen plan", "contract", "data", "notebook", "environment", "code")
"""The kinds of file that results are made from, and so may be why they differ."""


@dataclass(frozen=True)
class Problem:
    """A file that is not what a record says: what kind of file it is, and a sentence."""

    path: str
    kind: str
    sentence: str


def kind_of(path: str) -> str:
    """Gives what a file is to a study.

    >>> kind_of("params/falls.yaml"), kind_of("results/falls/its/its-falls.svg")
    ('plan', 'figure')
    """
    kind = next((kind for start, kind in KINDS if path.startswith(start)), "record of the bundle")
    if kind != "result":
        return kind
    if path.endswith(".ipynb"):
        return "notebook's output"
    return "figure" if path.endswith(FIGURES) else "series" if path.endswith(TABLES) else kind


def entries(lock: Mapping[str, Any], title: str) -> Iterator[tuple[str, str, str]]:
    """Gives what a lock says of a stage: 'deps' or 'outs', the path, and the MD5."""
    for part in ("deps", "outs"):
        for entry in lock.get(title, {}).get(part) or []:
            yield part, str(entry["path"]), str(entry["md5"])


def read(path: Path) -> dict[str, Any]:
    """Gives the stages of a dvc.lock; raises SetupError if it isn't one."""
    stages = marked_yaml.read(path, LOCK, SetupError).data.get("stages")
    if not isinstance(stages, dict):
        raise SetupError(f"{LOCK}: is not DVC's lock of stages; run `lasting run` to have it written anew.")
    return stages


def problems(root: Path, titles: Collection[str], withheld: Collection[str] = ()) -> list[Problem]:
    """Gives every file that is not the one which dvc.lock says a stage read or wrote.

    What is `withheld`, and folders that hold any of it, can't be compared and are passed over.
    """
    lock = read(root / LOCK)
    found: dict[str, Problem] = {}
    for title in titles:
        if title not in lock:
            found[title] = Problem(LOCK, "record of the bundle", f"{LOCK}: has no stage {title}.")
        for part, path, md5 in entries(lock, title):
            if path in SHARED or any(file == path or file.startswith(f"{path}/") for file in withheld):
                continue
            there = md5_of(root / path)
            if there is None and md5 == _of_listed([]):
                continue  # a zip holds no empty folders
            if there != md5:
                found.setdefault(path, _problem(path, part, title, is_there=there is not None))
    return list(found.values())


def md5_of(path: Path) -> str | None:
    """Gives the MD5 of a file or folder as DVC computes it; None if there is neither."""
    if path.is_file():
        return _md5(path)
    if not path.is_dir():
        return None
    return _of_listed([{"md5": _md5(path / name), "relpath": name} for name in files_under(path, ["."])])


def _of_listed(listed: list[dict[str, str]]) -> str:
    """The MD5 of a folder with these files."""
    return (
        hashlib.md5(json.dumps(listed, sort_keys=True).encode(), usedforsecurity=False).hexdigest() + ".dir"
    )


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _problem(path: str, part: str, title: str, is_there: bool) -> Problem:
    kind = kind_of(path)
    if not is_there:
        return Problem(path, kind, f"{path} ({kind}): is missing.")
    if part == "deps":
        return Problem(path, kind, f"{path} ({kind}): is not the one that {title} was run with.")
    return Problem(path, kind, f"{path} ({kind}): is not what {title} wrote; it was changed afterwards.")
