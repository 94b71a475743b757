"""Data tables that go with a report: each chart's figures as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline import results
from pipeline.report.markdown import NOT_TEXT

FORMULA = ("=", "+", "-", "@")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection)."""
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
EFFECT = ("estimate", "lower", "upper")
"""Columns that a check tells as logarithms of models of counts and shares."""


def to_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Gives a table of the results as CSV; without rows, an empty text.

    Its column `row` is called `period` where it has days. A part with parts of its own becomes a
    column each, as in `effect_absolute`.

    >>> print(to_csv([{"row": "1983-02-01", "value": -1.5, "signals": ["shift", "trend"], "note": "=1+1"}]))
    period,value,signals,note
    1983-02-01,-1.5,shift trend,'=1+1
    <BLANKLINE>
    """
    kept = [_flat(row) for row in rows]
    if not kept:
        return ""
    columns = list(dict.fromkeys(column for row in kept for column in row))
    first = "period" if DAY.match(str(kept[0].get("row"))) else "row"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([first if name == "row" else as_cell(name) for name in columns])
    writer.writerows([as_cell(row.get(name)) for name in columns] for row in kept)
    return text.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without parts inside parts."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        inner = {f"{name}_{part}": each for part, each in value.items()} if isinstance(value, Mapping) else {}
        flat |= inner or {name: value}
    return flat


def charted_in(measures: Mapping[str, Any], charted: Mapping[str, str]) -> dict[str, list[Mapping[str, Any]]]:
    """Gives the tables at these keys of each measure, by the names that `charted` has for their files.

    Measures without a table there are passed over. Where a check tells its effects as logarithms, they become
    shares, as on the page.

    >>> charted_in({"falls": {"season": None, "funnel": {"points": [{"row": "A"}]}}},
    ...            {"funnel.points": "spc-{}_funnel", "season.points": "spc-{}_season"})
    {'spc-falls_funnel': [{'row': 'A'}]}
    """
    found = {}
    for measure, about in measures.items():
        for key, name in charted.items():
            rows, scale = about, None
            for part in key.split("."):
                scale = (rows or {}).get("scale")
                rows = (rows or {}).get(part)
            if rows:
                in_logarithms = scale in ("log", "logit")
                found[name.format(measure)] = [_as_shares(row) for row in rows] if in_logarithms else rows
    return found


def _as_shares(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose effects are shares: −0.2 is a fifth less."""
    told = {name: math.expm1(row[name]) for name in EFFECT if row.get(name) is not None}
    return {**row, **results.rounded(told)}


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
