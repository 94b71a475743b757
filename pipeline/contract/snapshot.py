"""The snapshot: validated rows as Parquet, which is what every series is made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.logical_types import arrow_types

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from pipeline.contract.table import Rows


def write(rows: Rows, target: Path) -> None:
    """Writes validated rows to Parquet, in order of time: the contract's columns, with its types.

    They are the very values that were validated; the file is not read again.
    """
    import pyarrow.parquet as pq

    ordered = rows.values.sort_values(rows.contract.periods.column, kind="stable")
    pq.write_table(as_arrow(ordered, rows), target)


def as_arrow(values: pd.DataFrame, rows: Rows) -> pa.Table:
    """Gives typed `values` of some rows as their snapshot holds them."""
    import pyarrow as pa

    types = arrow_types()
    columns = {
        column.name: _clock(values[column.name])
        if column.type == "time"
        else pa.Array.from_pandas(values[column.name], type=types[column.type])
        for column in rows.contract.columns
        if column.name in values
    }
    return pa.table(columns)


def _clock(seconds: pd.Series) -> Any:
    """Seconds since midnight as times of day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    microseconds = pc.round(pc.multiply(pa.Array.from_pandas(seconds, type=pa.float64()), 1e6))
    return microseconds.cast(pa.int64()).cast(pa.time64("us"))
