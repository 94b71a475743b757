"""Where the control chart and the model's verdict on lasting agree, where they don't, and where neither can say."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import lasted


def _numbers(
    passed, *, variation="common-cause", better="lower", centres=(100, 80), early=(-30, -10), flags=()
):
    sustained = {"passed": passed, "table": [{"row": "early", "lower": early[0], "upper": early[1]}]}
    chart = {
        "better": better,
        "variation": variation,
        "flags": [{"code": code} for code in flags],
        "phases": [{"row": place, "centre": centre} for place, centre in enumerate(centres, 1)],
    }
    return Numbers(
        {
            "its": {"measures": {"m": {"better": better, "sustained": sustained}}},
            "spc": {"measures": {"m": chart}},
        }
    )


def test_both_may_say_that_it_lasted_or_that_it_did_not():
    assert lasted.beside_chart(_numbers(True), "m") == (
        "The control chart agrees: at the latest points the process is still in its improved state."
    )
    assert lasted.beside_chart(_numbers(False, variation="concerning-high"), "m").startswith(
        "The control chart agrees: at the latest points the process is no longer"
    )


@pytest.mark.parametrize(("passed", "variation"), [(True, "concerning-high"), (False, "common-cause")])
def test_where_they_disagree_the_reader_is_told_to_read_both(passed, variation):
    said = lasted.beside_chart(_numbers(passed, variation=variation), "m")
    assert said.startswith("The control chart disagrees")
    assert said.endswith("read both before concluding.")


@pytest.mark.parametrize(
    "found",
    [
        {"passed": None},
        {"passed": True, "better": None},
        {"passed": True, "centres": (100,)},
        {"passed": True, "centres": (100, 110)},
        {"passed": True, "centres": (100, 100)},
        {"passed": True, "early": (10, 30)},
        {"passed": True, "flags": ("autocorrelation",)},
    ],
)
def test_where_either_cannot_say_nothing_is_said(found):
    assert lasted.beside_chart(_numbers(**found), "m") == ""


def test_where_higher_is_better_the_chart_must_have_risen():
    assert (
        lasted.still_improved(_numbers(True, better="higher", centres=(80, 100), early=(10, 30)), "m") is True
    )
