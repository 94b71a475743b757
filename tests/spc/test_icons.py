"""Icons and the table of many measures: shapes that differ in grey, words for each, and plain sentences."""

from __future__ import annotations

import re
from typing import Any, cast
from xml.etree import ElementTree

import numpy as np
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError
from pipeline.spc import icons
from pipeline.spc.icon_table import COLUMNS, icon_row, icon_table

BASE = [9.0, 11.0] * 6
VARIATIONS = list(icons.VARIATION_TEXT)
ASSURANCES = list(icons.ASSURANCE_TEXT)
DRAWN = [icons.variation_icon(name) for name in VARIATIONS] + [icons.assurance_icon(a) for a in ASSURANCES]


def test_every_icon_is_an_image_with_words() -> None:
    texts = [*icons.VARIATION_TEXT.values(), *icons.ASSURANCE_TEXT.values()]
    for drawing, text in zip(DRAWN, texts, strict=True):
        image = ElementTree.fromstring(drawing)
        assert (image.get("role"), image.get("aria-label")) == ("img", text)
        assert image[0].text == text
    assert 'width="96"' in icons.variation_icon("common-cause", 96)


def test_no_two_icons_are_the_same_without_colour_or_words() -> None:
    bare = {re.sub(r"#[0-9a-f]{6}|<title>.*</title>|aria-label=\".*?\"", "", drawing) for drawing in DRAWN}
    assert len(bare) == len(DRAWN) == 11


def test_icons_have_no_identifiers_that_could_clash_on_a_page() -> None:
    assert not any(" id=" in drawing for drawing in DRAWN)


def test_unknown_meanings_are_refused() -> None:
    with pytest.raises(AnalysisError, match="no variation 'good'"):
        icons.variation_icon(cast(Any, "good"))
    with pytest.raises(AnalysisError, match="no assurance 'sure'"):
        icons.assurance_icon(cast(Any, "sure"))


def test_a_table_has_a_row_and_a_sentence_for_each_measure() -> None:
    charts = {
        "Waits": spc.chart([*BASE, 3.0], baseline=12, better="lower", target=20),
        "Stays": spc.chart(BASE, better="higher", target=10),
        "Falls": spc.chart([*BASE, 19.0], baseline=12),
        "Calls": spc.chart([4.0, 5, 3], kind="run", target=4),
    }
    rows = icon_table(charts, dates=[f"2024-{month:02}" for month in range(1, 14)])
    assert [row.sentence for row in rows] == [
        "The latest value, 3, is part of a signal of improvement (a point outside the limits). As it is, the "
        "process will consistently meet the target of 20.",
        "The latest value, 11, is within usual variation (4.68 to 15.3). As it is, the process will by "
        "chance meet or miss the target of 10.",
        "The latest value, 19, is part of a signal of change (a point outside the limits).",
        "The latest value, 3, is within usual variation. The target is 4.",
    ]
    assert (rows[0].latest, rows[0].latest_at, rows[0].target) == (3.0, "2024-13", 20)
    assert rows[0].variation_svg == icons.variation_icon("improving-low")
    assert all(len(row.cells()) == len(COLUMNS) for row in rows)
    assert rows[3].cells()[2] == "none yet"
    assert rows[3].doubts == tuple(flag.sentence for flag in charts["Calls"].flags)


def test_a_row_follows_the_variation_where_the_last_point_is_missing() -> None:
    chart = spc.chart([*BASE, 30.0, np.nan], baseline=12, rules="nhsr-plotthedots")
    assert "is within usual variation" in icon_row("Waits", chart).sentence


def test_a_target_has_the_unit_of_the_values_beside_it() -> None:
    chart = spc.chart([*BASE, 13.0], baseline=12, better="lower", target=2.5)
    row = icon_row("Waits", chart, unit="%")
    assert row.sentence.startswith("The latest value, 13%, is")
    assert row.sentence.endswith("the process will consistently miss the target of 2.5%.")
    assert row.cells()[1] == "13%"
    assert row.cells()[3] == "2.5%"


def test_a_row_without_a_value_says_so() -> None:
    row = icon_row("Ranges", spc.chart([1.0, np.nan], kind="mr"))
    assert row.latest is None
    assert row.sentence == "There is no value to judge."
    assert row.cells()[1] == "not known"
