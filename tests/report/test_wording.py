"""Sentences say what the intervals bear, and no more: one test for each finding that calls for its own."""

from __future__ import annotations

import pytest

from pipeline.report import wording
from pipeline.report.numbers import Numbers


def _row(name, absolute, spread, expected=1000.0, relative=True):
    row = {"row": name, "absolute": absolute, "absolute_lower": absolute - spread, "expected": expected}
    row["absolute_upper"] = absolute + spread
    for key in ("absolute", "absolute_lower", "absolute_upper"):
        row[key.replace("absolute", "relative")] = row[key] / expected if relative else None
    return row


def _measure(
    absolute,
    spread,
    *,
    better="lower",
    kind="count",
    label="Falls in hospital",
    last=None,
    relative=True,
    unit=1,
):
    return {
        "label": label,
        "kind": kind,
        "better": better,
        "effects": [
            _row("2020-01-01", absolute, spread, relative=relative),
            *([] if last is None else [_row("2020-06-01", *last, relative=relative)]),
            _row("average", absolute, spread, relative=relative),
            _row("cumulative", absolute * 6, spread * 6, 6000.0, relative=relative),
        ],
        "first_effect": "2020-01-01",
        "last_effect": "2020-01-01" if last is None else "2020-06-01",
        "unit": unit,
    }


def _numbers(primary, **others):
    return Numbers({"its": {"measures": {"m": primary, **others}}})


def test_an_improvement_is_yes_with_its_size_and_range():
    numbers = _numbers(_measure(-140, 60))
    assert wording.answer(numbers, "m") == "Yes."
    assert wording.headline(numbers, "m", "Falls bundle", "month") == (
        "After the change (“Falls bundle”), there were about **140 fewer** falls in hospital each month than "
        "we would have expected: a fall of **14%** (likely between 8% and 20%)."
    )
    assert wording.verdict(numbers, "m") == "Fell by 14% (−20% to −8%)"


def test_a_worsening_says_so():
    numbers = _numbers(_measure(140, 60))
    assert wording.answer(numbers, "m") == "No, it got worse."
    assert "**140 more** falls" in wording.headline(numbers, "m", "The bundle", "week")
    assert wording.tile_change(numbers, "m", "month") == ("It rose", "+140 a month, on average")


def test_a_rise_is_an_improvement_where_higher_is_better():
    numbers = _numbers(_measure(140, 60, better="higher"))
    assert wording.answer(numbers, "m") == "Yes."


def test_without_a_better_direction_a_change_is_only_a_change():
    assert wording.answer(_numbers(_measure(140, 60, better=None)), "m") == "It changed."


def test_an_interval_that_holds_zero_is_never_called_a_change():
    numbers = _numbers(_measure(-140, 200))
    assert wording.answer(numbers, "m") == "We can’t tell."
    said = wording.headline(numbers, "m", "The bundle", "month")
    assert "but that could be chance: the difference is likely between a fall of 34% and a rise of 6%" in said
    assert wording.verdict(numbers, "m") == "No clear change (−34% to +6%)"
    assert wording.tile_change(numbers, "m", "month")[0] == "No clear change"
    assert "no clear departure" in wording.chart_finding(numbers, "m", "The bundle")


def test_a_measure_that_is_no_count_is_said_to_be_lower_not_fewer():
    numbers = _numbers(_measure(-140, 60, kind="value", label="Mean waiting time"))
    said = wording.headline(numbers, "m", "The bundle", "month")
    assert "“Mean waiting time” was about **140 lower** than we would have expected" in said


@pytest.mark.parametrize(
    ("kind", "unit", "said"),
    [("proportion", 100, "**4.20 percentage points lower**"), ("rate", 1000, "**4.20 per 1,000 lower**")],
)
def test_a_difference_in_rates_and_shares_has_its_unit(kind, unit, said):
    numbers = _numbers(_measure(-4.2, 1, kind=kind, unit=unit))
    assert said in wording.headline(numbers, "m", "The bundle", "month")


@pytest.mark.parametrize(
    ("better", "first", "answer"),
    [
        ("lower", -140, "At first, yes; then it turned."),
        ("lower", 140, "Not at first; then it turned."),
        (None, 140, "It changed one way, and then the other."),
    ],
)
def test_an_effect_that_turned_is_neither_a_yes_nor_a_shrug(better, first, answer):
    measure = _measure(first, 60, better=better, last=(-first, 60))
    measure["effects"][2] = _row("average", 1, 60)
    numbers = _numbers(measure)
    assert wording.answer(numbers, "m") == answer
    assert "went one way and then the other" in wording.headline(numbers, "m", "The bundle", "month")
    assert wording.verdict(numbers, "m").startswith(f"Turned: {'−' if first < 0 else '+'}14% at first")
    assert wording.tile_change(numbers, "m", "month")[0] == "It turned"
    assert "crossed" in wording.chart_finding(numbers, "m", "The bundle")


