"""Workbooks and Parquet files as sources: their cells as text, written as a contract reads them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.drafting.source import Source, of_records
from pipeline.errors import DataError

WHOLE = 1e15
"""Up to here a float holds every whole number; a workbook stores all its numbers as floats."""
WORKBOOKS = {".xlsx": "xlsx", ".xls": "xls", ".ods": "ods"}


def workbook(path: Path) -> Source:
    """Gives the first sheet of a workbook that holds a table; raises DataError if none does."""
    import python_calamine

    kind = WORKBOOKS.get(path.suffix.lower())
    if kind is None:
        raise DataError(
            f"{path}: is no text file, and no workbook by its name; save the table as CSV or xlsx."
        )
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except python_calamine.PasswordError:
        raise DataError(f"{path}: is locked by a password; save it without one.") from None
    except (python_calamine.CalamineError, OSError):
        raise DataError(f"{path}: is not a workbook that can be read; save it anew as xlsx.") from None
    for name, cells in sheets.items():
        written = [[_text(cell) for cell in row] for row in cells]
        if name == list(sheets)[-1]:
            found = of_records(written, str(path))
        else:
            try:
                found = of_records(written, str(path))
            except DataError:
                continue
        return replace(found, format=kind, sheet=name if len(sheets) > 1 else None)
    raise DataError(f"{path}: has no sheets; save the table as CSV.")


def parquet(path: Path) -> Source:
    """Gives the table in a Parquet file; raises DataError if it can't be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise DataError(f"{path}: is not a Parquet file that can be read; write it anew.") from None
    cells: Iterable[list[Any]] = (column.to_pylist() for column in table.columns)
    rows = zip(*([_text(cell) for cell in column] for column in cells), strict=True)
    return Source(tuple(table.column_names), tuple(rows), format="parquet")


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a decimal point, days without a time."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return (
            "" if cell != cell else str(int(cell)) if cell.is_integer() and abs(cell) < WHOLE else repr(cell)
        )
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)
