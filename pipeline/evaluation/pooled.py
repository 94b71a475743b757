"""A plan's panel: each site's own series and start, their effects pooled, and sites that had no change."""

from __future__ import annotations

from typing import Any

from pipeline.evaluation.bench import about
from pipeline.plan import Measure


def results_of(measure: Measure) -> dict[str, Any]:
    """Gives what the sites of a panel show of a measure, as plain values: its part of pooled.json."""
    return about(measure)
