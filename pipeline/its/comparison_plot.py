"""Treated and comparators beside one another as a chart, each from its own level before the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pipeline import figures
from pipeline.its.chart_axes import place_x, x_axis
from pipeline.its.chart_labels import LineLabel, head, label_interruptions, label_line_ends
from pipeline.its.inference import FloatArray

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FAINT = "#b9c2cb"


def comparison(
    treated: ArrayLike,
    comparators: Mapping[str, ArrayLike],
    start: int,
    *,
    label: str,
    name: str,
    change: str,
    dates: pd.DatetimeIndex | None = None,
) -> figures.Draw:
    """Gives a chart of every series less its own mean before position `start`, comparators in grey.

    `label` names the measure, `name` the treated, and `change` what happened. Series have shape (n,).
    """
    own = _from_before(treated, start)
    others = np.array([_from_before(y, start) for y in comparators.values()])

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        x = place_x(np.arange(len(own), dtype=float), dates)
        average = np.nanmean(others, axis=0)
        figures.quiet_grid(axes)
        axes.axhline(0, color=figures.SOFT, linewidth=0.8)
        edge = (x[start - 1] + x[start]) / 2
        axes.axvline(edge, color=figures.SOFT, linewidth=1.1)
        axes.plot(x, others.T, color=FAINT, linewidth=0.7)
        axes.plot(x, average, color=figures.EXPECTED, linewidth=1.8, linestyle=(0, (4, 2)))
        axes.plot(x, own, "o", color=figures.FITTED, markersize=5.5, markeredgewidth=0)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", "−"))
        x_axis(axes, x, dates, figures.is_narrow(figure))
        ends = [_last(average), _last(own)]
        label_line_ends(
            figure,
            axes,
            [
                LineLabel(f"Average of {len(others)} without the change", ends[0], figures.EXPECTED),
                LineLabel(name, ends[1], figures.FITTED),
            ],
        )
        rows = label_interruptions(figure, axes, [(change, edge)])
        head(figure, axes, label, "Difference from each one’s own average before", rows)

    return draw


def comparison_alt(label: str, name: str, comparators: int, change: str, sentence: str) -> str:
    """Gives the text that stands for the chart where it can't be seen; `sentence` is the finding's."""
    return (
        f"Chart over time of {label} as the difference from each one's own average before {change}: points "
        f"for {name}, thin grey lines for {comparators} comparators, and a dashed line for their average. "
        f"{sentence}"
    )


def _from_before(y: ArrayLike, start: int) -> FloatArray:
    values = np.asarray(y, dtype=np.float64)
    return values - np.nanmean(values[:start])


def _last(values: FloatArray) -> float:
    return float(values[np.isfinite(values)][-1])
