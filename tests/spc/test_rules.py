"""Each rule on series small enough to check by eye, after a baseline with known limits."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError

BASE = [9.0, 11.0] * 6
"""Mean 10, mean moving range 2: limits 4.68 and 15.32, two-sigma lines 6.453 and 13.547."""


def signals(*after: float, **options: object) -> list[tuple[str, ...]]:
    chart = spc.chart([*BASE, *after], baseline=12, **options)  # type: ignore[arg-type]
    return chart.points["signals"].tolist()[12:]


def test_known_limits_are_as_the_nhs_computes_them() -> None:
    points = spc.chart(BASE).points.iloc[0]
    assert points["centre"] == 10
    assert points["upper"] == pytest.approx(10 + 2.66 * 2, rel=1e-12)
    assert points["lower_2sigma"] == pytest.approx(10 - 2 * 2.66 * 2 / 3, rel=1e-12)


def test_a_point_beyond_a_limit_is_outside_and_one_on_it_is_not() -> None:
    assert signals(15.33, 9, 4.67, 11) == [("outside-limits",), (), ("outside-limits",), ()]
    assert signals(15.32, 9, 4.68, 11) == [(), (), (), ()]


def test_seven_points_on_one_side_are_a_shift_and_all_of_them_are_marked() -> None:
    assert signals(*[9, 12, 11, 12, 11, 12, 11, 12, 9]) == [(), *[("shift",)] * 7, ()]


def test_six_points_on_one_side_are_no_shift() -> None:
    assert signals(*[9, 12, 11, 12, 11, 12, 11, 9]) == [()] * 8


def test_a_point_on_the_mean_breaks_a_shift() -> None:
    assert signals(*[9, 12, 11, 12, 10, 11, 12, 11, 12, 9]) == [()] * 10


def test_a_point_off_the_mean_by_rounding_noise_is_on_it() -> None:
    assert signals(*[9, 12, 11, 12, 10 + 1e-10, 11, 12, 11, 12, 9]) == [()] * 10


def test_a_missing_point_breaks_a_shift_and_is_no_signal() -> None:
    assert signals(*[9, 12, 11, 12, np.nan, 11, 12, 11, 12, 9]) == [()] * 10


def test_six_rises_in_a_row_are_a_trend() -> None:
    assert signals(*[11, 7, 8, 9, 10, 11, 12, 13, 9]) == [(), *[("trend",)] * 7, ()]


def test_six_falls_in_a_row_are_a_trend() -> None:
    assert signals(*[9, 13, 12, 11, 10, 9, 8, 7, 11]) == [(), *[("trend",)] * 7, ()]


@pytest.mark.parametrize("broken", [[7, 8, 9, 9, 10, 11, 12, 13], [7, 8, 9, np.nan, 10, 11, 12, 13]])
def test_an_equal_or_missing_neighbour_breaks_a_trend(broken: list[float]) -> None:
    assert signals(11, *broken, 9) == [()] * 10


def test_two_of_three_beyond_two_sigma_marks_all_three() -> None:
    pattern = ("two-of-three",)
    assert signals(9, 14, 14, 11, 9) == [(), pattern, pattern, pattern, ()]
    assert signals(9, 14, 11, 14, 9) == [(), pattern, pattern, pattern, ()]


def test_two_of_three_counts_points_beyond_the_limits() -> None:
    pattern = ("two-of-three",)
    assert signals(9, 16, 11, 14, 9) == [(), ("outside-limits", "two-of-three"), pattern, pattern, ()]


@pytest.mark.parametrize("third", [9.0, 10.0, np.nan])
def test_two_of_three_needs_all_three_on_one_side(third: float) -> None:
    assert signals(9, 14, third, 14, 9) == [()] * 5


def test_a_point_carries_every_rule_it_triggers_and_the_first_by_priority_is_its_headline() -> None:
    chart = spc.chart([*BASE, 10.1, 11, 12, 13, 14, 15, 16], baseline=12)
    last = chart.points.iloc[-1]
    assert last["signals"] == ("outside-limits", "trend", "two-of-three", "shift")
    assert last["headline"] == "outside-limits"
    assert chart.points["headline"].tolist()[12:18] == ["trend"] * 6


def test_patterns_do_not_reach_across_phases() -> None:
    series = [*BASE, 12, 11, 12, 11, 12, 11, 12]
    assert ("shift",) in spc.chart(series, baseline=12).points["signals"].tolist()
    cut = spc.chart(series, baseline=12, rebase=[15]).points["signals"].tolist()
    assert cut == [()] * 19


@pytest.mark.parametrize("value", [5.0, 0.1, 0.0, -3.7, 1e12])
def test_a_constant_series_signals_nothing(value: float) -> None:
    assert spc.chart([value] * 30).points["signals"].tolist() == [()] * 30


def test_lengths_of_shift_and_trend_can_be_set() -> None:
    six = spc.making_data_count(shift_length=6, trend_length=6)
    assert ("shift",) in signals(9, 12, 11, 12, 11, 12, 11, 9, rules=six)
    assert ("trend",) in signals(11, 7, 8, 9, 10, 11, 12, 9, rules=six)
    with pytest.raises(AnalysisError, match="shift of 1 and a trend of 7 points"):
        spc.making_data_count(shift_length=1)


def test_plotthedots_marks_only_points_between_two_and_three_sigma() -> None:
    theirs = signals(9, 16, 14, 14, 9, rules="nhsr-plotthedots")
    assert theirs == [(), ("outside-limits",), ("two-of-three",), ("two-of-three",), ()]


def marked(rule: str, series: list[float], rules: object = "nelson", **options: object) -> list[int]:
    chart = spc.chart([*BASE, *series], baseline=12, rules=rules, **options)  # type: ignore[arg-type]
    return [at - 12 for at, names in enumerate(chart.points["signals"]) if rule in names and at >= 12]


# Under these sets sigma is 2 / 1.128: the lines are at 10 ± 1.773, 3.546 and 5.319.
def test_two_of_three_of_nelson_marks_those_beyond_and_lets_the_third_be_anywhere() -> None:
    assert marked("two-of-three", [14, 9, 14, 9]) == [0, 2]
    assert marked("two-of-three", [14, np.nan, 14, 9]) == []
    assert marked("two-of-three", [14, 9, 6, 9]) == []


def test_four_of_five_beyond_one_sigma() -> None:
    assert marked("four-of-five", [12, 12, 9, 12, 12, 9]) == [0, 1, 3, 4]
    assert marked("four-of-five", [12, 12, 9, 12, 9]) == []


def test_fourteen_points_by_turns_have_no_direction() -> None:
    turns = [9.0, 11.0] * 10
    chart = spc.chart(turns, rules="nelson", better="higher")
    assert all("alternating" in names for names in chart.points["signals"])
    assert set(chart.points["direction"]) == {"neutral-high", "neutral-low"}
    assert chart.variation == "neutral-high"
    assert marked("alternating", [9, 11, 11, 9, 11]) == [0, 1]


def test_fifteen_points_near_the_centre_hug_it() -> None:
    chart = spc.chart(
        [*[3.0, 17.0] * 6, *[10.5, 9.5, 9.6, 10.4] * 4], baseline=12, rules="nelson", better="lower"
    )
    assert chart.points["headline"].tolist()[12:] == ["hugging-centre"] * 16
    assert chart.variation == "neutral-high"
    assert chart.phase_variation == "neutral-high"


def test_eight_points_away_from_the_centre_avoid_it() -> None:
    assert marked("avoiding-centre", [12, 8, 8, 12, 12, 8, 12, 8, 10]) == list(range(8))


def test_lengths_of_other_sets_can_be_set() -> None:
    assert marked("shift", [11, 12, 11, 12], rules=spc.nelson(shift_length=4)) != []
    assert marked("trend", [7, 8, 9, 10], rules=spc.nelson(trend_length=4)) == [0, 1, 2, 3]
    assert marked("shift", [11, 12, 11, 12], rules=spc.western_electric(shift_length=4)) != []
    for make in (spc.nelson, spc.western_electric):
        with pytest.raises(AnalysisError, match="shift of 1"):
            make(shift_length=1)


def anhoej(*values: float, **options: object) -> list[tuple[str, ...]]:
    return spc.chart(list(values), kind="run", rules="anhoej", **options).points["signals"].tolist()  # type: ignore[arg-type]


def test_a_long_run_marks_the_points_of_the_run() -> None:
    series = [0.0, 1, 0, 1, 0, 1, 0, 1, *[1.0] * 8, 0, 0, 0, 0, 1, 0, 0, 0]
    found = anhoej(*series, centre=0.5)
    assert [at for at, names in enumerate(found) if "long-run" in names] == list(range(7, 16))


def test_few_crossings_mark_the_longest_runs_that_make_them_so() -> None:
    lengths = [7, 6, 5, 3, 3]
    series = [float(place % 2) for place, length in enumerate(lengths) for _ in range(length)]
    found = anhoej(*series, centre=0.5)
    assert [at for at, names in enumerate(found) if "few-crossings" in names] == list(range(13))


def test_no_runs_signal_marks_no_point_and_each_signal_marks_some() -> None:
    random = np.random.default_rng(6)
    for row in np.cumsum(random.normal(size=(60, 24)), axis=1) * random.uniform(0, 1, (60, 1)):
        chart = spc.chart(row + random.normal(size=24), kind="run", rules="anhoej")
        assert chart.points["headline"].notna().any() == chart.runs.signal


def test_points_left_out_take_no_part_in_runs() -> None:
    series = [*[1.0, 0] * 4, *[1.0] * 9, *[0.0, 1] * 4]
    assert ("long-run",) in anhoej(*series, centre=0.5)
    assert anhoej(*series, centre=0.5, exclude=[9, 10, 11]) == [()] * len(series)


@pytest.mark.parametrize("rules", list(spc.RULE_SETS))
def test_a_constant_series_signals_nothing_by_any_rules(rules: str) -> None:
    assert spc.chart([0.1] * 30, rules=rules).points["signals"].tolist() == [()] * 30
