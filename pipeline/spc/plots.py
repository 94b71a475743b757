"""Control charts drawn: values, centre and limits by phase, signals by shape and colour, labels in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.errors import AnalysisError
from pipeline.spc import labels
from pipeline.spc.alternative import alt_text
from pipeline.spc.limits import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from pipeline.spc.chart import Chart

__all__ = ["MARKS", "Mark", "alt_text", "control_chart"]

TEXT = 8.5
TITLE = 10.5
BESIDE_WIDE, BESIDE_NARROW = 140, 110
"""About how much width the numbers and labels on both sides of the chart take."""
UPRIGHT = 0.68
"""About how much of the figure's height the chart takes."""


@dataclass(frozen=True)
class Mark:
    """How a kind of point is drawn and named: the shapes differ, so that the chart reads in grey."""

    meaning: str
    shape: str
    colour: str
    size: float
    filled: bool = True


USUAL = Mark("usual variation", "o", figures.SOFT, 3.4)
CHANGE = Mark("signal of change", "D", figures.NEUTRAL, 5.0)
MARKS: dict[str | None, Mark] = {
    None: USUAL,
    "improving": Mark("signal of improvement", "s", figures.IMPROVING, 5.4),
    "concerning": Mark("signal of concern", "^", figures.CONCERNING, 6.4, filled=False),
    "neutral-high": CHANGE,
    "neutral-low": CHANGE,
    "both": Mark("signals both ways", "X", figures.INK, 6.4),
}
"""The mark of each direction a point can have."""


@dataclass(frozen=True)
class _Sheet:
    """What a chart is drawn on: figure, axes, positions of the points, and the sizes known beforehand."""

    figure: Figure
    axes: Axes
    at: Floats
    step: float
    narrow: bool
    width: float
    height: float


def control_chart(
    chart: Chart,
    dates: Sequence[object],
    label: str,
    interventions: Sequence[tuple[object, str]] = (),
    note: str | None = None,
) -> figures.Draw:
    """Gives the function that draws this control chart, for `figures.save`.

    `dates` (time,) are those of the points (dates, periods or numbers); `label` says what is counted, and in
    what unit. `interventions` are dates with a text each; `note` is put under the chart.
    Raises AnalysisError if there is not one date for each point.
    """
    if len(dates) != len(chart.points):
        raise AnalysisError(
            f"The chart has {len(chart.points)} points and {len(dates)} dates; give one date for each point."
        )

    def draw(figure: Figure) -> None:
        sheet = _sheet(figure, dates)
        bottom = _draw_axis(sheet, chart)
        _draw_lines(sheet, chart)
        _draw_values(sheet, chart)
        _label_lines(sheet, chart)
        top = _draw_interventions(sheet, interventions)
        top = _draw_key(sheet, chart, top)
        width = figure.get_figwidth() * 72 - 45
        sheet.axes.set_title(
            labels.wrapped(label, width, TITLE, "bold"), fontsize=TITLE, pad=top + labels.GAP
        )
        notes = ["The axis does not start at zero."] if bottom > 0 else []
        text = labels.wrapped(" ".join([*notes, note or ""]), width, TEXT)
        if text:
            sheet.axes.set_xlabel(text, loc="left", fontsize=TEXT, labelpad=labels.GAP + 2)

    return draw


def _sheet(figure: Figure, dates: Sequence[object]) -> _Sheet:
    narrow = figures.is_narrow(figure)
    axes = figure.add_subplot()
    figures.quiet_grid(axes)
    axes.tick_params(labelsize=TEXT)
    at = labels.date_positions(dates)
    labels.set_date_ticks(axes, dates, most=5 if narrow else 9)
    step = float(np.median(np.diff(at))) if len(at) > 1 else 1.0
    margin = max(step, 0.015 * (at[-1] - at[0]))
    axes.set_xlim(at[0] - margin, at[-1] + margin)
    width = figure.get_figwidth() * 72 - (BESIDE_NARROW if narrow else BESIDE_WIDE)
    return _Sheet(figure, axes, at, step, narrow, width, figure.get_figheight() * 72 * UPRIGHT)


def _draw_axis(sheet: _Sheet, chart: Chart) -> float:
    """Sets the vertical axis, and gives where it starts."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    values = chart.points["value"].dropna().tolist()
    limits = chart.points[["lower", "upper"]].to_numpy().ravel()
    targets = [] if chart.target is None else [float(chart.target)]
    bottom, top = labels.axis_bounds(values, [*limits[np.isfinite(limits)].tolist(), *targets])
    sheet.axes.set_ylim(bottom, top)
    sheet.axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    sheet.axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.number(value)))
    return bottom


def _draw_lines(sheet: _Sheet, chart: Chart) -> None:
    """Draws each phase's lines from half a step before its first point to half a step after its last."""
    half = sheet.step / 2
    for start, end in zip(chart.phases["start"].tolist(), chart.phases["end"].tolist(), strict=True):
        rows = slice(start, end + 1)
        within = sheet.at[rows]
        x = np.concatenate([[within[0] - half], within, [within[-1] + half]])
        for name in ("lower", "upper", "centre"):
            y = np.pad(chart.points[name].to_numpy(dtype=float)[rows], 1, mode="edge")
            if name == "centre":
                sheet.axes.plot(x, y, color=figures.FITTED, linewidth=1.6, zorder=2)
            else:
                sheet.axes.plot(x, y, color=figures.SOFT, linewidth=1.0, linestyle=(0, (4, 3)), zorder=2)
    if chart.target is not None:
        sheet.axes.axhline(chart.target, color=figures.INK, linewidth=1.1, linestyle=(0, (1, 1.6)), zorder=2)


