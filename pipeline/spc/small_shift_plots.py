"""EWMA and CUSUM charts drawn: the statistic and its limits, with the points beyond them marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.errors import AnalysisError
from pipeline.spc import labels
from pipeline.spc.cusum import Cusum
from pipeline.spc.limits import Bools, Floats
from pipeline.spc.marks import CHANGE, MARKS, Mark
from pipeline.spc.meaning import Better
from pipeline.spc.sheet import (
    DASHED,
    Named,
    Sheet,
    dated_sheet,
    draw_interventions,
    draw_key,
    finish,
    name_lines,
    set_heights,
)
from pipeline.spc.strokes import stepped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pipeline.spc.ewma import Ewma

VALUE = Mark("value", "o", figures.OBSERVED, 2.6)


@dataclass(frozen=True)
class Drawn:
    """What is drawn inside the axes: the marks in it, the lines to name, and the notes to put below."""

    marks: list[Mark]
    named: list[Named]
    notes: list[str]


def ewma_plot(
    ewma: Ewma,
    dates: Sequence[object],
    label: str,
    better: Better | None = None,
    interventions: Sequence[tuple[object, str]] = (),
    note: str | None = None,
) -> figures.Draw:
    """Gives the function that draws this EWMA chart, for `figures.save`: the average, and the values behind.

    `dates` (time,) are those of the points; `better` is the direction that is an improvement, if either is.
    Raises AnalysisError if there is not one date for each point.
    """

    def drawn(sheet: Sheet) -> Drawn:
        points = ewma.points
        values, average = points["value"].to_numpy(dtype=float), points["ewma"].to_numpy(dtype=float)
        lines = points[["lower", "upper"]].to_numpy(dtype=float).ravel().tolist()
        bottom, top = labels.axis_bounds(values[np.isfinite(values)].tolist(), lines)
        set_heights(sheet.axes, bottom, top)
        sheet.axes.add_line(VALUE.line(sheet.at, values))
        for name in ("lower", "upper"):
            x, y = stepped(sheet.at, points[name].to_numpy(dtype=float), sheet.step)
            sheet.axes.plot(x, y, color=figures.SOFT, linewidth=1.0, linestyle=DASHED, zorder=2)
        sheet.axes.axhline(ewma.centre, color=figures.FITTED, linewidth=1.6, zorder=2)
        sheet.axes.plot(sheet.at, average, color=figures.INK, linewidth=1.1, zorder=3)
        found = _draw_signals(sheet, average, points["side"].tolist(), better)
        named = [
            Named("Lower limit", float(points["lower"].iloc[-1]), figures.SOFT),
            Named("Mean", ewma.centre, figures.FITTED),
            Named("Upper limit", float(points["upper"].iloc[-1]), figures.SOFT),
        ]
        told = f"Line: weighted average, the newest point counting {ewma.weight:.0%}."
        return Drawn([VALUE, *found], named, [told, "The axis does not start at zero." if bottom > 0 else ""])

    return _framed(drawn, ewma, dates, label, interventions, note)


def cusum_plot(
    cusum: Cusum,
    dates: Sequence[object],
    label: str,
    better: Better | None = None,
    interventions: Sequence[tuple[object, str]] = (),
    note: str | None = None,
) -> figures.Draw:
    """Gives the function that draws this CUSUM chart, for `figures.save`: both sums, in standard deviations.

    `dates` (time,) are those of the points; `better` is the direction that is an improvement, if either is.
    Raises AnalysisError if there is not one date for each point.
    """

    def drawn(sheet: Sheet) -> Drawn:
        high, low = (cusum.points[name].to_numpy(dtype=float) for name in ("high", "low"))
        reach = 1.08 * max(cusum.decision, float(high.max()), -float(low.min()))
        set_heights(sheet.axes, -reach, reach)
        sheet.axes.axhline(0, color=figures.FITTED, linewidth=1.2, zorder=2)
        found: list[Mark] = []
        named = []
        for sums, side, limit in ((low, "low", -cusum.decision), (high, "high", cusum.decision)):
            sheet.axes.axhline(limit, color=figures.SOFT, linewidth=1.0, linestyle=DASHED, zorder=2)
            sheet.axes.plot(sheet.at, sums, color=figures.INK, linewidth=1.1, zorder=3)
            sides = [side if seen in (side, "both") else None for seen in cusum.points["side"]]
            found += _draw_signals(sheet, sums, sides, better)
            named.append(Named("Limit", limit, figures.SOFT))
        told = "Sums of what is above (upper line) and below (lower line) usual, in standard deviations."
        return Drawn(list(dict.fromkeys(found)), named, [told])

    return _framed(drawn, cusum, dates, label, interventions, note)


def small_shift_alt_text(chart: Ewma | Cusum, label: str) -> str:
    """Gives the text alternative of an EWMA or CUSUM chart: what it shows, and where it signals."""
    name = "CUSUM" if isinstance(chart, Cusum) else "EWMA"
    signals = np.flatnonzero(chart.points["signal"])
    told = f"{name} chart: {label}; {int(chart.points['value'].notna().sum())} points, mean "
    told += f"{labels.number(chart.centre)}. "
    if len(signals) == 0:
        return f"{told}No point is a signal of a small shift."
    side = chart.points["side"].iloc[int(signals[0])]
    word = {"high": "above", "low": "below"}.get(side, "above and below")
    latest = "the latest among them" if chart.points["signal"].iloc[-1] else "the latest not among them"
    return (
        f"{told}{len(signals)} points are signals of a small shift, the first, point {int(signals[0]) + 1}, "
        f"{word} the mean; {latest}."
    )


def _framed(
    drawn: Callable[[Sheet], Drawn],
    chart: Ewma | Cusum,
    dates: Sequence[object],
    label: str,
    interventions: Sequence[tuple[object, str]],
    note: str | None,
) -> figures.Draw:
    """Gives the function that draws a chart and what both kinds have round it: names, changes, key, notes."""
    if len(dates) != len(chart.points):
        raise AnalysisError(
            f"The chart has {len(chart.points)} points and {len(dates)} dates; give one date for each point."
        )

    def draw(figure: Figure) -> None:
        sheet = dated_sheet(figure, dates)
        inside = drawn(sheet)
        name_lines(sheet, inside.named)
        top = draw_interventions(sheet, interventions)
        top = draw_key(sheet, inside.marks, top)
        finish(sheet, label, top, [*inside.notes, note or ""])

    return draw


def _draw_signals(
    sheet: Sheet, heights: Floats, sides: Sequence[str | None], better: Better | None
) -> list[Mark]:
    """Draws the points that are signals, and gives the marks that they have."""
    found = []
    for side in ("high", "low"):
        rows: Bools = np.array([seen == side for seen in sides])
        if rows.any():
            mark = CHANGE
            if better is not None:
                mark = MARKS["improving" if (side == "high") == (better == "higher") else "concerning"]
            sheet.axes.add_line(mark.line(sheet.at[rows], heights[rows], 0.9))
            found.append(mark)
    return found
