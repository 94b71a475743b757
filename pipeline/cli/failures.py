"""How a failure is told: one sentence, or with --debug its traceback."""

from __future__ import annotations

import traceback
from pathlib import Path

from pipeline.errors import LastingError

DEBUG = "LASTING_DEBUG"
"""Set for the stages that a run starts, so that theirs are tracebacks too."""
PACKAGE = Path(__file__).parents[1]


def sentence(error: Exception) -> str:
    """Gives what a user should read of an error.

    Of one that Lasting did not expect its kind and its place: its own words may hold values of the data.
    """
    if isinstance(error, LastingError):
        return str(error)
    kind = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        kind = f"{kind}: {error.strerror}"  # the system's words, which know of no data
    return (
        f"Lasting met an error that it did not expect ({kind}{_place(error)}); run the same command as "
        "`lasting --debug ...` to read its own words, which may hold values of the data."
    )


def _place(error: Exception) -> str:
    """Where in the package an error went through last."""
    through = [
        (Path(frame.filename), frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PACKAGE)
    ]
    if not through:
        return ""
    module, line = through[-1]
    return f" at {module.relative_to(PACKAGE.parent).as_posix()}, line {line}"
