"""The power of a planned study as a chart: how likely each size of change is to be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.its.alt_text import spoken_number
from pipeline.its.chart_labels import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pipeline.its.power import Detectable

TITLES = {
    "level_change": "Change of level",
    "slope_change": "Change of slope, a period",
    "average": "Average effect",
}

SIZE = (figures.WIDE[0], 3.1)
"""Inches at which to save the chart; on a phone its panels stand one below the other."""


def power_curve(found: Detectable, *, unit: str = "") -> figures.Draw:
    """Gives a chart of power against the size of a change, a panel for each term, to be saved at `SIZE`.

    The line down marks the smallest change found as often as was asked for, and its title gives it. `unit`
    says what the outcome counts.
    """

    def draw(figure: Figure) -> None:
        terms = [str(name) for name in found.table.index]
        narrow = figures.is_narrow(figure)
        grid = (len(terms), 1) if narrow else (1, len(terms))
        panels = np.atleast_1d(figure.subplots(*grid, sharey=True))
        for place, (axes, term) in enumerate(zip(panels, terms, strict=True)):
            _panel(axes, found, term, narrow)
            last = place == len(terms) - 1
            if not narrow or last:
                axes.set_xlabel("Size of the change" + (f", {unit}" if unit else ""), fontsize=SMALL)

    return draw


def power_alt(found: Detectable) -> str:
    """Gives the text that stands for the chart where it can't be seen."""
    return f"Line charts of the chance of finding a change against its size, rising to 100%. {found.sentence}"


def _panel(axes: Axes, found: Detectable, term: str, narrow: bool) -> None:
    curve = found.curve[found.curve["term"] == term]
    sizes, power = (curve[name].to_numpy(dtype=float) for name in ("size", "power"))
    minimum = float(found.table["minimum_detectable"].to_numpy(dtype=float)[found.table.index == term][0])
    figures.quiet_grid(axes)
    axes.plot(sizes, power, color=figures.FITTED, linewidth=2.2)
    title = TITLES[term]
    if np.isfinite(minimum):
        axes.plot(
            [0, minimum, minimum],
            [found.power, found.power, 0],
            color=figures.EXPECTED,
            linewidth=1.4,
            linestyle=(0, (4, 2)),
        )
        axes.plot(minimum, found.power, "D", color=figures.EXPECTED, markersize=6.5, markeredgewidth=0)
        title += f"\n{found.power:.0%} of the time: {spoken_number(minimum, minimum)}"
    axes.set_title(title, fontsize=10)
    axes.set_xlim(0, float(sizes[-1]))
    axes.set_ylim(0, 1.02)
    ticks = [0, 0.5, 1] if narrow else [0, 0.25, 0.5, 0.75, 1]
    axes.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks])
