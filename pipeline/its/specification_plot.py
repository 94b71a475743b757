"""The specification curve as a chart: every estimate in order above, the choices that made it below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.its.chart_labels import head, label_interruptions
from pipeline.its.interval import shown_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pipeline.its.specification import SpecificationCurve

CHOICES = {
    "model": "Model",
    "season": "Seasonality",
    "impact": "Impact",
    "trend": "Trend",
    "covariates": "Covariates",
    "window": "Periods used",
}
ROW = 0.19
"""Height of a row of choices, in inches."""

ROW_TEXT = 8.5


def size_of(curve: SpecificationCurve) -> tuple[float, float]:
    """Gives the size in inches at which the chart has room for its rows of choices."""
    return figures.WIDE[0], 3.4 + ROW * len(_rows(curve))


def specifications(
    curve: SpecificationCurve, *, label: str, unit: str = "", names: Mapping[str, str] | None = None
) -> figures.Draw:
    """Gives the chart of a specification curve, to be saved at `size_of(curve)`.

    Above, each specification's average effect with its 95% interval, in order of size; the plan's own has a
    line of its own. Below, a mark in each row says which choices made the estimate above it. `label` names
    the measure and `unit` what the axis counts; `names` gives choices a name for readers. Effects on a
    logarithm are shown in per cent.
    """
    shown = dict(names or {})

    def draw(figure: Figure) -> None:
        rows = _rows(curve)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.7, 0.15 + ROW * len(rows)])
        table = curve.table[curve.table["failure"] == ""]
        plan = int(np.argmax(table["is_plan"].to_numpy(dtype=bool)))
        _estimates(above, curve, plan, figures.is_narrow(figure))
        _choices(below, curve, rows, plan, shown)
        for axes in (above, below):
            axes.axvline(plan, color=figures.EXPECTED, linewidth=1.1, zorder=0)
        above.set_xlim(-0.8, len(table) - 0.2)
        height = label_interruptions(figure, above, [("The plan's own", float(plan))])
        in_units = unit if curve.scale == "absolute" else "in per cent"
        subtitle = "Average effect after the change with 95% intervals" + (
            f", {in_units}" if in_units else ""
        )
        subtitle += "; hollow where the interval holds zero" if (~_clear(curve)).any() else ""
        head(figure, above, label, subtitle, height)

    return draw


def specifications_alt(curve: SpecificationCurve, label: str) -> str:
    """Gives the text that stands for the chart where it can't be seen."""
    return (
        f"Specification curve for {label}: a dot and a 95% interval for each way to analyse the series, in "
        f"order of the estimate, and below them the choices that each made. {curve.sentence}"
    )


def _rows(curve: SpecificationCurve) -> list[tuple[str, str | None]]:
    """The rows below: a choice's name alone as a heading, then with each value that it takes."""
    table = curve.table[curve.table["failure"] == ""]
    rows: list[tuple[str, str | None]] = []
    for name in CHOICES:
        values = list(dict.fromkeys(str(value) for value in table[name].sort_values()))
        if len(values) > 1:
            rows += [(name, None), *((name, value) for value in values)]
    return rows


def _clear(curve: SpecificationCurve) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    table = curve.table[curve.table["failure"] == ""]
    return ((table["lower"] > 0) | (table["upper"] < 0)).to_numpy(dtype=bool)


def _estimates(axes: Axes, curve: SpecificationCurve, plan: int, narrow: bool) -> None:
    table = curve.table[curve.table["failure"] == ""]
    estimate, lower, upper = (
        shown_on(curve.scale, table[name].to_numpy(dtype=float)) for name in ("estimate", "lower", "upper")
    )
    clear = _clear(curve)
    places = np.arange(len(table))
    dot = float(np.clip((170 if narrow else 340) / len(table), 2.0, 4.5))
    figures.quiet_grid(axes)
    axes.axhline(0, color=figures.INK, linewidth=1.0)
    axes.vlines(places, lower, upper, color=figures.FITTED, linewidth=1.4, alpha=0.5)
    for chosen, inside in ((clear, figures.FITTED), (~clear, "white")):
        axes.plot(
            places[chosen],
            estimate[chosen],
            "o",
            color=figures.FITTED,
            markerfacecolor=inside,
            markersize=dot,
            markeredgewidth=0.9,
        )
    axes.vlines(plan, lower[plan], upper[plan], color=figures.EXPECTED, linewidth=2.4)
    axes.plot(plan, estimate[plan], "D", color=figures.EXPECTED, markersize=7, markeredgewidth=0)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", "−"))


def _choices(
    axes: Axes,
    curve: SpecificationCurve,
    rows: list[tuple[str, str | None]],
    plan: int,
    names: Mapping[str, str],
) -> None:
    table = curve.table[curve.table["failure"] == ""]
    for height, (name, value) in enumerate(rows):
        if value is None:
            continue
        places = np.flatnonzero((table[name].astype(str) == value).to_numpy(dtype=bool))
        axes.axhline(height, color=figures.GRID, linewidth=0.8)
        axes.plot(
            places, np.full(len(places), height), "s", color=figures.SOFT, markersize=3.0, markeredgewidth=0
        )
        if plan in places:
            axes.plot(plan, height, "D", color=figures.EXPECTED, markersize=6, markeredgewidth=0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    labels = [CHOICES[name] if value is None else names.get(value, value) for name, value in rows]
    axes.set_yticks(range(len(rows)), labels, fontsize=ROW_TEXT)
    for text, (_, value) in zip(axes.get_yticklabels(), rows, strict=True):
        text.set_color(figures.INK if value is None else figures.SOFT)
        text.set_fontweight("bold" if value is None else "normal")
    axes.tick_params(length=0)
    axes.tick_params(axis="x", labelbottom=False)
    axes.spines[["left", "bottom"]].set_visible(False)
