"""A CSV file as columns of text: the fast way for files that are sound, the careful way for the others.

Both give the same text for the same file. A file whose quotes and rows are all in order is read by Arrow, in
columns; any other is read by Python's csv module, row by row, which can say what is wrong and where.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.contract.model import Contract

SHOWN = 5
DELIMITERS = {",": ",", ";": ";", "|": "|", "\t": "\\t"}
"""What may stand between fields, and how a contract writes it."""
QUOTE = 34
LONGEST_HEADER = 100_000
GZIP = b"\x1f\x8b"


def read(path: Path, contract: Contract) -> tuple[tuple[str, ...], pa.Table]:
    """Gives the header of a CSV file, and the contract's columns as text, named as in the file.

    Raises DataError if the file is not the text it should be, or is no table: every row must have as many
    fields as the header.
    """
    raw, server = contract.raw, contract.server
    try:
        content = path.read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
        if server.encoding == "utf-16" and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UnicodeError  # without its mark, any text of even length would pass for UTF-16
        text = content.decode(server.encoding)
    except UnicodeError:
        raise DataError(
            f"{raw}: is not {server.encoding.removesuffix('-sig')} text; save it so, or name its "
            f"`encoding` in {contract.file}."
        ) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(f"{raw}: cannot be unpacked; pack it again with gzip.") from None
    except OSError as problem:
        raise DataError(
            f"{raw}: cannot be opened ({problem.strerror or problem}); mend its permissions."
        ) from None
    return parse(text, contract)


def parse(text: str, contract: Contract) -> tuple[tuple[str, ...], pa.Table]:
    """Gives header and columns of a CSV file's text, as `read` does; raises DataError if it is no table."""
    body = _body(text, contract)
    delimiter, wanted = contract.server.delimiter, contract.sources
    if (found := _quickly(body, delimiter, wanted)) is not None:
        return found
    try:
        records = list(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        raise DataError(f"{contract.raw}: cannot be read as a table ({problem}); mend the file.") from None
    if not records or not records[0]:
        place = "its first row" if contract.server.header_row == 1 else f"row {contract.server.header_row}"
        raise DataError(f"{contract.raw}: the file is empty, or {place} is; put the data there.")
    header, rows = records[0], records[1:]
    _refuse_other_delimiter(header, contract)
    _refuse_ragged(header, rows, contract)
    return tuple(header), _columns(header, rows, wanted)


def _body(text: str, contract: Contract) -> str:
    """The lines from the header on, without footnotes and blank lines at the end."""
    server = contract.server
    start = 0
    for _ in range(server.header_row - 1):
        found = re.compile(r"\r\n|\n|\r").search(text, start)
        start = found.end() if found else len(text)
    body = text[start:].rstrip("\r\n")
    for _ in range(server.footer_rows):
        body = body[: max(body.rfind("\n"), body.rfind("\r"), 0)].rstrip("\r\n")
    return body


def _quickly(body: str, delimiter: str, wanted: tuple[str, ...]) -> tuple[tuple[str, ...], pa.Table] | None:
    """The header and the columns of a table that is in order; None where only the careful way can tell."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    data = body.encode()
    if not data or not delimiter.isascii() or not _is_well_quoted(data, delimiter):
        return None
    header = _header(body, delimiter)
    if len(header) < 2:
        return None
    places: dict[str, str] = {}
    for place, name in enumerate(header):
        places.setdefault(name, str(place))
    kept = [name for name in wanted if name in places]
    try:
        table = arrow.read_csv(
            pa.BufferReader(data),
            arrow.ReadOptions(
                column_names=[str(place) for place in range(len(header))], skip_rows_after_names=1
            ),
            arrow.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in data),
            arrow.ConvertOptions(
                column_types={places[name]: pa.large_string() for name in kept},
                include_columns=[places[name] for name in kept] or ["0"],
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None
    # Arrow passes over blank lines, and a line break in quotes is no new row: such files are read with care.
    if table.num_rows != _line_ends(data):
        return None
    return tuple(header), table.rename_columns(kept) if kept else table


def _line_ends(data: bytes) -> int | None:
    """How many lines end, if all end alike (in \\n, \\r or \\r\\n); else None."""
    feeds, returns = data.count(b"\n"), data.count(b"\r")
    if not feeds or not returns:
        return feeds or returns
    return feeds if feeds == returns == data.count(b"\r\n") else None


def _header(body: str, delimiter: str) -> list[str]:
    """The names in the first row; none where they are too long to be names, or not well written."""
    start = io.StringIO(body[:LONGEST_HEADER], newline="")
    try:
        header = next(csv.reader(start, delimiter=delimiter, strict=True))
    except csv.Error:
        return []
    return header if len(body) <= LONGEST_HEADER or start.tell() < LONGEST_HEADER else []


def _is_well_quoted(data: bytes, delimiter: str) -> bool:
    """True if every quote opens or closes a whole field, or is one of two that stand for a quote.

    Only then do all readers agree on where fields end.
    """
    import numpy as np

    if b'"' not in data:
        return True
    signs = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(signs == QUOTE)
    if len(quotes) % 2:
        return False
    ends = np.array([ord(delimiter), ord("\n"), ord("\r")], dtype=np.uint8)
    opens, closes = quotes[::2], quotes[1::2]
    before = np.isin(signs[opens - 1], ends) | (opens == 0)
    after = np.isin(signs[np.minimum(closes + 1, len(signs) - 1)], ends) | (closes == len(signs) - 1)
    doubled = opens[1:] == closes[:-1] + 1
    before[1:] |= doubled
    after[:-1] |= doubled
    return bool(before.all() and after.all())


def _columns(header: list[str], rows: list[list[str]], wanted: tuple[str, ...]) -> pa.Table:
    import pyarrow as pa

    fields: Any = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    columns: dict[str, pa.Array] = {}
    for name, column in zip(header, fields, strict=True):
        if name in wanted and name not in columns:
            columns[name] = pa.array([value or None for value in column], pa.large_string())
    # A table without columns has no rows; the row count must survive.
    return pa.table(columns or {"": pa.nulls(len(rows))})


def _refuse_other_delimiter(header: list[str], contract: Contract) -> None:
    if len(header) > 1:
        return
    for sign, written in DELIMITERS.items():
        if sign in header[0]:
            raise DataError(
                f"{contract.raw}: its header is one field that holds `{written}`; the delimiter is probably "
                f'that: say `delimiter: "{written}"` in servers[1] of {contract.file}.'
            )


def _refuse_ragged(header: list[str], rows: list[list[str]], contract: Contract) -> None:
    first = contract.server.first_row
    ragged = [(place, len(row)) for place, row in enumerate(rows, first) if len(row) != len(header)]
    if not ragged:
        return
    told = ", ".join(f"row {place} has {count}" for place, count in ragged[:SHOWN])
    more = f" and {len(ragged) - SHOWN} more" if len(ragged) > SHOWN else ""
    raise DataError(
        f"{contract.raw}: the header has {len(header)} fields, and {told}{more}; mend those rows "
        "(a thousands separator, as in 1,523, makes two fields of one: write 1523)."
    )
