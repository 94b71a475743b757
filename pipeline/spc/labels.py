"""Where a chart's labels go, so that none crosses data or another. Lengths are in points (1/72 inch)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.figures import MEASURED_IN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pipeline.spc.limits import Floats

LINE_HEIGHT = 1.25
"""Height of a line of text, in font sizes."""
GAP = 4.0
"""Least space between two labels, and between a label and its line."""


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Gives the width of the longest line of `text`, at `size` points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=MEASURED_IN, size=size, weight=weight)
    return max(
        float(text_to_path.get_text_width_height_descent(line, font, False)[0]) for line in text.split("\n")
    )


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Gives `text` broken at spaces into lines no wider than `width`, where its words allow."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def spread(wanted: Sequence[float], least: float, floor: float = 0.0) -> list[float]:
    """Gives heights as near to those wanted as can be, `least` or more apart, none below `floor`.

    Labels that would touch are moved as one block, centred where its labels wanted to be.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    blocks: list[list[float]] = []  # each: the sum of its labels' wanted bottoms, and how many there are
    for rank, index in enumerate(order):
        blocks.append([wanted[index] - rank * least, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    bottoms = [total / count for total, count in blocks for _ in range(int(count))]
    heights = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        floor = heights[index] = max(bottoms[rank] + rank * least, floor)
        floor += least
    return heights


@dataclass(frozen=True)
class Placed:
    """A label above the chart: its lines of text, the side of its vertical line it is on, and its height."""

    text: str
    side: Literal["left", "right"]
    bottom: float
    height: float


def above_chart(at: Sequence[float], texts: Sequence[str], width: float, size: float) -> list[Placed]:
    """Gives places above the chart for texts beside vertical lines at `at` (0 to `width`), in their order.

    The texts of the first so many lines stand on their left, the others on their right, so that no line of
    one group meets a text of the other; of all such splits the lowest that fits is taken. Within a group, a
    text that would meet another's line is raised above its text. A line without a text needs no place.
    """
    told = [index for index, text in enumerate(texts) if text]
    order = sorted(told, key=lambda index: at[index])
    splits = (_placed(at, texts, order[:k], order[k:], width, size) for k in range(len(order) + 1))
    _, _, placed = min(splits, key=lambda split: split[:2])
    return [placed.get(index, Placed("", "left", 0.0, 0.0)) for index in range(len(at))]


def _placed(
    at: Sequence[float],
    texts: Sequence[str],
    on_left: Sequence[int],
    on_right: Sequence[int],
    width: float,
    size: float,
) -> tuple[float, float, dict[int, Placed]]:
    """Gives how far texts stick out, how high they reach together, and their places, for one split."""
    placed: dict[int, Placed] = {}
    overflow = 0.0
    sides: tuple[tuple[Literal["left", "right"], Sequence[int]], ...] = (
        ("left", on_left),
        ("right", on_right[::-1]),
    )
    for side, group in sides:
        tops: list[tuple[float, float]] = []  # where each line stands, and where its text ends above
        for index in group:
            room = (at[index] if side == "left" else width - at[index]) - GAP
            text = wrapped(texts[index], min(room, 0.48 * width), size)
            extent = text_width(text, size) + 2 * GAP
            overflow += max(0.0, extent - 2 * GAP - room)
            bottom = max((top for line, top in tops if abs(line - at[index]) < extent), default=0.0)
            height = size * LINE_HEIGHT * (text.count("\n") + 1)
            tops.append((at[index], bottom + height))
            placed[index] = Placed(text, side, bottom, height)
    return overflow, sum(label.bottom + label.height for label in placed.values()), placed


def number(value: float) -> str:
    """Gives a value as a reader wants it: three or four figures that matter, thousands with commas.

    >>> [number(1717.75), number(0.8238), number(94.26), number(-3.0), number(2113413)]
    ['1,718', '0.824', '94.3', '−3', '2,113,413']
    """
    if not math.isfinite(value):
        return "not known"
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def spoken(value: float, unit: str = "") -> str:
    """Gives a value as sentences have it, with its unit: as `number`, its decimals kept unless it is whole.

    >>> [spoken(17.98, "%"), spoken(0.9), spoken(5.0, "%"), spoken(1717.75), spoken(float("nan"), "%")]
    ['18.0%', '0.900', '5%', '1,718', 'not known']
    """
    if not math.isfinite(value):
        return "not known"
    decimals = 0 if value % 1 == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:z,.{decimals}f}{unit}".replace("-", "−")


def axis_bounds(values: Sequence[float], lines: Sequence[float]) -> tuple[float, float]:
    """Gives the vertical axis: from zero, unless the values' range is less than half of their largest.

    Then it starts at the round number below them and the `lines` (limits, target). It also does so where
    a value is negative. A lower limit below zero does not make an axis of positive values go below it.
    """
    low, high = min(values), max(values)
    top = max([high, *lines])
    if low >= 0 and high - low >= high / 2:
        return 0.0, top + 0.06 * top if top > 0 else 1.0
    bottom = min([low, *lines])
    if low >= 0:
        bottom = max(bottom, 0.0)
    step = _round_step(top - bottom or abs(top) or 1.0)
    start = math.floor(bottom / step) * step
    if low - start < 0.05 * step:  # points on the axis itself would look like zeros
        start -= step
    start = max(start, 0.0) if low >= 0 else start
    return start, top + max(0.06 * (top - start), 0.0 if top > bottom else step)


def _round_step(span: float) -> float:
    """Gives the 1, 2 or 5 times a power of ten that divides `span` into about five."""
    size = 10.0 ** math.floor(math.log10(span / 5))
    return float(size * next(factor for factor in (1, 2, 5, 10) if span / (size * factor) <= 6))


def date_positions(dates: Sequence[object]) -> Floats:
    """Gives the place of each date on the horizontal axis, (time,): in days, or as it is if a number.

    Dates are anything pandas reads as dates, or periods, which stand at their start.
    """
    import pandas as pd
    from matplotlib.dates import date2num

    index = pd.Index(list(dates))
    if pd.api.types.is_numeric_dtype(index.dtype):
        return index.to_numpy(dtype=float)
    times = index.to_timestamp() if isinstance(index, pd.PeriodIndex) else pd.DatetimeIndex(index)
    return np.asarray(date2num(times.to_numpy()), dtype=np.float64)  # type: ignore[no-untyped-call]


def set_date_ticks(axes: Axes, dates: Sequence[object], most: int) -> None:
    """Puts at most `most` plain ticks on the horizontal axis, as whole numbers or as dates."""
    import pandas as pd
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import MaxNLocator

    if pd.api.types.is_numeric_dtype(pd.Index(list(dates)).dtype):
        axes.xaxis.set_major_locator(MaxNLocator(most, integer=True))
        return
    locator = AutoDateLocator(minticks=2, maxticks=most)  # type: ignore[no-untyped-call]
    # Wider steps too, for the few ticks that small charts have room for.
    locator.intervald = {
        unit: [*steps, 2 * steps[-1], 4 * steps[-1]] for unit, steps in locator.intervald.items()
    }
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    )
