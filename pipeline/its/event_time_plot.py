"""The average course over sites as a chart, counted from each site's own start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import figures
from pipeline.its.chart_labels import SMALL, head, label_interruptions, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pipeline.its.event_time import EventTime

BAND = 0.16


def event_time(
    found: EventTime, *, label: str, unit: str = "", start: str = "Each site's own start"
) -> figures.Draw:
    """Gives the chart of the average course: observed less expected by period from the start, with 95% band.

    `label` names the measure, `unit` what the axis counts, and `start` the moment that is period 0.
    """

    def draw(figure: Figure) -> None:
        from matplotlib.ticker import MaxNLocator

        axes = figure.subplots()
        table = found.table
        period = table.index.to_numpy(dtype=float)
        estimate, lower, upper = (
            table[name].to_numpy(dtype=float) for name in ("estimate", "lower", "upper")
        )
        figures.quiet_grid(axes)
        axes.axhline(0, color=figures.EXPECTED, linewidth=1.8, linestyle=(0, (4, 2)))
        axes.axvline(-0.5, color=figures.SOFT, linewidth=1.1)
        for side in (period < 0, period >= 0):
            axes.fill_between(
                period[side], lower[side], upper[side], color=figures.FITTED, alpha=BAND, linewidth=0
            )
            axes.plot(period[side], estimate[side], color=figures.FITTED, linewidth=1.2)
            axes.plot(
                period[side], estimate[side], "o", color=figures.FITTED, markersize=4.2, markeredgewidth=0
            )
        axes.set_xlim(period[0] - 0.8, period[-1] + 0.8)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6 if figures.is_narrow(figure) else 10, integer=True))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}".replace("-", "−"))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", "−"))
        axes.set_xlabel(wrapped(figure, _under(found), SMALL, 0.85), fontsize=SMALL, loc="left")
        rows = label_interruptions(figure, axes, [(start, -0.5)])
        subtitle = "Observed less expected (dashed: as expected), average over sites with 95% band"
        head(figure, axes, label, subtitle + (f", {unit}" if unit else ""), rows)

    return draw


def event_time_alt(found: EventTime, label: str) -> str:
    """Gives the text that stands for the chart where it can't be seen."""
    return (
        f"Line chart of {label}, observed less expected, by period from each site's own start, averaged over "
        f"{found.of_sites} sites with a 95% band. {found.sentence}"
    )


def _under(found: EventTime) -> str:
    fewest, most = int(found.table["sites"].min()), int(found.table["sites"].max())
    counted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return f"Periods from the start; each point is the average of {counted} sites"
