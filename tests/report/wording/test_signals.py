"""Signals are told run by run."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import signals

SHIFT = "7 or more points in a row on one side of the mean"


def _numbers(*runs, every="month"):
    columns = ("start", "end", "points", "phase", "low", "high", "signals", "direction")
    table = [
        {"row": place, **dict(zip(columns, run, strict=True))} for place, run in enumerate(runs, start=1)
    ]
    chart = {"every": every, "dated": every, "phases": [{"row": 1}, {"row": 2}], "signal_runs": table}
    chart["rule_sentences"] = {"outside-limits": "a point outside the limits", "trend": "...", "shift": SHIFT}
    return Numbers({"spc": {"measures": {"m": chart}}})


@pytest.mark.parametrize(
    ("every", "start", "end", "when"),
    [
        ("month", "1924-05-01", "1925-09-01", "May 1924 to September 1925 (17 months)"),
        ("year", "1888-01-01", "1904-01-01", "1888 to 1904 (17 years)"),
        ("day", "2020-03-02", "2020-03-18", "2 March 2020 to 18 March 2020 (17 days)"),
        (
            "quarter",
            "2010-01-01",
            "2014-01-01",
            "January to March 2010 until January to March 2014 (17 quarters)",
        ),
    ],
)
def test_a_run_has_its_first_and_last_period_and_how_many(every, start, end, when):
    numbers = _numbers((start, end, 17, 2, 1.0, 3.0, ["shift"], "improving"), every=every)
    assert signals.signal_runs(numbers, "m", "seen") == [(when, "1 to 3", "the better", "shift")]
    assert len(numbers.record) == 6


def test_a_signal_alone_has_its_period_and_value_and_earlier_phases_are_left_out():
    numbers = _numbers(
        ("1924-05-01", "1924-06-01", 2, 1, 1.0, 3.0, ["trend"], "improving"),
        ("1947-01-01", "1947-01-01", 1, 2, 4.5, 4.5, ["outside-limits", "shift"], "concerning"),
    )
    assert signals.signal_runs(numbers, "m", "plain") == [
        ("January 1947", "4.50", "the worse", "outside-limits, shift")
    ]
    assert signals.signal_rules(numbers, "m") == [
        "outside-limits: a point outside the limits",
        f"shift: {SHIFT}",
    ]
