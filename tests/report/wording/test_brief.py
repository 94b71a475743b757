"""Sentences say what the intervals bear, and no more: one test for each finding that calls for its own."""

from __future__ import annotations

import pytest

from pipeline.report.wording import brief, card, effect

from .found import effect_row, measured, numbers_of


def test_a_change_of_one_size_has_no_course():
    found = measured(-140, 60, last=(-140, 60)) | {"impact": "level"}
    assert brief.course(numbers_of(found), "m", "month").endswith("can’t say whether it grew or faded.")
    several = found | {"changes": [{"row": "2020-01-01"}]}
    assert brief.course(numbers_of(several), "m", "month").startswith("In the first month")


def test_where_ranges_disagree_the_one_in_per_cent_counts():
    found = measured(-140, 60) | {"horizons": [], "ratios": [{"row": "level_change"}]}
    assert effect.two_ranges(numbers_of(found), "m") == ""
    found["effects"][1] |= {"absolute_upper": 3.0}
    assert effect.two_ranges(numbers_of(found), "m").startswith(
        "Where the two ranges in a row disagree, go by"
    )


def test_an_improvement_is_yes_with_its_size_and_range():
    numbers = numbers_of(measured(-140, 60))
    assert brief.answer(numbers, "m") == "Yes."
    assert brief.headline(numbers, "m", "Falls bundle", "month") == (
        "After the change (“Falls bundle”), there were about **140 fewer** falls in hospital each month than "
        "we would have expected: a fall of **14%** (likely between 8% and 20%)."
    )
    assert card.verdict(numbers, "m") == "Fell by 14% (−20% to −8%)"


def test_a_worsening_says_so():
    numbers = numbers_of(measured(140, 60))
    assert brief.answer(numbers, "m") == "No, it got worse."
    assert "**140 more** falls" in brief.headline(numbers, "m", "The bundle", "week")
    assert brief.tile_change(numbers, "m", "month") == ("It rose", "by 140 a month, on average")


@pytest.mark.parametrize(
    ("kind", "unit", "spread", "tile"),
    [
        ("proportion", 100, 1, ("It fell", "by 3.97 percentage points, on average")),
        ("rate", 1000, 1, ("It fell", "by 3.97 per 1,000, on average")),
        ("count", 1, 1, ("It fell", "by 3.97 a day, on average")),
        ("value", 1, 1, ("It fell", "by 3.97, on average")),
        ("rate", 1000, 9, ("No clear change", "−3.97 per 1,000, on average")),
    ],
)
def test_the_tile_says_how_much_in_the_measures_unit_and_denies_nothing_twice(kind, unit, spread, tile):
    numbers = numbers_of(measured(-3.97, spread, kind=kind, unit=unit))
    assert brief.tile_change(numbers, "m", "day") == tile


def test_a_rise_is_an_improvement_where_higher_is_better():
    numbers = numbers_of(measured(140, 60, better="higher"))
    assert brief.answer(numbers, "m") == "Yes."


def test_without_a_better_direction_a_change_is_only_a_change():
    assert brief.answer(numbers_of(measured(140, 60, better=None)), "m") == "It changed."


def test_an_interval_that_holds_zero_is_never_called_a_change():
    numbers = numbers_of(measured(-140, 200))
    assert brief.answer(numbers, "m") == "We can’t tell."
    said = brief.headline(numbers, "m", "The bundle", "month")
    assert "But that could be chance: the difference is likely between a fall of 34% and a rise of 6%" in said
    assert card.verdict(numbers, "m") == "Can’t tell (−34% to +6%)"
    assert brief.tile_change(numbers, "m", "month")[0] == "We can’t tell"
    assert "no clear departure" in effect.chart_finding(numbers, "m", "The bundle", "month")


def test_a_measure_that_is_no_count_is_said_to_be_lower_not_fewer():
    numbers = numbers_of(measured(-140, 60, kind="value", label="Mean waiting time"))
    said = brief.headline(numbers, "m", "The bundle", "month")
    assert "“Mean waiting time” was about **140 lower** than we would have expected" in said


@pytest.mark.parametrize(
    ("kind", "unit", "said"),
    [("proportion", 100, "**4.20 percentage points lower**"), ("rate", 1000, "**4.20 per 1,000 lower**")],
)
def test_a_difference_in_rates_and_shares_has_its_unit(kind, unit, said):
    numbers = numbers_of(measured(-4.2, 1, kind=kind, unit=unit))
    assert said in brief.headline(numbers, "m", "The bundle", "month")


