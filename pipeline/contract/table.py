"""The raw file as text, row by row, and the same rows as typed values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.contract.model import Contract

FIRST_ROW = 2
"""The number of the first row of data, as a spreadsheet counts: the header is row 1."""


def read_text(path: Path, contract: Contract) -> pd.DataFrame:
    """Reads a CSV file with every value as text and empty cells missing.

    Raises DataError if the file is missing, is not the text it should be, or is no table.
    """
    import pandas as pd

    try:
        return pd.read_csv(
            path,
            dtype="str",
            sep=contract.delimiter,
            encoding=contract.encoding,
            keep_default_na=False,
            na_values=[""],
            index_col=False,
        )
    except FileNotFoundError:
        raise DataError(
            f"{contract.raw}: there is no such file; put it there, or mend servers[1].path in "
            f"data_contracts/{contract.id}.odcs.yaml."
        ) from None
    except UnicodeDecodeError:
        raise DataError(
            f"{contract.raw}: is not {contract.encoding} text; save it so, or name its `encoding` in "
            f"data_contracts/{contract.id}.odcs.yaml."
        ) from None
    except pd.errors.EmptyDataError:
        raise DataError(f"{contract.raw}: the file is empty; put the data there.") from None
    except (pd.errors.ParserError, OSError) as problem:
        said = str(problem).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataError(f"{contract.raw}: cannot be read as a table ({said}).") from None


def typed(text: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Gives the contract's columns as numbers, dates, booleans and strings; what doesn't fit is missing."""
    import pandas as pd

    values = {}
    for column in contract.columns:
        if column.name not in text:
            continue
        raw = text[column.name]
        if column.type in ("integer", "number"):
            values[column.name] = pd.to_numeric(raw, errors="coerce")
        elif column.type == "date":
            values[column.name] = pd.to_datetime(raw, format="%Y-%m-%d", errors="coerce")
        else:
            values[column.name] = raw
    return pd.DataFrame(values, index=text.index)
