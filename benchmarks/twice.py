"""Every study twice: in two folders, with another locale, time zone, hash seed and number of threads.

Compares every byte of results, reports, dvc.lock and bundles, and prints what differs. `make twice` runs it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline import project

ROOT = Path(__file__).parents[1]
ENTRY = "from pipeline.cli import main; main()"
COMPARED = ("results", "reports/_site", "dvc.lock", "bundles")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
FIRST = {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0", **dict.fromkeys(THREADS, "1")}
SECOND = {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "4242", **dict.fromkeys(THREADS, "4")}
PLAIN = ("C", "POSIX", "C.utf8", "C.UTF-8")


def _locale() -> str:
    """A locale of this machine with months and commas of its own, if there is one."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    return next(
        (name for name in sorted(listed) if name not in PLAIN and not name.startswith("en")), PLAIN[-1]
    )


def _copy(folder: Path) -> None:
    """Copies what git tracks, as it stands in the working tree; DVC starts with an empty cache."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, tracked.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    with (folder / ".dvc" / "config").open("a", encoding="utf-8") as file:
        file.write("    no_scm = true\n")


def _run(folder: Path, settings: dict[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    environment = {**kept, **settings, "LASTING_ROOT": str(folder), "PYTHONPATH": str(folder)}
    lasting = [sys.executable, "-c", ENTRY]
    subprocess.run([*lasting, "run"], cwd=folder, env=environment, check=True)
    (folder / "bundles").mkdir()
    for study in project.load(folder).studies:
        command = [*lasting, "bundle", study, "-o", f"bundles/{study}.zip", "--date", "2000-01-01"]
        subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for part in COMPARED:
        here = folder / part
        for path in sorted(here.rglob("*")) if here.is_dir() else [here]:
            if path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[path.relative_to(folder).as_posix()] = digest
    return found


def main() -> int:
    """Runs and compares; gives the exit code."""
    second = {**SECOND, "LC_ALL": _locale()}
    with tempfile.TemporaryDirectory(prefix="lasting-twice-") as temporary:
        found = []
        for name, settings in (("one", FIRST), ("another folder é", second)):
            folder = Path(temporary).resolve() / name
            print(f"{name}: {', '.join(f'{key}={value}' for key, value in settings.items())}")
            _copy(folder)
            _run(folder, settings)
            found.append(_digests(folder))
        committed = hashlib.sha256((ROOT / "dvc.lock").read_bytes()).hexdigest()
    one, other = found
    apart = [path for path in sorted({*one, *other}) if one.get(path) != other.get(path)]
    for path in apart:
        print(f"differs: {path}")
    print(f"{len(one)} files: {'every byte is the same' if not apart else f'{len(apart)} differ'}.")
    if one["dvc.lock"] != committed:
        print("dvc.lock: is not the one in this checkout; run `make reports` and commit it.")
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
