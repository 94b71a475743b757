"""Published files against rerun ones: every number, table, figure and document, and how far they are apart.

Equal bytes are exact. What is not equal is taken apart: JSON number by number, tables cell by cell, charts
coordinate by coordinate or pixel by pixel, text number by number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.reproduce import fields
from pipeline.reproduce.fields import Change

TOLERANCE = 1e-9
"""Relative: results carry ten significant digits, and sums on another machine may differ in the last."""
COORDINATE = 1e-5
"""Points, in charts: a hundred-thousandth is far below what is drawn."""
SHADE = 2
"""Of 255, in pictures made of pixels: what rounding at an edge may do."""
SHOWN = 20
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")

Kind = Literal["numbers", "table", "figure", "document"]
Agreement = Literal["exact", "within tolerance", "differs", "not compared"]
KINDS: dict[str, Kind] = {".json": "numbers", ".parquet": "table", ".svg": "figure", ".png": "figure"}


@dataclass(frozen=True)
class Compared:
    """How a published file and its rerun agree: for how many values, and where they do not."""

    path: str
    kind: Kind
    agreement: Agreement
    values: int = 1
    differences: tuple[Change, ...] = ()
    note: str = ""

    @property
    def largest(self) -> float:
        """The largest relative difference; infinite where a value is not a number or not there."""
        return max((change.relative for change in self.differences), default=0.0)


def compare(published: Path, rerun: Path, path: str) -> Compared:
    """Compares the file at `path` in two folders."""
    kind = KINDS.get(Path(path).suffix, "document")
    before, after = published / path, rerun / path
    if not after.is_file():
        return Compared(path, kind, "differs", note="the rerun does not write it")
    if not before.is_file():
        return Compared(path, kind, "differs", note="it is not among the published files")
    if before.read_bytes() == after.read_bytes():
        return Compared(path, kind, "exact", _count(after))
    how = {".json": _json, ".parquet": _table, ".svg": _svg, ".png": _pixels, ".ipynb": _text, ".qmd": _text}
    if Path(path).suffix not in how:  # rendered: the same document and engine give the same bytes
        return Compared(path, kind, "differs", note="its bytes are not those that the rerun renders")
    try:
        return how[Path(path).suffix](before, after, path, kind)
    except (ValueError, OSError) as problem:  # a published file that can't even be read
        return Compared(
            path, kind, "differs", note=f"the published file can't be read ({_first_line(problem)})"
        )


def _count(path: Path) -> int:
    if path.suffix == ".json":
        return sum(fields.is_number(value) for value in numbers_of(path).values())
    return 1


def numbers_of(path: Path) -> dict[str, Any]:
    """Gives every value of a JSON file by its key, those in lists one by one."""
    leaves = fields.flat(json.loads(path.read_text(encoding="utf-8")))
    return dict(_each(leaves))


def _each(leaves: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in leaves.items():
        if isinstance(value, list) and value:
            yield from ((f"{name}[{place}]", item) for place, item in enumerate(value, 1))
        else:
            yield name, value


def _json(before: Path, after: Path, path: str, kind: Kind) -> Compared:
    old, new = numbers_of(before), numbers_of(after)
    return _verdict(path, kind, fields.changes(old, new), len(old), TOLERANCE)


def _table(before: Path, after: Path, path: str, kind: Kind) -> Compared:
    import pyarrow.parquet as pq

    old, new = (_cells(pq.read_table(file)) for file in (before, after))
    return _verdict(path, kind, fields.changes(old, new), len(old), TOLERANCE)


def _cells(table: Any) -> dict[str, Any]:
    """Every cell of a table as 'column, row n'; what is not a number nor text becomes text."""
    plain = (float, int, str, bool, type(None))
    return {
        f"{name}, row {place}": value if isinstance(value, plain) else str(value)
        for name, column in zip(table.column_names, table.columns, strict=True)
        for place, value in enumerate(column.to_pylist(), 1)
    }


def _svg(before: Path, after: Path, path: str, kind: Kind) -> Compared:
    return _text(before, after, path, kind, COORDINATE)


def _text(before: Path, after: Path, path: str, kind: Kind, absolute: float = 0.0) -> Compared:
    """Text apart from its numbers must be the same; the numbers may be apart by the tolerance."""
    old, new = before.read_text(encoding="utf-8"), after.read_text(encoding="utf-8")
    if NUMBER.sub("", old) != NUMBER.sub("", new):
        return Compared(path, kind, "differs", differences=(_first_line_apart(old, new),))
    pairs = zip(NUMBER.finditer(old), NUMBER.findall(new), strict=True)
    apart = [
        Change(f"line {old.count(chr(10), 0, one.start()) + 1}", float(one[0]), float(other))
        for one, other in pairs
        if one[0] != other
    ]
    return _verdict(path, kind, apart, len(NUMBER.findall(old)), TOLERANCE, absolute)


def _first_line_apart(old: str, new: str) -> Change:
    lines = zip(old.splitlines(), new.splitlines(), strict=False)
    pairs = ((place, one, other) for place, (one, other) in enumerate(lines, 1) if one != other)
    place, one, other = next(pairs, (min(old.count("\n"), new.count("\n")) + 1, "", "another ending"))
    return Change(f"line {place}", one.strip()[:80], other.strip()[:80])


def _pixels(before: Path, after: Path, path: str, kind: Kind) -> Compared:
    import numpy as np
    from PIL import Image

    old, new = (np.asarray(Image.open(file).convert("RGBA"), dtype=int) for file in (before, after))
    if old.shape != new.shape:
        note = f"{old.shape[1]} by {old.shape[0]} pixels, rerun {new.shape[1]} by {new.shape[0]}"
        return Compared(path, kind, "differs", note=note)
    apart = abs(old - new).max(axis=2)
    if apart.max() <= SHADE:
        return Compared(path, kind, "within tolerance" if apart.max() else "exact")
    row, column = (int(places.min()) for places in (apart > SHADE).nonzero())
    note = f"{int((apart > SHADE).sum()):,} pixels differ, from row {row + 1}, column {column + 1}"
    return Compared(path, kind, "differs", note=note)


def _verdict(
    path: str, kind: Kind, apart: list[Change], values: int, relative: float, absolute: float = 0.0
) -> Compared:
    beyond = [change for change in apart if not is_near(change, relative, absolute)]
    if beyond:
        beyond.sort(key=lambda change: -change.relative)
        return Compared(path, kind, "differs", values, tuple(beyond))
    return Compared(path, kind, "within tolerance" if apart else "exact", values, tuple(apart))


def is_near(change: Change, relative: float = TOLERANCE, absolute: float = 0.0) -> bool:
    """True if two values are numbers that agree to the tolerance."""
    if not (fields.is_number(change.before) and fields.is_number(change.after)):
        return False
    return math.isclose(change.before, change.after, rel_tol=relative, abs_tol=absolute)


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
