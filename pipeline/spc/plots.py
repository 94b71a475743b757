"""Control charts drawn: values, centre and limits by phase, signals by shape and colour, labels in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.errors import AnalysisError
from pipeline.spc import labels
from pipeline.spc.alternative import alt_text
from pipeline.spc.funnel_plot import funnel_alt_text, funnel_plot
from pipeline.spc.kinds import KINDS
from pipeline.spc.limits import Floats
from pipeline.spc.marks import MARKS, Mark
from pipeline.spc.multiples import small_multiples, small_multiples_size
from pipeline.spc.sheet import (
    DOTTED,
    Named,
    Sheet,
    dated_sheet,
    draw_interventions,
    draw_key,
    finish,
    name_lines,
    set_heights,
)
from pipeline.spc.small_shift_plots import cusum_plot, ewma_plot, small_shift_alt_text
from pipeline.spc.strokes import draw_lines, draw_values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pipeline.spc.chart import Chart

__all__ = [
    "MARKS",
    "Mark",
    "alt_text",
    "control_chart",
    "cusum_plot",
    "ewma_plot",
    "funnel_alt_text",
    "funnel_plot",
    "small_multiples",
    "small_multiples_size",
    "small_shift_alt_text",
]


def control_chart(
    chart: Chart,
    dates: Sequence[object],
    label: str,
    interventions: Sequence[tuple[object, str]] = (),
    note: str | None = None,
    annotations: Sequence[tuple[object, str]] = (),
    withheld: Sequence[int] = (),
) -> figures.Draw:
    """Gives the function that draws this control chart, for `figures.save`.

    `dates` (time,) are those of the points (dates, periods or numbers); `label` says what is counted, and in
    what unit. `interventions` are dates with a text each; so are `annotations`, what else happened, drawn
    more lightly. `note` is put under the chart. Positions `withheld`, of values that may not be shown, are
    hatched.
    Raises AnalysisError if there is not one date for each point.
    """
    if len(dates) != len(chart.points):
        raise AnalysisError(
            f"The chart has {len(chart.points)} points and {len(dates)} dates; give one date for each point."
        )

    def draw(figure: Figure) -> None:
        sheet = dated_sheet(figure, dates)
        bottom = _draw_axis(sheet, chart)
        figures.hatch_withheld(sheet.axes, sheet.at, withheld)
        draw_lines(sheet.axes, sheet.at, sheet.step, chart)
        if chart.target is not None:
            sheet.axes.axhline(chart.target, color=figures.INK, linewidth=1.1, linestyle=DOTTED, zorder=2)
        draw_values(sheet.axes, sheet.at, chart, sheet.width)
        _name_lines(sheet, chart)
        top = draw_interventions(sheet, interventions, annotations)
        top = draw_key(sheet, marks_of(chart.points["direction"]), top)
        finish(sheet, label, top, _notes(chart, bottom, note))

    return draw


def marks_of(directions: Iterable[str | None]) -> list[Mark]:
    """Gives the marks that points with these directions have, in the order of the key."""
    present = {MARKS[direction] for direction in directions}
    return [mark for mark in dict.fromkeys(MARKS.values()) if mark in present]


def _notes(chart: Chart, bottom: float, note: str | None) -> list[str]:
    adjusted = chart.request.season is not None
    return [
        "Values are seasonally adjusted." if adjusted else "",
        "The axis does not start at zero." if bottom > 0 else "",
        note or "",
    ]


def _draw_axis(sheet: Sheet, chart: Chart) -> float:
    """Sets the vertical axis, and gives where it starts."""
    bottom, top = labels.axis_bounds(*heights_of(chart))
    set_heights(sheet.axes, bottom, top)
    return bottom


def heights_of(chart: Chart) -> tuple[list[float], list[float]]:
    """Gives the heights that a chart's axis must hold: those of its values, and those of its lines."""
    values = chart.points["value"].dropna().tolist()
    lines: Floats = chart.points[["lower", "upper", "centre"]].to_numpy(dtype=float).ravel()
    targets = [] if chart.target is None else [float(chart.target)]
    heights = [*lines[np.isfinite(lines)].tolist(), *targets]
    return values or heights or [0.0], heights


def _name_lines(sheet: Sheet, chart: Chart) -> None:
    last = chart.phases.iloc[-1]
    named = [
        Named("Lower limit", float(last["lower"]), figures.SOFT),
        Named(KINDS[chart.kind].centre, float(last["centre"]), figures.FITTED),
        Named("Upper limit", float(last["upper"]), figures.SOFT),
    ]
    if chart.target is not None:
        named.append(Named("Target", float(chart.target), figures.INK))
    name_lines(sheet, named)
