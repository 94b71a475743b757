"""What this environment has, and what is missing: the findings of `lasting doctor`."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline import project
from pipeline.errors import LastingError
from pipeline.report import engines
from pipeline.reproduce import locks

State = Literal["fine", "note", "missing"]
OLDEST, NEWEST = (3, 11), (3, 13)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it is, and what to do if it is not fine."""

    what: str
    state: State
    said: str


def examine() -> list[Finding]:
    """Gives the findings, in the order in which a person would mend them."""
    findings = [_python()]
    try:
        here = project.load()
    except LastingError as error:
        return [*findings, Finding("Repository", "missing", str(error))]
    studies = "1 study" if len(here.studies) == 1 else f"{len(here.studies)} studies"
    findings.append(Finding("Repository", "fine", f"{studies} in {project.LIST}"))
    findings += [_packages(here.root / "requirements.lock"), _engine(), _bytecode()]
    return findings


def _python() -> Finding:
    said = f"{platform.python_version()} at {sys.executable}"
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return Finding("Python", "fine", said)
    return Finding("Python", "note", f"{said}; the lock is tested with 3.11 to 3.13")


def _packages(lock: Path) -> Finding:
    text = lock.read_text(encoding="utf-8")
    wrong = locks.departures(text)
    if not wrong:
        return Finding("Packages", "fine", f"all {len(locks.pins(text))} as locked")
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return Finding("Packages", "missing", f"{', '.join(wrong[:3])}{more}; run `make setup`")


def _engine() -> Finding:
    engine = engines.find()
    said = f"{engine.name} {engine.version}"
    if engine.name == "quarto":
        return Finding("Rendering", "fine", said)
    return Finding("Rendering", "fine", f"{said} with typst {engine.typst} (quarto was not found)")


def _bytecode() -> Finding:
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return Finding(
            "Bytecode",
            "note",
            "PYTHONDONTWRITEBYTECODE is set; `make setup` compiles the packages all the same",
        )
    return Finding("Bytecode", "fine", "kept from run to run")
