"""Direct labels that stay clear of the data: line labels in the right margin, interruptions above the plot.

Nothing is written inside the plot, so no label can cross a point, a line or another chart's label; what is
left is to keep labels clear of each other, which is done from their measured sizes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from pipeline import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

SMALL = 9.0
LINE = 1.35
"""Height of a line of text, in units of its size."""
GAP = 3.0
"""Points of space between labels."""
LETTER = 0.58
"""Mean width of a letter of DejaVu Sans, in units of its size; the widest of the faces shown."""


@dataclass(frozen=True)
class LineLabel:
    """What to write at the right-hand end of a line that ends at the value `at`."""

    text: str
    at: float
    color: str


def wrapped(figure: Figure, text: str, size: float, share: float = 1.0) -> str:
    """Gives `text` broken into lines that fit a share of the figure's width at `size` points."""
    letters = max(int(figure.get_figwidth() * 72 * share / (size * LETTER)), 8)
    return "\n".join(textwrap.wrap(text, letters))


def balanced(text: str) -> str:
    """Gives wrapped text in as many lines, of as even a length as its words allow."""
    lines, plain = text.count("\n") + 1, text.replace("\n", " ")
    for letters in range(8, len(plain) + 1):
        attempt = textwrap.wrap(plain, letters)
        if len(attempt) <= lines:
            return "\n".join(attempt)
    return text


def label_line_ends(figure: Figure, axes: Axes, labels: Sequence[LineLabel]) -> None:
    """Writes each label in the right margin where its line ends, moved apart where they would touch."""
    share = 0.24 if figures.is_narrow(figure) else 0.19
    notes: list[Annotation] = []
    for label in labels:
        notes.append(
            axes.annotate(
                balanced(wrapped(figure, label.text, SMALL, share)),
                xy=(1.0, label.at),
                xycoords=("axes fraction", "data"),
                xytext=(5, 0),
                textcoords="offset points",
                color=label.color,
                fontsize=SMALL,
                va="center",
                annotation_clip=False,
            )
        )
    figure.draw_without_rendering()
    height = axes.get_window_extent().height * 72 / figure.dpi
    bottom, top = axes.get_ylim()
    wanted = [(label.at - bottom) / (top - bottom) * height for label in labels]
    halves = [note.get_window_extent().height * 72 / figure.dpi / 2 for note in notes]
    for note, want, place in zip(notes, wanted, apart(wanted, halves, height), strict=True):
        note.xyann = (5, place - want)


def apart(wanted: Sequence[float], halves: Sequence[float], height: float) -> list[float]:
    """Gives the centres nearest to `wanted` at which labels of these half-heights keep apart and within 0
    to `height`.

        >>> apart([50, 52], [10, 10], 100)
        [39.5, 62.5]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    # Less the distance that each needs from the lowest, centres have only not to fall: isotonic regression.
    needed = [0.0]
    for low, high in pairwise(order):
        needed.append(needed[-1] + halves[low] + halves[high] + GAP)
    pools: list[list[float]] = []
    for index, need in zip(order, needed, strict=True):
        pools.append([wanted[index] - need])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    lowest, highest = halves[order[0]], height - halves[order[-1]] - needed[-1]
    free = [fmean(pool) for pool in pools for _ in pool]
    places = [max(min(place, highest), lowest) + need for place, need in zip(free, needed, strict=True)]
    return [places[order.index(index)] for index in range(len(wanted))]


def label_interruptions(figure: Figure, axes: Axes, marks: Sequence[tuple[str, float]]) -> float:
    """Writes each interruption's label above the plot, in as many rows as they need.

    One alone stands centred over its line. Several end at their lines, later ones higher, so that the line
    can be led up to its label without crossing another. Gives the height that the labels take, in points.
    """
    figure.draw_without_rendering()
    scale = 72 / figure.dpi
    frame = axes.get_window_extent()
    first, last = frame.x0 * scale, figure.get_figwidth() * 72 - GAP
    taken: list[tuple[float, float, float]] = []
    for text, x in sorted(marks, key=lambda mark: mark[1]):
        note = _above(axes, balanced(wrapped(figure, text, SMALL, 0.5)), x)
        size = note.get_window_extent()
        width, height = size.width * scale, size.height * scale
        at = float(axes.transData.transform((x, 0))[0]) * scale
        left = at - width / 2 if len(marks) == 1 else at - width
        left = min(max(left, first), last - width)
        base = max(
            (top for start, end, top in taken if start < left + width + GAP and left < end + GAP), default=0.0
        )
        note.xyann = (left - at, base + GAP)
        if base > 0:
            _lead(axes, x, base / (frame.height * scale))
        taken.append((left, max(left + width, at), base + height + GAP))
    return max(top for _, _, top in taken)


def _above(axes: Axes, text: str, x: float) -> Annotation:
    note = axes.annotate(
        text,
        xy=(x, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, GAP),
        textcoords="offset points",
        color=figures.SOFT,
        fontsize=SMALL,
        va="bottom",
        annotation_clip=False,
    )
    note.set_in_layout(False)
    return note


def _lead(axes: Axes, x: float, height: float) -> None:
    """Carries an interruption's line up to a label that stands `height` axes above the plot."""
    (line,) = axes.plot(
        [x, x],
        [1, 1 + height],
        transform=axes.get_xaxis_transform(),
        color=figures.SOFT,
        linewidth=1.1,
        clip_on=False,
        scalex=False,
        scaley=False,
    )
    line.set_in_layout(False)


def head(figure: Figure, axes: Axes, title: str, subtitle: str, below: float) -> None:
    """Writes the measure in bold and the axis title under it, `below` points above the plot."""
    figure.draw_without_rendering()
    left = axes.get_position().x0
    under = wrapped(figure, subtitle, SMALL, 1 - left)
    note = axes.annotate(
        under,
        xy=(0.0, 1.0),
        xycoords="axes fraction",
        xytext=(0, below + 2 * GAP),
        textcoords="offset points",
        color=figures.SOFT,
        fontsize=SMALL,
        va="bottom",
        annotation_clip=False,
    )
    note.set_in_layout(False)
    lines = under.count("\n") + 1 if under else 0
    axes.set_title(wrapped(figure, title, 11.5, 1 - left), pad=below + 2 * GAP + lines * SMALL * LINE + 2)
