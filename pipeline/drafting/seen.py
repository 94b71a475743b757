"""What a file turned out to be: its table, what dates the rows, what tells them apart, what they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.drafting import calendar, columns, numbers, source, totals
from pipeline.drafting.calendar import Calendar
from pipeline.drafting.columns import Column
from pipeline.drafting.numbers import Style
from pipeline.drafting.source import Source
from pipeline.errors import PlanError
from pipeline.plan import Every

Condition = tuple[str, str, str]
"""A column, == or !=, and a value as it stands in the file."""


@dataclass(frozen=True)
class Seen:
    """A file as it was found.

    `source` and `calendar` are of the whole table; `used` and `dated` of the rows that the study is about,
    and so are `columns` and `parts`, the column that tells apart the rows of one period; where none does,
    the rows `are_records`. `keys` are the columns that name each row of the whole table once, beside the
    period, and `units` is that which the contract calls its sites.
    """

    path: Path
    source: Source
    style: Style
    calendar: Calendar
    used: Source
    dated: Calendar
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    units: str | None
    parts: str | None
    are_records: bool
    only: tuple[Condition, ...]

    @property
    def measurable(self) -> list[str]:
        """The columns that a study could measure, likeliest first."""
        return columns.measurable(self.columns, self.dated, self.parts)

    @property
    def is_cut_several_ways(self) -> bool:
        """True if several columns of groups together (site, age) tell rows apart, as of records none do."""
        words = [self.used.column(column.name) for column in self.columns if column.type == "string"]
        cells = [each for each in words if calendar.are_groups(each)]
        return self.are_records and len(set(zip(self.dated.days, *cells, strict=True))) == len(self.used.rows)

    def type_of(self, name: str) -> str:
        """Gives the type of a column in the whole table."""
        return columns.profiled_one(name, self.source.column(name), self.style).type

    def column(self, name: str) -> Column:
        """Gives a column by its name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def described(self) -> str:
        """Says what was found, for a person to agree or disagree with."""
        spans = f"{min(self.dated.days)} to {max(self.dated.days)}"
        by = " and ".join(self.dated.columns) or "the order of the rows"
        rows = f"one a {self.dated.every}"
        if self.are_records:
            rows = f"each a record, to be counted by the {self.dated.every}"
            if self.is_cut_several_ways:
                rows = f"several a {self.dated.every}, to be added up"
        elif self.parts:
            rows = f"one a {self.dated.every} for each {self.parts}"
        return (
            f"{self.path.name}: {len(self.used.rows)} rows of {len(self.used.names)} columns, {rows}, "
            f"{spans}, by {by} ({self.dated.written}){self._left_out}."
            f"{self._gaps}"
        )

    @property
    def _left_out(self) -> str:
        left = self.source.left_out
        return f"; {left} below them without a date left out" if left else ""

    @property
    def _gaps(self) -> str:
        absent = 0 if self.are_records else len(self.dated.absent)
        every = self.dated.every
        if not absent:
            return ""
        said = (
            f"1 {every} between them has no row"
            if absent == 1
            else f"{absent} {every}s between them have no row"
        )
        return f"\n{said}, and a run stops at that: add a row for each, empty but for its date."


def look(
    path: Path, period: str | None, every: Every | None, first: str | None, only: tuple[str, ...]
) -> Seen:
    """Gives what a file is; `only` keeps to rows with `COLUMN=VALUE`, or without it (`COLUMN!=VALUE`).

    Raises DataError if it can't be read, and PlanError naming the option that does not fit it.
    """
    from pipeline.drafting.dates import day_given

    table = source.read(path)
    if period is not None or first is None:
        table = totals.without_totals_below(table, period, str(path))
    totals.refuse_side_by_side(table, str(path))
    conditions = tuple(_condition(table, text) for text in only)
    kept = [_meets(table, conditions, cells) for cells in table.rows]
    if not any(kept):
        raise PlanError(f"--only: no row has {' and '.join(only)}; write it as it stands in the file.")
    used = _rows(table, kept)
    dated = calendar.found(used, period, every, day_given("--first", first))
    whole = dated
    if conditions:
        if not dated.columns:
            raise PlanError("--only: no column dates the rows, so their order must count; give them alone.")
        named = None if first else ",".join(dated.columns)
        whole = calendar.found(table, named, dated.every, day_given("--first", first))
    parts, are_records = _told_apart(used, dated)
    if are_records and every is None and dated.every in ("day", "week"):
        dated = replace(dated, every=calendar.shown_well(dated.days))
    others = tuple(column for column, _, _ in conditions)
    keys = () if are_records else _keys(table, whole, parts, others)
    style = numbers.style_of(table)
    profiled = columns.profiled(used, style)
    if parts is not None:
        totals.refuse_whole(used, dated, parts, profiled)
    return Seen(
        path=path,
        source=table,
        style=style,
        calendar=whole,
        used=used,
        dated=dated,
        columns=profiled,
        keys=keys,
        units=None if are_records else next(iter([*filter(None, (parts, *keys)), *others]), None),
        parts=parts,
        are_records=are_records,
        only=conditions,
    )


def _told_apart(table: Source, dated: Calendar) -> tuple[str | None, bool]:
    try:
        return calendar.parts_of(table, dated), False
    except LookupError:
        return None, True


def _keys(table: Source, whole: Calendar, parts: str | None, others: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that name each row once, beside the period; none if none do, or none are needed."""
    for names in ((), (parts,), others, (*others, parts)):
        cells = [table.column(name) for name in names if name is not None]
        if len(set(zip(whole.days, *cells, strict=True))) == len(table.rows):
            return tuple(dict.fromkeys(name for name in names if name is not None))
    return ()


def _condition(table: Source, text: str) -> Condition:
    column, sign, value = text.partition("=")
    operator = "==" if column in table.names else "!="
    column = column if column in table.names else column.removesuffix("!")
    if not sign or column not in table.names:
        raise PlanError(
            f"--only: {text} should be COLUMN=VALUE or COLUMN!=VALUE; the columns are "
            f"{', '.join(table.names)}."
        )
    return column, operator, value.strip()


def _meets(table: Source, conditions: tuple[Condition, ...], cells: tuple[str, ...]) -> bool:
    return all(
        (cells[table.names.index(column)] == value) == (operator == "==")
        for column, operator, value in conditions
    )


def _rows(table: Source, kept: list[bool]) -> Source:
    return replace(table, rows=tuple(row for row, is_in in zip(table.rows, kept, strict=True) if is_in))
