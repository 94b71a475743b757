"""What each column holds, as a contract types it, and which columns a study could be about."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.contract.logical_types import PATTERNS, LogicalType
from pipeline.drafting import numbers
from pipeline.drafting.calendar import Calendar
from pipeline.drafting.numbers import Style
from pipeline.drafting.source import MISSING, Source

LIKELY_OUTCOMES = ("y", "outcome", "value", "count", "events", "cases", "numerator")
LIKELY_DENOMINATORS = ("pop", "population", "denominator")
CALENDAR_WORDS = ("year", "month", "quarter", "week", "day", "time", "date", "t")
TRUTHS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass(frozen=True)
class Column:
    """One column: its type, whether every row has a value, and its numbers if it has any."""

    name: str
    type: LogicalType
    is_whole: bool
    numbers: tuple[float | None, ...] = ()

    @property
    def is_never_negative(self) -> bool:
        """True if the column has numbers, and none below zero."""
        return bool(self.numbers) and all(number is None or number >= 0 for number in self.numbers)


def profiled(source: Source, style: Style) -> tuple[Column, ...]:
    """Gives what each column of a source holds."""
    return tuple(profiled_one(name, source.column(name), style) for name in source.names)


def profiled_one(name: str, cells: Sequence[str], style: Style) -> Column:
    """Gives what the cells of a column hold."""
    is_whole = not MISSING & set(cells)
    if (found := numbers.as_numbers(cells, style)) is not None:
        kind: LogicalType = "integer" if _are_digits(cells, style) else "number"
        return Column(name, kind, is_whole, tuple(found))
    for other in ("date", "boolean"):
        pattern = re.compile(PATTERNS[other])
        there = [cell for cell in cells if cell not in MISSING]
        if there and all(pattern.match(cell) for cell in there):
            return Column(name, "date" if other == "date" else "boolean", is_whole)
    return Column(name, "string", is_whole)


def _are_digits(cells: Sequence[str], style: Style) -> bool:
    """True if no number is written with a decimal mark, so that a contract may call the column integer."""
    whole = re.compile(PATTERNS["integer"])
    return all(cell in MISSING or whole.match(style.plain(cell) or "") for cell in cells)


def measurable(columns: Sequence[Column], calendar: Calendar, parts: str | None) -> list[str]:
    """Gives the columns of numbers that a study could measure, likeliest first.

    Not what dates the rows, tells them apart (`parts`), counts them, or only says before and after.
    """
    found = [
        column.name
        for column in columns
        if column.numbers
        and column.name not in (*calendar.columns, parts)
        and column.name.casefold() not in CALENDAR_WORDS
        and not _is_a_clock(column, calendar, parts)
    ]
    return sorted(found, key=lambda name: (name.casefold() not in LIKELY_OUTCOMES, is_population(name)))


def is_population(name: str) -> bool:
    """True if a column's name says that it is a population."""
    return name.casefold() in LIKELY_DENOMINATORS


def likely_denominator(names: Sequence[str]) -> str | None:
    """Gives the column whose name says that it is a population; None if none does."""
    return next((name for name in names if is_population(name)), None)


def _is_a_clock(column: Column, calendar: Calendar, parts: str | None) -> bool:
    """True if a column only rises by nought or one from row to row: an indicator, a ramp, a count of rows."""
    if set(column.numbers) <= {0.0, 1.0}:
        return True
    if parts is not None:
        return False
    ordered = [
        number
        for _, number in sorted(zip(calendar.days, column.numbers, strict=True), key=lambda pair: pair[0])
    ]
    steps = {None if None in pair else pair[1] - pair[0] for pair in itertools.pairwise(ordered)}  # type: ignore[operator]
    return steps <= {0.0, 1.0}


def change_of(source: Source, calendar: Calendar) -> date | None:
    """Gives the first period in which a column that says before and after says after; None if none does.

    Such a column has two values, changes once, and is the only one of its kind, or agrees with the others.
    """
    starts = {start for name in source.names if (start := _start(source.column(name), calendar)) is not None}
    return starts.pop() if len(starts) == 1 else None


def _start(cells: Sequence[str], calendar: Calendar) -> date | None:
    truths = [TRUTHS.get(cell.casefold()) for cell in cells]
    if None in truths or len(set(truths)) != 2:
        return None
    by_day: dict[date, set[bool | None]] = {}
    for day, truth in zip(calendar.days, truths, strict=True):
        by_day.setdefault(day, set()).add(truth)
    ordered = [(day, by_day[day]) for day in sorted(by_day)]
    # In a panel, those who were left out stay as they were: a period counts once anyone has changed.
    before = ordered[0][1]
    changes = [day for (_, was), (day, now) in itertools.pairwise(ordered) if was != now]
    return changes[0] if len(changes) == 1 and len(before) == 1 else None
