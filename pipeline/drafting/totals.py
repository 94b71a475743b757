"""Totals in a table: below it, among its rows, or as one more site; each would be counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.drafting import calendar, dates
from pipeline.drafting.calendar import Calendar
from pipeline.drafting.columns import Column
from pipeline.drafting.source import Source
from pipeline.errors import DataError, PlanError

DATED = 0.75
"""Share of a column's cells that must be dates for it to date the rows, and the others to be no rows."""
WHOLE = frozenset(("all", "all sites", "any", "combined", "grand total", "overall", "sum", "total", "totals"))
"""Names under which a table has all its parts together, however the parts overlap."""
NEARLY = 1e-9


def without_totals_below(source: Source, period: str | None, where: str) -> Source:
    """Gives a source without the rows at its end that have no date where all others have one.

    Looked at are the columns that `period` names, or those that may date rows where no other dates all.
    Raises DataError naming `where` if such rows stand among the others.
    """
    for name in _may_date(source, period):
        undated = _undated(source, name)
        if undated is None:
            continue
        first, rows = undated[0], len(source.rows)
        if undated != list(range(first, rows)):
            raise DataError(
                f"{where}: {name} dates all rows but {len(undated)}, the first of them row {first + 1} below "
                "the names; take out totals, and give each row that is left its date."
            )
        kept = replace(source, rows=source.rows[:first], footer_rows=source.footer_rows + rows - first)
        return replace(kept, left_out=rows - first)
    return source


def _may_date(source: Source, period: str | None) -> list[str]:
    """The columns whose cells without a date are worth a thought; of a year, the months beside it."""
    if period is not None:
        return [name for name in source.names if name in (period, *period.split(","))]
    whole = calendar.candidates(source)
    if any(read.written != dates.YEARS for _, read in whole):
        return []
    return [name for name in source.names if not whole or name.casefold().startswith(calendar.MONTHS)]


def _undated(source: Source, name: str) -> list[int] | None:
    """The places of the rows that a column leaves without a date, if it has dates and they are not all."""
    cells = source.column(name)
    if name.casefold().startswith(calendar.MONTHS) and dates.month_of(cells[0]) is not None:
        places = [place for place, cell in enumerate(cells) if dates.month_of(cell) is None]
    else:
        places = dates.unlike_the_first(cells)
    if not places or len(places) > (1 - DATED) * len(cells):
        return None
    return places


def refuse_side_by_side(source: Source, where: str) -> None:
    """Raises DataError if the names of most columns are dates: each row is a series, and not a period."""
    dated = [name for name in source.names if dates.dated([name]) is not None]
    if len(dated) > DATED * len(source.names):
        raise DataError(
            f"{where}: its periods stand side by side, a column each; turn the table, so that each is a row."
        )


def refuse_whole(source: Source, dated: Calendar, parts: str, columns: Sequence[Column]) -> None:
    """Raises PlanError if one of the parts that a column tells apart is all others together."""
    names = source.column(parts)
    whole = next((name for name in dict.fromkeys(names) if name.casefold() in WHOLE), None)
    numbers = [column.numbers for column in columns if column.numbers and None not in column.numbers]
    if whole is None and len(set(names)) > 2:
        whole = next((found for each in numbers if (found := _sum_of_others(names, dated, each))), None)
    if whole is not None:
        raise PlanError(
            f"--only: in {parts}, {whole} is others together, which would be counted twice; leave it out, "
            f"as --only '{parts}!={whole}', or study it alone, as --only '{parts}={whole}'."
        )


def _sum_of_others(names: Sequence[str], dated: Calendar, numbers: Sequence[float | None]) -> str | None:
    """The part that is the sum of all others in each period; None if none is."""
    together: dict[object, float] = {}
    for day, number in zip(dated.days, numbers, strict=True):
        together[day] = together.get(day, 0.0) + (number or 0.0)
    if not any(together.values()):
        return None
    unlike = {
        name
        for name, day, number in zip(names, dated.days, numbers, strict=True)
        if abs(2 * (number or 0.0) - together[day]) > NEARLY * abs(together[day])
    }
    return next((name for name in dict.fromkeys(names) if name not in unlike), None)
