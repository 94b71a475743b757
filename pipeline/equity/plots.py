"""Charts for whom: each group's series against what was expected, side by side on one scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.its.alt_text import spoken_number
from pipeline.its.chart_axes import axis_floor, place_x, x_axis
from pipeline.its.chart_labels import SMALL, wrapped
from pipeline.its.interval import average_effect

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pipeline.its.fit_result import Fit
    from pipeline.its.inference import FloatArray

COLUMNS_WIDE, COLUMNS_NARROW = 3, 2
ROW, AROUND = 1.55, 1.25
"""Inches: the height of a row of charts, and of what is above and below them all."""
TITLE, NOTE = 11.5, 8.5
KEY = "Points: what was seen. Solid: its trend. Dashed: expected without the change."


def groups_size(count: int) -> tuple[float, float]:
    """Gives the size in inches for so many groups, to hand to `figures.save`; it suits phones as well."""
    return figures.WIDE[0], ROW * math.ceil(count / COLUMNS_NARROW) + AROUND


def groups(
    fits: Mapping[str, Fit],
    *,
    label: str,
    change: str,
    dates: pd.DatetimeIndex | None = None,
    withheld: Mapping[str, Sequence[int]] | None = None,
    note: str = "",
) -> figures.Draw:
    """Gives a chart of each group's points, trend and counterfactual, on one scale, in the order given.

    `label` names the measure, `change` the interruption; `dates`, one for each period, label the time axes.
    Where the models have seasonality or covariates the points are adjusted for them. Positions `withheld`, by
    group, of values that may not be shown, are hatched; `note` is put under the chart. Use `groups_size`.
    """

    def draw(figure: Figure) -> None:
        columns = min(len(fits), COLUMNS_NARROW if figures.is_narrow(figure) else COLUMNS_WIDE)
        rows = math.ceil(len(fits) / columns)
        grid = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
        low, high = _bounds(fits)
        bottom = axis_floor(low, high)
        for place, (axes, (name, found)) in enumerate(zip(grid, fits.items(), strict=False)):
            x = place_x(found.series["time"].to_numpy(dtype=float), dates)
            figures.hatch_withheld(axes, x, (withheld or {}).get(name, ()))
            _draw_one(axes, found, x)
            axes.set_ylim(bottom, high + 0.04 * (high - bottom))
            x_axis(axes, x, dates, narrow=True)
            axes.tick_params(labelsize=SMALL - 1, labelbottom=place + columns >= len(fits))
            width = figure.get_figwidth() / columns
            axes.set_title(wrapped(figure, name, SMALL, width / figure.get_figwidth()), fontsize=SMALL + 0.5)
        for axes in grid[len(fits) :]:
            axes.set_axis_off()
        adjusted = any(found.adjusted_for for found in fits.values())
        figure.suptitle(wrapped(figure, label, TITLE), x=0.01, ha="left", fontsize=TITLE, fontweight="bold")
        notes = [KEY, f"Vertical line: {change}."]
        notes += ["Adjusted for season and other influences."] if adjusted else []
        notes += ["The axes do not start at zero."] if bottom > 0 else []
        notes += [note] if note else []
        figure.supxlabel(
            wrapped(figure, " ".join(notes), NOTE, 0.98), x=0.01, ha="left", fontsize=NOTE, color=figures.SOFT
        )

    return draw


def groups_alt(fits: Mapping[str, Fit], label: str, unit: str = "") -> str:
    """Gives the text that stands for the chart of groups where it can't be seen; `unit` of differences."""
    parts = []
    for name, found in fits.items():
        effect = average_effect(found.effects)
        scale = max(abs(effect.estimate), (effect.upper - effect.lower) / 2)
        estimate, lower, upper = (
            spoken_number(value, scale) for value in (effect.estimate, effect.lower, effect.upper)
        )
        parts.append(f"{name}: {estimate} ({lower} to {upper})")
    of = f", in {unit}" if unit else ""
    return (
        f"{len(fits)} scatter charts over time of {label}, one a group, each with its trend and what was "
        f"expected without the change. Average difference from what was expected{of}, with 95% interval: "
        f"{'; '.join(parts)}."
    )


def _bounds(fits: Mapping[str, Fit]) -> tuple[float, float]:
    shown = np.concatenate(
        [
            found.series[["adjusted", "fitted_trend", "expected_trend"]].to_numpy(dtype=float).ravel()
            for found in fits.values()
        ]
    )
    return float(np.nanmin(shown)), float(np.nanmax(shown))


def _draw_one(axes: Axes, found: Fit, x: FloatArray) -> None:
    table, start, after = found.series, found.start, found.after
    figures.quiet_grid(axes)
    edge = float((x[start - 1] + x[start]) / 2)
    if after > start:
        axes.axvspan(edge, float((x[after - 1] + x[after]) / 2), color=figures.GRID, linewidth=0)
    axes.axvline(edge, color=figures.SOFT, linewidth=0.9)
    axes.plot(
        x,
        table["adjusted"].to_numpy(dtype=float),
        linestyle="none",
        marker="o",
        markersize=2.2,
        color=figures.OBSERVED,
        markeredgewidth=0,
    )
    fitted = table["fitted_trend"].to_numpy(dtype=float)
    for rows in (slice(0, start), slice(after, None)):
        axes.plot(x[rows], fitted[rows], color=figures.FITTED, linewidth=1.6, solid_capstyle="butt")
    expected = table["expected_trend"].to_numpy(dtype=float)
    axes.plot(x[start:], expected[start:], color=figures.EXPECTED, linewidth=1.4, linestyle=(0, (4, 2)))
