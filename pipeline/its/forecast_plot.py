"""A forecast as a chart: what happened against what was to be expected without a shape of the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.its.alt_text import spoken_number
from pipeline.its.chart_axes import place_values, place_x, x_axis
from pipeline.its.chart_labels import LineLabel, head, label_interruptions, label_line_ends, wrapped
from pipeline.its.plots import BAND, DOTTED, NOTE, Mark, boundary, draw_points

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from pipeline.its.forecast import Forecast


def forecast(
    found: Forecast,
    *,
    label: str,
    unit: str = "",
    dates: pd.DatetimeIndex | pd.PeriodIndex | None = None,
    change: str = "Change",
    annotations: Sequence[Mark] = (),
    expected_label: str = "Expected without the change",
) -> figures.Draw:
    """Gives a chart of the series as points, and of what was expected as a dashed line with its 95% band.

    `label` names the measure, `unit` what the axis counts and `change` the change; `dates`, one for each
    period, label the time axis, and `annotations` have dotted lines. Before the change the line is what the
    same method gives there. The vertical axis is placed as in `plots.counterfactual`.
    """

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        narrow = figures.is_narrow(figure)
        table = found.series
        x = place_x(table["time"].to_numpy(dtype=float), dates)
        observed, expected, lower, upper = (
            table[name].to_numpy(dtype=float)
            for name in ("observed", "expected", "expected_lower", "expected_upper")
        )
        edge = boundary(x, found.start)
        figures.quiet_grid(axes)
        axes.axvline(edge, color=figures.SOFT, linewidth=1.1)
        noted = [(note.label, boundary(x, note.position)) for note in annotations]
        for _, at in noted:
            axes.axvline(at, color=figures.SOFT, linewidth=1.0, linestyle=DOTTED)
        axes.fill_between(x, lower, upper, color=figures.EXPECTED, alpha=BAND, linewidth=0)
        axes.plot(x, expected, color=figures.EXPECTED, linewidth=1.6, linestyle=(0, (4, 2)))
        draw_points(axes, x, observed, narrow)
        x_axis(axes, x, dates, narrow)
        names = {"expected": "expected_trend", "observed": "fitted_trend"}
        names |= {f"expected_{end}": f"expected_trend_{end}" for end in ("lower", "upper")}
        notes = place_values(axes, observed, table.rename(columns=names))
        axes.set_xlabel(wrapped(figure, " ".join(notes), NOTE, 0.8), loc="left", fontsize=NOTE)
        last = float(expected[np.isfinite(expected)][-1])
        label_line_ends(figure, axes, [LineLabel(expected_label, last, figures.EXPECTED)])
        rows = label_interruptions(figure, axes, [(change, edge), *noted])
        head(figure, axes, label, unit, rows)

    return draw


def forecast_alt(found: Forecast, label: str, *, change: str = "the change", when: str = "") -> str:
    """Gives two sentences that stand for the chart where it can't be seen."""
    columns = ["absolute", "absolute_lower", "absolute_upper"]
    size, low, high = (float(value) for value in found.effects.loc["average", columns].to_numpy(dtype=float))
    scale = max(abs(size), (high - low) / 2)
    spoken = [spoken_number(value, scale) for value in (abs(size), low, high)]
    at = f" ({when})" if when else ""
    return (
        f"Scatter chart over time of {label}: {found.n_before} points before {change}{at} and "
        f"{found.n_after} after. A dashed line with a shaded band is what was expected without {change}. On "
        f"average after it, what was seen is {spoken[0]} {'higher' if size > 0 else 'lower'} than expected "
        f"(95% interval of the difference: {spoken[1]} to {spoken[2]})."
    )
