"""Lock files: what they pin for this Python, and how that compares with what is installed."""

from __future__ import annotations

import re
from importlib import metadata

from pipeline.errors import SetupError

LOCK = "requirements.lock"
PIN = re.compile(r"[A-Za-z0-9][\w.-]*(\[[\w,.-]+\])?==[^\s;@]+\s*(;[^\\]+)?(\\)?$")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\s*(\\)?$")


def pins(lock: str) -> dict[str, str]:
    """Gives the versions that a lock's text pins for this Python.

    >>> pins('''numpy==2.4.6 \\\\
    ...     --hash=sha256:00''')
    {'numpy': '2.4.6'}
    """
    from packaging.requirements import Requirement

    pinned = {}
    for line in re.findall(r"^[A-Za-z0-9][^\\\n]*", lock, flags=re.MULTILINE):
        requirement = Requirement(line.strip())
        if requirement.marker is None or requirement.marker.evaluate():
            pinned[requirement.name] = str(requirement.specifier).removeprefix("==")
    return pinned


def installed(name: str) -> str:
    """Gives the version of a package in this environment, or 'none'."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def departures(lock: str) -> list[str]:
    """Gives what this environment has otherwise than a lock's text says: 'name version (locked: ...)'."""
    return [
        f"{name} {there} (locked: {version})"
        for name, version in pins(lock).items()
        if (there := installed(name)) != version
    ]


def refuse_strange(lock: str) -> None:
    """Raises SetupError if a lock holds anything but exact versions and hashes of them.

    A lock from elsewhere is handed to pip; options in it could name another index, a folder or an address.
    """
    for number, line in enumerate(lock.splitlines(), 1):
        text = line.strip()
        if text and not text.startswith("#") and not PIN.match(text) and not HASH.match(text):
            raise SetupError(
                f"{LOCK}, line {number}: is neither an exact version nor a hash; nothing was installed."
            )
