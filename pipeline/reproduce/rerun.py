"""Running a bundle's study again: its own code and data, in a folder of its own, without any cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import events
from pipeline.errors import SetupError
from pipeline.reproduce import locks
from pipeline.reproduce.contents import SITE
from pipeline.reproduce.stages import Stage

MADE = ("results", SITE)
ENTRY = "from pipeline.cli import main; main()"
FORGOTTEN = ("PYTHON", "LASTING", "IPYTHON", "JUPYTER", "MATPLOTLIB", "MPL", "DVC")
"""Variables, by their beginnings, that could make a rerun depend on whose machine it is."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Environment:
    """The Python that runs the bundle's code, and how it came about."""

    python: Path
    said: str
    is_new: bool


class StageError(Exception):
    """A stage did not end well: which, and its last words."""

    def __init__(self, stage: Stage, said: str) -> None:
        super().__init__(said)
        self.stage, self.said = stage, said


def environment(bundle: Path, work: Path, tell: Tell) -> Environment:
    """Gives this environment where its packages are those of the bundle's lock, else a new one made from it.

    Raises SetupError if the lock can't be installed, or holds anything but versions and hashes.
    """
    lock = (bundle / locks.LOCK).read_text(encoding="utf-8")
    apart = locks.departures(lock)
    if not apart:
        said = f"this one: all {len(locks.pins(lock))} packages are as the bundle's lock says"
        return Environment(Path(sys.executable), said, is_new=False)
    locks.refuse_strange(lock)
    tell(f"making an environment from the bundle's lock (this one has {apart[0]})")
    target = work / "environment"
    _installed([sys.executable, "-m", "venv", str(target)])
    python = target / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    _installed([*pip, "--requirement", str(bundle / locks.LOCK)])
    return Environment(
        python, f"a new one, made from the bundle's lock (this one has {apart[0]})", is_new=True
    )


def _installed(command: list[str]) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")]
        raise SetupError(
            f"The bundle's environment could not be made ({(lines or ['no reason given'])[0]}); make one "
            "from its requirements.lock and run `lasting verify` in it."
        )


def lay_out(bundle: Path, folder: Path, outputs: Collection[str]) -> None:
    """Copies what a run reads from an unpacked bundle to `folder`, and nothing that a run writes."""
    kept = set(outputs)

    def left_out(here: str, names: list[str]) -> list[str]:
        at = Path(here).relative_to(bundle).as_posix()
        return [name for name in names if f"{at}/{name}".removeprefix("./") in {*kept, *MADE}]

    shutil.copytree(bundle, folder, ignore=left_out)


def run(stages: Sequence[Stage], folder: Path, python: Path, tell: Tell) -> None:
    """Runs the stages one after another in `folder`; raises StageError if one does not end well."""
    told = folder.parent / "events.jsonl"
    surroundings = _surroundings(folder, python) | {events.VARIABLE: str(told)}
    for stage in stages:
        tell(f"{stage.item}: {stage.name}")
        command = [str(python), "-c", ENTRY, "stage", stage.name, stage.item]
        ended = subprocess.run(
            command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            heard = [event.message for event in events.read(told) if event.what == "failed"]
            said = (heard or ended.stderr.strip().splitlines()[-1:] or ["it gave no reason"])[0]
            raise StageError(stage, said.splitlines()[0])


def _surroundings(folder: Path, python: Path) -> dict[str, str]:
    """The variables a stage sees: no setting of this user's for Python, Jupyter or matplotlib."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FORGOTTEN)}
    return kept | {
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "LASTING_ROOT": str(folder),
        "PYTHONPATH": str(folder),
        "PYTHONNOUSERSITE": "1",
        "IPYTHONDIR": str(folder.parent / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder.parent / "jupyter"),
    }
