"""What git knows of the repository, if it is one: commits, their dates, files as they were."""

from __future__ import annotations

import subprocess
from pathlib import Path


def said(root: Path, *arguments: str) -> bytes | None:
    """Gives what `git ...` prints in the repository at `root`; None if it fails or there is no git."""
    try:
        ended = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except OSError:
        return None
    return ended.stdout if ended.returncode == 0 else None


def last_commit(root: Path, *paths: str) -> tuple[str, str] | None:
    """Gives the last commit that touched `paths` (or any) and its day as YYYY-MM-DD; None if there is none.

    The day is the committer's, in the committer's own time zone, so it is the same on every machine.
    """
    line = (said(root, "log", "-1", "--format=%H %cs", "--", *paths) or b"").decode().split()
    return (line[0], line[1]) if len(line) == 2 else None


def is_clean(root: Path, *paths: str) -> bool:
    """True if the files at `paths` are all in git, as they stand now."""
    changed = said(root, "status", "--porcelain", "--untracked-files=all", "--ignored", "--", *paths)
    return changed is not None and not changed.strip()


def show(root: Path, revision: str, path: str) -> bytes | None:
    """Gives a file as it was at a revision; None if there was none."""
    return said(root, "show", f"{revision}:{path}")


def commit_of(root: Path, revision: str) -> str | None:
    """Gives the full name of the commit that a revision means; None if git knows no such revision."""
    found = said(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.decode().strip() if found else None