@pytest.mark.parametrize(
    ("better", "first", "answer"),
    [
        ("lower", -140, "At first, yes; then it turned."),
        ("lower", 140, "Not at first; then it turned."),
        (None, 140, "It changed one way, and then the other."),
    ],
)
def test_an_effect_that_turned_is_neither_a_yes_nor_a_shrug(better, first, answer):
    measure = measured(first, 60, better=better, last=(-first, 60))
    measure["effects"][2] = effect_row("average", 1, 60)
    numbers = numbers_of(measure)
    assert brief.answer(numbers, "m") == answer
    assert "went one way and then the other" in brief.headline(numbers, "m", "The bundle", "month")
    assert card.verdict(numbers, "m").startswith(f"Turned: {'−' if first < 0 else '+'}14% at first")
    assert brief.tile_change(numbers, "m", "month")[0] == "It turned"
    assert "crossed" in effect.chart_finding(numbers, "m", "The bundle", "month")


def test_where_a_share_has_no_meaning_amounts_are_used():
    numbers = numbers_of(measured(-140, 60, kind="value", relative=False, last=(-100, 60)))
    said = brief.headline(numbers, "m", "The bundle", "month")
    assert "%" not in said
    assert card.verdict(numbers, "m") == "Fell by 140 (−200 to −80.0)"
    assert "140 lower than expected" in brief.course(numbers, "m", "month")
    assert brief.tile_size(numbers, "its.measures.m.effects[average]")[0] == "−140"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (
            (-100, 50),
            "In the last month we have, June 2020, there were 10% fewer than expected (likely a fall of 5% to 15%).",
        ),
        ((-10, 50), "(likely between a fall of 6% and a rise of 4%, so it could be no different)."),
    ],
)
def test_the_course_tells_the_first_and_the_last_period(last, said):
    text = brief.course(numbers_of(measured(-140, 60, last=last)), "m", "month")
    assert text.startswith(
        "In the first month, January 2020, there were 14% fewer than expected (likely a fall of"
    )
    assert text.endswith(said)


def test_with_one_period_the_course_is_one_statement():
    text = brief.course(numbers_of(measured(-140, 60)), "m", "month")
    assert text == (
        "In the last month we have, January 2020, there were 14% fewer than expected (likely a fall of 8% to 20%)."
    )


def test_days_have_a_preposition_of_their_own_and_measures_a_verb():
    text = brief.course(numbers_of(measured(-140, 60, kind="value")), "m", "day")
    assert text.startswith("On the last day we have, 1 January 2020, it was 14% lower than expected")


def test_a_change_of_slope_alone_is_not_told_as_nothing_at_its_first_period():
    measure = measured(0, 0, last=(-100, 50))
    assert brief.course(numbers_of(measure), "m", "month").startswith("In the last month we have, June 2020")
    assert brief.course(numbers_of(measured(0, 0)), "m", "month") == ""


def test_a_rise_without_an_upper_limit_is_told_as_so_much_or_more():
    risen = measured(140, 60)
    for row in risen["effects"]:
        row["relative_upper"] = None
    numbers = numbers_of(risen)
    assert brief.headline(numbers, "m", "The bundle", "month").endswith(
        "a rise of **14%** (likely 8% or more)."
    )
    assert brief.tile_size(numbers, "its.measures.m.effects[average]") == ("+14%", "likely +8% or more")
    assert "(likely a rise of 8% or more)" in brief.course(numbers, "m", "month")
    assert card.verdict(numbers, "m") == "Rose by 14% (+8% to any rise)"
    unclear = measured(140, 200)
    unclear["effects"][1]["relative_upper"] = None
    assert "between a fall of 6% and a rise without limit" in brief.headline(
        numbers_of(unclear), "m", "The bundle", "month"
    )


def test_the_estimate_beside_the_one_taken_is_told_with_its_model_in_words():
    found = measured(-140, 60) | {"model": "averaged-ar1"}
    beside = {"model": "reml-ar1", "reason": "…", "effects": [effect_row("average", -150, 50)]}
    assert effect.other_estimate(numbers_of(found | {"alternative": beside}), "m", "least squares") == (
        "Another estimate stands beside it (least squares): an average difference of −150 (likely −200 to "
        "−100), where the one taken gives −140 (likely −200 to −80.0)."
    )
    same = beside | {"model": "averaged-ar1", "reason": "The same model with independent errors."}
    said = effect.other_estimate(numbers_of(found | {"alternative": same}), "m", "least squares")
    assert said.startswith("Another estimate stands beside it (the same model with independent errors): ")


