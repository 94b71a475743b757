"""The ways in which people write when a period began: dates, months, quarters, weeks, years.

A column is dated by the first way that fits every one of its cells.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.errors import PlanError
from pipeline.plan import Every

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OLDEST, NEWEST = 1500, 2200
"""Years between which a number of four digits may be one."""
MONTHS_A_YEAR, QUARTERS_A_YEAR = 12, 4
DAY_FIRST, MONTH_FIRST = "dates as 01/04/2023, the day first", "dates as 04/01/2023, the month first"
YEARS = "years"
NEARLY = 0.02
"""By how much a decimal year may miss its month or quarter (1986.083 is February)."""


@dataclass(frozen=True)
class Dated:
    """A column's cells as dates (the first day of what each one names), and how they are written."""

    days: tuple[date, ...]
    every: Every | None
    written: str
    is_plain: bool = False


@dataclass(frozen=True)
class _Form:
    """One way of writing: a pattern, what it stands for, and the day that a match names."""

    written: str
    pattern: re.Pattern[str]
    day: Callable[[dict[str, str]], date]
    every: Every | None = None
    is_plain: bool = False


def _year(found: dict[str, str]) -> int:
    year = int(found["y"])
    return year if len(found["y"]) > 2 else year + (1900 if year > 68 else 2000)


def _full(found: dict[str, str]) -> date:
    return date(_year(found), _month(found), int(found["d"]))


def _month(found: dict[str, str]) -> int:
    written = found["m"].casefold()
    return int(written) if written.isdigit() else MONTHS.index(written[:3]) + 1


def _first_of_month(found: dict[str, str]) -> date:
    return date(_year(found), _month(found), 1)


def _first_of_quarter(found: dict[str, str]) -> date:
    return date(_year(found), 3 * int(found["q"]) - 2, 1)


def _financial_year(found: dict[str, str]) -> date:
    if int(found["z"]) % 100 != (int(found["y"]) + 1) % 100:
        raise ValueError("the second year does not follow the first")
    return date(int(found["y"]), 4, 1)


def _financial_quarter(found: dict[str, str]) -> date:
    return stepped(_financial_year(found), "quarter", int(found["q"]) - 1)


_NAME = r"(?P<m>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"
_Y, _SHORT, _M, _D = r"(?P<y>\d{4})", r"(?P<y>\d{4}|\d{2})", r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})"
_FY, _Q = r"(?:FY ?)?(?P<y>\d{4})[/-](?P<z>\d{2}|\d{4})", r"Q(?:tr)?\.?[ ]?(?P<q>[1-4])"
_TIME = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"


def _form(written: str, pattern: str, day: Callable[[dict[str, str]], date], **more: Any) -> _Form:
    return _Form(written, re.compile(pattern, re.IGNORECASE), day, **more)


FORMS: tuple[_Form, ...] = (
    _form("dates as 2023-04-01", r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})", _full, is_plain=True),
    _form("dates and times as 2023-04-01 00:00", rf"{_Y}-{_M}-{_D}{_TIME}", _full),
    _form("dates as 2023/04/01", rf"{_Y}[/.]{_M}[/.]{_D}{_TIME}", _full),
    _form("dates as 20230401", r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", _full),
    _form(DAY_FIRST, rf"{_D}[/.-]{_M}[/.-]{_SHORT}{_TIME}", _full),
    _form(MONTH_FIRST, rf"{_M}[/-]{_D}[/-]{_SHORT}{_TIME}", _full),
    _form("dates as 1 April 2023", rf"{_D}(?:st|nd|rd|th)?[ -]{_NAME}[ -]{_SHORT}", _full),
    _form("dates as April 1, 2023", rf"{_NAME} {_D},? {_Y}", _full),
    _form("financial years as 2022/23", _FY, _financial_year, every="year"),
    _form("months as 2023-04", rf"{_Y}[-/. ]{_M}", _first_of_month, every="month"),
    _form("months as 202304", r"(?P<y>\d{4})(?P<m>\d{2})", _first_of_month, every="month"),
    _form("months as 2023M04", rf"{_Y}-?M{_M}", _first_of_month, every="month"),
    _form("months as 04/2023", rf"{_M}[-/. ]{_Y}", _first_of_month, every="month"),
    _form("months as April 2023", rf"{_NAME}[ -]?{_SHORT}", _first_of_month, every="month"),
    _form("months as 2023 April", rf"{_Y}[ -]?{_NAME}", _first_of_month, every="month"),
    _form("quarters as 2023 Q2", rf"{_Y}[-/:, ]*{_Q}", _first_of_quarter, every="quarter"),
    _form("quarters as Q2 2023", rf"{_Q}[-/:, ]*{_Y}", _first_of_quarter, every="quarter"),
    _form(
        "quarters of financial years as 2022/23 Q1", rf"{_FY}[-:, ]*{_Q}", _financial_quarter, every="quarter"
    ),
    _form(
        "quarters of financial years as Q1 2022/23", rf"{_Q}[-:, ]*{_FY}", _financial_quarter, every="quarter"
    ),
    _form("quarters as 2023, 2", rf"{_Y}, ?(?P<q>[1-4])", _first_of_quarter, every="quarter"),
    _form(
        "weeks as 2023-W05",
        r"(?P<y>\d{4})-?W(?P<w>\d{1,2})",
        lambda found: date.fromisocalendar(int(found["y"]), int(found["w"]), 1),
        every="week",
    ),
)


