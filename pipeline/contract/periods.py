"""The checks every time series needs: periods regular, none missing, none twice, the last one complete; and
in a panel, the same of every unit.

Each is a named predicate over the dates of a file, and gives the rows or the periods that break it. Units
are told by the first row of each, never by name: a name is a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pipeline.contract.grid import Grid, Periods, grid_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


SHOWN = 5


@dataclass(frozen=True)
class Broken:
    """What breaks a rule: how many, on which rows of the file, and what helps to mend it."""

    count: int
    rows: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, eq=False)
class Timeline:
    """The dates of a file's rows (the index numbers them), where they stand on the grid, and whose they are.

    `units` (rows,) numbers each row's site, in a panel.
    """

    dates: pd.Series
    periods: Periods
    units: NDArray[Any] | None = None

    @cached_property
    def grid(self) -> Grid:
        """The grid that most dates stand on."""
        return grid_of(self.dates, self.periods.every)

    @cached_property
    def _distinct(self) -> tuple[NDArray[Any], pd.Series]:
        """Which of the distinct dates each row has, and those dates: many rows share few."""
        import pandas as pd

        codes, distinct = pd.factorize(self.dates)
        return codes, pd.Series(distinct)

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The number of each row's period (rows,)."""
        codes, distinct = self._distinct
        numbers: NDArray[np.int64] = self.grid.numbers(distinct)[codes]
        return numbers

    @cached_property
    def are_off(self) -> NDArray[np.bool_]:
        """Whether each row's date is not the first day of its period (rows,)."""
        codes, distinct = self._distinct
        starts = self.grid.starts(self.grid.numbers(distinct))
        off: NDArray[np.bool_] = (distinct.to_numpy() != starts.to_numpy())[codes]
        return off

    def rows(self, broken: Any, note: str = "") -> Broken:
        """Gives the rows that break a rule; `broken` (rows,) says which do."""
        rows = tuple(int(row) for row in self.dates.index[broken])
        return Broken(len(rows), rows, note if rows else "")


def off_the_grid(line: Timeline) -> Broken:
    """Gives the rows whose date is not the first day of its period."""
    return line.rows(line.are_off, line.grid.described)


def twice(line: Timeline) -> Broken:
    """Gives the rows whose period has been seen on an earlier row (of the same unit)."""
    import pandas as pd

    cells = line.numbers
    if line.units is not None and len(cells):
        cells = cells - cells.min() + line.units * (cells.max() - cells.min() + 1)
    return line.rows(pd.Series(cells).duplicated().to_numpy())


def missing(line: Timeline) -> Broken:
    """Gives the periods between the first and the last that have no row."""
    import numpy as np

    if not len(line.numbers):
        return Broken(0)
    first = line.numbers.min()
    there = np.zeros(int(line.numbers.max() - first) + 1, dtype=bool)
    there[line.numbers - first] = True
    absent = np.flatnonzero(~there) + first
    return Broken(len(absent), note=_named(line.grid, absent))


def gaps_in_units(line: Timeline) -> Broken:
    """Gives the units that lack a period between their own first and last, each by its first row."""
    import numpy as np

    if line.units is None or not len(line.numbers):
        return Broken(0)
    order = np.lexsort((line.numbers, line.units))
    units, numbers = line.units[order], line.numbers[order]
    before_gaps = np.flatnonzero((units[1:] == units[:-1]) & (numbers[1:] - numbers[:-1] > 1))
    if not len(before_gaps):
        return Broken(0)
    gaps = [np.arange(numbers[place] + 1, numbers[place + 1]) for place in before_gaps]
    rows = _first_rows(line, np.unique(units[before_gaps]))
    return Broken(len(rows), rows, f"their units lack {_named(line.grid, np.unique(np.concatenate(gaps)))}")


def not_throughout(line: Timeline) -> Broken:
    """Gives the units, by their first row, that lack the first or the last period of the whole."""
    import numpy as np
    import pandas as pd

    if line.units is None or not len(line.numbers):
        return Broken(0)
    spans = pd.Series(line.numbers).groupby(line.units).agg(["min", "max"])
    late, early = spans["min"] > line.numbers.min(), spans["max"] < line.numbers.max()
    rows = _first_rows(line, np.flatnonzero(late | early))
    said = [f"{late.sum()} begin later"] * bool(late.any()) + [f"{early.sum()} end earlier"] * bool(
        early.any()
    )
    return Broken(len(rows), rows, f"of their units, {' and '.join(said)} than the others" if rows else "")


def incomplete_last(line: Timeline) -> Broken:
    """Gives the rows of the last period, if it ends after the day up to which the data are complete."""
    import numpy as np

    until = line.periods.complete_until
    if until is None or not len(line.numbers):
        return Broken(0)
    last = line.numbers.max(keepdims=True)
    end = line.grid.starts(last + 1).to_numpy().astype("datetime64[D]")[0] - np.timedelta64(1, "D")
    if end <= np.datetime64(until):
        return Broken(0)
    return line.rows(line.numbers == last, f"it ends on {end}, and completeUntil is {until}")


@dataclass(frozen=True)
class Check:
    """A check of time: its sentence, the predicate, and what breaking it means."""

    sentence: str
    find: Callable[[Timeline], Broken]
    severity: Literal["error", "warning"] = "error"


OF_PERIODS = (
    Check("each {column} is {first}", off_the_grid),
    Check("no {every} comes twice", twice),
    Check("no {every} is missing", missing),
)
OF_PANELS = (
    Check("each {column} is {first}", off_the_grid),
    Check("no {every} comes twice in one {units}", twice),
    Check("no {every} is missing", missing),
    Check("no {every} is missing within one {units}", gaps_in_units),
    Check("each {units} is there from the first {every} to the last", not_throughout, "warning"),
)
COMPLETE = Check("the last {every} is complete", incomplete_last)


def sentence_of(check: Check, periods: Periods) -> str:
    """Gives a check in words, with the columns' names; a day has no first day.

    >>> sentence_of(OF_PERIODS[0], Periods(column="month", every="month"))
    'each month is the first day of its month'
    """
    first = "without a time of day" if periods.every == "day" else f"the first day of its {periods.every}"
    return check.sentence.format(column=periods.column, every=periods.every, units=periods.units, first=first)


def checks_of(periods: Periods) -> tuple[Check, ...]:
    """Gives the checks that bear on the data: records may have any date, and sites share their periods.

    Whether the last period is complete only a contract with `completeUntil` can tell.
    """
    complete = () if periods.complete_until is None else (COMPLETE,)
    if periods.rows == "records":
        return complete
    return (*(OF_PERIODS if periods.units is None else OF_PANELS), *complete)


def _named(grid: Grid, numbers: NDArray[Any]) -> str:
    """The first few of some periods, by their first days."""
    named = ", ".join(start.strftime("%Y-%m-%d") for start in grid.starts(numbers[:SHOWN]))
    return named + (" and others" if len(numbers) > SHOWN else "")


def _first_rows(line: Timeline, units: NDArray[Any]) -> tuple[int, ...]:
    """The first row of each of some units, in order."""
    import numpy as np

    _, places = np.unique(line.units if line.units is not None else [], return_index=True)
    return tuple(sorted(int(line.dates.index[place]) for place in places[units]))
