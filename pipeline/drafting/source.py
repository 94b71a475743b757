"""A file of unknown make, read as text: its encoding, separator, header and rows.

Spreadsheets' exports have titles above the header and notes below the table; those lines are left out, and
said to be.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import DataError

SEPARATORS = (",", ";", "\t", "|")
GZIP, ZIP, OLE, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""Marks of byte order, and the encodings they stand for."""
TRIED = 200
"""Rows from which the separator and the header are judged."""
MISSING = frozenset(("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", ".", "..", "-", ":", "*"))
"""How cells without a value are written in published tables."""
PER_CENT = re.compile(r"[+-]?[0-9][0-9.,]* ?%")


@dataclass(frozen=True)
class Source:
    """A table as it stands in its file: the columns' names, and the rows as text.

    `header_row` counts as a spreadsheet does, and `footer_rows` are notes below the table, of which
    `left_out` look like its rows. `oddities` says what no contract can describe: one half-sentence each.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str = "utf-8"
    separator: str = ","
    header_row: int = 1
    footer_rows: int = 0
    left_out: int = 0
    oddities: tuple[str, ...] = ()
    format: str = "csv"
    sheet: str | None = None

    def column(self, name: str) -> list[str]:
        """Gives the cells of a column, from top to bottom."""
        place = self.names.index(name)
        return [row[place] for row in self.rows]


def read(path: Path) -> Source:
    """Reads the table in a file; raises DataError if there is none, or none that can be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; mend --data.") from None
    except OSError as problem:
        raise DataError(
            f"{path}: cannot be opened ({problem.strerror}); give --data a file you may read."
        ) from None
    if content.startswith(GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError):
            raise DataError(f"{path}: is not a whole gzip file; fetch it again.") from None
    if content.startswith((ZIP, OLE)):
        from pipeline.drafting import binary

        return binary.workbook(path)
    if content.startswith(PARQUET):
        from pipeline.drafting import binary

        return binary.parquet(path)
    if b"\0" in content[:1000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{path}: is not a text file; save the table as CSV and give that.")
    text, encoding = decoded(content)
    return parse(text, str(path), encoding)


def decoded(content: bytes) -> tuple[str, str]:
    """Gives a file's text and its encoding: by its mark, else UTF-8, else as Windows writes western text."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").removeprefix("\ufeff"), encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return content.decode("iso8859-1"), "iso8859-1"


def parse(text: str, where: str, encoding: str = "utf-8") -> Source:
    """Makes a source of the text of a CSV file; raises DataError naming `where` if it holds no table."""
    separator = separator_of(text)
    try:
        written = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as problem:
        raise DataError(f"{where}: cannot be read as a table ({problem}); mend the file.") from None
    return replace(of_records(written, where), encoding=encoding, separator=separator)


def of_records(written: list[list[str]], where: str) -> Source:
    """Makes a source of a file's lines, cell by cell; raises DataError if no table is among them."""
    records = [[cell.strip() for cell in row] for row in written]
    width = _usual_width(records)
    first = next((place for place, row in enumerate(records) if _is_header(row, width)), None)
    if first is None or len(records) < first + 3:
        raise DataError(
            f"{where}: no table with a row of column names and rows of data below it was found; "
            "give a file whose columns have names."
        )
    body = records[first + 1 :]
    is_row = [len(row) == width and any(cell not in MISSING for cell in row) for row in body]
    end = max((place for place, is_in in enumerate(is_row) if is_in), default=-1) + 1
    rows = [row for row, is_in in zip(body, is_row, strict=True) if is_in]
    names = _distinct(records[first])
    rows, has_signs = _without_signs(rows)
    found = ["numbers have per cent signs"] if has_signs else []
    if len(rows) < end:
        found.append(f"{end - len(rows)} of its lines are no rows of the table")
    if list(names) != records[first]:
        found.append("columns share names or have none")
    if any(cell in MISSING and cell for column in zip(*rows, strict=True) for cell in _meant(column)):
        found.append("missing values are written as words or signs")
    if records[first : first + 1 + end] != written[first : first + 1 + end]:
        found.append("cells have spaces around them")
    return Source(
        names,
        tuple(tuple(row) for row in rows),
        header_row=first + 1,
        footer_rows=sum(any(row) for row in body[end:]),
        oddities=tuple(found),
    )


def _without_signs(rows: list[list[str]]) -> tuple[list[list[str]], bool]:
    """Rows whose columns of per cents are numbers, and whether there are any: 85.3% is 85.3."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    signed = [
        place
        for place, cells in enumerate(columns)
        if any("%" in cell for cell in cells)
        and all(cell in MISSING or PER_CENT.fullmatch(cell) for cell in cells)
    ]
    for place in signed:
        columns[place] = [cell.removesuffix("%").rstrip() for cell in columns[place]]
    return [list(row) for row in zip(*columns, strict=True)], bool(signed)


def are_words(cells: Iterable[str]) -> bool:
    """True if no cell of a column begins with a digit: what is missing elsewhere may be a word here.

    >>> are_words(["None", "Low"]), are_words(["NA", "12"])
    (True, False)
    """
    return not any(cell.lstrip("+-.")[:1].isdigit() for cell in cells)


def _meant(column: Sequence[str]) -> Sequence[str]:
    """The cells of a column in which NA and the like stand for a missing value."""
    return () if are_words(column) else column


def separator_of(text: str) -> str:
    """Gives the sign that cuts most lines into the same number of fields, more than one.

    >>> separator_of("month;falls\\n2023-04;1,5\\n2023-05;2,5\\n")
    ';'
    """
    sample = io.StringIO(text)
    lines = "".join(line for line, _ in zip(sample, range(TRIED), strict=False))

    def agreement(separator: str) -> tuple[int, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(lines), delimiter=separator) if row)
        except csv.Error:
            return (0, 0)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (count if width > 1 else 0, width)

    return max(SEPARATORS, key=agreement)


def _usual_width(records: list[list[str]]) -> int:
    widths = Counter(len(row) for row in records if any(row))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _is_header(row: list[str], width: int) -> bool:
    """True if a row can name the columns: one name each (the first may be empty), and none a number."""
    if len(row) != width or not any(row):
        return False
    named = [cell for cell in row if cell]
    has_numbers = any(cell.lstrip("+-").replace(".", "", 1).replace(",", "").isdigit() for cell in named)
    return len(named) >= max(1, width - 1) and not has_numbers


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Gives each column a name of its own; names that differ only in capitals count as one."""
    taken: set[str] = set()
    distinct = []
    for place, name in enumerate(names, 1):
        made, number = name or f"column_{place}", 2
        while made.casefold() in taken:
            made, number = f"{name or 'column'}_{number}", number + 1
        taken.add(made.casefold())
        distinct.append(made)
    return tuple(distinct)
