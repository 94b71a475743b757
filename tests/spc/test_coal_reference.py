"""Times between coal mining disasters: t and g charts equal those of qicharts2 on public data."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline import spc

from .references import BESIDE, beside

PATH = BESIDE / "more" / "expected" / "case" / "coal_intervals_spc.json"
CHARTS = json.loads(PATH.read_text(encoding="utf-8"))["charts"] if PATH.exists() else {"absent": {}}
LINES = {"centre": "cl", "lower": "lcl", "upper": "ucl", "lower_2sigma": "lcl_95", "upper_2sigma": "ucl_95"}


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_charts_of_rare_events_equal_the_package(name: str) -> None:
    beside("more", "expected", "case")
    theirs = CHARTS[name]
    starts = np.flatnonzero(np.diff(theirs["part"])) + 1
    chart = spc.chart(
        theirs["y"],
        kind=name[0],
        rules="anhoej",
        baseline=theirs["last_pre_row"] if "freeze" in name else None,
        rebase=starts.tolist(),
        screen=name.endswith("TRUE"),
    )
    for ours, line in LINES.items():
        np.testing.assert_allclose(chart.points[ours], np.array(theirs[line], dtype=float), rtol=1e-9)
    outside = ["outside-limits" in signals for signals in chart.points["signals"]]
    assert outside == [bool(signal) for signal in theirs["sigma_signal"]]
    assert chart.runs.longest_run == theirs["longest_run"][-1]
    assert chart.runs.crossings == theirs["n_crossings"][-1]
    assert chart.runs.signal == theirs["runs_signal"][-1]
