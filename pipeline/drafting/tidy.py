"""A plain copy of a table that a contract can't describe as it stands: dates and numbers made plain.

The file itself stays beside it as it came, and the contract says what was done.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from pipeline.drafting.calendar import Calendar
from pipeline.drafting.numbers import PLAIN, Style
from pipeline.drafting.source import MISSING, Source

PERIOD = "period"


@dataclass(frozen=True)
class Tidied:
    """A source as it will be read, with the column that dates its rows, and what was done to it."""

    source: Source
    column: str
    done: tuple[str, ...]


def tidied(source: Source, calendar: Calendar, style: Style) -> Tidied:
    """Gives a source that a contract can describe: itself, if nothing needs to be done."""
    done = [f"{oddity}: mended" for oddity in source.oddities]
    if style != PLAIN:
        mark = "comma" if style.decimal == "," else "point"
        done.append(f"numbers were written with a decimal {mark} and `{style.thousands}` between thousands")
    column = calendar.columns[0] if calendar.is_plain else PERIOD
    if not calendar.is_plain:
        column = PERIOD if PERIOD not in source.names else f"{PERIOD}_start"
        where = " and ".join(calendar.columns)
        done.append(
            f"{column}, the first day of the {calendar.every}, is from {where or 'their order'}"
            f" ({calendar.written})"
        )
    if not done:
        return Tidied(source, column, ())
    rows = [tuple(_cell(cell, style) for cell in row) for row in source.rows]
    names = source.names
    if not calendar.is_plain:
        names = (column, *names)
        rows = [(day.isoformat(), *row) for day, row in zip(calendar.days, rows, strict=True)]
    return Tidied(
        replace(source, names=names, rows=tuple(rows), encoding="utf-8", separator=","), column, tuple(done)
    )


def as_csv(source: Source) -> str:
    """Gives a source as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(source.names)
    writer.writerows(source.rows)
    return text.getvalue()


def _cell(cell: str, style: Style) -> str:
    if cell in MISSING:
        return ""
    return style.plain(cell) or cell
