"""A plan's control charts drawn and saved, and the icons that say what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeline import figures, series
from pipeline.evaluation import cautions, shown
from pipeline.evaluation.bench import Bench, axis_label, once, sign
from pipeline.evaluation.spc import Charted, changes_of, dated, happened
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.figures import Draw, Picture
    from pipeline.spc import Chart, Cusum, Ewma


def save(bench: Bench, made: Charted) -> dict[str, Picture]:
    """Saves a measure's charts and icons, and gives the charts by name: chart, beside, small_shifts.

    The files: spc-<measure>, spc-<measure>_beside, spc-<measure>_small-shifts (measures' ids have no
    underscore), and spc-icon_<meaning> for each icon of the measure.
    """
    from pipeline.spc import plots
    from pipeline.spc.icons import icons_of

    plan, measure = bench.plan, made.measure
    periods = list(cast("pd.DatetimeIndex", made.data.index))
    label, name = axis_label(plan, measure), f"spc-{measure.id}"
    changes, notes = marked_changes(plan, measure, made.data), marked_annotations(plan, made.data)
    notes = [*notes, *cautions.marked(bench, measure, made.data.index)]
    note = shown.note(plan, measure, made.data) or None
    hidden = shown.spoken(plan, measure, made.data)
    spoken = f"{cautions.spoken(bench, measure, made.data.index)} {hidden}".rstrip()

    def alt_of(chart: Chart) -> str:
        return plots.alt_text(chart, measure.label, periods, dated(plan, measure), sign(measure)) + spoken

    def draw_of(chart: Chart) -> Draw:
        withheld = shown.withheld(plan, made.data["value"], chart.points["value"])
        return plots.control_chart(chart, periods, label, changes, note, notes, withheld)

    drawn = {"chart": (name, draw_of(made.chart), alt_of(made.chart))}
    if made.beside is not None:
        drawn["beside"] = (f"{name}_beside", draw_of(made.beside[1]), alt_of(made.beside[1]))
    if made.small_shifts is not None:
        draw = _small_shifts(made.small_shifts, periods, label, measure, changes)
        drawn["small_shifts"] = (
            f"{name}_small-shifts",
            draw,
            plots.small_shift_alt_text(made.small_shifts, measure.label),
        )
    for icon in icons_of(made.chart).values():
        figures.save_icon(icon.svg, bench.folder, icon.name)
    return {key: figures.save(draw, bench.folder, name, alt) for key, (name, draw, alt) in drawn.items()}


def marked_changes(
    plan: Plan, measure: Measure, data: pd.DataFrame, unit: str | None = None
) -> list[tuple[object, str]]:
    """Gives every change of the plan as charts mark it: at the first period after it, with its label.

    Among times between events, at its own day. Where sites got the same change in turn, its label stands at
    the first.
    """
    import pandas as pd

    changes = changes_of(plan, data, unit)
    days = [
        data.index[series.first_after(data.index, plan, change)]
        if measure.is_regular
        else pd.Timestamp(change.start)
        for change in changes
    ]
    return list(zip(days, once([change.label for change in changes]), strict=True))


def marked_annotations(plan: Plan, data: pd.DataFrame) -> list[tuple[object, str]]:
    """Gives what the plan's annotations say happened, as charts mark it: the day, with the label."""
    return [(day, label) for _, day, label in happened(plan, data)]


def _small_shifts(
    chart: Ewma | Cusum,
    periods: list[pd.Timestamp],
    label: str,
    measure: Measure,
    changes: list[tuple[object, str]],
) -> Draw:
    from pipeline.spc import Ewma, plots

    if isinstance(chart, Ewma):
        return plots.ewma_plot(chart, periods, label, measure.better, changes)
    return plots.cusum_plot(chart, periods, label, measure.better, changes)
