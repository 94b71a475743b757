"""Records on Spark: a Parquet file held to its contract by Great Expectations on Spark, and its snapshot.

Nothing is read into memory. The file must have the contract's types, so that no text is left to be checked;
findings hold counts, and no row numbers, which a distributed table does not have.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import spark
from pipeline.contract import engine, expectations, periods, validation
from pipeline.contract.expectations import Rule
from pipeline.contract.logical_types import arrow_types
from pipeline.contract.table import path_of
from pipeline.contract.validation import Finding, Validation
from pipeline.errors import ContractError, DataError

if TYPE_CHECKING:
    from pipeline.contract.model import Contract

BATCH = 1_000_000
CHECKED = ("expectation", "presence", "type")


def validate(root: Path, contract: Contract) -> Validation:
    """Checks every rule of a contract on its Parquet file of records, on Spark.

    Raises ContractError for what can't be checked there, and DataError for a file that is not there, is not
    Parquet, or has other types than the contract.
    """
    path = path_of(root, contract)
    names, rows = _schema(path, contract)
    rules = expectations.presence(contract) + expectations.compile_rules(contract)
    _refuse_unchecked(contract, rules)
    findings = [
        validation.named_once(tuple(names)),
        validation.has_rows(rows),
    ]
    asked = [rule for rule in rules if rule.check == "expectation"]
    with spark.session() as session:
        frame = session.read.parquet(str(path)).select(*contract.sources)
        outcomes = engine.run(frame, [validation.expected_of(rule) for rule in asked], source="spark")
        found = {
            id(rule): validation.finding_of(rule, outcome, rows)
            for rule, outcome in zip(asked, outcomes, strict=True)
        }
        findings += [
            found.get(id(rule)) or Finding(rule.sentence, rule.column, rule.severity, True, 0, ())
            for rule in rules
        ]
        findings += _of_time(frame, contract)
    return validation.verdict_on(contract, rows, findings)


def snapshot(root: Path, contract: Contract, target: Path) -> None:
    """Writes the contract's columns of the file to `target`, as they stand in it, batch by batch."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = arrow_types()
    schema = pa.schema([(column.name, types[column.type]) for column in contract.columns])
    file = pq.ParquetFile(path_of(root, contract))
    with pq.ParquetWriter(target, schema) as writer:
        for batch in file.iter_batches(BATCH, columns=list(contract.sources)):
            table = pa.Table.from_batches([batch]).select(list(contract.sources))
            writer.write_table(table.rename_columns(schema.names).cast(schema))


def _schema(path: Path, contract: Contract) -> tuple[list[str], int]:
    """The file's columns and how many rows it has; what does not fit the contract is refused."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import types

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError):
        raise DataError(f"{contract.raw}: is not a Parquet file that can be read; write it anew.") from None
    fits = {
        "string": lambda held: types.is_string(held) or types.is_large_string(held),
        "integer": types.is_integer,
        "number": lambda held: types.is_integer(held) or types.is_floating(held),
        "date": types.is_date,
        "timestamp": types.is_timestamp,
        "boolean": types.is_boolean,
    }
    schema = file.schema_arrow
    for column in contract.columns:
        if column.source not in schema.names:
            raise DataError(f"{contract.raw}: has no column {column.source}, which the contract names.")
        held = schema.field(column.source).type
        if column.type not in fits or not fits[column.type](held):
            raise DataError(
                f"{contract.raw}: {column.source} is of type {held}, and the contract says {column.type}; "
                "the engine spark takes files with the contract's types: write it so."
            )
    return list(schema.names), file.metadata.num_rows


def _refuse_unchecked(contract: Contract, rules: list[Rule]) -> None:
    """Raises ContractError for what only a table in memory can be held to."""
    here = contract.file
    problems = [
        f"{here}: the engine spark does not check that {rule.sentence}; take the rule out, or the engine."
        for rule in rules
        if rule.check not in CHECKED
    ]
    if contract.periods.rows != "records":
        problems.append(f"{here}: the engine spark is for records; say `rows: records` in its periods.")
    if contract.server.format != "parquet":
        problems.append(f"{here}: the engine spark reads Parquet only; write the file as Parquet.")
    if problems:
        raise ContractError("\n".join(problems))


def _of_time(frame: Any, contract: Contract) -> list[Finding]:
    """What every series of records must keep, from the days that there are: few, however many the records."""
    import pandas as pd

    days = frame.selectExpr(f"cast(`{contract.periods.column}` as date) as day").distinct().toPandas()["day"]
    dates = pd.to_datetime(days.dropna()).sort_values(ignore_index=True)
    line = periods.Timeline(dates, contract.periods)
    return [replace(finding, rows=()) for finding in validation.of_time(contract, line)]
