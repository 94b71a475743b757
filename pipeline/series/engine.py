"""Where rows become cells: DuckDB, in this process and out of core, or Spark where a machine is too small.

What either gives is small, and goes on in DuckDB, so that the series are the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from pipeline import spark as sessions

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

Engine = Literal["duckdb", "spark"]

MEMORY = "1500MB"
"""What DuckDB may hold; beyond it, it works on disk."""


@contextmanager
def duckdb() -> Iterator[Backend]:
    """Gives DuckDB in memory, with a folder of its own for what memory does not hold."""
    import ibis

    with tempfile.TemporaryDirectory(prefix="lasting-duckdb-") as folder:
        engine = ibis.duckdb.connect(memory_limit=MEMORY, temp_directory=folder)
        try:
            yield engine
        finally:
            engine.disconnect()


@contextmanager
def spark() -> Iterator[Any]:
    """Gives Ibis on a Spark session; raises SetupError if pyspark or Java is missing."""
    import ibis

    with sessions.session() as session:
        yield ibis.pyspark.connect(session)
