"""The raw file: its rows as they are written, and the same rows as typed values.

The file is read once, here: what is checked is what is analysed. A row that doesn't fit the header is
refused, never cut or filled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract import csv_file, parquet_file, spreadsheet
from pipeline.contract.logical_types import nullable, to_values
from pipeline.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from pipeline.contract.model import Contract

READERS = {"csv": csv_file.read, "spreadsheet": spreadsheet.read, "parquet": parquet_file.read}


@dataclass(frozen=True)
class Rows:
    """A raw file: its header as it stands, and its rows in the contract's columns (empty cells missing).

    The index is the number of the row, as a spreadsheet counts. `text` has a column as it is written or,
    where the file itself has the contract's type (`typed`), as values. Where two columns have one name, it
    holds the first of them.
    """

    header: tuple[str, ...]
    text: pd.DataFrame
    contract: Contract
    typed: frozenset[str] = frozenset()

    @cached_property
    def values(self) -> pd.DataFrame:
        """The contract's columns with the contract's types; what isn't of its type is missing."""
        import pandas as pd

        there = [column for column in self.contract.columns if column.name in self.text]
        notation = self.contract.server.notation
        values = {
            column.name: self.text[column.name]
            if column.name in self.typed
            else to_values(self.text[column.name], column.type, column.options, notation)
            for column in there
        }
        return pd.DataFrame(values, index=self.text.index)

    def misfits(self, column: str) -> pd.Series:
        """Gives, for each row, whether what is written in the column is not of its type."""
        return self.text[column].notna() & self.values[column].isna()


def path_of(root: Path, contract: Contract) -> Path:
    """Gives the place of the raw file; raises DataError if it isn't there."""
    path = root / contract.raw
    if path.is_file():
        return path
    if contract.server.database:
        raise DataError(f"{contract.raw}: is not there yet; run `lasting extract {contract.id}`.")
    raise DataError(
        f"{contract.raw}: there is no such file; put it there, or mend servers[1].path in {contract.file}."
    )


def read(root: Path, contract: Contract) -> Rows:
    """Reads the file that a contract names.

    Raises DataError if the file is missing, is not what its format says, or is no table.
    """
    path = path_of(root, contract)
    return _rows(*READERS[contract.server.format](path, contract), contract)


def in_batches(root: Path, contract: Contract, size: int) -> Iterator[Rows]:
    """Reads the Parquet file that a contract names, at most `size` rows at a time.

    Rows keep the numbers that they have in the file. Raises what `read` raises.
    """
    done = 0
    for header, batch in parquet_file.in_batches(path_of(root, contract), contract, size, contract.sources):
        yield _rows(header, batch, contract, done)
        done += batch.num_rows


def of_columns(root: Path, contract: Contract, names: Collection[str]) -> Rows:
    """Reads all rows of some columns of the Parquet file that a contract names; raises what `read` raises."""
    sources = [column.source for column in contract.columns if column.name in names]
    return _rows(*parquet_file.columns(path_of(root, contract), contract, sources), contract)


def parse(text: str, contract: Contract) -> Rows:
    """Makes rows of the text of a CSV file; raises DataError if it is no table."""
    return _rows(*csv_file.parse(text, contract), contract)


def _rows(header: tuple[str, ...], table: pa.Table, contract: Contract, before: int = 0) -> Rows:
    import pandas as pd
    import pyarrow as pa

    first = contract.server.first_row + before
    index = pd.RangeIndex(first, first + table.num_rows)
    columns = {}
    typed = []
    for column in contract.columns:
        if column.source not in table.column_names:
            continue
        array = table.column(column.source)
        series = array.to_pandas(types_mapper=nullable().get)
        if not pa.types.is_large_string(array.type):
            typed.append(column.name)
        elif column.missing:
            series = series.mask(series.isin(column.missing))
        columns[column.name] = pd.Series(series.array, index=index)
    return Rows(header, pd.DataFrame(columns, index=index), contract, frozenset(typed))
