"""A quality rule that is a query: it runs on DuckDB over the validated values, and gives one value.

The query sees the contract's columns only, and nothing of the machine. What DuckDB says of a failure may
hold values of the data, so its own words are shown only where there were no data yet.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from pipeline.contract.column import Column

TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
    "boolean": "BOOLEAN",
}


def filled(query: str, table: str, column: str | None) -> str:
    """Gives a query with the standard's placeholders filled in.

    >>> filled("SELECT COUNT(*) FROM ${table} WHERE {column} > 3", "falls", "n")
    'SELECT COUNT(*) FROM "falls" WHERE "n" > 3'
    """
    names = {"table": table, "object": table, "column": column, "property": column}

    def named(found: re.Match[str]) -> str:
        name = names.get(found[1])
        return found[0] if name is None else f'"{name}"'

    return re.sub(r"\$?\{(table|object|column|property)\}", named, query.strip().rstrip(";"))


def complaint(query: str, columns: list[Column], column: str | None, table: str) -> str | None:
    """Says what is wrong with a query, tried on an empty table; None if nothing is."""
    import duckdb

    engine = _engine()
    made = ", ".join(f'"{each.name}" {TYPES[each.type]}' for each in columns if each.type in TYPES)
    try:
        engine.execute(f'CREATE TABLE "{table}" ({made})')
        statements = duckdb.extract_statements(filled(query, table, column))
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return "should be one SELECT"
        found = engine.execute(filled(query, table, column))
    except duckdb.Error as problem:
        said = str(problem).splitlines()[0]
        return f"can't be run ({said}); mend it"
    if len(found.description or []) != 1:
        return "should give one value; select one column"
    return None


def answer(query: str, values: pd.DataFrame, columns: list[Column], column: str | None, table: str) -> Any:
    """Gives the one value of a query over typed values; raises ValueError if it has none, or fails."""
    selected = ", ".join(_selected(each) for each in columns if each.name in values)
    return _answer(query, values, selected, column, table)


def answer_of_snapshot(query: str, snapshot: Path, column: str | None, table: str) -> Any:
    """Gives the same over a snapshot, which is not read into memory."""
    import pyarrow.dataset as arrow

    return _answer(query, arrow.dataset(snapshot), "*", column, table)


def _answer(query: str, values: Any, selected: str, column: str | None, table: str) -> Any:
    import duckdb

    engine = _engine(values)
    engine.execute(f'CREATE VIEW "{table}" AS SELECT {selected} FROM typed_values')
    try:
        rows = engine.execute(filled(query, table, column)).fetchmany(2)
    except duckdb.Error as problem:
        raise ValueError(f"the query failed on the data ({type(problem).__name__})") from None
    if len(rows) != 1:
        raise ValueError("the query gives no row, or several; let it give one value")
    found = rows[0][0]
    return found if found is None or isinstance(found, str | bool | int) else float(found)


def _selected(column: Column) -> str:
    name = f'"{column.name}"'
    if column.type == "time":
        return f"TIME '00:00' + to_microseconds(CAST(round({name} * 1e6) AS BIGINT)) AS {name}"
    return f"CAST({name} AS {TYPES[column.type]}) AS {name}"


def _engine(values: Any = None) -> duckdb.DuckDBPyConnection:
    """DuckDB that can reach no file and no network; and sees nothing of Python but `values`."""
    import duckdb

    engine = duckdb.connect(":memory:")
    if values is not None:
        engine.register("typed_values", values)
    engine.execute("SET python_enable_replacements = false")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine
