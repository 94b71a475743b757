"""How a failure is told: one sentence, or with --debug its traceback."""

from __future__ import annotations

from pipeline.errors import LastingError

DEBUG = "LASTING_DEBUG"
"""Set for the stages that a run starts, so that theirs are tracebacks too."""


def sentence(error: Exception) -> str:
    """Gives what a user should read of an error."""
    if isinstance(error, LastingError):
        return str(error)
    said = str(error).splitlines()[0] if str(error) else "no details"
    return (
        f"Lasting met an error it did not expect ({type(error).__name__}: {said}); "
        "run the same command as `lasting --debug ...` and report what it shows."
    )