def test_where_a_share_has_no_meaning_amounts_are_used():
    numbers = _numbers(_measure(-140, 60, kind="value", relative=False, last=(-100, 60)))
    said = wording.headline(numbers, "m", "The bundle", "month")
    assert "%" not in said
    assert wording.verdict(numbers, "m") == "Fell by 140 (−200 to −80.0)"
    assert "140 lower than expected" in wording.course(numbers, "m", "month")
    assert wording.tile_size(numbers, "its.measures.m.effects[average]")[0] == "−140"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (
            (-100, 50),
            "in the last month we have, June 2020, there were 10% fewer than expected (likely a fall of 5% to 15%).",
        ),
        ((-10, 50), "(likely between a fall of 6% and a rise of 4%, so it could be no different)."),
    ],
)
def test_the_course_tells_the_first_and_the_last_period(last, said):
    text = wording.course(_numbers(_measure(-140, 60, last=last)), "m", "month")
    assert text.startswith(
        "In the first month, January 2020, there were 14% fewer than expected (likely a fall of"
    )
    assert text.endswith(said)


def test_with_one_period_the_course_is_one_statement():
    text = wording.course(_numbers(_measure(-140, 60)), "m", "month")
    assert text == (
        "In the last month we have, January 2020, there were 14% fewer than expected (likely a fall of 8% to 20%)."
    )


def test_days_have_a_preposition_of_their_own_and_measures_a_verb():
    text = wording.course(_numbers(_measure(-140, 60, kind="value")), "m", "day")
    assert text.startswith("On the last day we have, 1 January 2020, it was 14% lower than expected")


def test_a_change_of_slope_alone_is_not_told_as_nothing_at_its_first_period():
    measure = _measure(0, 0, last=(-100, 50))
    assert wording.course(_numbers(measure), "m", "month").startswith("In the last month we have, June 2020")
    assert wording.course(_numbers(_measure(0, 0)), "m", "month") == ""


@pytest.mark.parametrize(
    ("primary", "control", "said"),
    [
        (
            (-140, 60),
            (-10, 60),
            "(likely between a fall of 7% and a rise of 5%), which makes the change a likelier",
        ),
        ((-140, 60), (-10, 600), "showed no clear change, but one as large can’t be ruled out"),
        ((-10, 60), (-10, 60), "showed no clear change either (likely between"),
        (
            (-140, 60),
            (-90, 60),
            "moved the same way (likely a fall of 3% to 15%), so something else may explain",
        ),
        (
            (-140, 60),
            (90, 60),
            "went the other way (likely a rise of 3% to 15%). That can’t explain the change",
        ),
        ((-10, 60), (90, 60), "moved (likely a rise of 3% to 15%), so something else was at work"),
    ],
)
def test_a_control_outcome_is_read_beside_the_primary_one(primary, control, said):
    numbers = _numbers(_measure(*primary), c=_measure(*control, label="Complaints"))
    assert said in wording.control(numbers, "c", "m")
    assert wording.control(numbers, "c", "m").startswith("Complaints, which should not have been touched,")


def test_the_tile_of_a_control_outcome_says_which_way_it_went():
    for absolute, word in ((-10, "No clear change"), (-90, "It fell"), (90, "It rose")):
        numbers = _numbers(_measure(-140, 60), c=_measure(absolute, 60))
        assert wording.tile_control(numbers, "c")[0] == word


def _chart(variation, signals, phases=2, flags=()):
    return {
        "flags": [{"code": code} for code in flags],
        "variation": variation,
        "signals_in_latest_phase": signals,
        "phases": [
            {"row": number, "start": f"201{number}-01-01", "n": 20, "centre": 100.0 / number}
            for number in range(1, phases + 1)
        ],
    }


def _spc(*chart):
    return Numbers({"spc": {"measures": {"m": _chart(*chart)}}})


def test_a_stable_process_is_said_to_be_stable():
    said = wording.process(_spc("common-cause", 0), "m", "month")
    assert said.startswith(
        "Since January 2012, the process has stayed within its limits and shows no signal."
    )
    assert said.endswith("nothing out of the ordinary.")


@pytest.mark.parametrize(("signals", "verb"), [(1, "1 of 20 months is part"), (4, "4 of 20 months are part")])
def test_signals_are_counted_in_the_latest_phase(signals, verb):
    said = wording.process(_spc("concerning-high", signals), "m", "month")
    assert verb in said
    assert said.endswith("The latest month is part of a signal of concern (high).")


def test_signals_that_may_be_false_are_not_told_as_change():
    said = wording.process(_spc("concerning-high", 4, 2, ["autocorrelation"]), "m", "month")
    assert "but many of these may be false" in said
    assert "more than common causes" not in said


def test_the_heading_asks_of_a_new_level_only_where_there_is_one():
    assert wording.process_heading(_spc("common-cause", 0), "m") == "Is the new level stable?"
    assert wording.process_heading(_spc("common-cause", 0, 1), "m") == "Is the process stable?"


def test_with_one_phase_the_whole_series_is_meant_and_no_shift_is_told():
    numbers = _spc("common-cause", 0, 1)
    assert wording.process(numbers, "m", "week").startswith("Over the whole series, the process")
    assert wording.level_shift(numbers, "m") == ""
    assert wording.level_shift(_spc("common-cause", 0), "m") == "The average went from 100 to 50.0."
