"""The placebo in time as a chart: the effect at each fake start, and at the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.its.chart_axes import place_x, x_axis
from pipeline.its.chart_labels import head, label_interruptions
from pipeline.its.interval import Scale, shown_on

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from pipeline.its.placebo import PlaceboInTime


UNITS: dict[Scale, str] = {"log": "in per cent", "logit": "in per cent of the odds"}


def placebos(
    found: PlaceboInTime,
    *,
    label: str,
    unit: str = "",
    dates: pd.DatetimeIndex | pd.PeriodIndex | None = None,
    change: str = "The real change",
) -> figures.Draw:
    """Gives the chart of a placebo in time: effects with 95% intervals at every start, in order of time.

    `label` names the measure, `unit` what the axis counts and `change` the real change; `dates`, one for
    each period of the series, label the time axis. Effects on a logarithm or log odds are shown in per cent.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        table = found.table
        positions = table["position"].to_numpy(dtype=int)
        x = place_x(table["time"].to_numpy(dtype=float), None if dates is None else dates[positions])
        real = table["is_real"].to_numpy(dtype=bool)
        estimate, lower, upper = (
            shown_on(found.scale, table[name].to_numpy(dtype=float))
            for name in ("estimate", "lower", "upper")
        )
        clear = table["is_clear"].to_numpy(dtype=bool)
        figures.quiet_grid(axes)
        axes.axhline(0, color=figures.INK, linewidth=1.0)
        axes.vlines(x[~real], lower[~real], upper[~real], color=figures.FITTED, linewidth=1.6, alpha=0.5)
        for chosen, inside in ((~real & clear, figures.FITTED), (~real & ~clear, "white")):
            axes.plot(
                x[chosen],
                estimate[chosen],
                "o",
                color=figures.FITTED,
                markerfacecolor=inside,
                markersize=4.5,
                markeredgewidth=1.0,
            )
        axes.vlines(x[real], lower[real], upper[real], color=figures.EXPECTED, linewidth=2.6)
        axes.plot(x[real], estimate[real], "D", color=figures.EXPECTED, markersize=7.5, markeredgewidth=0)
        axes.axvline(x[real][0], color=figures.EXPECTED, linewidth=1.1, zorder=0)
        x_axis(axes, x, None if dates is None else dates[positions], figures.is_narrow(figure))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", "−"))
        height = label_interruptions(figure, axes, [(change, float(x[real][0]))])
        subtitle = f"Average effect over {found.horizon} periods from each start, 95% intervals"
        in_units = UNITS.get(found.scale, unit)
        subtitle += f", {in_units}" if in_units else ""
        subtitle += "; circles are fake starts before the change, filled where the interval excludes zero"
        head(figure, axes, label, subtitle, height)

    return draw


def placebos_alt(found: PlaceboInTime, label: str) -> str:
    """Gives the text that stands for the chart where it can't be seen."""
    fakes = int(np.isfinite(found.table["estimate"].to_numpy(dtype=float)).sum()) - 1
    return (
        f"Dot chart over time of the effect on {label}, with 95% intervals, at {fakes} fake starts and at "
        f"the real one. {found.sentence}"
    )
