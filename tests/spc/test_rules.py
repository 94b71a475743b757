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
