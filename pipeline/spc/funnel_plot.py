"""Funnel plots drawn: sites by size, the limits as curves, sites beyond them marked and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.spc import labels
from pipeline.spc.funnel import funnel_lines
from pipeline.spc.limits import Floats
from pipeline.spc.marks import Mark
from pipeline.spc.sheet import (
    DASHED,
    TEXT,
    Named,
    Sheet,
    draw_key,
    finish,
    name_lines,
    set_heights,
    sized_sheet,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pipeline.spc.funnel import Funnel

WITHIN = Mark("within the limits", "o", figures.SOFT, 4.2)
BEYOND_95 = Mark("beyond the 95% limits", "D", figures.NEUTRAL, 4.6, filled=False)
BEYOND_998 = Mark("beyond the 99.8% limits", "s", figures.NEUTRAL, 5.8)
MARKS = {
    None: WITHIN,
    "high-95": BEYOND_95,
    "low-95": BEYOND_95,
    "high-998": BEYOND_998,
    "low-998": BEYOND_998,
}
MOST_NAMED = 8
"""Sites that are named at most: those farthest beyond the limits."""


def funnel_plot(funnel: Funnel, label: str, size_label: str, note: str | None = None) -> figures.Draw:
    """Gives the function that draws this funnel plot, for `figures.save`.

    `label` says what is compared, and in what unit; `size_label` what the horizontal axis counts. Sites
    beyond the 99.8% limits are named as in the index of the funnel's points, where there is room.
    """

    def draw(figure: Figure) -> None:
        sizes = funnel.points["denominator"].to_numpy(dtype=float)
        sheet = sized_sheet(figure, sizes)
        values = funnel.points["value"].to_numpy(dtype=float)
        known = np.isfinite(values)
        # Limits of the smallest sites reach far; the axis holds what the sites need.
        lines = funnel_lines(funnel, np.quantile(sizes[known], [0.1, 1.0]))
        possible = np.clip(lines.to_numpy(), 0.0, _highest(funnel)).ravel()
        bottom, top = labels.axis_bounds(values[known].tolist(), [*possible.tolist(), funnel.target])
        set_heights(sheet.axes, bottom, min(top, 1.02 * _highest(funnel)))
        _draw_limits(sheet, funnel)
        marks = [MARKS[beyond] for beyond in funnel.points["beyond"]]
        for mark in (WITHIN, BEYOND_95, BEYOND_998):
            rows = np.array([found == mark for found in marks]) & known
            if rows.any():
                sheet.axes.add_line(mark.line(sizes[rows], values[rows]))
        _name_sites(sheet, funnel)
        ends = funnel_lines(funnel, np.array([sheet.axes.get_xlim()[1]])).iloc[0]
        name_lines(
            sheet,
            [
                Named("99.8% limit", float(ends["lower_998"]), figures.SOFT),
                Named(
                    "All sites" if funnel.measure != "ratio" else "As expected", funnel.target, figures.FITTED
                ),
                Named("99.8% limit", float(ends["upper_998"]), figures.SOFT),
            ],
        )
        present = [mark for mark in (WITHIN, BEYOND_95, BEYOND_998) if mark in marks]
        reach = draw_key(sheet, [] if present == [WITHIN] else present, 0.0)
        axis = "The axis does not start at zero." if bottom > 0 else ""
        finish(sheet, label, reach, [f"Across: {size_label}.", funnel.reason, axis, note or ""])

    return draw


def funnel_alt_text(funnel: Funnel, label: str) -> str:
    """Gives the text alternative of a funnel plot: what it compares, and the sites beyond its limits."""
    points = funnel.points
    known = int(points["value"].notna().sum())
    told = [
        f"Funnel plot: {label}; {known} sites, compared with {labels.number(funnel.target)}. {funnel.reason}"
    ]
    for side, word in (("high", "above"), ("low", "below")):
        names = [str(name) for name, beyond in points["beyond"].items() if beyond == f"{side}-998"]
        if names:
            told.append(f"{word.capitalize()} the 99.8% limits: {', '.join(names)}.")
    between = int(points["beyond"].isin(["high-95", "low-95"]).sum())
    if between:
        sites = "1 site is" if between == 1 else f"{between} sites are"
        told.append(f"{sites} between the 95% and the 99.8% limits.")
    if points["beyond"].isna().all():
        told.append("No site is beyond the limits.")
    return " ".join(told)


def _highest(funnel: Funnel) -> float:
    return funnel.per if funnel.measure == "proportion" else np.inf


def _draw_limits(sheet: Sheet, funnel: Funnel) -> None:
    widest = sheet.axes.get_xlim()[1]
    sizes: Floats = np.linspace(np.sqrt(widest / 400), np.sqrt(widest), 240) ** 2
    lines = funnel_lines(funnel, sizes)
    for name in lines.columns:
        heights = np.clip(lines[name].to_numpy(), 0.0, _highest(funnel))
        style = {"linestyle": DASHED, "linewidth": 0.9} if name.endswith("95") else {"linewidth": 1.1}
        sheet.axes.plot(sizes, heights, color=figures.SOFT, zorder=2, **style)
    sheet.axes.axhline(funnel.target, color=figures.FITTED, linewidth=1.4, zorder=2)


def _name_sites(sheet: Sheet, funnel: Funnel) -> None:
    """Names the sites beyond the outer limits beside their marks, each where no other name is."""
    outside = funnel.points[funnel.points["beyond"].isin(["high-998", "low-998"])]
    order = np.argsort(-outside["z"].abs().to_numpy(), kind="stable")[:MOST_NAMED]
    (left, right), (low, high) = sheet.axes.get_xlim(), sheet.axes.get_ylim()
    taken: list[tuple[float, float, float, float]] = []
    for place in order:
        site, row = outside.index[place], outside.iloc[place]
        x = (float(row["denominator"]) - left) / (right - left) * sheet.width
        y = (float(row["value"]) - low) / (high - low) * sheet.height
        width = labels.text_width(str(site), TEXT) + 2 * labels.GAP
        on_left = x + width > sheet.width
        box = (x - width if on_left else x, y - TEXT / 2, x if on_left else x + width, y + TEXT / 2)
        if any(_touch(box, other) for other in taken):
            continue
        taken.append(box)
        sheet.axes.annotate(
            str(site),
            (float(row["denominator"]), float(row["value"])),
            xytext=(-6 if on_left else 6, 0),
            textcoords="offset points",
            ha="right" if on_left else "left",
            va="center",
            fontsize=TEXT,
            color=figures.INK,
        )


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
