"""From records to monthly series by site and stratum: seconds and peak memory, against pandas and on Spark.

`python -m benchmarks.records [--records 100000000] [--pandas 60000000] [--spark 10000000]` prints a table.
Records are made first, by DuckDB, in a temporary folder (about 9 bytes each); every run is a process of its
own, so that its peak memory is its own. pandas is timed on as many records as a machine of 8 GB lets it hold,
and DuckDB on the same file.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

SITES, STRATA, DAYS = 100, 5, 3652
PLAN: dict[str, Any] = {
    "study": "records",
    "title": "Records",
    "question": "How fast?",
    "data": {
        "contract": "records",
        "period": {"column": "arrived", "every": "month"},
        "unit": "site",
        "strata": "quintile",
    },
    "measures": [
        {"id": "arrivals", "role": "outcome", "label": "Arrivals", "kind": "count"},
        {
            "id": "late",
            "role": "process",
            "label": "Late",
            "kind": "proportion",
            "numerator": "late",
        },
        {"id": "minutes", "role": "process", "label": "Minutes", "kind": "mean", "column": "minutes"},
    ],
    "interventions": [{"label": "A change", "start": "2019-01-01", "units": ["site 001", "site 002"]}],
    "disclosure": "off",
}


def make(records: int, target: Path) -> None:
    """Writes so many records of arrivals to a Parquet file: day, site, quintile, late or not, minutes."""
    import duckdb

    duckdb.sql(
        f"""
        copy (
            select
                date '2014-01-01' + (hash(i) % {DAYS})::integer as arrived,
                format('site {{:03d}}', (hash(i + 1) % {SITES})::integer + 1) as site,
                (hash(i + 2) % {STRATA})::integer + 1 as quintile,
                hash(i + 3) % 5 = 0 as late,
                (hash(i + 4) % 480)::integer as minutes
            from range({records}) as made(i)
        ) to '{target}' (format parquet)
        """
    )


def with_lasting(data: Path, folder: Path, engine: str) -> None:
    """Makes the series as the stage does."""
    from pipeline import series
    from pipeline.plan import Plan

    series.write_all(data, Plan.model_validate(PLAN), folder, records=True, engine=engine)


def with_pandas(data: Path) -> None:
    """Makes the same three kinds of series in pandas, as one would write it, but for the grids."""
    import pyarrow.parquet as pq

    frame = pq.read_table(data).to_pandas(date_as_object=False)
    frame["period"] = frame["arrived"].dt.to_period("M")
    treated = frame[frame["site"].isin(PLAN["interventions"][0]["units"])]
    for rows, keys in ((treated, ["period"]), (frame, ["site", "period"]), (treated, ["quintile", "period"])):
        rows.groupby(keys).agg(
            arrivals=("late", "size"),
            late=("late", "sum"),
            minutes=("minutes", "mean"),
            sd=("minutes", "std"),
        )


def measured(work: str, data: Path, folder: Path) -> tuple[float, float, float]:
    """Gives the seconds, the processors' seconds and the peak memory in GB of a run in its own process."""
    command = [sys.executable, "-m", "benchmarks.records", "--run", work, str(data), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, busy, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, busy, peak


def run(work: str, data: Path, folder: Path) -> None:
    """Does one run in this process, and prints its seconds, those of its processors, and its peak memory."""
    runs: dict[str, Callable[[], None]] = {
        "pandas": lambda: with_pandas(data),
        "duckdb": lambda: with_lasting(data, folder, "duckdb"),
        "spark": lambda: with_lasting(data, folder, "spark"),
    }
    began = time.perf_counter()
    runs[work]()
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([seconds, time.process_time(), used.ru_maxrss / 1024**2]))


def differences(one: Path, other: Path) -> float:
    """Gives the largest relative difference between two folders of series; raises if their shapes differ."""
    import numpy as np
    import pandas as pd

    largest = 0.0
    for path in sorted(one.glob("*.parquet")):
        a, b = pd.read_parquet(path), pd.read_parquet(other / path.name)
        pd.testing.assert_frame_equal(a, b, rtol=1e-9)
        for name in a.select_dtypes("number"):
            size = np.maximum(a[name].abs(), 1e-300)
            largest = max(largest, float(((a[name] - b[name]).abs() / size).max()))
    return largest


def main(records: int, pandas: int, spark: int) -> None:
    """Prints a row a run: records, engine, seconds, processors' seconds, peak memory."""
    table = Table(title=f"Records to monthly series by {SITES} sites and {STRATA} strata, three measures")
    for title in ("Records", "Engine", "Seconds", "Processor seconds", "Peak memory, GB", "Note"):
        table.add_column(title, justify="left" if title in ("Engine", "Note") else "right")

    def row(count: int, engine: str, run: tuple[float, float, float], note: str = "") -> None:
        table.add_row(f"{count:,}", engine, *(f"{value:.1f}" for value in run), note)

    with tempfile.TemporaryDirectory(prefix="lasting-records-") as place:
        root = Path(place)
        for engine in ("duckdb", "spark"):
            (root / engine).mkdir()
        data = root / "records.parquet"
        if records:
            make(records, data)
            row(records, "duckdb", measured("duckdb", data, root / "duckdb"))
        if pandas:
            make(pandas, data)
            ours, theirs = (measured(work, data, root / "duckdb") for work in ("duckdb", "pandas"))
            row(pandas, "pandas", theirs)
            times = f"{theirs[0] / ours[0]:.1f} times as fast as pandas"
            row(pandas, "duckdb", ours, f"{times}, with {theirs[1] / ours[1]:.1f} times less work")
        if spark:
            make(spark, data)
            row(spark, "duckdb", measured("duckdb", data, root / "duckdb"))
            seconds = measured("spark", data, root / "spark")[0]
            apart = differences(root / "duckdb", root / "spark")
            table.add_row(f"{spark:,}", "spark", f"{seconds:.1f}", "", "", f"within {apart:.0e} of duckdb")
    Console(width=120).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000_000)
    parser.add_argument("--pandas", type=int, default=60_000_000)
    parser.add_argument("--spark", type=int, default=10_000_000)
    parser.add_argument("--run", nargs=3, metavar=("WORK", "DATA", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        run(asked.run[0], Path(asked.run[1]), Path(asked.run[2]))
    else:
        main(asked.records, asked.pandas, asked.spark)
