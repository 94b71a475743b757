"""Weeks, quarters and years begin where most of the file's dates say; months and days are the calendar's."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import plan, series
from pipeline.contract import periods
from pipeline.contract.grid import Grid, Periods, grid_of

from ..test_plan import MINIMAL

STEPS = {
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
    "quarter": pd.DateOffset(months=3),
    "year": pd.DateOffset(years=1),
}


def _dates(*days: str) -> pd.Series:
    """Dates as they are read of a file: the index is the row, and the header is row 1."""
    return pd.Series(pd.to_datetime(list(days)), index=range(2, len(days) + 2))


def _grid(every: str, until: str | None = None) -> Periods:
    return Periods.model_validate({"column": "d", "every": every, "completeUntil": until})


@pytest.mark.parametrize(
    ("every", "days", "note"),
    [
        ("year", ["2018-04-01", "2019-04-01", "2020-05-01"], "most years begin on 1 April"),
        ("year", ["2018-04-06", "2019-04-06", "2020-04-01"], "most years begin on 6 April"),
        ("year", ["2017-12-31", "2019-04-01", "2020-04-01"], "most years begin on 1 April"),
        ("year", ["2016-02-29", "2017-02-28", "2018-02-28"], "most years begin on 28 February"),
        ("quarter", ["2020-02-01", "2020-05-01", "2020-09-01"], "most quarters begin with February"),
        ("quarter", ["2020-01-01", "2020-04-01", "2020-07-02"], "most quarters begin with January"),
        ("week", ["2020-01-05", "2020-01-12", "2020-01-20"], "most weeks begin on a Sunday"),
        ("month", ["2020-01-01", "2020-02-01", "2020-03-15"], ""),
    ],
)
def test_a_date_off_the_grid_is_named_with_where_the_others_begin(every, days, note):
    found = periods.off_the_grid(periods.Timeline(_dates(*days), _grid(every)))
    assert (found.count, found.note) == (1, note)


def test_financial_years_and_quarters_are_regular_and_their_gaps_are_named():
    years = _dates("2018-04-01", "2019-04-01", "2021-04-01")
    assert periods.off_the_grid(periods.Timeline(years, _grid("year"))).count == 0
    assert periods.missing(periods.Timeline(years, _grid("year"))).note == "2020-04-01"
    quarters = _dates("2020-02-01", "2020-08-01")
    assert periods.off_the_grid(periods.Timeline(quarters, _grid("quarter"))).count == 0
    assert periods.missing(periods.Timeline(quarters, _grid("quarter"))).note == "2020-05-01"


def test_only_rows_of_the_last_period_are_incomplete():
    dates = _dates("2020-02-01", "2020-01-01", "2020-03-01")
    found = periods.incomplete_last(periods.Timeline(dates, _grid("month", "2020-01-15")))
    assert found.rows == (4,)
    assert found.note == "it ends on 2020-03-31, and completeUntil is 2020-01-15"


def test_a_financial_year_is_complete_on_its_own_last_day():
    dates = _dates("2018-04-01", "2019-04-01")
    assert periods.incomplete_last(periods.Timeline(dates, _grid("year", "2020-03-31"))).count == 0
    assert periods.incomplete_last(periods.Timeline(dates, _grid("year", "2020-03-30"))).rows == (3,)


def test_the_last_year_of_the_calendar_does_not_break_the_checks():
    assert periods.incomplete_last(
        periods.Timeline(_dates("9999-12-01"), _grid("month", "2020-01-31"))
    ).rows == (2,)


@given(
    every=st.sampled_from(sorted(STEPS)),
    first=st.dates(min_value=pd.Timestamp(1900, 1, 1).date(), max_value=pd.Timestamp(2200, 1, 1).date()),
    count=st.integers(2, 30),
)
def test_dates_one_period_apart_stand_on_the_grid(every, first, count):
    start = pd.Timestamp(first)
    if every in ("month", "quarter"):
        start = start.replace(day=1)
    if (start.month, start.day) == (2, 29):
        start = start.replace(day=28)
    dates = pd.Series([start + step * STEPS[every] for step in range(count)])
    for check in periods.OF_PERIODS:
        assert check.find(periods.Timeline(dates, _grid(every))).count == 0
    grid = grid_of(dates, every)
    assert (grid.starts(grid.numbers(dates)) == pd.DatetimeIndex(dates)).all()


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("year", ["2018-04-01", "2020-04-01"]),
        ("quarter", ["2020-02-01", "2020-08-01"]),
        ("week", ["2020-01-05", "2020-01-19"]),
    ],
)
def test_a_series_steps_on_the_same_grid(tmp_path, every, days):
    rows = pd.DataFrame({"month": pd.to_datetime(days).date, "n": [1, 3]})
    rows.to_parquet(tmp_path / "data.parquet")
    data = {"contract": "d", "period": {"column": "month", "every": every}}
    series.write_all(tmp_path / "data.parquet", plan.Plan.model_validate({**MINIMAL, "data": data}), tmp_path)
    made = series.read(tmp_path, "m")
    found = periods.missing(periods.Timeline(_dates(*days), _grid(every)))
    assert made.index[made["value"].isna()].strftime("%Y-%m-%d").tolist() == [found.note]


def test_a_grid_of_no_dates_is_the_calendars():
    assert grid_of(pd.Series([], dtype="datetime64[ns]"), "year") == Grid("year", 101)
