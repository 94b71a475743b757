"""The figures behind a chart, as a table that folds out on screens; a file beside the report has them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.report.markdown import Markdown
from pipeline.report.numbers import Numbers

LATEST = 240
"""Rows that a page shows at most: the last ones."""
WORDS = ("text", "list", "variation", "day", "week", "month", "quarter", "year")
"""Styles of columns that are set to the left, as text is."""

Column = tuple[str, str, str]
"""What heads a column, the field of the results that is in it, and its style."""


class Behind(NamedTuple):
    """A table in the lines of Markdown, and whether rows before those were left out."""

    lines: list[Markdown]
    is_cut: bool


def behind(numbers: Numbers, table: str, columns: Sequence[Column]) -> Behind:
    """Gives a table of the results, column by column, its last `LATEST` rows."""
    heads = " | ".join(head for head, _, _ in columns)
    rule = "|".join(":-----------" if style in WORDS else "------:" for _, _, style in columns)
    cells = [numbers.column(table, field, style) for _, field, style in columns]
    rows = [" | ".join(row) for row in zip(*cells, strict=True)]
    lines = [f"| {heads} |", f"|{rule}|", *(f"| {row} |" for row in rows[-LATEST:])]
    return Behind([Markdown(line) for line in lines], len(rows) > LATEST)


SAYS = (behind,)
