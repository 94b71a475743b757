"""EWMA, CUSUM and funnel plots beyond their references: gaps, options, choices, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError
from pipeline.spc.funnel import funnel_lines

BASE = [9.0, 11.0] * 10


def test_a_small_shift_is_seen_that_an_xmr_chart_does_not_see() -> None:
    series = [*BASE, *[13.0, 13.0, 9.5, 13.0, 13.0, 13.0, 9.8, 13.0, 13.0, 13.0]]
    assert spc.chart(series, baseline=20).points["headline"].isna().all()
    assert spc.ewma(series, baseline=20).points["side"].iloc[-1] == "high"
    down = [20 - value for value in series]
    assert spc.ewma(down, baseline=20).points["side"].iloc[-1] == "low"
    assert spc.cusum(down, baseline=20, shift=0.5, decision=3).points["side"].iloc[-1] == "low"


def test_the_average_and_the_sums_stay_as_they_were_at_a_missing_point() -> None:
    series = [*BASE, 14.0, np.nan, 14.0]
    ewma, cusum = spc.ewma(series, baseline=20).points, spc.cusum(series, baseline=20).points
    assert ewma["ewma"][21] == ewma["ewma"][20]
    assert cusum["high"][21] == cusum["high"][20]
    assert not ewma["signal"][21]
    without = spc.ewma([*BASE, 14.0, 14.0], baseline=20).points
    assert ewma[["ewma", "upper"]].iloc[22].tolist() == without[["ewma", "upper"]].iloc[21].tolist()
    assert spc.ewma([np.nan, 1.0, 2, 1]).points["upper"].notna().all()


def test_excluded_points_and_other_measures_of_spread_can_be_asked_for() -> None:
    assert spc.ewma([*BASE, 99.0], exclude=[20]).centre == 10
    assert spc.ewma(BASE, sigma_from="standard-deviation").sigma == pytest.approx(
        np.std(BASE, ddof=1) / 0.98693, rel=1e-4
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"weight": 0}, "weight is 0"),
        ({"sigmas": 99}, "sigmas is 99"),
        ({"centre": np.inf}, "centre is inf"),
        ({"sigma": -1}, "sigma is -1"),
        ({"sigma_from": "range"}, "sigma_from is 'range'"),
        ({"y": 3.0}, "this has 0 dimensions"),
        ({"y": [np.nan, np.nan]}, "nothing to go by"),
        ({"y": [1.0, np.nan, 2.0]}, "no telling how much values vary"),
        ({"y": [5.0], "sigma_from": "standard-deviation"}, "no telling how much values vary"),
        ({"y": np.ones((3, 30))}, "at most 25 can be used"),
        ({"y": [[1.0], [2.0]]}, "no subgroup has two values"),
    ],
)
def test_what_has_no_average_is_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        spc.ewma(**{"y": BASE, **options})
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"shift": 0}, "shift is 0"),
        ({"decision": -1}, "decision is -1"),
        ({"head_start": 6}, "head_start is 6, and must be from 0 to the decision of 5"),
    ],
)
def test_what_has_no_sums_is_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        spc.cusum(BASE, **options)
    assert sentence in str(refused.value)


def test_limits_of_a_funnel_are_widened_where_sites_differ_beyond_chance() -> None:
    sizes = np.full(20, 1000.0)
    alike, differing = np.full(20, 200.0), np.linspace(120, 280, 20)
    assert spc.funnel(alike, sizes).limits == "exact"
    widened = spc.funnel(differing, sizes, per=100)
    assert widened.limits == "additive"
    assert "standard deviation" in widened.reason
    assert widened.points["beyond"].isna().all()
    assert spc.funnel(differing[:5], sizes[:5]).reason.endswith(
        "5 sites are too few to tell more than chance."
    )


def test_lines_of_a_funnel_pass_through_its_sites_limits() -> None:
    for limits in ("exact", "multiplicative"):
        funnel = spc.funnel([20, 90, 12], [100, 300, 80], limits=limits, per=100)
        lines = funnel_lines(funnel, np.array([100.0, 300, 80]))
        np.testing.assert_allclose(lines, funnel.points[lines.columns], rtol=1e-12)


def test_all_can_be_compared_with_a_target_that_is_given() -> None:
    funnel = spc.funnel([20, 90], [100, 300], target=25, per=100)
    assert funnel.target == 25
    assert funnel.points["z"].tolist() == pytest.approx([-0.05 / np.sqrt(0.25 * 0.75 / 100), 2.0])


def test_a_site_without_numbers_has_no_limits() -> None:
    points = spc.funnel([3, np.nan, 2], [30, 20, 0], measure="rate").points
    assert points["value"].isna().tolist() == [False, True, True]
    assert points["upper_998"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"measure": "mean"}, "measure is 'mean'"),
        ({"limits": "wide"}, "limits is 'wide'"),
        ({"per": 0.0}, "per is 0.0"),
        ({"denominator": [10.0]}, "2 numerators and 1 denominators"),
        ({"numerator": [-1.0, 2]}, "The numerator at position 0 is -1, below zero"),
        ({"numerator": [11.0, 2]}, "the numerator is 11 of 10"),
        ({"denominator": [1e20, 2]}, "The denominator at position 0 is 1e+20, more than can be counted"),
        ({"denominator": [0.0, 0]}, "nothing to compare"),
        ({"target": 2.0}, "below 1 as a proportion"),
    ],
)
def test_what_cannot_be_compared_is_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        spc.funnel(**{"numerator": [1.0, 2.0], "denominator": [10.0, 10.0], **options})
    assert sentence in str(refused.value)
