"""What is said of the checks: each in plain words, and no more than they bear."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import sure

from .found import measured

SPECIFICATIONS = {
    "made": True,
    "passed": True,
    "fitted": 31,
    "failed": 0,
    "same_way": 31,
    "alike": 31,
    "lowest": -180.0,
    "highest": -120.0,
    "scale": "absolute",
    "is_clear": True,
    "table": [
        {
            **{"model": "reml-ar1", "season": "1 harmonic", "impact": "level", "trend": "linear"},
            **{"covariates": "none", "window": window},
        }
        for window in ("all periods", "without the first 12")
    ],
}
PLACEBO = {
    "made": True,
    "passed": True,
    "fakes": 40,
    "as_large": 0,
    "alarms": 2,
    "false_alarms": 0.05,
    "horizon": 12,
    "stand_in": None,
}
LEFT_OUT = {
    "made": True,
    "passed": True,
    "tried": 60,
    "of": 192,
    "lowest": -150.0,
    "highest": -130.0,
    "scale": "absolute",
    "most_influential": "2020-03-01",
    "changing": [],
    "stand_in": None,
}
REFUSED = {"made": False, "passed": None, "sentence": "This check can’t be made: too short."}


def _numbers(kind="count", unit=1, controls=None, **checks):
    parts = {"specifications": SPECIFICATIONS, "placebo": PLACEBO, "left_out": LEFT_OUT, "comparators": None}
    primary = measured(-140, 60, kind=kind, unit=unit) | parts | checks
    control = {"c": measured(5, 60, label="Falls at home")}
    return Numbers({"its": {"measures": {"m": primary, **control}, "controls": controls}})


def test_when_every_analysis_agrees_it_says_so_with_their_range():
    said = sure.specifications(_numbers(), "m", "month")
    assert "There are 31 analyses in all. Every one finds a clear change in the same direction" in said
    assert said.endswith("lies between −180 and −120 a month; in the plan’s own analysis it is −140.")
    assert sure.tile_sure(_numbers(), "m") == (
        "All 31 analyses agree",
        "None of 40 earlier dates stands out as much",
    )


@pytest.mark.parametrize(
    ("varied", "every", "said"),
    [
        ([], "month", "than the plan did: a shorter past. There are"),
        (["model", "season"], "month", ": another model, another way to allow for the time of year or a"),
        (["season"], "day", ": another way to allow for the day of the week or a shorter past."),
        (["impact", "trend"], "year", ": another shape of the change, another trend before it or a shorter"),
    ],
)
def test_only_the_choices_that_the_analyses_made_are_named(varied, every, said):
    first, last = SPECIFICATIONS["table"]
    found = SPECIFICATIONS | {"table": [first, last | dict.fromkeys(varied, "another")]}
    assert said in sure.specifications(_numbers(specifications=found), "m", every)


def test_one_analysis_names_no_choices():
    found = SPECIFICATIONS | {"table": SPECIFICATIONS["table"][:1]}
    said = sure.specifications(_numbers(specifications=found), "m", "month")
    assert said.startswith("A careful analyst could have made other choices than the plan did. There")


def test_when_some_disagree_they_are_counted_and_what_failed_is_told():
    found = SPECIFICATIONS | {"alike": 12, "same_way": 25, "failed": 3}
    said = sure.specifications(_numbers(specifications=found), "m", "month")
    assert "Of these, 12 find a clear change in the same direction" in said
    assert "and 25 point the same way" in said
    assert said.endswith("(3 more are left out: they could not be fitted, or expected what can’t be.)")
    assert sure.analyses_agree(_numbers(specifications=found), "m") == "12 of 31 analyses agree"


def test_agreeing_that_nothing_is_clear_is_no_change_found():
    said = sure.specifications(_numbers(specifications=SPECIFICATIONS | {"is_clear": False}), "m", "month")
    assert "Every one finds no clear change" in said


@pytest.mark.parametrize(
    ("kind", "unit", "said"),
    [("proportion", 100, "−120 percentage points"), ("rate", 1000, "−120 per 1,000"), ("mean", 1, "−120;")],
)
def test_differences_have_their_unit(kind, unit, said):
    assert said in sure.specifications(_numbers(kind=kind, unit=unit), "m", "month")


def test_models_of_ratios_tell_their_range_in_per_cent():
    found = SPECIFICATIONS | {"lowest": -0.4, "highest": -0.1, "scale": "log"}
    said = sure.specifications(_numbers(specifications=found), "m", "month")
    assert "lies between −40% and −10%; in the plan’s own analysis it is −14%." in said
    left = LEFT_OUT | {"lowest": -0.2, "highest": -0.1, "scale": "log"}
    assert "lies between −20% and −10%; March 2020" in sure.left_out(_numbers(left_out=left), "m", "month")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "None of them shows an effect as large"),
        ({"as_large": 1}, "1 of them shows an effect as large"),
        ({"as_large": 7}, "7 of them show an effect as large"),
        ({"alarms": 0}, "None of them would have been called a clear change."),
        ({}, "2 of them would have been called a clear change, about as few as there should be."),
        ({"alarms": 12, "false_alarms": 0.3}, "or the likely ranges in this report are too narrow."),
        ({"stand_in": "reml-ar1"}, "a quicker one stood in for it.)"),
        ({"fakes": 0}, "too few earlier dates"),
        ({"fakes": 1}, "too few earlier dates"),
    ],
)
def test_earlier_dates_say_what_they_show(found, said):
    assert said in sure.placebo(_numbers(placebo=PLACEBO | found), "m", "month")


def test_a_finding_that_rests_on_a_few_periods_names_them():
    assert "No single month makes the finding." in sure.left_out(_numbers(), "m", "month")
    assert "March 2020 moves it most" in sure.left_out(_numbers(), "m", "month")
    few = LEFT_OUT | {"changing": ["2020-03-01"], "passed": False}
    assert sure.left_out(_numbers(left_out=few), "m", "month").endswith(
        "Without March 2020, it would read otherwise."
    )
    many = LEFT_OUT | {"changing": [f"2020-0{month}-01" for month in range(1, 6)]}
    assert "March 2020 and others, it would read otherwise" in sure.left_out(
        _numbers(left_out=many), "m", "month"
    )


def test_how_many_periods_were_left_out_is_told_with_which():
    said = sure.left_out(_numbers(), "m", "month")
    assert "(60 of 192 were tried, those furthest from the trend)" in said
    said = sure.left_out(_numbers(left_out=LEFT_OUT | {"tried": 24, "of": 24}), "m", "month")
    assert "(24 of 24 were tried)" in said


FAILED = SPECIFICATIONS | {"alike": 12, "passed": False}


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ({}, "All 31 analyses agree. None of 40 earlier dates stands out as much."),
        ({"placebo": REFUSED}, "All 31 analyses agree."),
        (
            {"specifications": FAILED, "placebo": PLACEBO | {"as_large": 1}},
            "12 of 31 analyses agree: a reason for doubt. 1 of 40 earlier dates stands out as much.",
        ),
        (
            {"placebo": PLACEBO | {"as_large": 9, "passed": False}},
            "All 31 analyses agree. 9 of 40 earlier dates stand out as much: a reason for doubt.",
        ),
        (
            {"placebo": PLACEBO | {"alarms": 12, "false_alarms": 0.3}},
            "All 31 analyses agree. None of 40 earlier dates stands out as much. At 12 of these dates the same "
            "analysis finds a clear change, more often than it should.",
        ),
        (
            {"left_out": LEFT_OUT | {"changing": ["2020-03-01"], "passed": False}},
            "All 31 analyses agree. None of 40 earlier dates stands out as much. Without March 2020, it would "
            "read otherwise: a reason for doubt.",
        ),
    ],
)
def test_the_brief_says_which_checks_are_a_reason_for_doubt(checks, said):
    assert sure.how_sure(_numbers(**checks), "m", "month") == said


def test_the_tile_has_the_doubt_where_there_are_no_earlier_dates():
    numbers = _numbers(specifications=FAILED, placebo=REFUSED)
    assert sure.tile_sure(numbers, "m") == ("12 of 31 analyses agree", "a reason for doubt")
    assert sure.tile_sure(_numbers(placebo=REFUSED), "m") == ("All 31 analyses agree", "")


def test_what_the_checks_leave_to_keep_in_mind_is_listed():
    assert sure.check_doubts(_numbers(), "m", "month") == []
    moved = {"passed": None, "table": [{"row": "c", "movement": "moved the other way"}]}
    numbers = _numbers(
        controls=moved,
        specifications=FAILED,
        placebo=PLACEBO | {"alarms": 12, "false_alarms": 0.3},
    )
    assert len(sure.check_doubts(numbers, "m", "month")) == 2  # a control that did not clearly move is none
    numbers.results["its"]["measures"]["c"] = measured(140, 60, label="Falls at home")
    assert sure.check_doubts(numbers, "m", "month") == [
        "What if it were analysed in another way? 12 of 31 analyses agree.",
        "At 12 of 40 earlier dates the same analysis finds a clear change: either other things happened at "
        "those dates, or the likely ranges in this report are too narrow.",
        "Falls at home, which should not have been touched, went the other way (likely a rise of 8% to 20%). "
        "That can’t explain the change, but it shows that something else was at work too.",
    ]


def test_what_a_comparison_does_not_bear_out_reaches_the_brief():
    beside = {"made": True, "passed": False, "comparators": ["Wales"]}
    beside["average"] = {"estimate": -20.0, "lower": -60.0, "upper": 20.0}
    assert sure.how_sure(_numbers(comparators=beside), "m", "month").endswith(
        "Set against “Wales”, the average difference is −20.0 (likely −60.0 to +20.0): a reason for doubt."
    )


def test_what_was_not_checked_gives_its_reason_and_stays_out_of_the_table():
    numbers = _numbers(specifications=REFUSED, placebo=REFUSED, left_out=REFUSED)
    for said in (sure.specifications, sure.placebo, sure.left_out):
        assert said(numbers, "m", "month") == REFUSED["sentence"]
    assert sure.sure_table(numbers, "m", "month") == []


def test_the_table_says_for_each_check_whether_the_finding_stands():
    controls = {"passed": None, "table": [{"row": "c", "movement": "moved the other way"}]}
    beside = {
        "made": True,
        "passed": False,
        "sentence": "Set against 2 comparators, little is left.",
        "comparators": ["a", "b"],
        "average": {"estimate": -20.0, "lower": -60.0, "upper": 20.0},
        "checks": [{"passed": True, "sentence": "Trends were alike."}],
    }
    numbers = _numbers(controls=controls, comparators=beside, left_out=LEFT_OUT | {"passed": False})
    rows = sure.sure_table(numbers, "m", "month")
    assert [row.stands for row in rows] == [
        "The finding stands",
        "The finding stands",
        "A reason for doubt",
        "A reason for doubt",
        "Can’t tell",
    ]
    assert rows[3].found == (
        "Set against the comparators, the average difference is −20.0 (likely −60.0 to +20.0)"
    )
    assert rows[4].found == "Falls at home: moved the other way"
    assert sure.compared(numbers, "m") == "Set against 2 comparators, little is left. Trends were alike."
    alone = _numbers(comparators=beside | {"comparators": ["Wales"]})
    assert sure.sure_table(alone, "m", "month")[3].found.startswith("Set against “Wales”")
    refused = _numbers(comparators=REFUSED)
    assert sure.compared(refused, "m") == REFUSED["sentence"]
