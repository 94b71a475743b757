"""Values that come twice in a snapshot, counted by DuckDB, which goes to disk where memory is short.

What Great Expectations finds of unique columns and keys, of tables that can't be held: every row whose values
another row has too; rows in which all are missing are passed over.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.contract.engine import Outcome

MEMORY = "600MB"


def repeats(snapshot: Path, columns: Sequence[str], first_row: int, most: int) -> Outcome:
    """Gives how many rows share their values in `columns` with another, and the numbers of the first `most`.

    The file's first row has the number `first_row`.
    """
    import duckdb

    names = [f'"{name}"' for name in columns]
    listed, together = ", ".join(names), " AND ".join(f"{name} IS NULL" for name in names)
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM twice.{name}" for name in names)
    with (
        tempfile.TemporaryDirectory(prefix="lasting-duckdb-") as folder,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder}) as engine,
    ):
        engine.execute("SET enable_progress_bar = false")
        engine.execute("SET preserve_insertion_order = false")
        engine.execute(
            f"CREATE TABLE twice AS SELECT {listed}, count(*) AS times FROM read_parquet(?) "
            f"WHERE NOT ({together}) GROUP BY {listed} HAVING count(*) > 1",
            [str(snapshot)],
        )
        count = engine.execute("SELECT coalesce(sum(times), 0) FROM twice").fetchone()
        if not count or not count[0]:
            return Outcome(holds=True)
        rows = engine.execute(
            "SELECT file_row_number FROM read_parquet(?, file_row_number = true) AS t "
            f"JOIN twice ON {same} ORDER BY file_row_number LIMIT {most}",
            [str(snapshot)],
        ).fetchall()
    return Outcome(False, int(count[0]), tuple(int(row) + first_row for (row,) in rows))
