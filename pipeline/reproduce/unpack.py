"""Unpacking a bundle from a stranger: nothing lands outside the folder, and nothing grows without bound."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.errors import VerificationError
from pipeline.project import outside

MOST_FILES = 20_000
LARGEST = 20 * 1024**3
"""Bytes of all files together, unpacked."""
DENSEST = 200
"""Times that a file may grow on unpacking; text of ours grows tenfold, deflate can reach a thousandfold."""
SMALL = 1024**2
"""Bytes below which a file may be as dense as it likes."""
ENCRYPTED = 0x1


def unpack(bundle: Path, folder: Path) -> list[str]:
    """Unpacks a bundle into `folder` and gives the paths of its files.

    Raises VerificationError, before anything is written, if the zip can't be read, or if a name in it leads
    elsewhere, comes twice, is a link, or if it would grow too large; and if a file in it is damaged.
    """
    try:
        with zipfile.ZipFile(bundle) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if problem := next(_problems(archive.infolist(), shutil.disk_usage(folder).free), None):
                raise VerificationError(f"{bundle.name}: {problem}; nothing was unpacked.")
            for entry in entries:
                target = folder.joinpath(*entry.filename.split("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as file, target.open("xb") as into:
                    shutil.copyfileobj(file, into)
    except FileNotFoundError:
        raise VerificationError(f"{bundle}: there is no such file.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as problem:
        raise VerificationError(
            f"{bundle.name}: is not a whole zip file ({problem}); fetch it again, and compare its SHA-256 "
            "with the published one."
        ) from None
    return sorted(entry.filename for entry in entries)


def _problems(entries: list[zipfile.ZipInfo], free: int) -> Iterator[str]:
    """What makes a zip unsafe to unpack."""
    if len(entries) > MOST_FILES:
        yield f"holds {len(entries):,} files, more than {MOST_FILES:,}"
    total = sum(entry.file_size for entry in entries)
    if total > min(LARGEST, free):
        yield f"would grow to {total / 1e9:.1f} GB, more than is allowed or free"
    seen: set[str] = set()
    files = {entry.filename.casefold() for entry in entries if not entry.is_dir()}
    for entry in entries:
        name = entry.filename
        if _is_elsewhere(name):
            yield f"{name!r} leads outside its folder"
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield f"{name} is a link or a device, not a file"
        if entry.flag_bits & ENCRYPTED:
            yield f"{name} is encrypted"
        if entry.file_size > SMALL and entry.file_size > DENSEST * max(entry.compress_size, 1):
            yield f"{name} would grow {entry.file_size // max(entry.compress_size, 1):,}-fold"
        folded = name.rstrip("/").casefold()
        if folded in seen:
            yield f"{name} comes twice"
        seen.add(folded)
        if any(parent.as_posix() in files for parent in PurePosixPath(folded).parents):
            yield f"{name} lies below a file"


def _is_elsewhere(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    strange = any(part in ("", ".", "..") or part != part.strip() or part.endswith(".") for part in parts)
    return strange or outside(name) is not None or ":" in name or not name.isprintable()
