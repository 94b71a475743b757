"""A Parquet file as columns: typed where its types are the contract's, else as text, to be checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract import extract
from pipeline.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.contract.column import Column
    from pipeline.contract.model import Contract


def read(path: Path, contract: Contract) -> tuple[tuple[str, ...], pa.Table]:
    """Gives the names of a file's columns, and the contract's columns with its types or as text.

    Raises DataError if the file is not Parquet, or holds a column in a form that is no single value.
    """
    if contract.server.database:
        extract.verified(path, contract)
    return columns(path, contract, contract.sources)


def columns(path: Path, contract: Contract, names: Sequence[str]) -> tuple[tuple[str, ...], pa.Table]:
    """Gives what `read` gives, of the file's columns `names` only; a database's record is not looked at."""
    with _opened(path, contract) as file:
        header = tuple(file.schema_arrow.names)
        table = file.read([name for name in names if name in header])
        rows = file.metadata.num_rows
    return header, _as_the_contract(table, rows, contract)


def rows_of(path: Path) -> int | None:
    """Gives how many rows a file has; None if it is not Parquet, which `read` says."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowInvalid, OSError):
        return None


def in_batches(
    path: Path, contract: Contract, size: int, names: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    """Gives what `columns` gives, `size` rows at a time, in their order; raises what `read` raises."""
    import pyarrow as pa

    with _opened(path, contract) as file:
        header = tuple(file.schema_arrow.names)
        for batch in file.iter_batches(size, columns=[name for name in names if name in header]):
            yield header, _as_the_contract(pa.Table.from_batches([batch]), batch.num_rows, contract)


@contextmanager
def _opened(path: Path, contract: Contract) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise DataError(f"{contract.raw}: is not a Parquet file that can be read; write it anew.") from None


def _as_the_contract(table: pa.Table, rows: int, contract: Contract) -> pa.Table:
    import pyarrow as pa

    asked = {column.source: column for column in reversed(contract.columns)}
    made = {}
    for name in dict.fromkeys(table.column_names):
        try:
            made[name] = _fitted(table.column(name), asked[name])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            said = f"holds {table.column(name).type}, which is no single value; write it as text or numbers"
            raise DataError(f"{contract.raw}: the column {name} {said}.") from None
    return pa.table(made or {"": pa.nulls(rows)})


def _fitted(array: Any, column: Column) -> Any:
    """A column with the contract's type, if the file's is one of that kind; else as text, to be checked."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    kind, held = column.type, array.type
    if kind == "integer" and types.is_integer(held) and held != pa.uint64():
        return array.cast(pa.int64())
    if kind == "number" and (types.is_integer(held) or types.is_floating(held) or types.is_decimal(held)):
        numbers = array.cast(pa.float64(), safe=False)
        return pc.if_else(pc.is_nan(numbers), None, numbers)
    if kind == "boolean" and types.is_boolean(held):
        return array
    if kind in ("date", "timestamp") and types.is_date(held):
        return array.cast(pa.date32()).cast(pa.timestamp("s" if kind == "date" else "us"))
    if types.is_timestamp(held) and held.tz and column.options.get("timezone"):
        zone = column.options.get("defaultTimezone", "UTC")
        return pc.local_timestamp(array.cast(pa.timestamp("us", tz=zone)))
    if types.is_timestamp(held) and not held.tz and kind == "timestamp":
        return array.cast(pa.timestamp("us"), safe=False)
    if types.is_timestamp(held) and not held.tz and kind == "date":
        return _days(array)
    if kind == "time" and types.is_time(held):
        return pc.divide(array.cast(pa.time64("us")).cast(pa.int64()).cast(pa.float64()), 1e6)
    if types.is_floating(held) and kind == "integer":
        is_whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), 10.0**15))
        whole = pc.if_else(is_whole, array, None).cast(pa.int64()).cast(pa.large_string())
        text = pc.if_else(pc.is_nan(array), None, array.cast(pa.large_string()))
        return pc.if_else(pc.fill_null(is_whole, False), whole, text)
    text = array.cast(pa.large_string())
    return pc.if_else(pc.equal(text, ""), None, text)


def _days(array: Any) -> Any:
    """Moments as days, if all are midnights; else as text, which no rule takes for a day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    days = pc.floor_temporal(array, unit="day")
    if pc.all(pc.equal(days, array)).as_py() in (True, None):
        return array.cast(pa.timestamp("s"))
    is_day = pc.equal(days, array)
    return pc.if_else(is_day, pc.strftime(array, "%Y-%m-%d"), array.cast(pa.large_string()))
