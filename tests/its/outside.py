"""Where the outside results are that may be read but not copied."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shared(*parts: str) -> Path:
    """Gives a place in the folder of shared results: beside the repository, or where LASTING_SHARED says."""
    return Path(os.environ.get("LASTING_SHARED", ROOT.parent / "shared")).joinpath(*parts)


def needed(path: Path) -> Path:
    """Gives `path`, or skips the test with a reason where it isn't there."""
    if not path.exists():
        pytest.skip("the shared folder of outside results is not beside this repository")
    return path
