"""Many measures on one page: a row each, with icons, the latest value, and a sentence that says it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.spc.icons import ASSURANCE_TEXT, VARIATION_TEXT, assurance_icon, variation_icon
from pipeline.spc.labels import number, spoken
from pipeline.spc.meaning import Assurance, Variation

if TYPE_CHECKING:
    from pipeline.spc.chart import Chart

COLUMNS = ("Measure", "Latest", "Usual range", "Target", "Variation", "Assurance", "In words")
"""The headings of `IconRow.cells`."""


@dataclass(frozen=True)
class IconRow:
    """A measure: numbers as they are and as text, what they mean, and the icons that show it (SVG text)."""

    measure: str
    latest: float | None
    latest_at: object | None
    centre: float | None
    lower: float | None
    upper: float | None
    target: float | None
    variation: Variation
    phase_variation: Variation
    assurance: Assurance | None
    variation_svg: str
    assurance_svg: str
    sentence: str
    doubts: tuple[str, ...]
    unit: str = ""

    def cells(self) -> tuple[str, ...]:
        """Gives the row as plain text, under `COLUMNS`: words where a page has icons."""
        return (
            self.measure,
            _text(self.latest, self.unit),
            "none yet"
            if self.lower is None
            else f"{_text(self.lower, self.unit)} to {_text(self.upper, self.unit)}",
            "none" if self.target is None else f"{number(self.target)}{self.unit}",
            VARIATION_TEXT[self.variation],
            ASSURANCE_TEXT[self.assurance],
            self.sentence,
        )


def icon_table(
    charts: Mapping[str, Chart], dates: Sequence[object] | None = None, size: int = 24
) -> list[IconRow]:
    """Gives a row for each chart, by the name of its measure, in the order given.

    `dates` (time,) are those of the points of all charts; `size` is that of the icons in pixels.
    """
    return [icon_row(name, chart, dates, size) for name, chart in charts.items()]


def icon_row(
    measure: str,
    chart: Chart,
    dates: Sequence[object] | None = None,
    size: int = 24,
    unit: str = "",
) -> IconRow:
    """Gives the row of one measure, told from the latest point that has a value.

    `unit` stands behind each value that is told, as "%".
    """
    known = np.flatnonzero(chart.points["value"].notna())
    at = int(known[-1]) if len(known) else len(chart.points) - 1
    point = chart.points.iloc[at]
    values = {name: _known(point[name]) for name in ("value", "centre", "lower", "upper")}
    if values["lower"] is None or values["upper"] is None:
        values["lower"] = values["upper"] = None
    return IconRow(
        measure=measure,
        latest=values["value"],
        latest_at=None if dates is None else dates[at],
        centre=values["centre"],
        lower=values["lower"],
        upper=values["upper"],
        target=chart.target,
        variation=chart.variation,
        phase_variation=chart.phase_variation,
        assurance=chart.assurance,
        variation_svg=variation_icon(chart.variation, size),
        assurance_svg=assurance_icon(chart.assurance, size),
        sentence=_sentence(chart, point["headline"], values, unit),
        doubts=tuple(flag.sentence for flag in chart.flags),
        unit=unit,
    )


def _sentence(chart: Chart, headline: str | None, values: Mapping[str, float | None], unit: str) -> str:
    value, lower, upper = (values[name] for name in ("value", "lower", "upper"))
    if value is None:
        return "There is no value to judge."
    if headline is None or chart.variation == "common-cause":
        told = f"The latest value, {_text(value, unit)}, is within usual variation"
        told += "" if lower is None else f" ({_text(lower, unit)} to {_text(upper, unit)})"
    else:
        sign = {"improving": "improvement", "concerning": "concern", "neutral": "change"}
        meaning = sign[chart.variation.split("-")[0]]
        told = (
            f"The latest value, {_text(value, unit)}, is part of a signal of {meaning} "
            f"({chart.rule_sentences[headline]})"
        )
    if chart.target is None:
        return f"{told}."
    target = f"{number(chart.target)}{unit}"
    if chart.assurance is None:
        return f"{told}. The target is {target}."
    will = {
        "meets": "will consistently meet",
        "misses": "will consistently miss",
        "hit-or-miss": "will by chance meet or miss",
    }[chart.assurance]
    return f"{told}. As it is, the process {will} the target of {target}."


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _text(value: float | None, unit: str) -> str:
    return spoken(float("nan") if value is None else value, unit)
