"""The raw file as text, row by row, and the same rows as typed values.

The file is read once, here: what is checked is what is analysed. A row that doesn't fit the header is
refused, never cut or filled.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.contract.model import Contract

FIRST_ROW = 2
"""The number of the first row of data, as a spreadsheet counts: the header is row 1."""
SHOWN = 5
DELIMITERS = {",": ",", ";": ";", "|": "|", "\t": "\\t"}
"""What may stand between fields, and how a contract writes it."""


@dataclass(frozen=True)
class Rows:
    """A raw file: its header as it stands, and its rows as text (empty cells missing).

    Where two columns have one name, `text` holds the first of them.
    """

    header: tuple[str, ...]
    text: pd.DataFrame
    contract: Contract

    @cached_property
    def values(self) -> pd.DataFrame:
        """The contract's columns with the contract's types; what isn't of its type is missing."""
        import pandas as pd

        from pipeline.contract.logical_types import to_values

        there = [column for column in self.contract.columns if column.name in self.text]
        values = {column.name: to_values(self.text[column.name], column.type) for column in there}
        return pd.DataFrame(values, index=self.text.index)


def path_of(root: Path, contract: Contract) -> Path:
    """Gives the place of the raw file; raises DataError if it isn't there."""
    path = root / contract.raw
    if not path.is_file():
        raise DataError(
            f"{contract.raw}: there is no such file; put it there, or mend servers[1].path in "
            f"{_contract(contract)}."
        )
    return path


def read(root: Path, contract: Contract) -> Rows:
    """Reads the CSV file that a contract names.

    Raises DataError if the file is missing, is not the text it should be, or is no table: every row must
    have as many fields as the header.
    """
    path = path_of(root, contract)
    try:
        with path.open(encoding=contract.encoding, newline="") as file:
            return parse(file, contract)
    except UnicodeError:
        raise DataError(
            f"{contract.raw}: is not {contract.encoding.removesuffix('-sig')} text; save it so, or name its "
            f"`encoding` in {_contract(contract)}."
        ) from None
    except OSError as problem:
        raise DataError(f"{contract.raw}: cannot be opened ({problem}); mend its permissions.") from None


def parse(lines: Iterable[str], contract: Contract) -> Rows:
    """Makes rows of the lines of a CSV file; raises DataError if they are no table."""
    import pandas as pd

    try:
        records = list(csv.reader(lines, delimiter=contract.delimiter, strict=True))
    except csv.Error as problem:
        raise DataError(f"{contract.raw}: cannot be read as a table ({problem}); mend the file.") from None
    while records and not records[-1]:
        records.pop()
    if not records or not records[0]:
        raise DataError(f"{contract.raw}: the file is empty, or its first row is; put the data there.")
    header, rows = records[0], records[1:]
    _refuse_other_delimiter(header, contract)
    _refuse_ragged(header, rows, contract)
    fields = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    text: dict[str, pd.Series] = {}
    for name, column in zip(header, fields, strict=True):
        text.setdefault(name, pd.Series([value or None for value in column], dtype="str"))
    return Rows(tuple(header), pd.DataFrame(text), contract)


def _refuse_other_delimiter(header: list[str], contract: Contract) -> None:
    if len(header) > 1:
        return
    for sign, written in DELIMITERS.items():
        if sign in header[0]:
            raise DataError(
                f"{contract.raw}: its header is one field that holds `{written}`; the delimiter is probably "
                f'that: say `delimiter: "{written}"` in servers[1] of {_contract(contract)}.'
            )


def _refuse_ragged(header: list[str], rows: list[list[str]], contract: Contract) -> None:
    ragged = [(place, len(row)) for place, row in enumerate(rows, FIRST_ROW) if len(row) != len(header)]
    if not ragged:
        return
    told = ", ".join(f"row {place} has {count}" for place, count in ragged[:SHOWN])
    more = f" and {len(ragged) - SHOWN} more" if len(ragged) > SHOWN else ""
    raise DataError(
        f"{contract.raw}: the header has {len(header)} fields, and {told}{more}; mend those rows "
        "(a thousands separator, as in 1,523, makes two fields of one: write 1523)."
    )


def _contract(contract: Contract) -> str:
    return f"data_contracts/{contract.id}.odcs.yaml"
