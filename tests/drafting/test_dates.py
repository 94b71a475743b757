"""Every way in which people date their rows comes out as the first day of the period that is meant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.drafting import calendar, source
from pipeline.drafting.dates import dated, day_given, stepped
from pipeline.errors import PlanError

from .files import MONTHS, table

YEARS = [f"{year}" for year in range(1960, 1990)]


def _found(text, period=None, every=None, first=None):
    return calendar.found(source.parse(text, "the file"), period, every, first)


@pytest.mark.parametrize(
    "written",
    [
        lambda day: f"{day}",
        lambda day: f"{day}T00:00:00",
        lambda day: f"{day} 00:00",
        lambda day: f"{day:%Y/%m/%d}",
        lambda day: f"{day:%Y%m%d}",
        lambda day: f"{day:%d/%m/%Y}",
        lambda day: f"{day:%d.%m.%Y}",
        lambda day: f"{day:%d/%m/%y}",
        lambda day: f"{day:%m/%d/%Y}",
        lambda day: f"{day:%d %B %Y}",
        lambda day: f"{day:%d-%b-%y}",
        lambda day: f"{day.day}st {day:%B %Y}",
        lambda day: f'"{day:%B %d, %Y}"',
        lambda day: f"{day:%Y-%m}",
        lambda day: f"{day:%Y%m}",
        lambda day: f"{day:%m/%Y}",
        lambda day: f"{day:%YM%m}",
        lambda day: f"{day:%b %Y}",
        lambda day: f"{day:%b-%y}",
        lambda day: f"{day:%Y %B}",
        lambda day: f"{day.year + (day.month - 1) / 12:.3f}",
        lambda day: f"{stepped(day, 'month', 1) - timedelta(days=1)}",
        lambda day: f"{day.replace(day=15)}",
    ],
)
def test_months_however_they_are_written(written):
    found = _found(table(written))
    assert list(found.days) == MONTHS
    assert found.every == "month"


def _financial(day):
    year = day.year - (day.month < 4)
    return f"{year}/{(year + 1) % 100:02}"


@pytest.mark.parametrize(
    "written",
    [
        lambda day: f"{day.year} Q{(day.month + 2) // 3}",
        lambda day: f"{day.year}Q{(day.month + 2) // 3}",
        lambda day: f"Q{(day.month + 2) // 3} {day.year}",
        lambda day: f'"{day.year}, {(day.month + 2) // 3}"',
        lambda day: f"{_financial(day)} Q{(day.month + 8) // 3 % 4 + 1}",
        lambda day: f"Q{(day.month + 8) // 3 % 4 + 1} {_financial(day)}",
        lambda day: f"{day.year + (day.month - 1) / 12:.2f}",
        lambda day: f"{day}",
        lambda day: f"{stepped(day, 'quarter', 1) - timedelta(days=1)}",
    ],
)
def test_quarters_however_they_are_written(written):
    found = _found(table(written, every=3))
    assert (list(found.days), found.every) == (MONTHS[::3], "quarter")


def test_years_and_financial_years():
    years = "year,n\n" + "".join(f"{year},{place}7\n" for place, year in enumerate(YEARS))
    assert _found(years).days[:2] == (date(1960, 1, 1), date(1961, 1, 1))
    financial = "year,n\n" + "".join(f"{year}/{(int(year) + 1) % 100:02},7\n" for year in YEARS)
    assert _found(financial).days[0] == date(1960, 4, 1)


def test_weeks_by_number_by_first_day_and_by_last():
    numbered = "week,n\n" + "".join(f"2020-W{week:02},7\n" for week in range(1, 30))
    assert _found(numbered).days[0] == date(2019, 12, 30)
    mondays = [date(2020, 1, 6) + timedelta(weeks=week) for week in range(20)]
    by_first = "week_beginning,n\n" + "".join(f"{day},7\n" for day in mondays)
    by_last = "Week ending,n\n" + "".join(f"{day + timedelta(days=6)},7\n" for day in mondays)
    for text in (by_first, by_last):
        assert (list(_found(text).days), _found(text).every) == (mondays, "week")


def test_a_year_with_a_month_or_a_quarter_beside_it():
    by_month = "year,month,n\n" + "".join(f"{day.year},{day:%B},7\n" for day in MONTHS)
    assert (_found(by_month).columns, list(_found(by_month).days)) == (("year", "month"), MONTHS)
    by_quarter = "yr,qtr,n\n" + "".join(f"{day.year},{(day.month + 2) // 3},7\n" for day in MONTHS[::3])
    assert list(_found(by_quarter, "yr,qtr").days) == MONTHS[::3]


def test_counts_of_four_digits_are_no_years():
    text = table(str, falls=lambda count: f"{1900 + count}")
    assert _found(text).columns == ("month",)
    assert dated(["1687", "1508", "1507", "1385"]) is None


def test_rows_that_nothing_dates_are_taken_in_order_or_by_their_number():
    numbered = "time,level,y\n" + "".join(f"{place},0,5.{place}\n" for place in range(24, 0, -1))
    found = _found(numbered, every="quarter", first=date(2000, 4, 1))
    assert (found.columns, found.days[0], found.days[-1]) == (("time",), date(2006, 1, 1), date(2000, 4, 1))
    plain = "y,z\n" + "1.5,2\n" * 12
    assert _found(plain, first=date(2000, 1, 1)).days[-1] == date(2000, 12, 1)
    with pytest.raises(PlanError, match=r"--first: no column dates the rows; say on which day"):
        _found(plain)


def test_a_column_named_as_the_period_must_date_the_rows():
    text = table(str)
    with pytest.raises(PlanError, match="--period: there is no column mnth"):
        _found(text, "mnth")
    with pytest.raises(PlanError, match="--period: falls is written in no way that is known here"):
        _found(text, "falls")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2023-04-01", (2023, 4, 1)),
        ("2023-04", (2023, 4, 1)),
        ("2023 Q2", (2023, 4, 1)),
        ("1899", (1899, 1, 1)),
    ],
)
def test_the_start_may_be_given_as_the_file_dates_its_rows(given, meant):
    assert day_given("--start", given) == date(*meant)


def test_what_is_no_date_is_refused_with_what_one_is():
    with pytest.raises(PlanError, match="--start: soon is not a date; write it as 2023-04-01, 2023-04"):
        day_given("--start", "soon")
