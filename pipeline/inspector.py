"""One process that validates every dataset of a run, so that Great Expectations is imported once.

DVC starts a process for each stage, and the import alone takes longer than most validations. `lasting run`
starts the inspector beside DVC where it may have several datasets to validate; a stage asks it to do the
work, and does it itself where there is no inspector (as under `dvc repro`) or it has gone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

from pipeline.errors import LastingError

VARIABLE = "LASTING_INSPECTOR"
"""Where the inspector listens, and the word that it answers to."""
COMMAND = "inspector"
SECONDS_TO_WAIT = 3.0
POLL_SECONDS = 0.05


@contextlib.contextmanager
def started(root: Path, folder: Path) -> Iterator[None]:
    """Starts the inspector of a repository, listening in `folder`; stages that are started inside find it."""
    place = f"{folder / 'inspector'}|{secrets.token_hex(16)}"
    os.environ[VARIABLE] = place
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", COMMAND],
        cwd=root,
        env={**os.environ, "LASTING_ROOT": str(root)},
        stdin=subprocess.PIPE,  # its end tells the inspector that we have gone
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()


def asked(dataset: str) -> bool:
    """Asks the inspector to validate a dataset; False if there is none, or it could not.

    Raises the LastingError that the validation raised.
    """
    address, _, word = os.environ.get(VARIABLE, "").rpartition("|")
    if not address:
        return False
    try:
        with _reached(address, word) as line:
            line.send(dataset)
            is_done, code, said = line.recv()
    except (OSError, EOFError):
        return False
    if code:
        raise next(kind for kind in LastingError.__subclasses__() if kind.exit_code == code)(said)
    return bool(is_done)


def serve(work: Callable[[str], None]) -> None:
    """Does the work that is asked for, dataset by dataset, until the process that started us has gone."""
    address, _, word = os.environ[VARIABLE].rpartition("|")
    threading.Thread(target=_leave_with_our_parent, daemon=True).start()
    with Listener(address, backlog=64, authkey=word.encode()) as listener:
        while True:
            with contextlib.suppress(OSError, EOFError), listener.accept() as line:
                line.send(_done(work, line.recv()))


def _done(work: Callable[[str], None], dataset: str) -> tuple[bool, int, str]:
    """Whether the work is done, and the exit code and sentence of what stopped it."""
    try:
        work(dataset)
    except LastingError as error:
        return False, error.exit_code, str(error)
    except Exception:
        # The stage does it again itself, and shows the traceback where it belongs.
        return False, 0, ""
    return True, 0, ""


def _reached(address: str, word: str) -> Connection:
    """A line to the inspector; it may be a moment before it listens. Raises OSError if it doesn't."""
    until = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            return Client(address, authkey=word.encode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(POLL_SECONDS)


def _leave_with_our_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)
