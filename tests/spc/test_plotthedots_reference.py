"""Equality with the R package NHSRplotthedots 0.2.2, to 1e-9."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError

from .references import beside, ptd_case, ptd_names

NAMES = ptd_names()
BETTER = {"increase": "higher", "decrease": "lower", "neutral": None}
RULE_OF = {
    "Above UCL": "outside-limits",
    "Below LCL": "outside-limits",
    "7 Point Trend (Increasing)": "trend",
    "7 Point Trend (Decreasing)": "trend",
    "2 in 3 Above CL": "two-of-three",
    "2 in 3 Below CL": "two-of-three",
    "7 Points Above CL": "shift",
    "7 Points Below CL": "shift",
}
DIRECTION_OF = {
    "special_cause_improvement": "improving",
    "special_cause_concern": "concerning",
    "special_cause_neutral_high": "neutral-high",
    "special_cause_neutral_low": "neutral-low",
}
ASSURANCE_OF = {"consistent_pass": "meets", "consistent_fail": "misses", "inconsistent": "hit-or-miss"}


def charts(case: dict[str, Any], rules: str) -> list[tuple[dict[str, Any], Any]]:
    """Gives each facet with our chart of it.

    The package fixes limits after n points in every phase, ours only in the first (a plan's baseline); where
    a case has both, each phase is charted alone, as a facet of its own.
    """
    made = []
    for facet in case["facets"]:
        parts = [facet]
        if case["fix_after_n_points"] and len(facet["starts"]) > 1:
            parts = [
                cut_out(facet, number, start, end)
                for number, (start, end) in enumerate(pairwise([*facet["starts"], len(facet["y"])]))
            ]
        for part in parts:
            chart = spc.chart(
                part["y"],
                rules=rules,
                baseline=case["fix_after_n_points"],
                rebase=part["starts"][1:],
                better=BETTER[case["improvement_direction"]],  # type: ignore[arg-type]
                target=part["target"],
                screen=case["screen_outliers"],
            )
            made.append((part, chart))
    return made


def cut_out(facet: dict[str, Any], number: int, start: int, end: int) -> dict[str, Any]:
    def within(found: dict[str, list[int]]) -> dict[str, list[int]]:
        return {name: [row - start for row in rows if start <= row < end] for name, rows in found.items()}

    return {
        "y": facet["y"][start:end],
        "starts": [0],
        "lines": {name: [values[number]] for name, values in facet["lines"].items()},
        "signals": within(facet["signals"]),
        "types": within(facet["types"]),
        "target": facet["target"],
        "variation": None,
        "assurance": None,
    }


def expanded(found: dict[str, list[int]], names: dict[str, str], size: int) -> list[str | None]:
    values: list[str | None] = [None] * size
    for name, rows in found.items():
        for row in rows:
            values[row] = names[name]
    return values


@pytest.mark.parametrize("rules", ["making-data-count", "nhsr-plotthedots"])
@pytest.mark.parametrize("name", NAMES)
def test_lines_of_every_phase_equal_the_package(name: str, rules: str) -> None:
    for facet, chart in charts(ptd_case(name), rules):
        starts = np.array(facet["starts"])
        for line, values in facet["lines"].items():
            ours = chart.points[line].to_numpy()[starts]
            np.testing.assert_allclose(ours, np.array(values, dtype=float), rtol=1e-9, atol=0)
        assert chart.phases["start"].tolist() == facet["starts"]


@pytest.mark.parametrize("name", NAMES)
def test_every_headline_and_direction_equals_the_package_under_its_own_rules(name: str) -> None:
    for facet, chart in charts(ptd_case(name), "nhsr-plotthedots"):
        size = len(facet["y"])
        assert chart.points["headline"].tolist() == expanded(facet["signals"], RULE_OF, size)
        assert chart.points["direction"].tolist() == expanded(facet["types"], DIRECTION_OF, size)


@pytest.mark.parametrize("name", NAMES)
def test_variation_and_assurance_equal_the_package_where_there_is_something_to_say(name: str) -> None:
    words = {"improvement": "improving", "concern": "concerning"}
    for facet, chart in charts(ptd_case(name), "nhsr-plotthedots"):
        if facet["variation"] is not None:
            theirs = facet["variation"].removeprefix("special_cause_").replace("_", "-")
            assert chart.variation.startswith(words.get(theirs, theirs))
            # Without limits, or a target, the package says "inconsistent"; we say nothing.
            if facet["target"] is not None and np.isfinite(chart.phases["upper"].iloc[-1]):
                assert chart.assurance == ASSURANCE_OF.get(facet["assurance"])


@pytest.mark.parametrize("name", NAMES)
def test_nhs_rules_agree_with_the_package_except_in_two_of_three(name: str) -> None:
    """The package names one rule a point, and counts less as two of three; the other rules are the same.

    So each of its headlines is among our signals, and where it has none, or two of three, we have no other
    rule than two of three (and, below a two of three, a shift, which it ranks last).
    """
    for facet, chart in charts(ptd_case(name), "making-data-count"):
        theirs = expanded(facet["signals"], RULE_OF, len(facet["y"]))
        for headline, signals in zip(theirs, chart.points["signals"], strict=True):
            assert headline is None or headline in signals
            assert ("outside-limits" in signals) == (headline == "outside-limits")
            if headline in (None, "two-of-three", "shift"):
                assert "trend" not in signals
            if headline is None:
                assert "shift" not in signals


@pytest.mark.parametrize("name", ptd_names(with_result=False))
def test_series_at_which_the_package_stops_are_charted_or_refused_in_a_sentence(name: str) -> None:
    table = pd.read_csv(beside("spc", "ptd", "cases") / f"{name}.csv")
    if table["value"].isna().all():
        with pytest.raises(AnalysisError, match="There is nothing to chart"):
            spc.chart(table["value"])
        return
    chart = spc.chart(table["value"])
    assert chart.points["headline"][table["value"].isna()].isna().all()