def _draw_values(sheet: _Sheet, chart: Chart) -> None:
    """Draws the values, joined by a thin line, as marks small enough for their number."""
    values = chart.points["value"].to_numpy(dtype=float)
    scale = min(1.0, max(0.6, sheet.width / len(values) / 3.2))
    sheet.axes.plot(sheet.at, values, color=figures.OBSERVED, linewidth=0.7, alpha=0.6, zorder=3)
    for mark in dict.fromkeys(MARKS.values()):
        rows = np.array([MARKS[direction] == mark for direction in chart.points["direction"]])
        if rows.any():
            sheet.axes.add_line(_points(mark, sheet.at[rows], values[rows], scale))


def _points(mark: Mark, x: Floats, y: Floats, scale: float = 1.0) -> Line2D:
    """Gives the points of one kind, unjoined."""
    from matplotlib.lines import Line2D

    return Line2D(
        x,
        y,
        linestyle="none",
        label=mark.meaning,
        marker=mark.shape,
        markersize=mark.size * scale,
        markerfacecolor=mark.colour if mark.filled else "white",
        markeredgecolor=mark.colour,
        markeredgewidth=0.0 if mark.filled else 1.3 * scale,
        zorder=4,
        clip_on=False,
    )


def _label_lines(sheet: _Sheet, chart: Chart) -> None:
    """Names the latest phase's lines, and the target, to the right of the chart, where no data are."""
    last = chart.phases.iloc[-1]
    named = [
        ("Lower limit", float(last["lower"]), figures.SOFT),
        ("Mean", float(last["centre"]), figures.FITTED),
        ("Upper limit", float(last["upper"]), figures.SOFT),
    ]
    if chart.target is not None:
        named.append(("Target", float(chart.target), figures.INK))
    shown = [entry for entry in named if np.isfinite(entry[1])]
    low, high = sheet.axes.get_ylim()
    heights = [(min(max(value, low), high) - low) / (high - low) * sheet.height for _, value, _ in shown]
    between = "\n" if sheet.narrow else " "
    least = TEXT * labels.LINE_HEIGHT * (2 if sheet.narrow else 1)
    for (name, value, colour), height in zip(shown, labels.spread(heights, least, least / 2), strict=True):
        where = labels.number(value) if value >= low else f"below {labels.number(low)}"
        sheet.axes.annotate(
            f"{name}{between}{where}",
            (1, height / sheet.height),
            xycoords="axes fraction",
            xytext=(labels.GAP, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT,
            linespacing=1.05,
            color=colour,
        )


def _draw_interventions(sheet: _Sheet, interventions: Sequence[tuple[object, str]]) -> float:
    """Draws a vertical line, and its text above the chart, for each; gives the height that the texts take.

    A change dated as one of the points stands just before it, since that point is the first to feel it.
    """
    if not interventions:
        return 0.0
    at = labels.date_positions([date for date, _ in interventions])
    at = np.where(np.isin(at, sheet.at), at - sheet.step / 2, at)
    low, high = sheet.axes.get_xlim()
    places = (at - low) / (high - low) * sheet.width
    texts = labels.above_chart(places.tolist(), [text for _, text in interventions], sheet.width, TEXT)
    line = {"arrowstyle": "-", "color": figures.SOFT, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
    for position, text in zip(at, texts, strict=True):
        top = text.bottom + text.height
        sheet.axes.axvline(position, color=figures.SOFT, linewidth=0.9, zorder=1, snap=False)
        sheet.axes.annotate(
            "",
            (position, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, top),
            textcoords="offset points",
            arrowprops=line,
        )
        sheet.axes.annotate(
            text.text,
            (position, 1),
            xycoords=("data", "axes fraction"),
            xytext=(labels.GAP if text.side == "right" else -labels.GAP, text.bottom + 2),
            textcoords="offset points",
            ha="left" if text.side == "right" else "right",
            va="bottom",
            fontsize=TEXT,
            color=figures.INK,
        )
    return max(text.bottom + text.height for text in texts) + labels.GAP


def _draw_key(sheet: _Sheet, chart: Chart, height: float) -> float:
    """Draws, in a line under the title, the marks that the chart has; gives the height up to its top."""
    from matplotlib.transforms import ScaledTranslation

    present = {MARKS[direction] for direction in chart.points["direction"]}
    marks = [mark for mark in dict.fromkeys(MARKS.values()) if mark in present]
    if marks == [USUAL]:
        return height
    columns = min(2, len(marks)) if sheet.narrow else len(marks)
    raised = ScaledTranslation(0, height / 72, sheet.figure.dpi_scale_trans)
    sheet.axes.legend(
        handles=[_points(mark, np.empty(0), np.empty(0)) for mark in marks],
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        bbox_transform=sheet.axes.transAxes + raised,
        ncols=columns,
        fontsize=TEXT,
        labelcolor=figures.SOFT,
        borderpad=0.2,
        borderaxespad=0.0,
        handletextpad=0.2,
        handlelength=1.4,
        columnspacing=1.2,
    )
    rows = -(-len(marks) // columns)
    return height + rows * TEXT * 1.6 + labels.GAP
