"""The checks every time series needs: periods regular, none missing, none twice, the last one complete.

Each is a named predicate over the dates of a file, and gives the rows or the periods that break it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.contract.model import Periods

if TYPE_CHECKING:
    import pandas as pd

FREQUENCIES = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
SHOWN = 5


@dataclass(frozen=True)
class Broken:
    """What breaks a rule: how many, on which rows of the file, and which periods are meant."""

    count: int
    rows: tuple[int, ...] = ()
    note: str = ""


def to_periods(dates: pd.Series, every: str) -> pd.PeriodIndex:
    """Gives the calendar period of each date; weeks begin on the weekday of the first date.

    `dates`: datetimes without missing values.
    """
    import pandas as pd

    frequency = FREQUENCIES[every]
    if every == "week" and len(dates):
        last_day = (dates.min() - pd.Timedelta(days=1)).strftime("%a").upper()
        frequency = f"W-{last_day}"
    return pd.PeriodIndex(pd.DatetimeIndex(dates), freq=frequency)


def off_the_grid(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the rows whose date is not the first day of its period."""
    grid = to_periods(dates, periods.every)
    return _rows(dates, (dates.to_numpy() != grid.start_time.to_numpy()))


def twice(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the rows whose period has been seen on an earlier row."""
    grid = to_periods(dates, periods.every)
    return _rows(dates, grid.duplicated())


def missing(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the periods between the first and the last that have no row."""
    import pandas as pd

    grid = to_periods(dates, periods.every).unique()
    if not len(grid):
        return Broken(0)
    absent = pd.period_range(grid.min(), grid.max(), freq=grid.freq).difference(grid)
    named = ", ".join(start.strftime("%Y-%m-%d") for start in absent.start_time[:SHOWN])
    return Broken(len(absent), note=named + (" and others" if len(absent) > SHOWN else ""))


def incomplete_last(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the rows of a last period that ends after the day up to which the data are complete."""
    import pandas as pd

    if periods.complete_until is None or not len(dates):
        return Broken(0)
    grid = to_periods(dates, periods.every)
    return _rows(dates, grid.end_time.normalize() > pd.Timestamp(periods.complete_until))


Check = Callable[["pd.Series", Periods], Broken]
CHECKS: dict[str, Check] = {
    "each {column} is the first day of its {every}": off_the_grid,
    "no {every} comes twice": twice,
    "no {every} is missing": missing,
    "the last {every} is complete": incomplete_last,
}


def _rows(dates: pd.Series, broken: Any) -> Broken:
    from pipeline.contract.table import FIRST_ROW

    rows = tuple(int(position) + FIRST_ROW for position in dates.index[broken])
    return Broken(len(rows), rows)
