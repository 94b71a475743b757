"""The forest plot: a row for each site, and the pooled effect and the prediction below them.

The same chart serves wherever several intervals are to be read beside one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline import figures
from pipeline.its.alt_text import spoken_number
from pipeline.its.chart_labels import SMALL, head, wrapped
from pipeline.its.interval import Interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pipeline.its.pooling import Pooled

Kind = Literal["single", "pooled", "prediction"]

ROW = 0.27
"""Height of a row, in inches."""

NOTE = 8.5


@dataclass(frozen=True)
class ForestRow:
    """A row: what it is called, its interval, and its weight (the size of the square) where it has one."""

    name: str
    interval: Interval
    kind: Kind = "single"
    weight: float | None = None


def rows_of(found: Pooled, names: Sequence[str] | None = None) -> list[ForestRow]:
    """Gives the rows of a pooled effect; `names` replaces the sites' names."""
    sites = found.table.iloc[:-2]
    shown = [str(name) for name in sites.index] if names is None else list(names)
    rows = [
        ForestRow(name, interval, weight=float(weight))
        for name, interval, weight in zip(shown, intervals_of(sites), sites["weight"], strict=True)
    ]
    rows.append(ForestRow("All sites", found.estimate, "pooled"))
    if np.isfinite(found.prediction.lower):
        rows.append(ForestRow("Another site like these", found.prediction, "prediction"))
    return rows


def intervals_of(table: pd.DataFrame) -> list[Interval]:
    """Gives the intervals of a table with columns estimate, lower and upper."""
    figures_ = table[["estimate", "lower", "upper"]].to_numpy(dtype=float)
    return [Interval(*(float(value) for value in row)) for row in figures_]


def size_of(rows: Sequence[ForestRow]) -> tuple[float, float]:
    """Gives the size in inches at which the chart has room for its rows."""
    return figures.WIDE[0], 1.25 + ROW * len(rows)


def forest(
    rows: Sequence[ForestRow],
    *,
    label: str,
    unit: str = "",
    lower_is: str = "",
    higher_is: str = "",
    what: str = "Effect",
) -> figures.Draw:
    """Gives a forest plot of the rows, from the top down, to be saved at `size_of(rows)`.

    `label` names what the effects are of, and `unit` what they count; `lower_is` and `higher_is` say under
    the axis what either side of zero means, as in "Fewer waits"; `what` names what is estimated.
    Figures stand beside each row.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        narrow = figures.is_narrow(figure)
        places = np.arange(len(rows), dtype=float)
        axes.axvline(0, color=figures.INK, linewidth=1.0, zorder=1)
        heaviest = max([row.weight for row in rows if row.weight is not None], default=1.0)
        for place, row in zip(places, rows, strict=True):
            _draw_row(axes, row, float(place), heaviest)
        singles = sum(row.kind == "single" for row in rows)
        if 0 < singles < len(rows):
            axes.axhline(singles - 0.5, color=figures.GRID, linewidth=0.8)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        names = [wrapped(figure, row.name, SMALL, 0.26 if narrow else 0.3) for row in rows]
        axes.set_yticks(places, names, fontsize=SMALL)
        for text, row in zip(axes.get_yticklabels(), rows, strict=True):
            text.set_color(figures.INK)
            text.set_fontweight("bold" if row.kind == "pooled" else "normal")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=figures.GRID, linewidth=0.8)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", "−"))
        _figures_beside(axes, rows, places)
        _sides(axes, lower_is, higher_is, narrow)
        subtitle = f"{what} with 95% interval" + (f", {unit}" if unit else "")
        head(figure, axes, label, subtitle, 0.0)

    return draw


def forest_alt(rows: Sequence[ForestRow], label: str, sentence: str) -> str:
    """Gives the text that stands for the chart where it can't be seen; `sentence` is the finding's."""
    singles = sum(row.kind == "single" for row in rows)
    return f"Forest plot of {label}: an estimate with its 95% interval in each of {singles} rows. {sentence}"


def _draw_row(axes: Axes, row: ForestRow, place: float, heaviest: float) -> None:
    found = row.interval
    if row.kind == "pooled":
        corners = [found.lower, found.estimate, found.upper, found.estimate]
        axes.fill(
            corners, [place, place - 0.28, place, place + 0.28], color=figures.EXPECTED, linewidth=0, zorder=3
        )
        return
    color = figures.EXPECTED if row.kind == "prediction" else figures.FITTED
    axes.hlines(place, found.lower, found.upper, color=color, linewidth=1.8, zorder=2)
    if row.kind == "prediction":
        axes.plot(
            [found.lower, found.upper], [place, place], "|", color=color, markersize=9, markeredgewidth=1.8
        )
        return
    size = 6.0 if row.weight is None else 3.5 + 5.5 * float(np.sqrt(row.weight / heaviest))
    axes.plot(found.estimate, place, "s", color=color, markersize=size, markeredgewidth=0, zorder=3)


def _sides(axes: Axes, lower_is: str, higher_is: str, narrow: bool) -> None:
    """What either side of zero means, under the ends of the axis; on a phone one below the other."""
    left, right = f"◄ {lower_is}" if lower_is else "", f"{higher_is} ►" if higher_is else ""
    for text, x, side, below in ((left, 0.0, "left", 0), (right, 1.0, "right", int(narrow and bool(left)))):
        axes.annotate(
            text,
            xy=(x, 0.0),
            xycoords="axes fraction",
            xytext=(0, -22 - 13 * below),
            textcoords="offset points",
            fontsize=NOTE,
            color=figures.SOFT,
            ha="left" if side == "left" else "right",
            va="top",
            annotation_clip=False,
        )


def _figures_beside(
    axes: Axes, rows: Sequence[ForestRow], places: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    """Estimates and limits in a column to the right, all to the same number of digits."""
    scale = float(np.median([max(abs(row.interval.estimate), 1e-300) for row in rows]))
    scale = max(scale, float(np.median([row.interval.upper - row.interval.lower for row in rows])) / 2)
    for place, row in zip(places, rows, strict=True):
        estimate, lower, upper = (
            spoken_number(value, scale)
            for value in (row.interval.estimate, row.interval.lower, row.interval.upper)
        )
        text = f"{lower} to {upper}" if row.kind == "prediction" else f"{estimate} ({lower} to {upper})"
        figures.label_beside(axes, place, text, NOTE, bold=row.kind == "pooled")
