"""One sheet of a workbook as columns of text: the table that begins at its header and ends at an empty row.

A cell that holds a number or a date is written as the contract says such values are written, so that what
is checked is the same for a workbook as for a text file.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import marked_yaml
from pipeline.contract import date_formats
from pipeline.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.contract.column import Column
    from pipeline.contract.model import Contract

WHOLE = 10.0**15
"""Up to here a float holds every whole number; a workbook stores all its numbers as floats."""


def read(path: Path, contract: Contract) -> tuple[tuple[str, ...], pa.Table]:
    """Gives the header of a sheet, and the contract's columns as text, named as in the sheet.

    Raises DataError if the file is no workbook, the sheet isn't there or isn't told, or what lies below the
    table is no footnote.
    """
    import pyarrow as pa

    cells = _cells(path, contract)
    first = contract.server.header_row
    if len(cells) < first or not any(map(_is_filled, cells[first - 1])):
        raise DataError(
            f"{contract.raw}: row {first} is empty; say in which row the header is (`headerRow`)."
        )
    header = [_text(cell, None, contract) or "" for cell in cells[first - 1]]
    rows = _above_footnotes(cells[first:], contract)
    named = [
        place for place, name in enumerate(header) if name or any(_is_filled(row[place]) for row in rows)
    ]
    columns = {column.source: column for column in reversed(contract.columns)}
    made: dict[str, Any] = {}
    for place in named:
        name = header[place]
        if name in columns and name not in made:
            texts = [_text(row[place], columns[name], contract) for row in rows]
            made[name] = pa.array(texts, pa.large_string())
    return tuple(header[place] for place in named), pa.table(made or {"": pa.nulls(len(rows))})


def _cells(path: Path, contract: Contract) -> list[list[Any]]:
    """The cells of the sheet that the contract names, or of the only one, from its first row on."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        wanted = contract.server.sheet
        if wanted is None and len(book.sheet_names) > 1:
            raise DataError(
                f"{contract.raw}: has the sheets {', '.join(book.sheet_names)}; name one in {contract.file} "
                "(a customProperty `sheet` of servers[1])."
            )
        if wanted is not None and wanted not in book.sheet_names:
            hint = marked_yaml.nearest(wanted, book.sheet_names)
            raise DataError(f"{contract.raw}: has no sheet {wanted}{hint or '; mend `sheet`'}.")
        cells: list[list[Any]] = book.get_sheet_by_name(wanted or book.sheet_names[0]).to_python(
            skip_empty_area=False
        )
    except python_calamine.PasswordError:
        raise DataError(f"{contract.raw}: is locked by a password; save it without one.") from None
    except (python_calamine.CalamineError, OSError):
        raise DataError(
            f"{contract.raw}: is not a workbook that can be read; save it anew as xlsx."
        ) from None
    return cells


def _above_footnotes(rows: list[list[Any]], contract: Contract) -> list[list[Any]]:
    """The rows of the table: down to the first empty one, without the rows that are said to be footnotes."""
    first = contract.server.first_row
    length = next((place for place, row in enumerate(rows) if not any(map(_is_filled, row))), len(rows))
    for place, row in enumerate(rows[length:], first + length):
        if sum(map(_is_filled, row)) > 1:
            raise DataError(
                f"{contract.raw}: row {first + length} is empty, and row {place} below it is no footnote; "
                "take empty rows out of the table, and other tables out of the sheet."
            )
    return rows[: max(length - contract.server.footer_rows, 0)]


def _is_filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _text(cell: Any, column: Column | None, contract: Contract) -> str | None:
    """A cell as text in the contract's notation; None if it is empty."""
    if not _is_filled(cell):
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        plain = str(int(cell)) if cell == cell // 1 and abs(cell) < WHOLE else repr(cell)
        return plain.replace(".", contract.server.notation.decimal)
    return _moment(cell, column)


def _moment(cell: Any, column: Column | None) -> str:
    """A date or time as text in its column's format; what has a time of day keeps it in a column of dates."""
    kind = column.type if column else "date"
    is_day = not isinstance(cell, datetime.datetime) or cell.time() == datetime.time()
    if isinstance(cell, datetime.datetime) and kind == "date" and is_day:
        cell = cell.date()
    if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime) and kind == "timestamp":
        cell = datetime.datetime.combine(cell, datetime.time())
    kinds = {datetime.date: "date", datetime.datetime: "timestamp", datetime.time: "time"}
    written = column.options.get("format") if column else None
    if written and kinds.get(type(cell)) == kind:
        return date_formats.read(written, kind).text(cell)
    return str(cell)
