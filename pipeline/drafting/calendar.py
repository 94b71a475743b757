"""What dates the rows of a table: a column, a year with a month beside it, or only the rows' order."""

from __future__ import annotations

import calendar as days_of_months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.drafting import dates
from pipeline.drafting.dates import Dated
from pipeline.drafting.source import MISSING, Source
from pipeline.errors import PlanError
from pipeline.plan import Every

IN_ORDER = "none"
"""What `--period` says where no column dates the rows."""
FINEST_FIRST = ("day", "week", "month", "quarter", "year")
ENOUGH = 24
"""Periods that a series should have, where we may choose how long they are."""
ROWS_A_GROUP = 3
"""The fewest rows that a site or a group should have, to be taken for one."""
MONTHS = ("mon", "mth", "mm")
"""Beginnings of the name of a column that tells the month of the year beside it."""
ENDS = ("end", "to")
"""Words in the name of a column that dates weeks by their last day."""


@dataclass(frozen=True)
class Calendar:
    """The first day of each row's period, how long periods are, and where that was read."""

    days: tuple[date, ...]
    every: Every
    columns: tuple[str, ...]
    written: str
    is_plain: bool

    @property
    def absent(self) -> tuple[date, ...]:
        """The periods between the first and the last that no row is of; none where rows follow no grid."""
        there, day = set(self.days), min(self.days)
        grid = []
        while day <= max(there):
            grid.append(day)
            day = dates.stepped(min(there), self.every, len(grid))
        return tuple(day for day in grid if day not in there) if there <= set(grid) else ()

    def spans(self, day: date) -> bool:
        """True if a period begins on or after a day, and one before it."""
        return min(self.days) < day <= max(self.days)


def found(source: Source, period: str | None, every: Every | None, first: date | None) -> Calendar:
    """Gives what dates the rows: the columns that `period` names, or the likeliest; else the rows' order.

    `first`: the day on which the first row's period began, where no column says. Raises PlanError if the
    named columns date nothing, or no column does and `first` is not given.
    """
    if period is not None and period != IN_ORDER:
        columns, read = _named(source, period)
    elif period is None and first is None and (whole := candidates(source)):
        columns, read = whole[0]
    else:
        return _in_order(source, every or "month", first)
    length = every or read.every or dates.every_of(read.days) or shown_well(read.days)
    days = _begun(read.days, length, columns[0])
    if len(set(days)) < len(set(read.days)):  # several dates in a period: the rows are records
        days = read.days
    return Calendar(days, length, columns, read.written, read.is_plain and days == read.days)


def candidates(source: Source) -> list[tuple[tuple[str, ...], Dated]]:
    """Gives the columns that could date all rows, likeliest first: whole dates, then the finest periods."""
    single: list[tuple[tuple[str, ...], Dated]] = []
    for name in source.names:
        cells = source.column(name)
        if not MISSING & set(cells) and len(set(cells)) > 1 and (read := dates.dated(cells)) is not None:
            single.append(((name,), read))
    pairs = [
        pair
        for (year, *_), read in single
        if read.written == dates.YEARS
        for name in source.names
        if name != year and (pair := _pair(source, year, name)) is not None
    ]

    def rank(candidate: tuple[tuple[str, ...], Dated]) -> tuple[bool, int]:
        length = candidate[1].every
        return (length is not None, FINEST_FIRST.index(length) if length else 0)

    return sorted(single + pairs, key=rank)


def _named(source: Source, period: str) -> tuple[tuple[str, ...], Dated]:
    """The columns that `--period` names, `year,month` where there are two, as dates."""
    columns = (period,) if period in source.names else tuple(part.strip() for part in period.split(","))
    if absent := [name for name in columns if name not in source.names]:
        raise PlanError(f"--period: there is no column {absent[0]}; there are {', '.join(source.names)}.")
    cells = [source.column(name) for name in columns]
    if any(MISSING & set(column) for column in cells):
        raise PlanError(f"--period: {period} has rows without a value; a row without a date can't be placed.")
    read = dates.dated(cells[0])
    if len(columns) == 2:
        pair = _pair(source, columns[0], columns[1])
        read = None if pair is None else pair[1]
    if read is None or len(columns) > 2:
        raise PlanError(
            f"--period: {period} is written in no way that is known here; "
            "name a column of dates, months, quarters or years, or `year,month`, or none."
        )
    return columns, read


