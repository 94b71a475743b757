"""What every chart is drawn on: axes, labels to the right of them, changes above them, and the key.

Lengths are in points (1/72 inch).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline import figures
from pipeline.spc import labels
from pipeline.spc.limits import Floats
from pipeline.spc.marks import USUAL, Mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT = 8.5
KEY: dict[str, Any] = {
    "fontsize": TEXT,
    "labelcolor": figures.SOFT,
    "handletextpad": 0.2,
    "handlelength": 1.4,
    "columnspacing": 1.2,
}
"""How the key of the marks looks, on every chart that has one."""
TITLE = 10.5
BESIDE_WIDE, BESIDE_NARROW = 140, 110
"""About how much width the numbers and labels on both sides of the chart take."""
UPRIGHT = 0.68
"""About how much of the figure's height the chart takes."""
DASHED, DOTTED = (0, (4, 3)), (0, (1, 1.6))


@dataclass(frozen=True)
class Sheet:
    """What a chart is drawn on: figure, axes, positions of the points, and the sizes known beforehand."""

    figure: Figure
    axes: Axes
    at: Floats
    step: float
    narrow: bool
    width: float
    height: float


@dataclass(frozen=True)
class Named:
    """A line that is named where it ends: its name, its height on the axis, and its colour."""

    name: str
    value: float
    colour: str


def dated_sheet(figure: Figure, dates: Sequence[object]) -> Sheet:
    """Gives a sheet whose horizontal axis is time; `dates` (time,) are those of the points."""
    axes = _axes(figure)
    narrow = figures.is_narrow(figure)
    at = labels.date_positions(dates)
    labels.set_date_ticks(axes, dates, most=5 if narrow else 9)
    step = float(np.median(np.diff(at))) if len(at) > 1 else 1.0
    margin = max(step, 0.015 * (at[-1] - at[0]))
    axes.set_xlim(at[0] - margin, at[-1] + margin)
    return _sheet(figure, axes, at, step)


def sized_sheet(figure: Figure, sizes: Floats) -> Sheet:
    """Gives a sheet whose horizontal axis is the size of sites, from zero; `sizes` (sites,) are theirs."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes = _axes(figure)
    axes.xaxis.set_major_locator(MaxNLocator(4 if figures.is_narrow(figure) else 7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.number(value)))
    axes.set_xlim(0, 1.04 * float(np.nanmax(sizes)))
    return _sheet(figure, axes, sizes, 1.0)


def _axes(figure: Figure) -> Axes:
    axes = figure.add_subplot()
    figures.quiet_grid(axes)
    axes.tick_params(labelsize=TEXT)
    return axes


def _sheet(figure: Figure, axes: Axes, at: Floats, step: float) -> Sheet:
    narrow = figures.is_narrow(figure)
    width = figure.get_figwidth() * 72 - (BESIDE_NARROW if narrow else BESIDE_WIDE)
    return Sheet(figure, axes, at, step, narrow, width, figure.get_figheight() * 72 * UPRIGHT)


def set_heights(axes: Axes, bottom: float, top: float, most: int = 6) -> None:
    """Sets the vertical axis, with plain numbers at `most` round heights or fewer."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_ylim(bottom, top)
    axes.yaxis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.number(value)))


def finish(sheet: Sheet, label: str, top: float, notes: Sequence[str]) -> None:
    """Puts the title above what reaches to `top` over the axes, and the notes below."""
    width = sheet.figure.get_figwidth() * 72 - 45
    title = labels.wrapped(label, width, TITLE, "bold")
    sheet.axes.set_title(title, fontsize=TITLE, pad=top + labels.GAP)
    text = labels.wrapped(" ".join(note for note in notes if note), width, TEXT)
    if text:
        sheet.axes.set_xlabel(text, loc="left", fontsize=TEXT, labelpad=labels.GAP + 2)


def name_lines(sheet: Sheet, named: Sequence[Named]) -> None:
    """Names lines, with their values, to the right of the chart, where no data are."""
    shown = [entry for entry in named if np.isfinite(entry.value)]
    low, high = sheet.axes.get_ylim()
    heights = [(min(max(entry.value, low), high) - low) / (high - low) * sheet.height for entry in shown]
    between = "\n" if sheet.narrow else " "
    least = TEXT * labels.LINE_HEIGHT * (2 if sheet.narrow else 1)
    for entry, height in zip(shown, labels.spread(heights, least, least / 2), strict=True):
        where = labels.number(entry.value) if entry.value >= low else f"below {labels.number(low)}"
        sheet.axes.annotate(
            f"{entry.name}{between}{where}",
            (1, height / sheet.height),
            xycoords="axes fraction",
            xytext=(labels.GAP, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT,
            linespacing=1.05,
            color=entry.colour,
        )


def draw_interventions(
    sheet: Sheet,
    interventions: Sequence[tuple[object, str]],
    annotations: Sequence[tuple[object, str]] = (),
) -> float:
    """Draws a vertical line, and its text above the chart, for each; gives the height that the texts take.

    A change dated as one of the points stands just before it, since that point is the first to feel it. What
    else happened (`annotations`) has a dotted line and softer text.
    """
    marked = [*interventions, *annotations]
    if not marked:
        return 0.0
    at = labels.date_positions([date for date, _ in marked])
    at = np.where(np.isin(at, sheet.at), at - sheet.step / 2, at)
    low, high = sheet.axes.get_xlim()
    places = (at - low) / (high - low) * sheet.width
    texts = labels.above_chart(places.tolist(), [text for _, text in marked], sheet.width, TEXT)
    for number, (position, text) in enumerate(zip(at, texts, strict=True)):
        is_change = number < len(interventions)
        line: dict[str, Any] = {
            "color": figures.SOFT,
            "linewidth": 0.9,
            "linestyle": "solid" if is_change else DOTTED,
        }
        top = text.bottom + text.height
        sheet.axes.axvline(position, zorder=1, snap=False, **line)
        sheet.axes.annotate(
            "",
            (position, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, top),
            textcoords="offset points",
            arrowprops={"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, **line},
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
            color=figures.INK if is_change else figures.SOFT,
        )
    return max(text.bottom + text.height for text in texts) + labels.GAP


def draw_key(sheet: Sheet, marks: Sequence[Mark], height: float) -> float:
    """Draws, in a line under the title, the marks that the chart has; gives the height up to its top."""
    from matplotlib.transforms import ScaledTranslation

    if list(marks) in ([], [USUAL]):
        return height
    columns = min(2, len(marks)) if sheet.narrow else len(marks)
    raised = ScaledTranslation(0, height / 72, sheet.figure.dpi_scale_trans)
    sheet.axes.legend(
        handles=[mark.line(np.empty(0), np.empty(0)) for mark in marks],
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        bbox_transform=sheet.axes.transAxes + raised,
        ncols=columns,
        borderpad=0.2,
        borderaxespad=0.0,
        **KEY,
    )
    rows = -(-len(marks) // columns)
    return height + rows * TEXT * 1.6 + labels.GAP
