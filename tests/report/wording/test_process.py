"""What is said of the control chart."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import process


def _chart(variation, signals, phases=2, flags=()):
    return {
        "unit": 1.0,
        "centre_is": "mean",
        "dated": "month",
        "flags": [{"code": code} for code in flags],
        "variation": variation,
        "latest": {"upper": 120.0},
        "signals_in_latest_phase": signals,
        "phases": [
            {"row": number, "start": f"201{number}-01-01", "n": 20, "centre": 100.0 / number}
            for number in range(1, phases + 1)
        ],
    }


def _spc(*chart):
    planned = {"id": "m", "kind": "count"}
    return Numbers({"spc": {"measures": {"m": _chart(*chart)}}, "plan": {"measures": [planned]}})


def test_a_stable_process_is_said_to_be_stable():
    said = process.process(_spc("common-cause", 0), "m", "month")
    assert said.startswith(
        "Since January 2012, the process has stayed within its limits and shows no signal."
    )
    assert said.endswith("nothing out of the ordinary.")


def test_a_chart_without_limits_is_not_said_to_have_stayed_within_them():
    numbers = _spc("common-cause", 0, 1)
    numbers.value("spc.measures.m.latest")["upper"] = None
    said = process.process(numbers, "m", "quarter")
    assert said.startswith("Over the whole series, the process shows no signal. The latest quarter")


@pytest.mark.parametrize(("signals", "verb"), [(1, "1 of 20 months is part"), (4, "4 of 20 months are part")])
def test_signals_are_counted_in_the_latest_phase(signals, verb):
    said = process.process(_spc("concerning-high", signals), "m", "month")
    # Of 27 months in which nothing changes, one in five series has a signal: it is a sign, and no proof.
    assert f"{verb} of a signal, a sign that more than common causes may be at work." in f"{said}"
    assert "would give" not in said
    assert said.endswith("The latest month is part of a signal of concern (high).")


def test_signals_that_may_be_false_are_not_told_as_change():
    said = process.process(_spc("concerning-high", 4, 2, ["autocorrelation"]), "m", "month")
    assert "but many of these may be false" in said
    assert "a sign that" not in said


def test_the_heading_asks_of_a_new_level_only_where_there_is_one():
    assert process.process_heading(_spc("common-cause", 0), "m") == "Is the new level stable?"
    assert process.process_heading(_spc("common-cause", 0, 1), "m") == "Is the process stable?"


def test_with_one_phase_the_whole_series_is_meant_and_no_shift_is_told():
    numbers = _spc("common-cause", 0, 1)
    assert process.process(numbers, "m", "week").startswith("Over the whole series, the process")
    assert process.level_shift(numbers, "m") == ""
    assert process.level_shift(_spc("common-cause", 0), "m") == "The average went from 100 to 50.0."


def test_the_average_is_told_from_the_first_phase_on():
    said = process.level_shift(_spc("common-cause", 0, 4), "m")
    assert said == "The average went from 100 to 50.0, then to 33.3, then to 25.0."
