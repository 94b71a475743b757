"""The lines and points of a control chart, drawn on any axes, large or small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.spc.limits import TOLERANCE, Floats
from pipeline.spc.marks import MARKS, USUAL
from pipeline.spc.sheet import DASHED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pipeline.spc.chart import Chart


def draw_lines(axes: Axes, at: Floats, step: float, chart: Chart) -> None:
    """Draws each phase's lines from half a step before its first point to half a step after its last.

    Limits that follow denominators change halfway between points, as steps.
    """
    for start, end in zip(chart.phases["start"].tolist(), chart.phases["end"].tolist(), strict=True):
        rows = slice(start, end + 1)
        for name in ("lower", "upper", "centre"):
            x, y = stepped(at[rows], chart.points[name].to_numpy(dtype=float)[rows], step)
            if name == "centre":
                axes.plot(x, y, color=figures.FITTED, linewidth=1.6, zorder=2)
            else:
                axes.plot(x, y, color=figures.SOFT, linewidth=1.0, linestyle=DASHED, zorder=2)


def stepped(at: Floats, heights: Floats, step: float) -> tuple[Floats, Floats]:
    """Gives the corners of a line with these heights at these places: level, or in steps halfway between."""
    edges = np.concatenate([[at[0] - step / 2], (at[1:] + at[:-1]) / 2, [at[-1] + step / 2]])
    known = heights[np.isfinite(heights)]
    if len(known) == 0 or np.ptp(known) <= TOLERANCE * np.abs(known).max():
        level = float(known[0]) if len(known) else np.nan
        return edges[[0, -1]], np.full(2, level)
    return np.repeat(edges, 2)[1:-1], np.repeat(heights, 2)


def draw_values(
    axes: Axes, at: Floats, chart: Chart, width: float, size: float = 1.0, dots: bool = True
) -> None:
    """Draws the values, joined by a thin line, as marks small enough for their number in `width`.

    Without `dots`, usual values are the line's corners, and marked only where no line reaches them.
    """
    values = chart.points["value"].to_numpy(dtype=float)
    scale = size * min(1.0, max(0.6, width / len(values) / 3.2))
    axes.plot(at, values, color=figures.OBSERVED, linewidth=0.7, alpha=0.6, zorder=3)
    for mark in dict.fromkeys(MARKS.values()):
        rows = np.array([MARKS[direction] == mark for direction in chart.points["direction"]])
        if mark == USUAL and not dots:
            known = np.isfinite(np.concatenate([[np.nan], values, [np.nan]]))
            rows &= ~(known[:-2] | known[2:])
        if rows.any():
            axes.add_line(mark.line(at[rows], values[rows], scale))
