"""What a contract warns of, placed on a measure's series: days from which it is counted otherwise, or may
still change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.evaluation.bench import Bench
from pipeline.period_names import named
from pipeline.plan import Measure

if TYPE_CHECKING:
    import pandas as pd

PROVISIONAL = "Provisional from here"


def marked(bench: Bench, measure: Measure, periods: pd.Index) -> list[tuple[pd.Timestamp, str]]:
    """Gives the days within a series from which figures are to be read otherwise, each with a short label."""
    import pandas as pd

    declared = bench.declared
    if declared is None:
        return []
    found = [(pd.Timestamp(each.at), each.label) for each in declared.breaks if each.touches(measure.columns)]
    if declared.provisional:
        found.append((pd.Timestamp(declared.provisional.since), PROVISIONAL))
    return [(day, label) for day, label in sorted(found) if periods[0] < day <= periods[-1]]


def spoken(bench: Bench, measure: Measure, periods: pd.Index) -> str:
    """Gives what a chart's text alternative says of its dotted lines; nothing where it has none."""
    every = bench.plan.data.period.every
    said = [f"{label} ({named(day, every)})" for day, label in marked(bench, measure, periods)]
    return f" Dotted lines mark: {'; '.join(said)}." if said else ""
