"""Icons for variation and assurance: our own drawing, as SVG text.

The shapes tell the meaning without colour, and are those of the points in charts: a filled square improves,
an open triangle concerns, a diamond is a change that is neither, a ring with a ripple is usual variation. An
arrow says whether values are high or low. Discs say what becomes of a target: ticked and full, crossed and
open, or half full where it is met or missed by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from pipeline import figures
from pipeline.errors import AnalysisError
from pipeline.spc.meaning import Assurance, Variation

if TYPE_CHECKING:
    from pipeline.spc.chart import Chart

VARIATION_TEXT: dict[Variation, str] = {
    "common-cause": "Usual variation: no sign of change",
    "improving-high": "Improving: values are higher than usual",
    "improving-low": "Improving: values are lower than usual",
    "concerning-high": "Concerning: values are higher than usual",
    "concerning-low": "Concerning: values are lower than usual",
    "neutral-high": "Changed: values are higher than usual",
    "neutral-low": "Changed: values are lower than usual",
}
"""What each kind of variation means, in words: the icon's text alternative."""
ASSURANCE_TEXT: dict[Assurance | None, str] = {
    "meets": "Will consistently meet the target",
    "misses": "Will consistently miss the target",
    "hit-or-miss": "Will meet or miss the target by chance",
    None: "No target to compare with",
}
"""What each kind of assurance means, in words: the icon's text alternative."""

_TILES = {
    "improving": '<rect x="4" y="4" width="40" height="40" rx="5" fill="{colour}"/>',
    "concerning": '<path d="M24 4L46 43H2Z" fill="#fff" stroke="{colour}" stroke-width="4"/>',
    "neutral": '<path d="M24 1L47 24L24 47L1 24Z" fill="{colour}"/>',
}
_COLOURS = {
    "improving": figures.IMPROVING,
    "concerning": figures.CONCERNING,
    "neutral": figures.NEUTRAL,
}
_ARROWS = {"improving": (12, 36, 9), "concerning": (21, 36, 5.5), "neutral": (12, 36, 8)}
"""Top and bottom of each tile's arrow, and how far its head reaches to the sides."""


@dataclass(frozen=True)
class Icon:
    """An icon: the name of its file, what it means in words, and its drawing as SVG text."""

    name: str
    alt: str
    svg: str


def icons_of(chart: Chart) -> dict[Literal["latest", "phase", "target"], Icon]:
    """Gives the icons of a chart: for its latest point, its latest phase as a whole, and its target."""
    target = f"spc-icon_target-{chart.assurance or 'none'}"
    return {
        "latest": _of_variation(chart.variation),
        "phase": _of_variation(chart.phase_variation),
        "target": Icon(target, ASSURANCE_TEXT[chart.assurance], assurance_icon(chart.assurance)),
    }


def _of_variation(variation: Variation) -> Icon:
    return Icon(f"spc-icon_{variation}", VARIATION_TEXT[variation], variation_icon(variation))


def variation_icon(variation: Variation, size: int = 24) -> str:
    """Gives the icon of a kind of variation as SVG text, `size` pixels high; AnalysisError if not known."""
    if variation not in get_args(Variation):
        raise AnalysisError(f"There is no variation {variation!r}.")
    if variation == "common-cause":
        ring = f'<circle cx="24" cy="24" r="20" fill="#fff" stroke="{figures.SOFT}" stroke-width="4"/>'
        ripple = "M11 24C14 16 18 16 20.5 22S27 32 29.5 26S34 18 37 24"
        return _svg(ring + _stroke(ripple, figures.SOFT), VARIATION_TEXT[variation], size)
    meaning, side = variation.split("-")
    colour = _COLOURS[meaning]
    ink = colour if meaning == "concerning" else "#fff"
    drawing = _TILES[meaning].format(colour=colour) + _stroke(_arrow(meaning, side == "high"), ink)
    return _svg(drawing, VARIATION_TEXT[variation], size)


def assurance_icon(assurance: Assurance | None, size: int = 24) -> str:
    """Gives the icon of what becomes of a target as SVG text, `size` pixels high; a dash without target."""
    if assurance not in ASSURANCE_TEXT:
        raise AnalysisError(f"There is no assurance {assurance!r}.")
    if assurance is None:
        return _svg(_stroke("M14 24H34", figures.SOFT), ASSURANCE_TEXT[None], size)
    colour = {"meets": figures.IMPROVING, "misses": figures.CONCERNING, "hit-or-miss": figures.SOFT}[
        assurance
    ]
    ring = '<circle cx="24" cy="24" r="20" fill="{fill}" stroke="{colour}" stroke-width="4"/>'
    if assurance == "meets":
        inside = _stroke("M14 25L21 32L34 17", "#fff")
    elif assurance == "misses":
        inside = _stroke("M16 16L32 32M32 16L16 32", colour)
    else:
        inside = f'<path d="M24 4A20 20 0 0 0 24 44Z" fill="{colour}"/>'
    disc = ring.format(fill=colour if assurance == "meets" else "#fff", colour=colour)
    return _svg(disc + inside, ASSURANCE_TEXT[assurance], size)


def _arrow(meaning: str, up: bool) -> str:
    top, bottom, reach = _ARROWS[meaning]
    head, foot = (top, bottom) if up else (bottom, top)
    shoulder = head + reach if up else head - reach
    return f"M24 {foot}V{head}M{24 - reach} {shoulder}L24 {head}L{24 + reach} {shoulder}"


def _stroke(path: str, colour: str) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="4.5" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
    )


def _svg(drawing: str, text: str, size: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="{size}" height="{size}" '
        f'role="img" aria-label="{text}"><title>{text}</title>{drawing}</svg>'
    )
