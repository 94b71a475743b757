"""Results files: how numbers are rounded and written, and that nothing is left half-written.

Results carry ten significant digits (two machines may differ in the last few of sixteen), are written to
a temporary name and renamed when whole, and hold no time stamps, absolute paths or random ids.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SIGNIFICANT_DIGITS = 10


def rounded(value: Any) -> Any:
    """Gives plain values for JSON: numbers to ten significant digits, what is not finite as None.

    >>> rounded({"share": 1 / 3, "counts": (1, float("nan"))})
    {'share': 0.3333333333, 'counts': [1, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if hasattr(value, "tolist"):
        return rounded(value.tolist())
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if math.isfinite(value) else None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value


def table(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Gives a table's rows as plain values, its index as the key `row` unless the index has a name."""
    named = frame.rename_axis(str(frame.index.name or "row")).reset_index()
    columns = [str(name) for name in named.columns]
    return [rounded(dict(zip(columns, row, strict=True))) for row in named.itertuples(index=False)]


def to_json(value: Any) -> str:
    """Gives the one JSON form of a result: keys in the order given, two spaces, a final newline."""
    return json.dumps(rounded(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> Any:
    """Reads a results file."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Gives a temporary folder beside `path`, which becomes `path` if the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.partial"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        yield temporary
        shutil.rmtree(path, ignore_errors=True)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file under a temporary name and renames it, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    temporary.replace(path)
