"""A Spark session, for data too many for one machine's memory: the extra `spark`, and Java 17."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.errors import SetupError


@contextmanager
def session() -> Iterator[Any]:
    """Gives a Spark session on this machine, or where Spark's own configuration says, and ends it.

    Raises SetupError if pyspark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise SetupError(
            "The engine spark needs pyspark, which is not installed; run `pip install 'lasting[spark]'`."
        ) from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise SetupError("The engine spark needs Java 17, and there is no `java`; install it.")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers of this very Python
    made = (
        SparkSession.builder.appName("lasting")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", str(os.cpu_count() or 1))
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    try:
        yield made
    finally:
        made.stop()
