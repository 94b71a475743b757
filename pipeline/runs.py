"""Running studies: DVC decides what is out of date and runs it; this starts DVC and listens.

DVC runs stages one by one. Studies run side by side as separate `dvc --wait-for-lock repro` processes,
which may share a repository.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import events, inspector, results, study
from pipeline.errors import LastingError, SetupError
from pipeline.events import Event
from pipeline.project import Project
from pipeline.reproduce import stages

POLL_SECONDS = 0.05
Listen = Callable[[Event], None]


@dataclass(frozen=True)
class Outcome:
    """How the run of a study ended."""

    study: str
    seconds: float
    stages: tuple[str, ...] = ()
    exit_code: int = 0
    message: str = ""


@dataclass
class _Heard:
    """The events so far."""

    path: Path
    listen: Listen
    events: list[Event] = field(default_factory=list)

    def catch_up(self) -> None:
        """Takes in what has been added to the file."""
        for event in events.read(self.path, len(self.events)):
            self.events.append(event)
            self.listen(event)


def run(project: Project, names: Sequence[str], jobs: int, listen: Listen) -> list[Outcome]:
    """Brings the studies up to date, `jobs` side by side, and the site after them.

    Every study gets an outcome; one that fails does not stop the others. `listen` hears each event of
    each stage as it happens. Raises PlanError if a study isn't listed.
    """
    outcomes = {name: _check(project, name) for name in names}
    sound = [name for name, outcome in outcomes.items() if outcome is None]
    _forget_stale_renderings(project, sound)
    with tempfile.TemporaryDirectory(prefix="lasting-") as folder:
        heard = _Heard(Path(folder) / "events.jsonl", listen)
        with _inspected(project, sound, Path(folder)):
            said = _reproduce(project, sound, jobs, heard, Path(folder))
    for name in sound:
        outcomes[name] = _outcome(project, name, heard.events, said)
    return [outcome for outcome in outcomes.values() if outcome is not None]


def _inspected(project: Project, names: list[str], folder: Path) -> contextlib.AbstractContextManager[None]:
    """One process for the validations, where there may be several."""
    datasets = {dataset for name in names for dataset in project.datasets_of(name)}
    return inspector.started(project.root, folder) if len(datasets) > 1 else contextlib.nullcontext()


def _check(project: Project, name: str) -> Outcome | None:
    """A study whose plan or contract is unsound never reaches DVC; its complaint is its outcome."""
    project.dataset_of(name)
    try:
        study.load(project, name)
    except LastingError as error:
        return Outcome(name, 0.0, (), error.exit_code, str(error))
    return None


def _forget_stale_renderings(project: Project, names: list[str]) -> None:
    """Removes records of renderings that are not whole, or by another engine than the one found now.

    DVC sees only the record; without it, it renders again.
    """
    engine = "quarto" if shutil.which("quarto") else "pandoc"
    for name in names:
        folder = project.root / "reports" / "_site" / name
        try:
            by = results.read_json(folder / "engine.json")["engine"]
            files = results.read_json(folder / "rendered.json")["files"]
        except (OSError, ValueError, KeyError, TypeError):
            by, files = "", []
        if not by.startswith(engine) or not all((folder / file).is_file() for file in files):
            (folder / "rendered.json").unlink(missing_ok=True)


CODE, VALIDATE = "code", "validate"
"""The stages that studies share: the sums of the code, on which all others depend, and that of a dataset."""

ALONE = ("--single-item",)
"""DVC then runs the stages named, in the order given, and none that they depend on."""
EVERYTHING: list[str] = []
"""No target: DVC then looks at each stage once, and not anew for each study that is named."""


def _reproduce(project: Project, names: list[str], jobs: int, heard: _Heard, folder: Path) -> list[str]:
    """Runs DVC over the studies and then the site; gives what each DVC that failed said last."""
    if not names:
        return []
    if jobs == 1 and set(names) == set(project.studies):
        failed = _side_by_side(project, [EVERYTHING], 1, heard, folder)
        if not failed:
            return []
    else:
        failed, stale = _prepare(project, names, heard, folder)
        # A DVC takes a second to start: each has its share of the studies.
        shares = [[*ALONE, *_targets(project, stale[place::jobs])] for place in range(min(jobs, len(stale)))]
        failed += _side_by_side(project, shares, jobs, heard, folder)
    # Alone: it depends on every study, and would run those that were not asked for, and those that failed.
    return failed + _side_by_side(project, [[*ALONE, "site"]], 1, heard, folder)


def _prepare(project: Project, names: list[str], heard: _Heard, folder: Path) -> tuple[list[str], list[str]]:
    """Runs what studies share: the sums of the code, and datasets. Gives what DVC said, and who is stale.

    DVC lets no process look at a stage whose output another is reading, so this comes first, and alone.
    """
    changed = _changed(project)
    is_new = changed is None or CODE in changed
    datasets = dict.fromkeys(dataset for name in names for dataset in project.datasets_of(name))
    shared = [CODE] if is_new else []
    shared += [
        f"{VALIDATE}@{dataset}" for dataset in datasets if changed is None or is_new or dataset in changed
    ]
    failed = _side_by_side(project, [[*ALONE, *shared]], 1, heard, folder) if shared else []
    if is_new:  # what depends on the code shows as changed only now
        changed = _changed(project)
    return failed, [name for name in names if _is_stale(project, name, changed)]


def _targets(project: Project, names: list[str]) -> list[str]:
    """The stages of studies, each after those it depends on; without those that studies share."""
    found = [stage for name in names for stage in stages.of(project.root, name)]
    return [stage.title for stage in found if stage.name not in (CODE, VALIDATE)]


def _side_by_side(
    project: Project, commands: list[list[str]], jobs: int, heard: _Heard, folder: Path
) -> list[str]:
    """Runs `dvc repro` with each of the arguments, `jobs` at a time; gives what those that failed said."""
    waiting, said = list(commands), []
    running: dict[subprocess.Popen[bytes], Path] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                log = folder / f"dvc-{len(list(folder.iterdir()))}.log"
                running[_start(project, waiting.pop(0), heard.path, log)] = log
            time.sleep(POLL_SECONDS)
            heard.catch_up()
            for ended in [process for process in running if process.poll() is not None]:
                log = running.pop(ended)
                if ended.returncode:
                    said.append(_complaint(log.read_text(encoding="utf-8", errors="replace")))
    finally:
        for process in running:  # only where the run was interrupted
            _stop(process)
    heard.catch_up()
    return said


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a DVC process and the stage that it runs, and waits for them."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait()


def _complaint(log: str) -> str:
    """DVC's own word for what went wrong: its first line of error, or its first line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return [*errors, *lines, "it gave no reason"][0].rstrip(".")


