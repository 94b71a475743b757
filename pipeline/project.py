"""The repository an evaluation team works in: where it is, and which datasets and studies it runs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pipeline import marked_yaml
from pipeline.errors import PlanError

LIST = "params.yaml"
SECTIONS = ("datasets", "studies", "networks")
ENGINES = ("duckdb", "spark")
NOT_A_SLUG = "should be lower-case letters, digits and single hyphens, as in bed-days"


@dataclass(frozen=True)
class Project:
    """A checkout: its folder, the raw file of each dataset, each study's dataset, and that of its ties.

    `on_spark` names the datasets whose records are validated and made into cells by Spark.
    """

    root: Path
    raw: dict[str, str]
    studies: dict[str, str]
    networks: dict[str, str] = field(default_factory=dict)
    on_spark: frozenset[str] = frozenset()

    def plan_path(self, study: str) -> Path:
        """Gives the place of a study's plan."""
        return self.root / "params" / f"{study}.yaml"

    def contract_path(self, dataset: str) -> Path:
        """Gives the place of a dataset's contract."""
        return self.root / "data_contracts" / f"{dataset}.odcs.yaml"

    def results(self, *parts: str) -> Path:
        """Gives a place under results/."""
        return self.root.joinpath("results", *parts)

    def name_of(self, path: Path) -> str:
        """Gives a path as users should read it: from the repository's root, with forward slashes."""
        return path.resolve().relative_to(self.root.resolve()).as_posix()

    def dataset(self, name: str) -> str:
        """Gives the raw file of a listed dataset; raises PlanError if it isn't listed."""
        if name not in self.raw:
            known = marked_yaml.nearest(name, self.raw) or f" (listed: {', '.join(self.raw)})"
            raise PlanError(f"{LIST}: there is no dataset named {name}{known}")
        return self.raw[name]

    def dataset_of(self, study: str) -> str:
        """Gives the dataset of a listed study; raises PlanError with the nearest name if it isn't listed."""
        if study not in self.studies:
            known = marked_yaml.nearest(study, self.studies) or f" (listed: {', '.join(self.studies)})"
            raise PlanError(f"{LIST}: there is no study named {study}{known}")
        return self.studies[study]

    def datasets_of(self, study: str) -> tuple[str, ...]:
        """Gives every dataset of a listed study: its own, and that of its ties if it has any."""
        ties = self.networks.get(study)
        return (self.studies[study],) if ties is None else (self.studies[study], ties)


def is_slug(name: str) -> bool:
    """True if a name can stand in files' names and addresses as it is.

    >>> is_slug("bed-days"), is_slug("Bed Days"), is_slug("../x")
    (True, False, False)
    """
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None


def outside(path: str) -> str | None:
    """Says what is wrong with a path that is not inside the repository; None if nothing is."""
    windows, posix = PureWindowsPath(path), PurePosixPath(path)
    if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts or "\\" in path:
        return f"{path} is not a path inside the repository; write it as data/raw/falls.csv"
    return None


def find_root(start: Path | None = None) -> Path:
    """Gives the nearest folder at or above `start` that holds params.yaml and dvc.yaml.

    Raises PlanError if there is none.
    """
    here = (start or Path(os.environ.get("LASTING_ROOT") or Path.cwd())).resolve()
    for folder in (here, *here.parents):
        if (folder / LIST).is_file() and (folder / "dvc.yaml").is_file():
            return folder
    raise PlanError(
        f"{here}: this is not inside a Lasting repository (no {LIST} beside a dvc.yaml); "
        "go to your clone and try again."
    )


def load(start: Path | None = None, *, may_be_empty: bool = False) -> Project:
    """Reads params.yaml of the repository around `start` (default: the working folder).

    Raises PlanError, listing every problem, if it can't be used, or lists no study and not `may_be_empty`.
    """
    root = find_root(start)
    source = marked_yaml.read(root / LIST, LIST, PlanError)
    problems = [
        source.complaint((key,), f"unknown key{marked_yaml.nearest(key, SECTIONS) or '; take it out'}")
        for key in source.data
        if key not in SECTIONS
    ]
    on_spark = _on_spark(source, problems)
    datasets = _entries(source, "datasets", "raw", problems)
    studies = _entries(source, "studies", "dataset", problems)
    for name, path in datasets.items():
        if (why := outside(path)) is not None:
            problems.append(source.complaint(("datasets", name, "raw"), why))
    networks = _entries(source, "networks", "dataset", problems)
    for section, listed in (("studies", studies), ("networks", networks)):
        for study, dataset in listed.items():
            # A dataset whose own entry is refused is listed all the same.
            if dataset not in (source.data.get("datasets") or {}):
                hint = marked_yaml.nearest(dataset, datasets) or "; list it under `datasets`"
                said = f"no dataset is named {dataset}{hint}"
                problems.append(source.complaint((section, study, "dataset"), said))
    for study in sorted(set(networks) - set(studies)):
        hint = marked_yaml.nearest(study, studies) or "; list it under `studies`"
        problems.append(source.complaint(("networks", study), f"no study is named {study}{hint}"))
    if not studies and not problems and not may_be_empty:
        said = "no study is listed; list one, as in `falls-bundle: {dataset: falls}`, or use `lasting new`"
        problems.append(source.complaint(("studies",), said))
    if problems:
        raise PlanError("\n".join(problems))
    return Project(root=root, raw=datasets, studies=studies, networks=networks, on_spark=on_spark)


def _on_spark(source: marked_yaml.MarkedYaml, problems: list[str]) -> frozenset[str]:
    """The datasets that say `engine: spark`."""
    listed: Any = source.data.get("datasets") or {}
    asked = {
        name: entry.pop("engine")
        for name, entry in (listed.items() if isinstance(listed, dict) else ())
        if isinstance(entry, dict) and "engine" in entry
    }
    for name, engine in asked.items():
        if engine not in ENGINES:
            said = f"should be {' or '.join(ENGINES)}"
            problems.append(source.complaint(("datasets", name, "engine"), said))
    return frozenset(name for name, engine in asked.items() if engine == "spark")


def _entries(source: marked_yaml.MarkedYaml, section: str, field: str, problems: list[str]) -> dict[str, str]:
    listed: Any = source.data.get(section) or {}
    if not isinstance(listed, dict):
        problems.append(source.complaint((section,), f"should map names to their `{field}:`"))
        return {}
    entries = {}
    for name, entry in listed.items():
        if not isinstance(entry, dict) or set(entry) != {field} or not isinstance(entry[field], str):
            problems.append(source.complaint((section, name), f"should hold `{field}: ...` and nothing else"))
            continue
        if not is_slug(name):
            problems.append(source.complaint((section, name), f"{name} {NOT_A_SLUG}"))
            continue
        entries[name] = entry[field]
    return entries
