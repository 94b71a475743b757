"""The checks every time series needs: periods regular, none missing, none twice, the last one complete; and
in a panel, the same of every unit.

Each is a named predicate over the dates of a file, and gives the rows or the periods that break it. Units
are told by the first row of each, never by name: a name is a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.contract.grid import Periods, grid_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


SHOWN = 5


@dataclass(frozen=True)
class Broken:
    """What breaks a rule: how many, on which rows of the file, and what helps to mend it."""

    count: int
    rows: tuple[int, ...] = ()
    note: str = ""


def off_the_grid(dates: pd.Series, periods: Periods, _units: pd.Series | None = None) -> Broken:
    """Gives the rows whose date is not the first day of its period."""
    grid = grid_of(dates, periods.every)
    return _rows(dates, dates.to_numpy() != grid.starts(grid.numbers(dates)).to_numpy(), grid.described)


def twice(dates: pd.Series, periods: Periods, units: pd.Series | None = None) -> Broken:
    """Gives the rows whose period has been seen on an earlier row (of the same unit)."""
    import pandas as pd

    numbers = pd.Series(grid_of(dates, periods.every).numbers(dates), index=dates.index)
    if units is None:
        return _rows(dates, numbers.duplicated().to_numpy())
    return _rows(dates, pd.DataFrame({"unit": units, "period": numbers}).duplicated().to_numpy())


def missing(dates: pd.Series, periods: Periods, _units: pd.Series | None = None) -> Broken:
    """Gives the periods between the first and the last that have no row."""
    if not len(dates):
        return Broken(0)
    grid = grid_of(dates, periods.every)
    absent = _absent(grid.numbers(dates))
    return Broken(len(absent), note=_named(grid.starts(absent[:SHOWN]), len(absent)))


def gaps_in_units(dates: pd.Series, periods: Periods, units: pd.Series | None = None) -> Broken:
    """Gives the units that lack a period between their own first and last, each by its first row."""
    import numpy as np

    if units is None or not len(dates):
        return Broken(0)
    grid = grid_of(dates, periods.every)
    broken, lacked = [], set()
    for rows in _positions(units):
        absent = _absent(grid.numbers(dates.iloc[rows]))
        if len(absent):
            broken.append(int(dates.index[rows[0]]))
            lacked |= set(absent.tolist())
    note = _named(grid.starts(np.array(sorted(lacked)[:SHOWN], dtype=np.int64)), len(lacked))
    return Broken(len(broken), tuple(sorted(broken)), f"their units lack {note}" if broken else "")


def not_throughout(dates: pd.Series, periods: Periods, units: pd.Series | None = None) -> Broken:
    """Gives the units, by their first row, that lack the first or the last period of the whole."""
    if units is None or not len(dates):
        return Broken(0)
    numbers = grid_of(dates, periods.every).numbers(dates)
    first, last = numbers.min(), numbers.max()
    spans = [(int(dates.index[rows[0]]), numbers[rows]) for rows in _positions(units)]
    late = [row for row, own in spans if own.min() > first]
    early = [row for row, own in spans if own.max() < last]
    rows = tuple(sorted({*late, *early}))
    said = [f"{len(late)} begin later"] * bool(late) + [f"{len(early)} end earlier"] * bool(early)
    return Broken(len(rows), rows, f"of their units, {' and '.join(said)} than the others" if rows else "")


def incomplete_last(dates: pd.Series, periods: Periods, _units: pd.Series | None = None) -> Broken:
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


Find = Callable[["pd.Series", Periods, "pd.Series | None"], Broken]


@dataclass(frozen=True)
class Check:
    """A check of time: its sentence, the predicate, and what breaking it means."""

    sentence: str
    find: Find
    severity: Literal["error", "warning"] = "error"


OF_PERIODS = (
    Check("each {column} is the first day of its {every}", off_the_grid),
    Check("no {every} comes twice", twice),
    Check("no {every} is missing", missing),
    Check("the last {every} is complete", incomplete_last),
)
OF_PANELS = (
    Check("each {column} is the first day of its {every}", off_the_grid),
    Check("no {every} comes twice in one {units}", twice),
    Check("no {every} is missing", missing),
    Check("no {every} is missing within one {units}", gaps_in_units),
    Check("each {units} is there from the first {every} to the last", not_throughout, "warning"),
    Check("the last {every} is complete", incomplete_last),
)
OF_RECORDS = (Check("the last {every} is complete", incomplete_last),)


def checks_of(periods: Periods) -> tuple[Check, ...]:
    """Gives the checks that bear on the data: records may have any date, and sites share their periods."""
    if periods.rows == "records":
        return OF_RECORDS
    return OF_PERIODS if periods.units is None else OF_PANELS


def _absent(numbers: NDArray[Any]) -> NDArray[Any]:
    """The numbers between the least and the greatest that are not there, in order."""
    import numpy as np

    first = numbers.min()
    there = np.zeros(int(numbers.max() - first) + 1, dtype=bool)
    there[numbers - first] = True
    absent: NDArray[Any] = np.flatnonzero(~there) + first
    return absent


def _named(starts: pd.DatetimeIndex, count: int) -> str:
    named = ", ".join(start.strftime("%Y-%m-%d") for start in starts)
    return named + (" and others" if count > SHOWN else "")


def _positions(units: pd.Series) -> list[NDArray[Any]]:
    """The positions of each unit's rows, in order."""
    import numpy as np
    import pandas as pd

    codes, _ = pd.factorize(units)
    return np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])


def _rows(dates: pd.Series, broken: Any, note: str = "") -> Broken:
    rows = tuple(int(row) for row in dates.index[broken])
    return Broken(len(rows), rows, note if rows else "")
