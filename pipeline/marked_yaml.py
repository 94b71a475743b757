"""YAML written by people: plain values, and for each one the line it stands on.

Plans, contracts and the list of studies are untrusted input. Every complaint about them must name file,
line and field, so the reader keeps the lines.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import LastingError

Key = str | int
LARGEST, DEEPEST = 100_000, 50
"""The most values and levels that a file written by people may have; aliases can multiply them."""


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
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(f"{name}: there is no such file.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise error(f"{name}: cannot be read as UTF-8 text ({problem}).") from None
    lines: dict[tuple[Key, ...], int] = {}
    try:
        data = _plain(_parser().load(text), (), lines)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        said = (problem.problem or "this is not valid YAML").splitlines()[0]
        raise error(f"{name}{line}: {_said(said)}.") from None
    except _KeyError as problem:
        raise error(f"{name}{problem}") from None
    except RecursionError:
        raise error(f"{name}: is too deep to be read; mend its nesting.") from None
    except (YAMLError, ValueError) as problem:
        raise error(f"{name}: is not valid YAML ({str(problem).splitlines()[0]}); mend it.") from None
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


def _plain(node: Any, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int]) -> Any:
    """Gives a node as plain values, and notes the line of every key and item on the way."""
    if len(lines) > LARGEST or len(path) > DEEPEST:
        raise ValueError("it is too large, or refers to itself")
    marks: Any = getattr(node, "lc", None)
    if isinstance(node, dict):
        for key in node:
            # Keys that come by a merge (`<<`) have no line here: they stand where the mapping does.
            line = marks.key(key)[0] if key in (marks.data or {}) else marks.line
            if not isinstance(key, str):
                raise _KeyError(line + 1, key)
            lines[(*path, key)] = line + 1
        return {str(key): _plain(value, (*path, key), lines) for key, value in node.items()}
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


class _KeyError(Exception):
    """A key that is no text."""

    def __init__(self, line: int, key: Any) -> None:
        kind = "a list or a mapping" if isinstance(key, Sequence | Mapping) else str(key)
        super().__init__(f", line {line}: the key is {kind}, not text; put it in quotes, or mend it.")


def _parser() -> Any:
    """A reader of YAML in which an impossible date, as 2022-02-30, stays text, to be refused by its field."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor

    class Constructor(RoundTripConstructor):
        def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
            try:
                return super().construct_yaml_timestamp(node, values)
            except ValueError:
                return node.value

    tag = "tag:yaml.org,2002:timestamp"
    Constructor.add_constructor(tag, Constructor.construct_yaml_timestamp)
    yaml = YAML(typ="rt")
    yaml.Constructor = Constructor
    return yaml


def _said(problem: str) -> str:
    """The parser's word for a mistake, in plain ones where they are needed."""
    if "'\\t'" in problem:
        return "there is a tab; indent with spaces"
    return f"{problem}; mend the YAML there"
