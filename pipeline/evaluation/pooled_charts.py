"""The charts of a panel: the forest of sites, the course from their own starts, and the comparators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.evaluation.bench import Bench, axis_label
from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.effect_rows import interval_of, row_of
from pipeline.evaluation.panel import Panel
from pipeline.plan import mid_sentence

if TYPE_CHECKING:
    from pipeline.its import EventTime, Interval, PooledSites
    from pipeline.its.forest_plot import ForestRow

PER_CENT = 100


def save_forest(bench: Bench, panel: Panel, found: PooledSites) -> figures.Picture:
    """Saves the forest plot of the sites' effects as pooled-forest-<measure>, and gives it."""
    from pipeline.its.forest_plot import forest, forest_alt, size_of

    rows = _forest_rows(panel, found)
    label, better = panel.measure.label, panel.measure.better
    sides = {"lower_is": "Lower than expected", "higher_is": "Higher than expected"}
    if better:
        sides[f"{better}_is"] += " (better)"
    draw = forest(rows, label=label, unit=_unit(panel, found), **sides)
    alt = forest_alt(rows, label, found.sentence)
    return figures.save(draw, bench.folder, f"pooled-forest-{panel.measure.id}", alt, size_of(rows))


def save_course(bench: Bench, panel: Panel, average: EventTime) -> figures.Picture:
    """Saves the average course from each site's own start as pooled-course-<measure>, and gives it."""
    from pipeline.its.event_time_plot import event_time, event_time_alt

    draw = event_time(average, label=axis_label(panel.plan, panel.measure))
    alt = event_time_alt(average, panel.measure.label)
    return figures.save(draw, bench.folder, f"pooled-course-{panel.measure.id}", alt)


def save_comparison(bench: Bench, panel: Panel, compared: Comparison) -> figures.Picture:
    """Saves the treated beside the comparators as pooled-comparison-<measure>, and gives it."""
    from pipeline.its.comparison_plot import comparison, comparison_alt

    change = panel.change_of(panel.treated[0])
    name = panel.treated[0] if len(panel.treated) == 1 else f"{len(panel.treated)} with the change"
    draw = comparison(
        panel.shown.analysis_of_values().y,
        panel.shown.compared_with,
        panel.start_of(panel.treated[0]),
        label=axis_label(panel.plan, panel.measure),
        name=name,
        change=change.label,
        dates=panel.periods,
    )
    lead = compared.lead()
    alt = comparison_alt(
        panel.measure.label,
        name,
        len(panel.comparators),
        mid_sentence(change.label),
        str(lead["sentence"]) if lead else "",
    )
    return figures.save(draw, bench.folder, f"pooled-comparison-{panel.measure.id}", alt.strip())


def _unit(panel: Panel, found: PooledSites) -> str:
    """What the forest counts: per cent of what was expected, percentage points, or the measure's own."""
    if found.scale == "log":
        return "in per cent of what was expected"
    if panel.measure.is_per_cent:
        return "in percentage points"
    return f"per {panel.measure.unit:,g}" if panel.measure.is_ratio and panel.measure.unit != 1 else ""


def _forest_rows(panel: Panel, found: PooledSites) -> list[ForestRow]:
    from pipeline.its.forest_plot import ForestRow

    pooled = found.pooled
    rows = []
    for unit in found.fits:
        shown = _shown(panel, found, interval_of(found, unit), unit)
        rows.append(ForestRow(unit, shown, weight=float(pooled.table["weight"][unit])))
    if len(rows) > 1:
        rows.append(ForestRow("All sites", _shown(panel, found, pooled.estimate), "pooled"))
    if np.isfinite(pooled.prediction.lower):
        shown = _shown(panel, found, pooled.prediction)
        rows.append(ForestRow("Another site like these", shown, "prediction"))
    return rows


def _shown(panel: Panel, found: PooledSites, effect: Interval, unit: str | None = None) -> Interval:
    """An effect as the forest shows it: in per cent for models on the logarithm, else as a difference."""
    from pipeline.its import Interval

    if found.scale == "log":
        return effect.as_percent()
    row = row_of(panel, found, effect, unit)
    return Interval(row["absolute"], row["absolute_lower"], row["absolute_upper"])
