"""The stages of one study as dvc.yaml has them: their commands, what they read, and what they write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import marked_yaml
from pipeline.errors import SetupError

LIST, STAGES = "params.yaml", "dvc.yaml"
DATASETS = "datasets"


@dataclass(frozen=True)
class Stage:
    """One stage of one study or of its dataset; `item` is empty for one of all studies."""

    name: str
    item: str
    command: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def title(self) -> str:
        """The stage as dvc.lock names it."""
        return f"{self.name}@{self.item}" if self.item else self.name


def of(root: Path, study: str) -> list[Stage]:
    """Gives the stages that make a study's report, in the order of dvc.yaml, which is the order they run in.

    The stages of other studies are left out, and so are those of no study that it doesn't need (the site).
    Raises SetupError if
    params.yaml or dvc.yaml can't be read.
    """
    stages = marked_yaml.read(root / STAGES, STAGES, SetupError).data.get("stages") or {}
    mine = listed(root, study)
    try:
        found = [stage for name, entry in stages.items() for stage in _expanded(name, entry, mine)]
    except (KeyError, TypeError, AttributeError):
        raise SetupError(f"{STAGES}: does not have the stages of {study} in a known form.") from None
    read = [path for stage in found if stage.item for path in stage.inputs]
    return [stage for stage in found if stage.item or _is_read(stage, read)]


def _is_read(stage: Stage, paths: list[str]) -> bool:
    """True if a stage writes any of these paths, or a folder that holds one."""
    return any(path == output or path.startswith(f"{output}/") for output in stage.outputs for path in paths)


def listed(root: Path, study: str) -> dict[str, dict[str, Any]]:
    """Gives params.yaml cut down to one study: its entry in every section, and the datasets these name.

    Raises SetupError if the study isn't there.
    """
    sections = marked_yaml.read(root / LIST, LIST, SetupError).data
    try:
        entries = {
            name: {study: section[study]} if study in (section or {}) else {}
            for name, section in sections.items()
            if name != DATASETS
        }
        used = [entry["dataset"] for section in entries.values() for entry in section.values()]
        datasets = {name: sections[DATASETS][name] for name in dict.fromkeys(used)}
    except (KeyError, TypeError, AttributeError):
        datasets = {}
    if not datasets:
        raise SetupError(f"{LIST}: does not list {study} and its dataset in a known form.")
    return {DATASETS: datasets, **entries}


def datasets_of(root: Path, study: str) -> list[str]:
    """Gives the datasets of a study: its own, and that of its ties if it has any."""
    return list(listed(root, study)[DATASETS])


def _expanded(name: str, entry: Any, mine: Mapping[str, Any]) -> Iterator[Stage]:
    if "foreach" not in entry:
        yield Stage(
            name, "", entry["cmd"], tuple(_paths(entry.get("deps"))), tuple(_paths(entry.get("outs")))
        )
        return
    for key, item in mine.get(entry["foreach"].strip("${}"), {}).items():
        words = {"key": key, **{f"item.{field}": value for field, value in item.items()}}
        do = entry["do"]
        yield Stage(
            name,
            key,
            _filled(do["cmd"], words),
            tuple(_filled(path, words) for path in _paths(do.get("deps"))),
            tuple(_filled(path, words) for path in _paths(do.get("outs"))),
        )


def _paths(entries: Any) -> list[str]:
    """The paths of a list in which a path may have options: `- path` or `- path: {cache: false}`."""
    return [next(iter(entry)) if isinstance(entry, Mapping) else entry for entry in entries or ()]


def _filled(text: str, words: Mapping[str, Any]) -> str:
    return re.sub(r"\$\{([^}]+)\}", lambda found: str(words[found[1]]), text)
