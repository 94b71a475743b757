"""What is said of ties goes by their verdicts, and groups and outcomes by their tests."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import network


def _numbers(reciprocity="rose", brokered="no clear change", **found):
    measures = [
        {"row": "reciprocity", "before": 0.28, "after": 0.45, "verdict": reciprocity},
        {"row": "brokered", "before": 0.83, "after": 0.84, "verdict": brokered},
    ]
    its = {"measures": {"m": {"label": "Deaths in hospital"}}}
    return Numbers({"network": {"measures": measures, **found}, "its": its})


def test_ties_that_are_returned_lead_and_those_in_between_follow():
    said = network.ties(_numbers())
    assert said.startswith(
        "More of the ties that people named were returned (28% before, 45% after); people in"
    )


@pytest.mark.parametrize("verdict", ["rose", "fell", "may have risen", "may have fallen", "no clear change"])
def test_every_verdict_has_its_words(verdict):
    said = network.ties(_numbers(verdict, verdict))
    assert ("erhaps" in said) == verdict.startswith("may")


def _group(p_value):
    row = {"row": "reciprocity", "group_points": 30.2, "others_points": -5.0, "group": 0.302, "others": -0.05}
    return _numbers(by_group=[{**row, "p_value": p_value}])


def test_sites_with_the_change_are_set_against_the_others_by_the_test():
    said = network.ties_by_group(_group(0.008), "The partnership")
    assert "rose by 30.2 percentage points on average, and at the others it fell by 5.00" in said
    assert said.endswith("a difference which few ways to shuffle the sites would give (0.8%).")
    assert network.ties_by_group(_group(0.4), "The partnership").endswith(
        "Many ways to shuffle the sites would give as large a difference (40%)."
    )
    assert network.ties_by_group(_group(None), "The partnership") == ""
    assert network.ties_by_group(_numbers(), "The partnership") == ""


@pytest.mark.parametrize(
    ("correlation", "p_value", "said"),
    [
        (-0.4, 0.01, "were more alike in deaths in hospital"),
        (0.4, 0.01, "were less alike in deaths"),
        (-0.1, 0.6, "were neither clearly more nor less alike"),
    ],
)
def test_ties_between_sites_and_outcomes_are_told_by_their_test(correlation, p_value, said):
    numbers = _numbers(alike={"correlation": correlation, "p_value": p_value})
    told = network.ties_and_outcome(numbers, "m")
    assert said in told
    assert "p =" not in told, "p-values stand in tables alone"


def test_without_an_association_nothing_is_said_of_it():
    assert network.ties_and_outcome(_numbers(), "m") == ""
    assert network.ties_and_outcome(_numbers(alike={"correlation": None, "p_value": None}), "m") == ""


def test_an_index_is_not_shown_as_a_percentage():
    assert network.tie_style(_numbers(), "outward") == "two-decimals"
    assert network.tie_style(_numbers(), "density", True) == "points"
