"""Where rows become cells: DuckDB, in this process and out of core, or Spark where a machine is too small.

What either gives is small, and goes on in DuckDB, so that the series are the same.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import SetupError

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
    """Gives Ibis on a Spark session of this machine, or of the cluster that SPARK_REMOTE or a config names.

    Raises SetupError if pyspark or Java is missing.
    """
    import shutil

    try:
        import ibis
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise SetupError(
            "The engine spark needs pyspark, which is not installed; run `pip install 'lasting[spark]'`."
        ) from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise SetupError("The engine spark needs Java 17, and there is no `java`; install it.")
    # Workers must be of this Python, and dates of no time zone but one.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.appName("lasting")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", str(os.cpu_count() or 1))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()
