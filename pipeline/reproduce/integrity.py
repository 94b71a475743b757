"""Whether a bundle is whole: its files against the checksums it carries."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import VerificationError
from pipeline.reproduce.bundle import CHECKSUMS
from pipeline.reproduce.provenance import Problem, kind_of


def digest(path: Path) -> str:
    """Gives the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def problems(folder: Path, files: Sequence[str]) -> list[Problem]:
    """Gives every file of an unpacked bundle that is changed, missing, or not in the list of checksums.

    Raises VerificationError if there is no such list.
    """
    stated = _stated(folder / CHECKSUMS)
    found = []
    for path in sorted({*stated, *files} - {CHECKSUMS}):
        kind = kind_of(path)
        if path not in files:
            found.append(Problem(path, kind, f"{path} ({kind}): is missing."))
        elif path not in stated:
            found.append(Problem(path, kind, f"{path} ({kind}): is not in {CHECKSUMS}; it was added."))
        elif digest(folder / path) != stated[path]:
            found.append(Problem(path, kind, f"{path} ({kind}): was changed; its SHA-256 is another."))
    return found


def _stated(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise VerificationError(
            f"{CHECKSUMS}: is missing from the bundle; this is not a Lasting bundle."
        ) from None
    pairs = [re.fullmatch(r"([0-9a-f]{64})  (.+)", line) for line in lines]
    if not pairs or not all(pairs):
        raise VerificationError(f"{CHECKSUMS}: is not a list of SHA-256 sums; the bundle is damaged.")
    return {pair[2]: pair[1] for pair in pairs if pair}
