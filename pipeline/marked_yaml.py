"""YAML written by people: plain values, and for each one the line it stands on.

Plans, contracts and the list of studies are untrusted input. Every complaint about them must name file,
line and field, so the reader keeps the lines, and one function turns pydantic's findings into sentences.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import LastingError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Key = str | int


@dataclass(frozen=True)
class MarkedYaml:
    """The content of one YAML file (`data`, plain dicts and lists) and the line of every key."""

    name: str
    data: dict[str, Any]
    lines: dict[tuple[Key, ...], int]

    def where(self, path: Sequence[Key]) -> str:
        """Gives 'file, line n' of the nearest place that exists on the way to `path`."""
        for length in range(len(path), 0, -1):
            if (line := self.lines.get(tuple(path[:length]))) is not None:
                return f"{self.name}, line {line}"
        return self.name

    def complaint(self, path: Sequence[Key], sentence: str) -> str:
        """Gives 'file, line n, field: sentence', the form of every complaint about this file."""
        field = dotted(path)
        return f"{self.where(path)}, {field}: {sentence}" if field else f"{self.where(path)}: {sentence}"


def read(path: Path, name: str, error: type[LastingError]) -> MarkedYaml:
    """Reads the YAML file at `path`; complaints call it `name`.

    Raises `error` if the file is missing, is not YAML, repeats a key, or is not a mapping.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(f"{name}: there is no such file.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise error(f"{name}: cannot be read as UTF-8 text ({problem}).") from None
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        said = (problem.problem or "this is not valid YAML").splitlines()[0]
        raise error(f"{name}{line}: {said}; mend the YAML there.") from None
    except (YAMLError, ValueError) as problem:
        raise error(f"{name}: is not valid YAML ({str(problem).splitlines()[0]}).") from None
    lines: dict[tuple[Key, ...], int] = {}
    data = _plain(tree, (), lines)
    if not isinstance(data, dict):
        raise error(f"{name}: should be a mapping of keys to values, as in `study: my-study`.")
    return MarkedYaml(name=name, data=data, lines=lines)


def dotted(path: Sequence[Key]) -> str:
    """Gives a field's place as people write it.

    >>> dotted(("measures", 0, "role"))
    'measures[1].role'
    """
    text = ""
    for key in path:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """Gives '; did you mean x?' for the known word nearest to `word`, or ''.

    >>> nearest("modle", ["model", "horizons"])
    '; did you mean model?'
    """
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""


def complaints(source: MarkedYaml, model: type[BaseModel], found: ValidationError) -> list[str]:
    """Turns what pydantic found in `source` into sentences, each with file, line and field."""
    sentences = []
    for item in found.errors():
        path = tuple(key for key in item["loc"] if _is_in(source.data, item["loc"], key))
        path = path or tuple(item["loc"])
        if item["type"] == "extra_forbidden":
            known = _known_keys(model, item["loc"][:-1])
            sentence = f"unknown key{nearest(str(item['loc'][-1]), known)}" if known else "unknown key"
        elif item["type"] == "missing":
            path, sentence = tuple(item["loc"]), "is missing; add it"
        else:
            sentence = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
        said = source.complaint(path, sentence)
        if said not in sentences:
            sentences.append(said)
    return sentences


def _is_in(data: Any, location: tuple[Key, ...], key: Key) -> bool:
    """True if `key` of pydantic's location is a key of the file (it also names union branches)."""
    here = data
    for step in location:
        found = _child(here, step)
        if step == key:
            return found is not None
        here = here if found is None else found
    return False


def _child(node: Any, step: Key) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def _known_keys(model: type[BaseModel], location: tuple[Key, ...]) -> list[str]:
    """The keys that the model at `location` knows."""
    here: Any = model
    for step in location:
        if isinstance(step, int):
            continue
        fields = getattr(here, "model_fields", {})
        if step in fields:
            here = model_within(fields[step].annotation) or here
    return [field.alias or name for name, field in getattr(here, "model_fields", {}).items()]


def model_within(annotation: Any) -> Any:
    """Gives the pydantic model inside an annotation (`list[Measure] | None` gives Measure), or None."""
    if hasattr(annotation, "model_fields"):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := model_within(part)) is not None:
            return found
    return None


def _plain(node: Any, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int]) -> Any:
    marks: Any = getattr(node, "lc", None)
    if isinstance(node, dict):
        for key in node:
            lines[(*path, key)] = marks.key(key)[0] + 1
        return {key: _plain(value, (*path, key), lines) for key, value in node.items()}
    if isinstance(node, list):
        for index in range(len(node)):
            lines[(*path, index)] = marks.item(index)[0] + 1
        return [_plain(value, (*path, index), lines) for index, value in enumerate(node)]
    if isinstance(node, str):
        return str(node)
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float):
        if isinstance(node, kind):
            return kind(node)
    return node
