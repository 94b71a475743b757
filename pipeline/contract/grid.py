"""The grid that time stands on: periods of one length, one after the other.

Days and months are the calendar's. Weeks begin on any weekday, quarters with any month, and years on any
day (1 April, 6 April): on the one that most dates of the file agree on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.plan import Date, Every

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


class Periods(BaseModel):
    """What the contract says of time (our custom property `periods`; ODCS has no field for it).

    Rows that are records, one an event or a person, may have any date, or moment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    every: Every
    units: str | None = Field(None, description="The column of the sites that have a row each, every period.")
    rows: Literal["records"] | None = Field(None, description="Each row is an event or a person.")
    complete_until: Date | None = Field(None, alias="completeUntil")


@dataclass(frozen=True)
class Grid:
    """Periods numbered without gaps. `shift`: by how much their beginning differs from the calendar's.

    For weeks: days after Thursday (1 January 1970 was one); for quarters: months after January; for years:
    month and day, as 401 for 1 April.
    """

    every: Every
    shift: int

    def numbers(self, dates: pd.Series) -> NDArray[np.int64]:
        """Gives the number of the period in which each date lies."""
        import numpy as np

        months = (dates.dt.year * 12 + dates.dt.month - 1).to_numpy(dtype=np.int64)
        days = _days(dates)
        if self.every == "year":
            within = (dates.dt.month * 100 + dates.dt.day).to_numpy()
            found = dates.dt.year.to_numpy() - (within < self.shift)
        elif self.every == "quarter":
            found = (months - self.shift) // 3
        elif self.every == "month":
            found = months
        else:
            found = (days - self.shift) // 7 if self.every == "week" else days
        return np.asarray(found, dtype=np.int64)

    def starts(self, numbers: NDArray[np.int64]) -> pd.DatetimeIndex:
        """Gives the first day of each numbered period."""
        import numpy as np
        import pandas as pd

        if self.every in ("day", "week"):
            days = numbers * 7 + self.shift if self.every == "week" else numbers
            return pd.DatetimeIndex(days.astype("datetime64[D]"))
        month, day = divmod(self.shift, 100) if self.every == "year" else (1, 1)
        months = {
            "year": numbers * 12 + month - 1,
            "quarter": numbers * 3 + self.shift,
            "month": numbers,
        }[self.every]
        first = (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
        return pd.DatetimeIndex(first + np.timedelta64(day - 1, "D"))

    @property
    def described(self) -> str:
        """Says where the periods begin, for those that need not follow the calendar; else ''.

        >>> Grid("year", 401).described
        'most years begin on 1 April'
        """
        import calendar

        if self.every == "week":
            return f"most weeks begin on a {calendar.day_name[(self.shift + 3) % 7]}"
        if self.every == "quarter":
            return f"most quarters begin with {calendar.month_name[self.shift + 1]}"
        if self.every == "year":
            month, day = divmod(self.shift, 100)
            return f"most years begin on {day} {calendar.month_name[month]}"
        return ""


def grid_of(dates: pd.Series, every: Every) -> Grid:
    """Gives the grid that most dates stand on; where as many stand on two, the one of the earliest date.

    `dates`: datetimes without missing values. 29 February comes in no yearly grid.
    """
    if every in ("day", "month"):
        return Grid(every, 0)
    ordered = dates.sort_values()
    if every == "week":
        return Grid(every, _most_common((_days(ordered) % 7).tolist()))
    if every == "quarter":
        return Grid(every, _most_common(((ordered.dt.month - 1) % 3).tolist()))
    within = (ordered.dt.month * 100 + ordered.dt.day).replace(229, 228)
    return Grid(every, _most_common(within.tolist()) if len(ordered) else 101)


def _days(dates: pd.Series) -> NDArray[np.int64]:
    """Days since 1 January 1970."""
    import numpy as np

    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def _most_common(shifts: list[Any]) -> int:
    from collections import Counter

    return int(Counter(shifts).most_common(1)[0][0]) if shifts else 0
