"""Tables behind charts, and what stands in cells."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import behind, cells

COLUMNS = [("When", "row", "month"), ("Value", "value", "plain"), ("Signal", "signals", "list")]


def _points(count):
    return Numbers(
        {"points": [{"row": "2020-01-01", "value": place, "signals": []} for place in range(count)]}
    )


def test_words_are_set_left_and_numbers_right():
    found = behind.behind(_points(2), "points", COLUMNS)
    assert found.lines[:3] == [
        "| When | Value | Signal |",
        "|:-----------|------:|:-----------|",
        "| January 2020 | 0 | – |",
    ]
    assert not found.is_cut


def test_of_a_long_table_the_last_rows_are_shown_and_all_recorded():
    numbers = _points(behind.LATEST + 3)
    found = behind.behind(numbers, "points", COLUMNS)
    assert found.is_cut
    assert len(found.lines) == behind.LATEST + 2
    assert found.lines[2].startswith("| January 2020 | 3.00 |")
    assert numbers.record[1]["text"].startswith("0; 1.00; 2.00; ")


@pytest.mark.parametrize(
    ("relative", "lower", "upper", "said"),
    [
        (-0.742, -0.891, -0.4, "−74.2% (−89.1%\u00a0to\u00a0−40.0%)"),
        (0.5, 0.1, None, "+50.0% (+10.0% or more)"),
        (0.5, None, None, "+50.0%"),
        (None, None, None, "not known"),
    ],
)
def test_an_effect_in_per_cent_has_its_range(relative, lower, upper, said):
    row = {"relative": relative, "relative_lower": lower, "relative_upper": upper}
    assert cells.in_per_cent(Numbers({"row": row}), "row") == said
