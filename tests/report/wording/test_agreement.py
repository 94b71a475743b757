"""Control chart and time series are set against each other, and a disagreement is never passed over."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import process

from .found import effect_row, measured


def _numbers(
    effect, variation, before=100.0, after=80.0, better="lower", flags=(), phases=2, of_phase="common-cause"
):
    chart = {
        "variation": variation,
        "phase_variation": of_phase,
        "phases": [{"row": 1, "centre": before}, {"row": 2, "centre": after}][:phases],
        "flags": [{"code": code} for code in flags],
    }
    found = {"its": {"measures": {"m": measured(*effect, better=better)}}, "spc": {"measures": {"m": chart}}}
    return Numbers(found)


@pytest.mark.parametrize(
    ("effect", "variation", "after", "said"),
    [
        (
            (-140, 60),
            "common-cause",
            80,
            "The control chart agrees with the time series: the average moved the same",
        ),
        ((-140, 60), "improving-low", 80, "The control chart agrees"),
        (
            (-140, 60),
            "concerning-high",
            80,
            "The control chart gives a warning: the average got better, but the latest month",
        ),
        ((-140, 60), "common-cause", 120, "disagree: in the chart, the average did not get better."),
        ((140, 60), "concerning-high", 120, "agrees with the time series: in both, things got worse."),
        ((140, 60), "common-cause", 80, "disagree: in the chart, the average did not get worse."),
        ((-10, 60), "improving-low", 80, "shows a signal where the time series shows no clear change."),
    ],
)
def test_each_pair_of_findings_has_its_sentence(effect, variation, after, said):
    assert said in process.beside_series(_numbers(effect, variation, after=after), "m", "month")


def test_a_phase_that_differs_where_the_series_does_not_is_a_disagreement():
    numbers = _numbers((-10, 60), "common-cause", of_phase="improving-low")
    assert "shows a signal where the time series shows no clear change" in process.conflict(
        numbers, "m", "month"
    )


def test_one_average_can_not_show_that_a_gain_faded():
    numbers = _numbers((-140, 60), "common-cause")
    numbers.value("its.measures.m")["sustained"] = {"verdict": "faded"}
    said = process.beside_series(numbers, "m", "month")
    assert said.endswith("one average for all months since the change can’t show that the gain faded.")
    assert process.conflict(numbers, "m", "month") == ""


def test_a_gain_that_faded_is_not_said_to_be_slipping_perhaps():
    numbers = _numbers((-140, 60), "concerning-high")
    numbers.value("its.measures.m")["sustained"] = {"verdict": "faded"}
    said = process.beside_series(numbers, "m", "month")
    assert said.startswith("The control chart agrees with the time series that the gain faded:")
    assert process.conflict(numbers, "m", "month") == ""


def test_only_a_disagreement_reaches_the_brief():
    assert process.conflict(_numbers((-140, 60), "common-cause"), "m", "month") == ""
    assert process.conflict(_numbers((140, 60), "common-cause", after=120), "m", "month") == ""
    assert "may be slipping" in process.conflict(_numbers((-140, 60), "concerning-high"), "m", "month")


def test_a_signal_that_may_be_false_is_said_to_be_so():
    numbers = _numbers((-140, 60), "concerning-high", flags=["seasonality"])
    said = process.conflict(numbers, "m", "month")
    assert said.endswith("A season, or a slow drift from before the change, can give such a signal too.")
    numbers.value("spc.measures.m")["beside"] = {"which": "plain"}
    assert process.conflict(numbers, "m", "month").endswith(
        "A slow drift from before the change can give such a signal too."
    )


def test_of_several_changes_the_last_is_set_against_the_latest_phase():
    numbers = _numbers((-10, 60), "common-cause", before=80, after=100, of_phase="concerning-high")
    numbers.value("its.measures.m")["changes"] = [
        {**effect_row("2020-01-01", -140, 60), "label": "The law"},
        {**effect_row("2021-01-01", 140, 60), "label": "The limit"},
    ]
    assert process.beside_series(numbers, "m", "month") == (
        "The control chart agrees with the time series on the limit by itself: in both, things got worse."
    )


@pytest.mark.parametrize(
    "numbers",
    [
        _numbers((-10, 60), "common-cause"),
        _numbers((-140, 60), "common-cause", better=None),
        _numbers((-140, 60), "common-cause", phases=1),
    ],
)
def test_what_can_not_be_compared_is_not(numbers):
    assert process.beside_series(numbers, "m", "month") == ""