def _pair(source: Source, year: str, other: str) -> tuple[tuple[str, ...], Dated] | None:
    """A year's column with the one beside it that says which month or quarter, as dates; or None."""
    years, cells, name = source.column(year), source.column(other), other.casefold()
    if not all(cell.isdigit() and len(cell) == 4 for cell in years):
        return None
    if name.startswith(("q", "qtr")) and set(cells) <= set("1234"):
        days = [date(int(whole), 3 * int(part) - 2, 1) for whole, part in zip(years, cells, strict=True)]
        return (year, other), Dated(tuple(days), "quarter", "a year and a quarter")
    months = [dates.month_of(cell) for cell in cells]
    if not name.startswith(MONTHS) or None in months:
        return None
    days = [date(int(whole), month, 1) for whole, month in zip(years, months, strict=True) if month]
    return (year, other), Dated(tuple(days), "month", "a year and a month")


def _in_order(source: Source, every: Every, first: date | None) -> Calendar:
    """Rows dated by their order, or by a column that counts them (1, 2, 3, ...), from the day `first`."""
    if first is None:
        raise PlanError(
            "--first: no column dates the rows; say on which day the first row's period began, as "
            "--first 2020-01-01, and how long periods are, as --every month."
        )
    for name in source.names:
        if (places := _counted(source.column(name))) is not None:
            days = tuple(dates.stepped(first, every, place) for place in places)
            return Calendar(days, every, (name,), f"numbers, 1 for the {every} of {first}", False)
    days = tuple(dates.stepped(first, every, place) for place in range(len(source.rows)))
    return Calendar(
        days, every, (), f"nothing: the rows in order, the first for the {every} of {first}", False
    )


def _counted(cells: Sequence[str]) -> list[int] | None:
    """Places of rows that a column numbers one after the other, in whatever order; None if it does not."""
    if not all(cell.isdigit() for cell in cells):
        return None
    numbers = [int(cell) for cell in cells]
    lowest, highest = min(numbers), max(numbers)
    is_whole = set(numbers) == set(range(lowest, highest + 1)) and lowest in (0, 1)
    # Months are numbered too, over and over; a count of periods comes once, or as often for each part.
    return [number - lowest for number in numbers] if is_whole and highest - lowest > 11 else None


def _begun(days: tuple[date, ...], every: Every, name: str) -> tuple[date, ...]:
    """The first days of the periods that dates stand for: they may be last days, or days in the middle."""
    if every == "day":
        return days
    if every == "week":
        is_end = any(word in name.casefold() for word in ENDS)
        return tuple(day - timedelta(days=6) for day in days) if is_end else days
    if all(day.day == days_of_months.monthrange(day.year, day.month)[1] for day in days):
        return tuple(dates.stepped(day + timedelta(days=1), every, -1) for day in days)
    return tuple(day.replace(day=1) for day in days)


def shown_well(days: tuple[date, ...]) -> Every:
    """The longest of month, week and day that makes at least two dozen periods of scattered dates."""
    length = (max(days) - min(days)).days
    return "month" if length > ENOUGH * 30 else "week" if length > ENOUGH * 7 else "day"


def are_groups(cells: Sequence[str]) -> bool:
    """True if a column's values come often enough to be those of sites or groups, and not of each row."""
    return len(set(cells)) <= len(cells) / ROWS_A_GROUP


def parts_of(source: Source, calendar: Calendar) -> str | None:
    """Gives the column that tells apart the rows of one period, as a site does; None if none is needed.

    Raises LookupError if the periods come several times and no column does: each row is a record.
    """
    if len(set(calendar.days)) == len(calendar.days):
        return None
    for name in source.names:
        cells = source.column(name)
        is_a_group = name not in calendar.columns and are_groups(cells)
        if is_a_group and len(set(zip(calendar.days, cells, strict=True))) == len(cells):
            return name
    raise LookupError(calendar.every)
