"""The checks every time series needs: periods regular, none missing, none twice, the last one complete.

Each is a named predicate over the dates of a file, and gives the rows or the periods that break it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.contract.grid import Periods, grid_of
from pipeline.contract.table import FIRST_ROW

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5


@dataclass(frozen=True)
class Broken:
    """What breaks a rule: how many, on which rows of the file, and what helps to mend it."""

    count: int
    rows: tuple[int, ...] = ()
    note: str = ""


def off_the_grid(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the rows whose date is not the first day of its period."""
    grid = grid_of(dates, periods.every)
    return _rows(dates, dates.to_numpy() != grid.starts(grid.numbers(dates)).to_numpy(), grid.described)


def twice(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the rows whose period has been seen on an earlier row."""
    import pandas as pd

    return _rows(dates, pd.Index(grid_of(dates, periods.every).numbers(dates)).duplicated())


def missing(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the periods between the first and the last that have no row."""
    import numpy as np

    if not len(dates):
        return Broken(0)
    grid = grid_of(dates, periods.every)
    there = np.unique(grid.numbers(dates))
    absent = np.setdiff1d(np.arange(there[0], there[-1] + 1), there)
    named = ", ".join(start.strftime("%Y-%m-%d") for start in grid.starts(absent[:SHOWN]))
    return Broken(len(absent), note=named + (" and others" if len(absent) > SHOWN else ""))


def incomplete_last(dates: pd.Series, periods: Periods) -> Broken:
    """Gives the rows of the last period, if it ends after the day up to which the data are complete."""
    import numpy as np

    if periods.complete_until is None or not len(dates):
        return Broken(0)
    grid = grid_of(dates, periods.every)
    numbers = grid.numbers(dates)
    last = numbers.max(keepdims=True)
    end = grid.starts(last + 1).to_numpy().astype("datetime64[D]")[0] - np.timedelta64(1, "D")
    if end <= np.datetime64(periods.complete_until):
        return Broken(0)
    note = f"it ends on {end}, and completeUntil is {periods.complete_until}"
    return _rows(dates, numbers == last, note)


Check = Callable[["pd.Series", Periods], Broken]
CHECKS: dict[str, Check] = {
    "each {column} is the first day of its {every}": off_the_grid,
    "no {every} comes twice": twice,
    "no {every} is missing": missing,
    "the last {every} is complete": incomplete_last,
}


def checks_of(periods: Periods) -> dict[str, Check]:
    """Gives the checks that bear on the data: records may have any date, and sites share their periods."""
    if periods.rows == "records":
        return {sentence: check for sentence, check in CHECKS.items() if check is incomplete_last}
    if periods.units:
        return {sentence: check for sentence, check in CHECKS.items() if check is not twice}
    return CHECKS


def _rows(dates: pd.Series, broken: Any, note: str = "") -> Broken:
    rows = tuple(int(position) + FIRST_ROW for position in dates.index[broken])
    return Broken(len(rows), rows, note if rows else "")
