"""What stages tell the command that started them: which began, which ended, how long, and what went wrong.

DVC runs each stage as a command of its own and passes on only that one failed. `lasting run` therefore
names a file in the environment, and each stage adds lines to it: the progress, the times and the one
sentence of an error come from there, not from reading DVC's output.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "LASTING_EVENTS"


@dataclass(frozen=True)
class Event:
    """One line: a stage of an item has `started`, `finished` or `failed`."""

    stage: str
    item: str
    what: str
    seconds: float = 0.0
    exit_code: int = 0
    message: str = ""


def record(event: Event) -> None:
    """Adds an event to the file that the environment names, if it names one."""
    if path := os.environ.get(VARIABLE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(event)) + "\n")


def read(path: Path, after: int = 0) -> list[Event]:
    """Gives the events in a file, from line `after` on; a line that is still being written waits."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [Event(**json.loads(line)) for line in lines[after:] if line.endswith("\n")]
