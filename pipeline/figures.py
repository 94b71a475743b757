"""How every chart looks, and how it is saved: the same bytes on every run and every machine.

Charts are drawn with matplotlib's object interface (no pyplot, no global state) and saved as SVG for
screens and PDF, and as PNG for Word. Text is measured in DejaVu Sans, which matplotlib carries, so that
the layout does not depend on the fonts of the machine; the SVG then names a stack of common faces first.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy import float64
    from numpy.typing import NDArray

INK = "#1d2733"
SOFT = "#4a5563"
GRID = "#e3e7eb"
OBSERVED = "#4a7fb0"
FITTED = "#173f63"
EXPECTED = "#9a4512"
IMPROVING = "#1f6fb4"
CONCERNING = "#b4541a"
NEUTRAL = "#6b4fa0"
WITHHELD = "#c3cad2"

WIDE = (7.6, 3.5)
"""Inches; the text column on a desktop, so that 10-point text is about as large as the text around it."""
NARROW = (3.9, 3.7)
"""Inches; the text column on a phone, where text keeps its size."""

MEASURED_IN = "DejaVu Sans"
SHOWN_IN = "'Inter', 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lasting",
    "font.family": MEASURED_IN,
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.axisbelow": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "hatch.linewidth": 0.7,
}

Draw = Callable[["Figure"], None]


@dataclass(frozen=True, repr=False)
class Picture:
    """A saved chart; in a notebook it shows itself."""

    svg: str
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_svg_(self) -> str:
        return self.svg


def new_figure(size: tuple[float, float] = WIDE) -> Figure:
    """Gives an empty figure of `size` inches in the project's style (call inside `style()`)."""
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained")


def is_narrow(figure: Figure) -> bool:
    """True if the figure is drawn for a phone, where labels must be shorter and fewer."""
    return bool(figure.get_figwidth() < (WIDE[0] + NARROW[0]) / 2)


def quiet_grid(axes: Axes) -> None:
    """Draws light horizontal grid lines behind the data, and short tick marks."""
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.tick_params(length=3, width=0.8)


def label_beside(axes: Axes, place: float, text: str, size: float, bold: bool = False) -> None:
    """Writes `text` to the right of the axes, at the height `place` of the data."""
    axes.annotate(
        text,
        xy=(1.0, place),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        fontsize=size,
        color=INK,
        fontweight="bold" if bold else "normal",
        va="center",
        annotation_clip=False,
    )


def hatch_withheld(axes: Axes, at: NDArray[float64], withheld: Sequence[int]) -> None:
    """Hatches the periods at the positions `withheld`: there is a value, and it may not be shown.

    `at` (time,) are the periods' places. A strip goes from the bottom to the top, whatever the value is.
    """
    import numpy as np

    if not withheld:
        return
    half = float(np.median(np.diff(at))) / 2
    places = np.sort(np.asarray(withheld))
    # Neighbours are one strip: the edge of one hatched over another would show.
    for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
        axes.axvspan(
            float(at[run[0]]) - half,
            float(at[run[-1]]) + half,
            facecolor="none",
            edgecolor=WITHHELD,
            hatch="/////",
            linewidth=0,
            zorder=1.1,  # above a transition, below every line and point
        )


def save(draw: Draw, folder: Path, name: str, alt: str, size: tuple[float, float] = WIDE) -> Picture:
    """Saves the chart that `draw` puts on a figure, and gives it back as a picture.

    Writes `name.svg` and `name.png` at `size` inches, and `name.narrow.svg` for phones, into `folder`.
    `alt` is the text alternative: the kind of chart, what it shows, and what is to be seen in it.
    """
    from matplotlib import style

    with style.context(STYLE, after_reset=True):  # what the user's own matplotlibrc says is left out
        wide = _drawn(draw, size)
        svg = _svg(wide)
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        wide.savefig(folder / f"{name}.png", dpi=200, metadata={"Software": None})
        narrow = _drawn(draw, (NARROW[0], max(NARROW[1], size[1])))
        (folder / f"{name}.narrow.svg").write_text(_svg(narrow), encoding="utf-8")
    return Picture(svg=svg, alt=alt)


def write(draw: Draw, target: Path, size: tuple[float, float] = WIDE) -> None:
    """Writes the chart that `draw` puts on a figure of `size` inches to one file, `.svg` or `.png`."""
    from matplotlib import rc_context

    with rc_context(STYLE):
        figure = _drawn(draw, size)
        if target.suffix == ".svg":
            target.write_text(_svg(figure), encoding="utf-8")
        else:
            figure.savefig(target, dpi=200, metadata={"Software": None})


def save_icon(svg: str, folder: Path, name: str) -> None:
    """Saves an icon: `name.svg` as it is and, for Word, `name.png`, four times as fine as its size."""
    import typst

    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    text = svg.replace("\\", "\\\\").replace('"', '\\"')
    page = f'#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image(bytes("{text}"))'
    (folder / f"{name}.png").write_bytes(typst.compile(page.encode(), format="png", ppi=4 * 72))


def _drawn(draw: Draw, size: tuple[float, float]) -> Figure:
    figure = new_figure(size)
    draw(figure)
    return figure


TAG = re.compile(r"<[^>]*>")
LONG_DECIMAL = re.compile(r"(?<=[0-9])(\.[0-9]{2})[0-9]+")
MARK_STYLE = re.compile(r'(<use [^>]*?)style="([^"]*)"')


def _svg(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _compact(buffer.getvalue().decode("utf-8").replace(f"'{MEASURED_IN}'", SHOWN_IN))


def _compact(svg: str) -> str:
    """The same drawing in fewer letters: hundredths of a point, no indents, each style of marks named once.

    A style is named by what it says, so that drawings on one page can't change one another.
    """
    names: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        style = found[2]
        name = names.setdefault(style, f"s{hashlib.sha256(style.encode()).hexdigest()[:6]}")
        return f'{found[1]}class="{name}"'

    svg = re.sub(r"\n\s+", "\n", svg)
    svg = TAG.sub(lambda tag: LONG_DECIMAL.sub(r"\1", tag[0]), svg)
    svg = MARK_STYLE.sub(named, svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    return svg.replace("</style>", f"{rules}</style>", 1)
