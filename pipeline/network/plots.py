"""Charts of networks: who names whom before and after, and each measure's move between the two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline import figures
from pipeline.its.chart_labels import SMALL, head, wrapped
from pipeline.its.inference import FloatArray
from pipeline.network.comparison import sentence, spoken
from pipeline.network.measures import LABELS, MEASURES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

    from pipeline.network.comparison import Comparison
    from pipeline.network.ties import Network

COLOURS = ("#173f63", "#9a4512", "#2f7d4f", "#6b4fa0", "#7a5c00", "#1f6fb4", "#8c2d5a", "#3d4a57")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "h", "*")
"""Site by site, both in turn: no two of the first forty sites share colour and marker."""
ONE_WAY, MUTUAL = "#b9c4ce", "#4a5563"
NOTE = 8.5
ROW, AROUND = 0.62, 1.2
"""Inches: the height of a measure's row, and of what is above and below them."""
SHIFT = 0.14
"""How far before is drawn above the middle of its row, and after below."""


def waves_size() -> tuple[float, float]:
    """Gives the size in inches of `waves`, to hand to `figures.save`."""
    return figures.WIDE[0], 4.5


def waves(found: Comparison, names: Sequence[str]) -> figures.Draw:
    """Gives a drawing of the network before and after, by `names`: sites in a ring, people where they were.

    Each site has a colour and a shape; ties that are returned are dark, others light.
    """

    def draw(figure: Figure) -> None:
        narrow = figures.is_narrow(figure)
        if narrow:
            figure.set_figheight(8.2)
        grid = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
        places = layout(found.before.sites)
        for axes, network, name in zip(grid, (found.before, found.after), names, strict=True):
            _draw_network(axes, network, places)
            axes.set_title(f"{name}: {int(network.ties.sum())} ties", fontsize=SMALL + 1, loc="center")
        note = (
            "Dark lines: ties that are returned. Light lines: ties that are not. A shape and colour a site."
        )
        figure.supxlabel(
            wrapped(figure, note, NOTE, 0.98), x=0.01, ha="left", fontsize=NOTE, color=figures.SOFT
        )

    return draw


def layout(sites: Sequence[str]) -> FloatArray:
    """Gives each person's place, (n, 2): sites in a ring, their people in a small ring of their own."""
    names = list(dict.fromkeys(sites))
    angle = 2 * np.pi * np.arange(len(names)) / len(names)
    centres = np.column_stack([np.sin(angle), np.cos(angle)]) * (len(names) > 1)
    apart = 2 * np.sin(np.pi / max(len(names), 2))
    places = np.zeros((len(sites), 2))
    for site, centre in zip(names, centres, strict=True):
        members = [place for place, at in enumerate(sites) if at == site]
        turn = 2 * np.pi * np.arange(len(members)) / len(members)
        radius = 0.36 * apart * (len(members) > 1)
        places[members] = centre + radius * np.column_stack([np.sin(turn), np.cos(turn)])
    return places


def _draw_network(axes: Axes, network: Network, places: FloatArray) -> None:
    from matplotlib.collections import LineCollection

    ties = network.ties
    returned = ties & ties.T
    for pairs, color, width in (
        (np.argwhere(ties & ~returned), ONE_WAY, 0.6),
        (np.argwhere(np.triu(returned)), MUTUAL, 1.0),
    ):
        axes.add_collection(
            LineCollection([places[list(pair)] for pair in pairs], colors=color, linewidths=width, zorder=1)
        )
    for number, site in enumerate(dict.fromkeys(network.sites)):
        members = places[[place for place, at in enumerate(network.sites) if at == site]]
        axes.plot(
            *members.T,
            linestyle="none",
            marker=MARKERS[number % len(MARKERS)],
            color=COLOURS[number % len(COLOURS)],
            markersize=8.0 if MARKERS[number % len(MARKERS)] == "*" else 5.5,
            markeredgecolor="white",
            markeredgewidth=0.6,
            zorder=2,
        )
        centre = members.mean(axis=0)
        size = float(np.hypot(*centre))
        outward = centre * (1 + 0.4 / size) if size > 0 else centre
        axes.text(
            float(outward[0]),
            float(outward[1]),
            site,
            ha="center",
            va="center",
            fontsize=SMALL,
            color=figures.INK,
        )
    reach = float(np.abs(places).max()) + 0.4
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_aspect("equal")
    axes.set_axis_off()


def waves_alt(found: Comparison, names: Sequence[str]) -> str:
    """Gives the text that stands for the drawing where it can't be seen."""
    people, sites = len(found.before.people), len(set(found.before.sites))
    ties = [int(network.ties.sum()) for network in (found.before, found.after)]
    return (
        f"Two drawings of who names whom among {people} people at {sites} sites, each site a ring: "
        f"{ties[0]} ties in {names[0]} and {ties[1]} in {names[1]}. Ties that are returned are darker."
    )


def measures_size() -> tuple[float, float]:
    """Gives the size in inches of `measures`, to hand to `figures.save`."""
    return figures.WIDE[0], ROW * len(MEASURES) + AROUND


def measures(found: Comparison, names: Sequence[str]) -> figures.Draw:
    """Gives a dumbbell chart: each measure before (open) and after (filled), with 95% intervals."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        narrow = figures.is_narrow(figure)
        axes.axvline(0, color=figures.INK, linewidth=0.8, zorder=1)
        for place, name in enumerate(MEASURES):
            row = found.table.loc[name].to_dict()
            before, after = 100 * float(row["before"]), 100 * float(row["after"])
            axes.annotate(
                "",
                xy=(after, place + SHIFT),
                xytext=(before, place - SHIFT),
                arrowprops={"arrowstyle": "-", "color": figures.SOFT, "linewidth": 1.0},
            )
            for side, value, shift, fill, color in (
                ("before", before, -SHIFT, "white", figures.OBSERVED),
                ("after", after, SHIFT, figures.FITTED, figures.FITTED),
            ):
                lower, upper = (100 * float(row[f"{side}_{end}"]) for end in ("lower", "upper"))
                axes.hlines(place + shift, lower, upper, color=color, linewidth=1.6, zorder=2)
                axes.plot(
                    value,
                    place + shift,
                    "o",
                    color=color,
                    markerfacecolor=fill,
                    markersize=6.5,
                    markeredgewidth=1.6,
                    zorder=3,
                )
            one, other = (spoken(float(row[side]), name) for side in ("before", "after"))
            text = f"{one} → {other}\n{row['verdict']}"
            figures.label_beside(axes, place, text, NOTE, bold=row["verdict"] != "no clear change")
        axes.set_ylim(len(MEASURES) - 0.5, -0.5)
        labels = [wrapped(figure, LABELS[name], SMALL, 0.3) for name in MEASURES]
        axes.set_yticks(range(len(MEASURES)), labels, fontsize=SMALL)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=figures.GRID, linewidth=0.8)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}%".replace("-", "−"))
        if narrow:
            axes.xaxis.set_major_locator(_few())
        head(figure, axes, "How ties changed", f"Open: {names[0]}. Filled: {names[1]}. 95% intervals", 0.0)

    return draw


def _few() -> Locator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4)


def measures_alt(found: Comparison, names: Sequence[str]) -> str:
    """Gives the text that stands for the dumbbell chart where it can't be seen."""
    said = " ".join(sentence(found, name) for name in MEASURES)
    return f"Dumbbell chart of five measures of the network in {names[0]} and {names[1]}. {said}"
