"""Charts of a fit: what happened against what was expected, and what the residuals say.

Each function gives a `Draw`, to be handed to `pipeline.figures.save`. They draw and compute nothing but
places on paper. The main chart follows Turner et al. (2021): unjoined points, a labelled interruption and
transition, a solid fit, a distinct counterfactual with its band, and an axis from a sensible origin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.its.chart_axes import place_values, place_x, x_axis
from pipeline.its.chart_labels import LineLabel, head, label_interruptions, label_line_ends, wrapped
from pipeline.its.inference import FloatArray
from pipeline.listing import listed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pipeline.its.fit_result import Fit

BAND = 0.16
"""Opacity of the counterfactual's band: light enough that points and lines on it keep their contrast."""

NOTE = 8.5
SEASON = "time of year"
DOTTED = (0, (1, 2))
PHASE_IN = "The grey strip is the phase-in, which the trends leave out."


@dataclass(frozen=True)
class Mark:
    """An interruption to show: its label, and the position of the first point after it."""

    label: str
    position: int


def counterfactual(
    fit: Fit,
    *,
    label: str,
    unit: str = "",
    dates: pd.DatetimeIndex | pd.PeriodIndex | None = None,
    interventions: Sequence[Mark] = (),
    annotations: Sequence[Mark] = (),
    names: Mapping[str, str] | None = None,
    fitted_label: str = "What happened (trend)",
    expected_label: str = "Expected without the change",
    note: str = "",
    withheld: Sequence[int] = (),
) -> figures.Draw:
    """Gives a chart of the series, its trend, and the trend expected had nothing changed with its 95% band.

    `label` names the measure and `unit` says what the axis counts; `dates`, one for each period, label the
    time axis (without them it shows the fit's times). `interventions` are the interruptions to mark: by
    default the fit's own, labelled "Change"; what else is to be known (`annotations`) has a dotted line.
    `names` gives covariates, and `season`, a name for readers. `note` is put under the chart. Positions
    `withheld`, of values that may not be shown, are hatched.

    Where the model has seasonality or covariates the points are adjusted for them, and the axis title says
    so: both trends are drawn at the average season, and only like with like can be compared by eye.

    The vertical axis starts at zero, unless the points' range is less than half of their maximum: then it
    starts at a round number below them, and a note says that it does not start at zero.
    """
    marks = list(interventions) or [Mark("Change", fit.start)]
    shown = dict(names or {})

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        narrow = figures.is_narrow(figure)
        table = fit.series
        x = place_x(table["time"].to_numpy(dtype=float), dates)
        edges = [boundary(x, mark.position) for mark in marks]
        points = table["adjusted"].to_numpy(dtype=float)
        figures.quiet_grid(axes)
        if fit.after > fit.start:
            axes.axvspan(boundary(x, fit.start), boundary(x, fit.after), color=figures.GRID, linewidth=0)
        for edge in edges:
            axes.axvline(edge, color=figures.SOFT, linewidth=1.1)
        noted = [(note.label, boundary(x, note.position)) for note in annotations]
        for _, edge in noted:
            axes.axvline(edge, color=figures.SOFT, linewidth=1.0, linestyle=DOTTED)
        figures.hatch_withheld(axes, x, withheld)
        draw_points(axes, x, points, narrow)
        _draw_trends(axes, fit, x)
        x_axis(axes, x, dates, narrow)
        notes = [*place_values(axes, points, fit.series), *([PHASE_IN] if fit.after > fit.start else [])]
        notes += [note] if note else []
        axes.set_xlabel(wrapped(figure, " ".join(notes), NOTE, 0.8), loc="left", fontsize=NOTE)
        last = table[["expected_trend", "fitted_trend"]].ffill().iloc[-1]
        label_line_ends(
            figure,
            axes,
            [
                LineLabel(expected_label, float(last["expected_trend"]), figures.EXPECTED),
                LineLabel(fitted_label, float(last["fitted_trend"]), figures.FITTED),
            ],
        )
        rows = label_interruptions(
            figure, axes, [*((mark.label, edge) for mark, edge in zip(marks, edges, strict=True)), *noted]
        )
        head(figure, axes, label, _axis_title(unit, fit.adjusted_for, shown), rows)

    return draw


