"""The environment record: what a stage ran with, kept apart from results, which do not depend on it.

It names Python, packages, the linear algebra and the kind of machine; never a user, a host, a path or a time.
"""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import results
from pipeline.reproduce import locks

if TYPE_CHECKING:
    from pipeline.project import Project

FOLDER = "results/_environment"


def take(lock: str) -> dict[str, Any]:
    """Gives the record of this environment; `lock` is the text of the lock that names the packages."""
    import numpy as np

    built: Any = np.show_config(mode="dicts")
    blas = built["Build Dependencies"]["blas"]
    library, version = platform.libc_ver()
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": " ".join(filter(None, (platform.system(), platform.machine(), library, version))),
        "blas": f"{blas['name']} {blas['version']}",
        "packages": {name: locks.installed(name) for name in sorted(locks.pins(lock))},
    }


def write(project: Project, stage: str, item: str) -> None:
    """Writes the record of this environment beside what a stage of `item` made."""
    lock = (project.root / locks.LOCK).read_text(encoding="utf-8")
    results.write_whole(path_of(project.root, stage, item), results.to_json(take(lock)))


def path_of(root: Path, stage: str, item: str) -> Path:
    """Gives the place of the record of a stage that ran on a study or dataset."""
    return root / FOLDER / item / f"{stage}.json"
