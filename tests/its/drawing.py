"""Draws a chart as `figures.save` does, and says what is on it."""

from __future__ import annotations

from itertools import combinations

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from pipeline import figures


def drawn(draw: figures.Draw, size: tuple[float, float] = figures.WIDE) -> Figure:
    with rc_context(figures.STYLE):
        figure = figures.new_figure(size)
        draw(figure)
        figure.draw_without_rendering()
    return figure


def both_sizes(draw: figures.Draw, size: tuple[float, float] = figures.WIDE) -> list[Figure]:
    return [drawn(draw, size), drawn(draw, (figures.NARROW[0], max(figures.NARROW[1], size[1])))]


def words(figure: Figure) -> str:
    """Everything that is written on the figure, titles and ticks among it."""
    found = []
    for axes in figure.axes:
        found += [text.get_text() for text in (*axes.texts, axes.xaxis.label, axes.yaxis.label)]
        found += [text.get_text() for text in (*axes.get_xticklabels(), *axes.get_yticklabels())]
        found.append(axes.get_title(loc="left"))
    return " ".join(" ".join(found).split())


def boxes(figure: Figure) -> list[Bbox]:
    """Where each label is."""
    return [
        text.get_window_extent() for axes in figure.axes for text in axes.texts if text.get_text().strip()
    ]


def no_label_overlaps_or_leaves(figure: Figure) -> bool:
    found = boxes(figure)
    inside = all(box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1 for box in found)
    return inside and not any(one.overlaps(other) for one, other in combinations(found, 2))
