"""Did it last? A sentence for each verdict, with what is left and since when, and never a rule in code."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import lasted

EARLY = {
    "row": "early",
    "estimate": -250.0,
    "lower": -398.0,
    "upper": -105.0,
    "first_period": 1,
    "last_period": 6,
}
VAGUE = {**EARLY, "estimate": -16.0, "lower": -51.0, "upper": 19.0}


def _numbers(verdict, ratio=0.71, early=EARLY, impact="level-and-slope"):
    late = {
        "row": "late",
        "estimate": ratio * -250,
        "lower": -356.0,
        "upper": -2.0,
        "first_period": 21,
        "last_period": 23,
    }
    table = [early, late, {"row": "ratio", "estimate": ratio, "lower": 0.01, "upper": 2.09}]
    if verdict == "too early":
        table = [early]
    measure = {
        "impact": impact,
        "after": 9,
        "effects": [{"row": "1983-02-01", "after": 1}, {"row": "1984-10-01", "after": 21}],
        "sustained": {"verdict": verdict, "table": table},
    }
    return Numbers({"its": {"measures": {"m": measure}}, "plan": {"sustain": {"after": 12, "keep": 0.8}}})


@pytest.mark.parametrize(
    ("verdict", "ratio", "said"),
    [
        (
            "lasted",
            0.96,
            "It lasted: since October 1984, about 96% of the early change has still been there.",
        ),
        (
            "likely lasted",
            0.9,
            "It has probably lasted: since October 1984, about 90% of the early change has still been there.",
        ),
        (
            "lasted",
            1.05,
            "It lasted: since October 1984, all of the early change (about 105%) has still been there.",
        ),
        ("grew", 1.5, "It grew: since October 1984, it has been about 150% of what it was at first."),
        ("faded", 0.3, "It faded: since October 1984, only about 30% of the early change has been left."),
        ("faded", -0.3, "It did not last: since October 1984, nothing of the early change has been left."),
        (
            "unclear",
            0.71,
            "We can’t tell if it lasted: since October 1984, about 71% of the early change has still been there, "
            "but the true share could be much lower or higher.",
        ),
        (
            "unclear",
            -0.2,
            "We can’t tell if it lasted: since October 1984, the early change seems to be gone, but that could be "
            "chance.",
        ),
        (
            "no effect to last",
            0.71,
            "There was no clear change at first, so there is nothing that could last.",
        ),
        (
            "too early",
            0.71,
            "It is too early to say if it lasts: we have data for 9 months since the change, and need more than 12.",
        ),
    ],
)
def test_each_verdict_has_its_sentence(verdict, ratio, said):
    assert lasted.lasted(_numbers(verdict, ratio), "m", "month") == said


def test_an_effect_that_came_late_did_not_grow_from_something():
    numbers = _numbers("grew", 3.2, early=VAGUE)
    assert lasted.lasted(numbers, "m", "month") == (
        "It came late: there was no clear change at first, but there has been one since October 1984."
    )
    assert lasted.tile_lasted(numbers, "m", "month") == ("It grew", "it came late")


@pytest.mark.parametrize("impact", ["level", "slope"])
def test_a_model_that_fixes_the_shape_says_nothing_of_lasting(impact):
    numbers = _numbers("unclear", 1.0, impact=impact)
    assert "it can neither fade nor grow" in lasted.lasted(numbers, "m", "month")
    assert lasted.tile_lasted(numbers, "m", "month")[1] == "the model gives it one shape"


@pytest.mark.parametrize(
    ("verdict", "ratio", "tile"),
    [
        ("lasted", 0.96, ("It lasted", "about 96% of the early change")),
        ("faded", -0.1, ("It faded", "nothing left at last")),
        ("too early", 1, ("Too early to say", "9 months so far")),
        ("no effect to last", 1, ("Nothing to last", "no clear change at first")),
    ],
)
def test_the_tile_has_a_word_and_what_is_behind_it(verdict, ratio, tile):
    assert lasted.tile_lasted(_numbers(verdict, ratio), "m", "month") == tile


def test_a_plan_that_does_not_ask_gets_no_sentence():
    assert lasted.lasted(Numbers({"its": {"measures": {"m": {"sustained": None}}}}), "m", "month") == ""


def test_every_verdict_of_the_statistics_has_words():
    from typing import get_args

    from pipeline.its.verdict import Verdict

    assert set(get_args(Verdict)) == set(lasted.TILES)


def test_the_rule_is_told_in_the_plans_own_terms():
    assert lasted.lasting_rule(_numbers("lasted"), "month") == (
        "A change lasted, says the plan, if more than 12 months on at least 80% of what it was at first is still "
        "there."
    )


def test_what_cannot_be_compared_that_long_is_not_too_early():
    numbers = _numbers("too early", 1)
    numbers.results["its"]["measures"]["m"]["possible_until"] = "1983-09-01"
    assert lasted.lasted(numbers, "m", "month") == (
        "We can’t tell if it lasts: what to expect can’t be told after September 1983, and the plan asks what "
        "happens more than 12 months on."
    )
    assert lasted.tile_lasted(numbers, "m", "month") == ("We can’t tell", "compared up to September 1983")