def _start(project: Project, arguments: list[str], told: Path, log: Path) -> subprocess.Popen[bytes]:
    here = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ.get('PATH', '')}",
        "LASTING_ROOT": str(project.root),
        "DVC_NO_ANALYTICS": "1",
        events.VARIABLE: str(told),
    }
    command = [sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--keep-going", *arguments]
    with log.open("wb") as file:
        return subprocess.Popen(
            command,
            cwd=project.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,  # a group of its own, so that `_stop` reaches the stage as well
        )


def _outcome(project: Project, name: str, heard: list[Event], said: list[str]) -> Outcome:
    mine = [event for event in heard if _is_of(event, name, project.datasets_of(name))]
    seconds = sum(event.seconds for event in mine)
    ran = tuple(event.stage for event in mine if event.what == "finished" and event.item)
    if failed := next((event for event in mine if event.what == "failed"), None):
        return Outcome(name, seconds, ran, failed.exit_code, failed.message)
    ended = {(event.stage, event.item) for event in mine if event.what != "started"}
    if killed := next((event for event in mine if (event.stage, event.item) not in ended), None):
        sentence = (
            f"the stage {killed.stage} was stopped from outside (out of memory, perhaps); nothing of it was "
            "kept: run again, with fewer studies side by side."
        )
        return Outcome(name, seconds, ran, SetupError.exit_code, sentence)
    if said and _is_stale(project, name, _changed(project)):
        what = said[0]
        sentence = f"DVC stopped: {what}; run `dvc repro` to see all it says."
        return Outcome(name, seconds, ran, SetupError.exit_code, sentence)
    return Outcome(name, seconds, ran)


def _is_of(event: Event, study: str, datasets: tuple[str, ...]) -> bool:
    """True if what happened concerns a study: its datasets' validation, its own stages, the site's."""
    if event.stage == VALIDATE:
        return event.item in datasets
    return event.item in (study, "")


def _changed(project: Project) -> set[str] | None:
    """The studies, datasets and other stages that DVC finds out of date; None if it can't tell."""
    command = [sys.executable, "-m", "dvc", "status", "--json"]
    told = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)
    if told.returncode:
        return None
    return {stage.rpartition("@")[2] for stage in json.loads(told.stdout)}


def _is_stale(project: Project, name: str, changed: set[str] | None) -> bool:
    return changed is None or bool(changed & {CODE, name, *project.datasets_of(name)})