def dated(cells: Sequence[str]) -> Dated | None:
    """Gives a column's cells as dates, or None if some are none or are written otherwise.

    Where 02/01/2023 could be either, the day comes first, unless only the other way makes first days of
    months.
    """
    fitting = [(form, days) for form in FORMS if (days := _days(cells, form)) is not None]
    if not fitting:
        return _years(cells)
    form, days = fitting[0]
    if form.written == DAY_FIRST and any(day.day != 1 for day in days):
        for other, others in fitting[1:]:
            if other.written == MONTH_FIRST and all(day.day == 1 for day in others):
                form, days = other, others
    return Dated(days, form.every, form.written, form.is_plain)


def _days(cells: Sequence[str], form: _Form) -> tuple[date, ...] | None:
    days = []
    for cell in cells:
        if (found := form.pattern.fullmatch(cell)) is None:
            return None
        try:
            days.append(form.day(found.groupdict()))
        except ValueError:
            return None
    return tuple(days) or None


def unlike_the_first(cells: Sequence[str]) -> list[int]:
    """Gives the places of the cells that are not dates written as the first is; none if it isn't a date.

    >>> unlike_the_first(["Apr-19", "May-19", "Total"])
    [2]
    """
    forms = [form for form in FORMS if _days(cells[:1], form) is not None]
    found = [[place for place, cell in enumerate(cells) if _days([cell], form) is None] for form in forms]
    if not forms and _is_a_year(cells[0]):
        found = [[place for place, cell in enumerate(cells) if not _is_a_year(cell)]]
    return min(found, key=len, default=[])


def _is_a_year(cell: str) -> bool:
    return re.fullmatch(r"[12]\d{3}(\.\d+)?", cell) is not None


def _years(cells: Sequence[str]) -> Dated | None:
    """Years, whole or as 1986.25; only where they follow one another, as counts of four digits don't."""
    if not all(map(_is_a_year, cells)):
        return None
    years = [float(cell) for cell in cells]
    steps = sorted(set(years))
    if not (steps[0] >= OLDEST and steps[-1] <= NEWEST) or len(steps) < 3:
        return None
    if all(year.is_integer() for year in years):
        if any(after - before != 1 for before, after in itertools.pairwise(steps)):
            return None
        return Dated(tuple(date(int(year), 1, 1) for year in years), "year", YEARS)
    for parts, every in ((QUARTERS_A_YEAR, "quarter"), (MONTHS_A_YEAR, "month")):
        places = [year * parts for year in years]
        if all(abs(place - round(place)) < NEARLY * parts / 2 for place in places):
            days = tuple(
                date(round(place) // parts, round(place) % parts * (MONTHS_A_YEAR // parts) + 1, 1)
                for place in places
            )
            return Dated(days, every, f"decimal years, by the {every}")  # type: ignore[arg-type]
    return None


def month_of(cell: str) -> int | None:
    """Gives the month that a number or a name stands for, or None.

    >>> month_of("4"), month_of("April"), month_of("13")
    (4, 4, None)
    """
    if cell.isdigit():
        return int(cell) if 1 <= int(cell) <= MONTHS_A_YEAR else None
    name = cell.casefold()[:3]
    return MONTHS.index(name) + 1 if name in MONTHS else None


def every_of(days: Sequence[date]) -> Every | None:
    """Gives the length of the periods that dates part, by the gap that is most common; None if none fits."""
    ordered = sorted(set(days))
    gaps = [(after - before).days for before, after in itertools.pairwise(ordered)]
    if not gaps:
        return None
    usual = sorted(gaps)[len(gaps) // 2]
    lengths: dict[Every, range] = {
        "day": range(1, 2),
        "week": range(7, 8),
        "month": range(28, 32),
        "quarter": range(89, 93),
        "year": range(365, 367),
    }
    return next((every for every, days_long in lengths.items() if usual in days_long), None)


def stepped(first: date, every: Every, steps: int) -> date:
    """Gives the first day of the period that comes `steps` after the one that begins on `first`.

    >>> stepped(date(2020, 12, 1), "quarter", 1)
    datetime.date(2021, 3, 1)
    """
    if every in ("day", "week"):
        return first + timedelta(days=steps * (7 if every == "week" else 1))
    months = {"month": 1, "quarter": 3, "year": 12}[every] * steps + first.year * 12 + first.month - 1
    return first.replace(year=months // 12, month=months % 12 + 1)


def day_given(option: str, text: str | None) -> date | None:
    """Gives an option's day: a date, or the first day of a month, quarter or year as they are written."""
    if text is None:
        return None
    if (read := dated([text.strip()])) is not None:
        return read.days[0]
    if re.fullmatch(r"[12]\d{3}", text.strip()):
        return date(int(text), 1, 1)
    raise PlanError(f"{option}: {text} is not a date; write it as 2023-04-01, 2023-04, 2023 Q2 or 2023.")
