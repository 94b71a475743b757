"""A Parquet file too large to be held: checked, and written as its snapshot, a batch of rows at a time.

Most rules ask something of each row, and what they find in batches adds up. Keys and queries are put to the
snapshot, by DuckDB; expectations on all rows at once are given the columns that they name, whole. The verdict
is that of `validation.validate`, row numbers and all. The snapshot keeps the file's order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract import (
    expectations,
    extract,
    parquet_file,
    periods,
    repeats,
    snapshot,
    sql_rule,
    table,
    validation,
)
from pipeline.contract.expectations import Rule
from pipeline.contract.periods import Broken
from pipeline.contract.table import Rows
from pipeline.contract.validation import ROWS_NAMED, Finding, Validation

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.contract.model import Contract

LARGE = 2_000_000
"""Rows above which a file is not held whole."""
BATCH = 250_000
OF_A_ROW = ("expectation", "type", "multiple", "part")
"""How rules are checked that may ask something of each row."""
UNIQUE = (expectations.UNIQUE, expectations.UNIQUE_TOGETHER)


def is_large(root: Path, contract: Contract) -> bool:
    """True if a contract's file is Parquet and has more rows than are held at once."""
    if contract.server.format != "parquet":
        return False
    return (parquet_file.rows_of(table.path_of(root, contract)) or 0) > LARGE


def validate(root: Path, contract: Contract, target: Path) -> Validation:
    """Gives the verdict on a contract's Parquet file, and writes its snapshot to `target`.

    Raises DataError as `table.read` does.
    """
    if contract.server.database:
        extract.verified(table.path_of(root, contract), contract)
    nothing = table.of_columns(root, contract, ())
    absent = {column.name for column in contract.columns if column.source not in nothing.header}
    rules = [rule for rule in expectations.compile_rules(contract) if not absent & set(rule.columns)]
    of_rows = [rule for rule in rules if _is_of_a_row(rule)]
    total, found, days = 0, [], []
    with _written(target) as write:
        for rows in table.in_batches(root, contract, BATCH):
            write(rows)
            total += len(rows.text)
            found.append(validation.checked(rows, of_rows))
            if contract.periods.rows == "records" and contract.periods.column not in absent:
                days.append(_days(rows))
    added = {
        id(rule): validation.added_up(rule, parts, total)
        for rule, parts in zip(of_rows, zip(*found, strict=True), strict=True)
    }
    findings = [validation.named_once(nothing.header), validation.has_rows(total)]
    findings += validation.checked(nothing, expectations.presence(contract))
    findings += [added.get(id(rule)) or _of_all_rows(root, contract, rule, total, target) for rule in rules]
    if days:
        findings += _of_days(contract, days)
    elif not absent & validation.of_periods(contract):
        findings += validation.check_periods(
            table.of_columns(root, contract, validation.of_periods(contract))
        )
    return validation.verdict_on(contract, total, findings)


def _is_of_a_row(rule: Rule) -> bool:
    """True if a row breaks the rule or keeps it whatever the other rows are."""
    return rule.check in OF_A_ROW and rule.bound is not None and rule.expectation not in UNIQUE


@contextmanager
def _written(target: Path) -> Iterator[Any]:
    """Gives what writes batches to a snapshot, one after the other."""
    import pyarrow.parquet as pq

    writers: list[pq.ParquetWriter] = []

    def write(rows: Rows) -> None:
        typed = snapshot.as_arrow(rows.values, rows)
        if not writers:
            writers.append(pq.ParquetWriter(target, typed.schema))
        writers[0].write_table(typed)

    try:
        yield write
    finally:
        for writer in writers:
            writer.close()


def _of_all_rows(root: Path, contract: Contract, rule: Rule, total: int, stored: Path) -> Finding:
    """The verdict on a rule that looks at all rows at once."""
    if rule.check == "rows":
        return validation.counted(rule, total)
    if rule.check == "query":
        return validation.answered(
            rule, lambda query: sql_rule.answer_of_snapshot(query, stored, rule.column, contract.table)
        )
    if rule.expectation in UNIQUE and rule.bound is not None:
        found = repeats.repeats(stored, rule.columns, contract.server.first_row, ROWS_NAMED)
        return validation.finding_of(rule, found, total)
    is_narrow = rule.columns and "row_condition" not in rule.arguments
    names = rule.columns if is_narrow else [column.name for column in contract.columns]
    return validation.checked(table.of_columns(root, contract, names), [rule])[0]


def _days(rows: Rows) -> tuple[pd.Series[int], pd.Series[Any]]:
    """How many of a batch's records each day has, and the first few of them: the day, by the row's number."""
    days = rows.values[rows.contract.periods.column].dropna().dt.normalize()
    return days.value_counts(), days.groupby(days).head(ROWS_NAMED)


def _of_days(contract: Contract, days: list[tuple[pd.Series[int], pd.Series[Any]]]) -> list[Finding]:
    """The verdict on what records must keep in time, from their days: few, however many the records."""
    import pandas as pd

    counts = pd.concat([each for each, _ in days]).groupby(level=0).sum()
    first = pd.concat([each for _, each in days])
    there = pd.Series(counts.index)

    def told(broken: Broken) -> Broken:
        of_days = there[list(broken.rows)]
        named = first.index[first.isin(of_days)][:ROWS_NAMED]
        return Broken(int(counts[of_days].sum()), tuple(int(row) for row in named), broken.note)

    return validation.of_time(contract, periods.Timeline(there, contract.periods), told)
