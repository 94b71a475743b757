"""Every number is looked up by key, formatted by a style, and recorded."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import MARKS, STYLES, Numbers

RESULTS = {
    "its": {
        "rho": 0.4137,
        "terms": [{"row": "level_change", "estimate": -261.9}],
        "effects": [{"row": "1983-02-01", "relative": -0.1893}, {"row": "average", "relative": None}],
    }
}


def test_a_number_is_shown_and_its_source_recorded():
    numbers = Numbers(RESULTS)
    assert numbers.show("its.terms[level_change].estimate", "signed") == "−262"
    assert numbers.show("its.effects[1983-02-01].relative", "percent") == "−19%"
    assert numbers.as_list()[1] == {
        "place": 2,
        "text": "−19%",
        "key": "its.effects[1983-02-01].relative",
        "style": "percent",
    }


def test_rows_are_found_by_name_or_by_place():
    assert Numbers(RESULTS).value("its.effects[0].relative") == -0.1893
    assert Numbers(RESULTS).value("its.effects[average].relative") is None


@pytest.mark.parametrize(
    "key", ["its.rhoo", "its.effects[1999-01-01].relative", "its.effects[9].x", "its.rho.x"]
)
def test_a_key_that_is_not_there_is_an_error(key):
    with pytest.raises(KeyError, match="no"):
        Numbers(RESULTS).value(key)


def test_a_row_without_a_part_that_others_have_leaves_its_cell_empty():
    sites = [{"row": "A", "effect": {"absolute": -1.5}}, {"row": "B", "effect": None}]
    assert Numbers({"sites": sites}).column("sites", "effect.absolute", "signed") == ["−1.50", "–"]
    with pytest.raises(KeyError, match="no wrong"):
        Numbers({"sites": sites}).column("sites", "wrong")


def test_marks_go_round_what_is_recorded():
    assert Numbers(RESULTS, marked=True).show("its.rho", "two-decimals") == f"{MARKS[0]}0.41{MARKS[1]}"


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [
        ("plain", 1765.6, "1,766"),
        ("plain", 99.96, "100.0"),
        ("plain", 0, "0"),
        ("plain", -0.012345, "−0.0123"),
        ("plain", 1e-9, "0.000000"),
        ("whole", -0.4, "0"),
        ("size", -12.34, "12.3"),
        ("signed", 3.0, "+3.00"),
        ("percent", 0.0, "0%"),
        ("percent", -0.009, "−0.9%"),
        ("percent-size", -0.144, "14%"),
        ("percent-exact", 0.0, "0.0%"),
        ("percent-exact", -0.0004, "0.0%"),
        ("percent", -0.0001, "0.0%"),
        ("percent", 0.0001, "0.0%"),
        ("signed", 1e-9, "0.000000"),
        ("plain", -1e-9, "0.000000"),
        ("two-decimals", -0.001, "0.00"),
        ("seen", 1.0, "1"),
        ("seen", -1234.0, "−1,234"),
        ("seen", 2.75, "2.75"),
        ("given", 5.0, "5"),
        ("given", 1000.5, "1,000.5"),
        ("variation", "concerning-high", "concerning (high)"),
        ("percent-exact", -0.0884, "−8.8%"),
        ("count", 1234, "1,234"),
        ("count", 3.0, "3"),
        ("p-value", 0.00001, "below 0.001"),
        ("p-value", 0.0456, "0.046"),
        ("day", "1983-01-31", "31 January 1983"),
        ("week", "2020-03-02", "the week of 2 March 2020"),
        ("month", "1983-02-01", "February 1983"),
        ("quarter", "2020-10-01", "October to December 2020"),
        ("year", "1999-01-01", "1999"),
        ("ordinal", 111, "111th"),
        ("ordinal", 22, "22nd"),
        ("text", "v1", "v1"),
    ],
)
def test_each_style(style, value, text):
    assert STYLES[style](value) == text


@pytest.mark.parametrize(
    "style",
    [
        "plain",
        "whole",
        "size",
        "seen",
        "signed",
        "percent",
        "percent-size",
        "percent-exact",
        "two-decimals",
        "p-value",
    ],
)
def test_what_is_not_known_says_so(style):
    assert STYLES[style](None) == "not known"
