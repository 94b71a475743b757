"""Each difference between the NHS's present rules and the R package's that docs/spc-rules.md lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import spc

from .references import ptd_case

BASE = [9.0, 11.0] * 6
"""Mean 10: limits 4.68 and 15.32, two-sigma lines 6.453 and 13.547."""
DOCUMENT = Path(__file__).parents[2] / "docs" / "spc-rules.md"


def after(*values: float, rules: str) -> pd.DataFrame:
    chart = spc.chart([*BASE, *values], baseline=12, better="higher", rules=rules)
    return chart.points.iloc[12:].reset_index(drop=True)


def both(*values: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    return after(*values, rules="making-data-count"), after(*values, rules="nhsr-plotthedots")


def test_beyond_three_sigma() -> None:
    ours, theirs = both(9, 16, 11, 14, 9)
    assert ours["signals"][3] == ("two-of-three",)
    assert theirs["signals"][3] == ()


def test_which_points() -> None:
    ours, theirs = both(9, 14, 11, 14, 9)
    assert [bool(signals) for signals in ours["signals"]] == [False, True, True, True, False]
    assert [bool(signals) for signals in theirs["signals"]] == [False, True, False, True, False]


def test_a_peak() -> None:
    ours, theirs = both(9, 7, 8, 9, 10, 11, 12, 13, 12, 11, 10, 9, 8, 7)
    peak = 7
    assert ours["signals"][peak] == theirs["signals"][peak] == ("trend",)
    assert (ours["direction"][peak], theirs["direction"][peak]) == ("both", "concerning")


def test_both_ways() -> None:
    ours, theirs = both(6, 6.5, 7, 7.5, 8, 8.5, 9, 11)
    assert set(ours["signals"][3]) == set(theirs["signals"][3]) == {"trend", "shift"}
    assert (ours["direction"][3], theirs["direction"][3]) == ("both", "improving")


def test_a_missing_last_point() -> None:
    charts = [
        spc.chart([*BASE, 30, np.nan], baseline=12, better="higher", rules=rules)
        for rules in ("making-data-count", "nhsr-plotthedots")
    ]
    assert [chart.variation for chart in charts] == ["improving-high", "common-cause"]


def test_large_moving_ranges() -> None:
    theirs = ptd_case("ptd_034_trend_peak")
    upper = theirs["facets"][0]["lines"]["upper"][0]
    ours, screened = (spc.chart(theirs["facets"][0]["y"], screen=screen) for screen in (False, True))
    assert theirs["screen_outliers"]
    assert screened.phases["upper"].iloc[0] == pytest.approx(upper, rel=1e-9)
    assert ours.phases["upper"].iloc[0] > upper * 1.03


def test_a_target_without_limits() -> None:
    theirs = ptd_case("ptd_063_constant")["facets"][0]
    assert theirs["assurance"] == "inconsistent"
    for rules in ("making-data-count", "nhsr-plotthedots"):
        ours = spc.chart(theirs["y"], screen=True, target=theirs["target"], better="higher", rules=rules)
        assert np.isnan(ours.phases["upper"].iloc[0])
        assert ours.assurance is None


def test_the_document_names_every_difference_and_every_set() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    tests = [name.removeprefix("test_") for name in globals() if name.startswith("test_")]
    tests.remove("the_document_names_every_difference_and_every_set")
    listed = [
        row.rsplit("`", 2)[1] for row in text.splitlines() if row.startswith("| ") and row.endswith("` |")
    ]
    assert [name for name in listed if name in tests] == tests
    assert len(tests) == 7
    for rules in spc.RULE_SETS.values():
        assert f"`{rules.name}`" in text
