"""Reading the series files of a study: of all together, by site, and by stratum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

COVARIATE = "covariate:"
COMPARATOR = "comparator:"
"""These stand before the names of columns of a plan, which may be called like those that are ours."""


def read(folder: Path, measure: str) -> pd.DataFrame:
    """Reads the series of a measure; the index is the first day of each period.

    In a panel it is that of the sites that got the change, together. Raises DataError if it isn't there yet.
    """
    frame = _frame(folder, measure)
    return _dated(frame)


def read_by_unit(folder: Path, measure: str) -> dict[str, pd.DataFrame]:
    """Reads the series of each site, by name; raises DataError if they aren't there."""
    frame = _frame(folder, f"{measure}.by-unit")
    return {str(name): _dated(rows.drop(columns="unit")) for name, rows in frame.groupby("unit")}


def read_by_stratum(folder: Path, measure: str) -> dict[object, pd.DataFrame]:
    """Reads the series of each stratum, by its value in the data; raises DataError if they aren't there."""
    frame = _frame(folder, f"{measure}.by-stratum")
    return {name: _dated(rows.drop(columns="stratum")) for name, rows in frame.groupby("stratum")}


def covariates(data: pd.DataFrame) -> pd.DataFrame:
    """Gives the covariates of a series under their own names."""
    return _named(data, COVARIATE)


def comparator_columns(data: pd.DataFrame) -> pd.DataFrame:
    """Gives the comparators that stand in columns beside a series, under their own names."""
    return _named(data, COMPARATOR)


def _named(data: pd.DataFrame, kind: str) -> pd.DataFrame:
    found = data[[name for name in data.columns if name.startswith(kind)]]
    return found.rename(columns=lambda name: name.removeprefix(kind))


def _frame(folder: Path, name: str) -> pd.DataFrame:
    import pandas as pd

    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise DataError(f"{folder.name}/{path.name}: is not there yet; run `lasting run` first.")
    return pd.read_parquet(path)


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    index = pd.DatetimeIndex(frame["period"], name="period")
    return frame.drop(columns="period").set_index(index)