def residuals(
    fit: Fit, *, dates: pd.DatetimeIndex | pd.PeriodIndex | None = None, unit: str = ""
) -> figures.Draw:
    """Gives two charts: residuals over time, and the autocorrelation that the model leaves in them.

    In the second, the shaded band holds 95 in 100 autocorrelations of independent errors. The first shows
    what the model explains neither by its terms nor by its autocorrelation, so points should scatter evenly
    about zero.
    """

    def draw(figure: Figure) -> None:
        narrow = figures.is_narrow(figure)
        over_time, by_lag = figure.subplots(2, 1) if narrow else figure.subplots(1, 2, width_ratios=[3, 2])
        table = fit.series
        x = place_x(table["time"].to_numpy(dtype=float), dates)
        figures.quiet_grid(over_time)
        over_time.axhline(0, color=figures.SOFT, linewidth=0.8)
        over_time.axvline(boundary(x, fit.start), color=figures.SOFT, linewidth=1.1)
        draw_points(over_time, x, table["innovation"].to_numpy(dtype=float), narrow)
        x_axis(over_time, x, dates, narrow=True)
        over_time.set_title(
            wrapped(figure, f"What the model leaves unexplained{', ' + unit if unit else ''}", 10.5, 0.52)
        )
        found = fit.diagnostics
        figures.quiet_grid(by_lag)
        by_lag.axhspan(-found.bound, found.bound, color=figures.GRID, linewidth=0)
        by_lag.axhline(0, color=figures.SOFT, linewidth=0.8)
        by_lag.vlines(found.lags, 0, found.acf, color=figures.FITTED, linewidth=2.2)
        reach = 1.15 * max(float(np.max(np.abs(found.acf))), found.bound, 0.25)
        by_lag.set_ylim(-reach, reach)
        by_lag.xaxis.get_major_locator().set_params(integer=True)
        by_lag.set_xlabel("Periods apart")
        by_lag.set_title("Autocorrelation that is left")

    return draw


def _draw_trends(axes: Axes, fit: Fit, x: FloatArray) -> None:
    """The solid fit before and after the change, and the dashed counterfactual on its band."""
    table = fit.series
    fitted = table["fitted_trend"].to_numpy(dtype=float)
    for rows in (slice(0, fit.start), slice(fit.after, None)):
        axes.plot(x[rows], fitted[rows], color=figures.FITTED, linewidth=2.2, solid_capstyle="butt")
    since = slice(fit.start, None)
    expected, lower, upper = (
        table[f"expected_trend{suffix}"].to_numpy(dtype=float) for suffix in ("", "_lower", "_upper")
    )
    after = slice(fit.after, None)
    axes.fill_between(x[after], lower[after], upper[after], color=figures.EXPECTED, alpha=BAND, linewidth=0)
    axes.plot(x[since], expected[since], color=figures.EXPECTED, linewidth=1.8, linestyle=(0, (4, 2)))


def boundary(x: FloatArray, position: int) -> float:
    """Gives half-way from the last point before to the first after: every point is clearly on one side."""
    return float((x[position - 1] + x[position]) / 2)


def draw_points(axes: Axes, x: FloatArray, values: FloatArray, narrow: bool) -> None:
    """Draws what was seen: unjoined points, smaller in a long series, so that they don't run together."""
    size = float(np.clip((260 if narrow else 560) / len(x), 2.4, 4.5))
    axes.plot(
        x, values, linestyle="none", marker="o", markersize=size, color=figures.OBSERVED, markeredgewidth=0
    )


def _axis_title(unit: str, adjusted_for: tuple[str, ...], names: Mapping[str, str]) -> str:
    reasons = [names.get(name, SEASON if name == "season" else name) for name in adjusted_for]
    if not reasons:
        return unit
    said = listed(reasons)
    return f"{unit}, adjusted for {said}" if unit else f"Adjusted for {said}"
