"""Small multiples: the control charts of several sites or groups side by side, on axes of the same kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.errors import AnalysisError
from pipeline.spc import labels
from pipeline.spc.marks import MARKS, USUAL
from pipeline.spc.sheet import DOTTED, KEY, TEXT, TITLE, set_heights
from pipeline.spc.strokes import draw_lines, draw_values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pipeline.spc.chart import Chart

COLUMNS_WIDE, COLUMNS_NARROW = 3, 2
ROW, AROUND = 1.2, 1.0
"""Inches: the height of a row of charts, and of what is above and below them all."""

MOST_DOTTED = 12
"""With more charts than these, usual values are the corners of a line: dots would be thousands."""


def small_multiples_size(count: int) -> tuple[float, float]:
    """Gives the size in inches for so many charts, to hand to `figures.save`; it suits phones as well."""
    return figures.WIDE[0], ROW * math.ceil(count / COLUMNS_NARROW) + AROUND


def small_multiples(
    charts: Mapping[str, Chart],
    dates: Sequence[object],
    label: str,
    interventions: Sequence[tuple[object, str]] = (),
    same_axis: bool = True,
    note: str | None = None,
    withheld: Mapping[str, Sequence[int]] | None = None,
) -> figures.Draw:
    """Gives the function that draws these control charts side by side, for `figures.save`.

    `charts` are by the names of their sites or groups, in the order to show; `dates` (time,) are those of the
    points of all. With `same_axis` all have the same vertical axis, so that their levels can be compared.
    `interventions` are drawn as lines, their texts below. Positions `withheld`, by the charts' names, of
    values that may not be shown, are hatched. Use `small_multiples_size` for the figure.
    Raises AnalysisError if there are no charts, or not one date for each point.
    """
    if not charts:
        raise AnalysisError("There are no charts to draw side by side.")
    for name, chart in charts.items():
        if len(chart.points) != len(dates):
            raise AnalysisError(
                f"The chart of {name} has {len(chart.points)} points, and there are {len(dates)} dates; give "
                "one for each point."
            )

    def draw(figure: Figure) -> None:
        narrow = figures.is_narrow(figure)
        columns = min(len(charts), COLUMNS_NARROW if narrow else COLUMNS_WIDE)
        rows = math.ceil(len(charts) / columns)
        grid = figure.subplots(rows, columns, sharex=True, sharey=same_axis, squeeze=False)
        at = labels.date_positions(dates)
        step = float(np.median(np.diff(at))) if len(at) > 1 else 1.0
        width = (figure.get_figwidth() * 72 - 40 * columns) / columns
        everything = _bounds(list(charts.values()))
        starts = []
        for place, axes in enumerate(grid.ravel()):
            if place >= len(charts):
                axes.set_axis_off()
                continue
            name = list(charts)[place]
            chart = charts[name]
            figures.quiet_grid(axes)
            axes.tick_params(labelsize=TEXT - 0.5)
            bottom, top = everything if same_axis else _bounds([chart])
            starts.append(bottom)
            set_heights(axes, bottom, top, most=3)
            axes.set_xlim(at[0] - step, at[-1] + step)
            labels.set_date_ticks(axes, dates, most=3 if narrow else 4)
            figures.hatch_withheld(axes, at, (withheld or {}).get(name, ()))
            draw_lines(axes, at, step, chart)
            if chart.target is not None:
                axes.axhline(chart.target, color=figures.INK, linewidth=0.9, linestyle=DOTTED, zorder=2)
            draw_values(axes, at, chart, width, size=0.8, dots=len(charts) <= MOST_DOTTED)
            for position in labels.date_positions([date for date, _ in interventions]):
                before = position - step / 2 if position in at else position
                axes.axvline(before, color=figures.SOFT, linewidth=0.8, zorder=1)
            title = labels.wrapped(name, width, TEXT, "bold")
            axes.set_title(title, fontsize=TEXT, pad=3)
            # The lowest chart of each column shows the dates.
            axes.tick_params(labelbottom=place + columns >= len(charts))
        _draw_around(figure, charts, label, interventions, [*_axis_notes(starts, same_axis), note or ""])

    return draw


def _bounds(charts: Sequence[Chart]) -> tuple[float, float]:
    """Gives a vertical axis that holds these charts."""
    values: list[float] = []
    lines: list[float] = []
    for chart in charts:
        values += chart.points["value"].dropna().tolist()
        found = chart.points[["lower", "upper", "centre"]].to_numpy(dtype=float).ravel()
        lines += found[np.isfinite(found)].tolist()
        lines += [] if chart.target is None else [float(chart.target)]
    return labels.axis_bounds(values or lines or [0.0], lines)


def _axis_notes(starts: Sequence[float], same_axis: bool) -> list[str]:
    if same_axis:
        return ["The axes do not start at zero."] if starts[0] > 0 else []
    return ["Each chart has an axis of its own" + (", not all from zero." if max(starts) > 0 else ".")]


def _draw_around(
    figure: Figure,
    charts: Mapping[str, Chart],
    label: str,
    interventions: Sequence[tuple[object, str]],
    notes: Sequence[str],
) -> None:
    """Draws the title and the key above the charts, and the notes below them."""
    width = figure.get_figwidth() * 72 - 20
    present = {MARKS[seen] for chart in charts.values() for seen in chart.points["direction"]}
    marks = [mark for mark in dict.fromkeys(MARKS.values()) if mark in present]
    key = figure.legend(
        handles=[] if marks == [USUAL] else [mark.line(np.empty(0), np.empty(0)) for mark in marks],
        title=labels.wrapped(label, width, TITLE, "bold"),
        title_fontproperties={"size": TITLE, "weight": "bold"},
        alignment="left",
        loc="outside upper left",
        ncols=2 if figures.is_narrow(figure) else len(marks),
        borderpad=0.1,
        **KEY,
    )
    key.get_title().set_multialignment("left")
    changes = [f"Vertical line: {text}." for _, text in interventions]
    text = labels.wrapped(" ".join([*changes, *(note for note in notes if note)]), width, TEXT)
    if text:
        figure.supxlabel(text, x=0.01, ha="left", fontsize=TEXT, color=figures.SOFT)
