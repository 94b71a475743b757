"""A plain copy of a table that a contract can't describe as it stands: dates and numbers made plain.

The file itself stays beside it as it came, and the contract says what was done.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from pipeline.contract import date_formats
from pipeline.contract.date_formats import DateFormat
from pipeline.drafting import dates
from pipeline.drafting.calendar import Calendar
from pipeline.drafting.numbers import Style
from pipeline.drafting.source import MISSING, Source, are_words

PERIOD = "period"
FORMATS = (
    *("yyyy/MM/dd", "dd/MM/yyyy", "MM/dd/yyyy", "d/M/yyyy", "M/d/yyyy", "dd.MM.yyyy", "dd-MM-yyyy"),
    *("yyyyMMdd", "d MMMM yyyy", "d MMM yyyy", "dd-MMM-yyyy", "MMMM d, yyyy"),
    *("yyyy-MM", "yyyy/MM", "yyyyMM", "MM/yyyy", "MM-yyyy", "M/yyyy", "MMMM yyyy", "MMM yyyy", "MMM-yyyy"),
    *("yyyy MMMM", "yyyy MMM", "yyyy"),
)
"""Formats of dates that a contract can name, as the standard writes them."""


@dataclass(frozen=True)
class Tidied:
    """A source as it will be read, with the column that dates its rows, and what was done to it."""

    source: Source
    column: str
    done: tuple[str, ...]
    date_format: str = ""


def tidied(source: Source, calendar: Calendar, style: Style) -> Tidied:
    """Gives a source that a contract can describe: itself, if nothing needs to be done."""
    done = [f"{oddity}: mended" for oddity in source.oddities]
    date_format = "" if calendar.is_plain else contract_format(source, calendar)
    is_dated = calendar.is_plain or bool(date_format)
    column = calendar.columns[0] if is_dated else PERIOD
    if not is_dated:
        column = PERIOD if PERIOD not in source.names else f"{PERIOD}_start"
        where = " and ".join(calendar.columns) or "their order"
        which = "day" if calendar.every == "day" else f"first day of the {calendar.every}"
        done.append(f"{column}, the {which}, is from {where} ({calendar.written})")
    if not done:
        return Tidied(source, column, (), date_format)
    columns = [source.column(name) for name in source.names]
    columns = [cells if are_words(cells) else [_cell(cell, style) for cell in cells] for cells in columns]
    rows = list(zip(*columns, strict=True))
    names = source.names
    days = [day.isoformat() for day in calendar.days]
    if is_dated:
        place = names.index(column)
        rows = [(*row[:place], day, *row[place + 1 :]) for day, row in zip(days, rows, strict=True)]
    else:
        names = (column, *names)
        rows = [(day, *row) for day, row in zip(days, rows, strict=True)]
    return Tidied(Source(names, tuple(rows)), column, tuple(done))


def contract_format(source: Source, calendar: Calendar) -> str:
    """Gives the format in which a contract reads the dates of a column as the calendar does, or ''."""
    if len(calendar.columns) != 1:
        return ""
    cells = source.column(calendar.columns[0])
    for written in FORMATS:
        known = date_formats.read(written, "date")
        found = [re.match(known.pattern, cell) for cell in cells]
        if all(found) and all(
            _day(known, match) == day for match, day in zip(found, calendar.days, strict=True) if match
        ):
            return written
    return ""


def _day(known: DateFormat, found: re.Match[str]) -> date | None:
    """The day that a match of a format names: what is left out is the first."""
    parts = {"month": "1", "day": "1", **dict(zip(known.parts, found.groups(), strict=True))}
    month = dates.month_of(parts["month"].lstrip("0"))
    try:
        return None if month is None else date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


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
