"""The marks of points in charts: their shapes differ, so that a chart reads in grey as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import figures
from pipeline.spc.limits import Floats

if TYPE_CHECKING:
    from matplotlib.lines import Line2D


@dataclass(frozen=True)
class Mark:
    """How a kind of point is drawn and named."""

    meaning: str
    shape: str
    colour: str
    size: float
    filled: bool = True

    def line(self, x: Floats, y: Floats, scale: float = 1.0) -> Line2D:
        """Gives the points of this kind, (points,) each, unjoined."""
        from matplotlib.lines import Line2D

        return Line2D(
            x,
            y,
            linestyle="none",
            label=self.meaning,
            marker=self.shape,
            markersize=self.size * scale,
            markerfacecolor=self.colour if self.filled else "white",
            markeredgecolor=self.colour,
            markeredgewidth=0.0 if self.filled else 1.3 * scale,
            zorder=4,
            clip_on=False,
        )


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
