"""Data tables that go with a report: each chart's figures as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.report.markdown import NOT_TEXT

FORMULA = ("=", "+", "-", "@")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection)."""


def to_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Gives a table of the results as CSV, its column `row` called `period`; without rows, an empty text.

    >>> print(to_csv([{"row": "1983-02-01", "value": -1.5, "signals": ["shift", "trend"], "note": "=1+1"}]))
    period,value,signals,note
    1983-02-01,-1.5,shift trend,'=1+1
    <BLANKLINE>
    """
    kept = list(rows)
    if not kept:
        return ""
    columns = list(kept[0])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["period" if name == "row" else as_cell(name) for name in columns])
    writer.writerows([as_cell(row.get(name)) for name in columns] for row in kept)
    return text.getvalue()


def tables_in(value: Any, name: str) -> dict[str, list[Mapping[str, Any]]]:
    """Gives every table in a part of the results, by the keys that lead to it, joined by hyphens.

    >>> tables_in({"gap": [{"row": "a", "slope": 1.5}], "units": 3}, "equity")
    {'equity-gap': [{'row': 'a', 'slope': 1.5}]}
    """
    if isinstance(value, Mapping):
        parts = [tables_in(item, f"{name}-{key}") for key, item in value.items()]
        return {place: rows for part in parts for place, rows in part.items()}
    is_table = isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value)
    return {name: value} if is_table else {}


def as_cell(value: Any) -> str:
    """Gives a value as a cell: a number as it is, and a text so that no spreadsheet runs it as a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    words = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = " ".join(NOT_TEXT.sub(" ", words).split())
    return f"'{text}" if text.startswith(FORMULA) else text