@pytest.mark.parametrize(
    ("effect", "answer", "said"),
    [
        (
            (-10, 60),
            "No clear change.",
            "was about as we would have expected: any difference is likely between a fall of 7% and a rise of 5%.",
        ),
        (
            (-10, 400),
            "We can’t tell.",
            "But that could be chance: the difference is likely between a fall of 41% and a rise of 39%.",
        ),
    ],
)
def test_too_little_to_matter_and_too_uncertain_to_tell_are_two_answers(effect, answer, said):
    numbers = numbers_of(measured(*effect))
    assert brief.answer(numbers, "m") == answer
    assert brief.headline(numbers, "m", "The bundle", "month").endswith(said)


def test_a_share_of_a_model_on_a_log_scale_is_told_with_its_own_limits():
    # exp(-0.2) - 1 and its limits: a ratio's interval is not symmetric, and is told as it is.
    measure = measured(-140, 60)
    measure["effects"][1] |= {"relative": -0.181, "relative_lower": -0.259, "relative_upper": -0.095}
    said = brief.headline(numbers_of(measure), "m", "The bundle", "month")
    assert said.endswith("a fall of **18%** (likely between 10% and 26%).")


def test_the_chart_says_what_its_dots_and_lines_are():
    assert effect.chart_caption(numbers_of(measured(-140, 60)), "m", "The bundle", "month") == (
        "Falls in hospital, month by month: dots are what was seen, the solid line is the trend, and the dashed line "
        "is what was expected without the bundle."
    )
    adjusted = numbers_of(measured(-140, 60) | {"adjusted_for": ["season"]})
    assert (
        "dots are what was seen, adjusted for what the chart names, the solid line"
        in effect.chart_caption(adjusted, "m", "The bundle", "month")
    )


@pytest.mark.parametrize(
    ("average", "first", "said"),
    [
        (
            (-140, 60),
            (-140, 60),
            "At each point in the table, the difference is more than chance would likely give.",
        ),
        (
            (-40, 60),
            (-40, 60),
            "At none of the points in the table is the difference clearly more than chance.",
        ),
        (
            (-140, 60),
            (-40, 60),
            "On average the difference is more than chance would likely give, but not in each month",
        ),
        ((-40, 60), (-140, 60), "On average the difference could be chance, though not in each month"),
    ],
)
def test_the_table_of_effects_has_a_sentence(average, first, said):
    measure = measured(*average) | {"horizons": ["2020-01-01"]}
    measure["effects"][0] = effect_row("2020-01-01", *first)
    assert effect.effects_finding(numbers_of(measure), "m", "month").startswith(said)


def test_an_improvement_that_faded_is_not_a_plain_yes():
    measure = measured(-140, 60) | {"sustained": {"verdict": "faded"}}
    assert brief.answer(numbers_of(measure), "m") == "Yes, but it faded."
    assert card.verdict(numbers_of(measure), "m") == "Fell by 14% (−20% to −8%), but it faded"
    measure = measured(140, 60) | {"sustained": {"verdict": "faded"}}
    assert brief.answer(numbers_of(measure), "m") == "No, it got worse."


def test_the_judgement_is_by_the_interval_that_is_shown():
    # A log-linear model of few deaths: the share is clear, the difference in deaths is not (Nightingale).
    measure = measured(-24.0, 26.8)
    measure["effects"][1] |= {"relative": -0.739, "relative_lower": -0.887, "relative_upper": -0.401}
    numbers = numbers_of(measure)
    assert brief.answer(numbers, "m") == "Yes."
    assert brief.headline(numbers, "m", "The commission", "month").endswith(
        "a fall of **74%** (likely between 40% and 89%)."
    )


def test_a_rise_without_limit_is_still_a_rise():
    measure = measured(140, 60)
    measure["effects"][1] |= {"relative_lower": 0.2, "relative_upper": None}
    assert brief.answer(numbers_of(measure), "m") == "No, it got worse."


def test_where_what_was_expected_can_be_for_a_time_only_the_finding_says_up_to_when():
    found = measured(-140, 60, last=(-150, 60)) | {"possible_until": "2020-06-01"}
    numbers = numbers_of(found)
    assert brief.headline(numbers, "m", "the bundle", "month").startswith(
        "After the bundle, and up to June 2020, there were about **140 fewer** falls"
    )
    assert "In the last month that can be compared, June 2020," in brief.course(numbers, "m", "month")
    assert effect.chart_finding(numbers, "m", "the bundle", "month") == (
        "After the bundle, and up to June 2020, the trend ran below what was expected."
    )
