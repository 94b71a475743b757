"""A doubt about a fit or a chart, as both methods raise it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Flag:
    """One doubt: a code for programs and a sentence for readers."""

    code: str
    sentence: str
