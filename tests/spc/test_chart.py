"""What a chart is asked and gives: phases, baselines, exclusions, meaning, doubts, and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError
from pipeline.spc.doubts import autocorrelation_at
from pipeline.spc.runs import fewest_crossings

SERIES = [12.0, 15, 11, 14, 13, 16, 12, 14, 15, 13, 11, 14, 20, 22, 19, 23, 21, 20, 22, 24]


def limits(chart: spc.Chart, at: int = 0) -> list[float]:
    row = chart.points.loc[at, ["lower", "centre", "upper"]]
    return [float(value) for value in row]


def codes(chart: spc.Chart) -> list[str]:
    return [flag.code for flag in chart.flags]


def test_points_have_the_documented_columns() -> None:
    chart = spc.chart(SERIES)
    assert chart.points.columns.tolist() == [
        "value",
        "centre",
        "lower",
        "upper",
        "lower_2sigma",
        "upper_2sigma",
        "phase",
        "signals",
        "headline",
        "direction",
    ]
    assert (chart.kind, chart.rules) == ("xmr", "making-data-count")


def test_each_phase_is_charted_as_if_alone() -> None:
    chart = spc.chart(SERIES, rebase=[12])
    for part, at in ((SERIES[:12], 0), (SERIES[12:], 12)):
        assert limits(chart, at) == limits(spc.chart(part))
    assert chart.points["phase"].tolist() == [1] * 12 + [2] * 8
    assert chart.phases[["start", "end", "n"]].to_numpy().tolist() == [[0, 11, 12], [12, 19, 8]]


def test_rebase_positions_may_come_in_any_order() -> None:
    assert spc.chart(SERIES, rebase=[15, 5]).points.equals(spc.chart(SERIES, rebase=(5, 15)).points)


def test_a_baseline_freezes_the_first_phase_and_leaves_later_ones_alone() -> None:
    chart = spc.chart(SERIES, baseline=6, rebase=[12])
    assert limits(chart, 0) == limits(spc.chart(SERIES[:6]))
    assert limits(chart, 12) == limits(spc.chart(SERIES[12:]))


def test_an_excluded_point_is_bridged_and_still_shown() -> None:
    spoiled = [*SERIES[:5], 99.0, *SERIES[5:12]]
    chart = spc.chart(spoiled, exclude=[5])
    assert limits(chart) == limits(spc.chart(SERIES[:12]))
    assert chart.points["signals"][5] == ("outside-limits",)
    assert chart.runs == spc.chart(SERIES[:12]).runs


def test_a_missing_value_is_not_bridged() -> None:
    chart = spc.chart([1.0, 2, np.nan, 8, 9])
    assert chart.points["upper"][0] == pytest.approx(5 + 2.66 * 1)


def test_screening_drops_large_moving_ranges_once() -> None:
    series = [*[10.0, 11] * 6, 40, *[10.0, 11] * 6]
    moving = np.abs(np.diff(series))
    kept = moving[moving < 3.267 * moving.mean()]
    chart = spc.chart(series, screen=True)
    assert chart.points["upper"][0] == pytest.approx(np.mean(series) + 2.66 * kept.mean())
    assert spc.chart(series).points["upper"][0] > chart.points["upper"][0]


def test_missing_values_may_be_nan_none_or_pandas_na() -> None:
    expected = spc.chart([1.0, np.nan, 3, 4]).points
    assert spc.chart([1, None, 3, 4]).points.equals(expected)  # type: ignore[list-item]
    assert spc.chart(pd.array([1, pd.NA, 3, 4], dtype="Int64")).points.equals(expected)
    assert spc.chart(pd.Series([1, np.nan, 3, 4], index=list("abcd"))).points.equals(expected)


def test_auto_says_which_chart_and_why() -> None:
    chart = spc.chart(SERIES, kind="auto")
    assert chart.kind == "xmr"
    assert chart.reason.startswith("An XmR chart, because")


@pytest.mark.parametrize(
    ("last", "better", "variation", "direction"),
    [
        (30.0, "higher", "improving-high", "improving"),
        (30.0, "lower", "concerning-high", "concerning"),
        (30.0, None, "neutral-high", "neutral-high"),
        (-4.0, "higher", "concerning-low", "concerning"),
        (-4.0, "lower", "improving-low", "improving"),
        (-4.0, None, "neutral-low", "neutral-low"),
        (13.0, "lower", "common-cause", None),
    ],
)
def test_variation_says_what_the_latest_point_means(
    last: float, better: Any, variation: str, direction: str | None
) -> None:
    chart = spc.chart([*SERIES[:12], last], better=better)
    assert chart.variation == variation
    assert chart.points["direction"].iloc[-1] == direction


def test_variation_is_that_of_the_latest_point_that_has_a_value() -> None:
    assert spc.chart([*SERIES[:12], 30, np.nan], better="higher").variation == "improving-high"
    plotthedots = spc.chart([*SERIES[:12], 30, np.nan], better="higher", rules="nhsr-plotthedots")
    assert plotthedots.variation == "common-cause"


def test_a_point_in_an_improving_and_a_concerning_pattern_says_both() -> None:
    rising_below_the_mean = [9.0, 11.0] * 6 + [6, 6.5, 7, 7.5, 8, 8.5, 9, 11]
    chart = spc.chart(rising_below_the_mean, baseline=12, better="higher")
    at = 15
    assert set(chart.points["signals"][at]) == {"trend", "shift"}
    assert chart.points["headline"][at] == "trend"
    assert chart.points["direction"][at] == "both"
    alone = spc.chart(rising_below_the_mean, baseline=12, better="higher", rules="nhsr-plotthedots")
    assert alone.points["direction"][at] == "improving"


@pytest.mark.parametrize(
    ("target", "better", "assurance"),
    [
        (2.0, "higher", "meets"),
        (2.0, "lower", "misses"),
        (99.0, "higher", "misses"),
        (99.0, "lower", "meets"),
        (13.0, "higher", "hit-or-miss"),
        (13.0, None, None),
        (None, "higher", None),
    ],
)
def test_assurance_compares_the_target_with_the_limits(target: Any, better: Any, assurance: str) -> None:
    assert spc.chart(SERIES[:12], target=target, better=better).assurance == assurance


def test_a_target_on_a_limit_is_hit_or_miss() -> None:
    upper = spc.chart(SERIES[:12]).points["upper"][0]
    assert spc.chart(SERIES[:12], target=upper, better="higher").assurance == "hit-or-miss"


def test_without_limits_there_is_no_assurance() -> None:
    chart = spc.chart([1.0, np.nan, 2.0], target=5, better="higher")
    assert chart.assurance is None
    assert codes(chart) == ["no-limits"]


def test_runs_are_those_of_the_latest_phase() -> None:
    chart = spc.chart(SERIES, rebase=[12])
    assert chart.runs == spc.chart(SERIES[12:]).runs


def test_a_long_run_or_few_crossings_are_a_signal() -> None:
    runs = spc.chart([0.0] * 10 + [1.0] * 10).runs
    assert (runs.longest_run, runs.longest_run_max, runs.crossings, runs.crossings_min) == (10, 7, 1, 6)
    assert runs.signal
    assert not spc.chart([0.0, 1, 1, 0] * 5).runs.signal


@pytest.mark.parametrize(("n", "fewest"), [(10, 2), (20, 6), (24, 8), (50, 19), (100, 41)])
def test_fewest_crossings_are_the_published_ones(n: int, fewest: int) -> None:
    # Anhøj & Olesen (2014), table 1, which gives 2, 6, 8 for 10, 20, 24 points; the others from R's qbinom.
    assert fewest_crossings(n) == fewest


def test_few_points_are_told() -> None:
    assert codes(spc.chart(SERIES[:11])) == ["few-points"]
    assert codes(spc.chart(SERIES[:12])) == []
    assert "phase 2 rest on 8 points" in spc.chart(SERIES, rebase=[12]).flags[0].sentence


def test_no_variation_is_told() -> None:
    assert codes(spc.chart([5.0] * 12)) == ["no-variation"]


def test_a_baseline_longer_than_its_phase_is_told() -> None:
    chart = spc.chart(SERIES, baseline=15, rebase=[12])
    assert "short-baseline" in codes(chart)
    assert limits(chart, 12) == limits(spc.chart(SERIES[12:]))


def test_a_missing_latest_point_is_told() -> None:
    assert codes(spc.chart([*SERIES[:12], np.nan])) == ["latest-missing"]


def test_autocorrelation_is_told_with_its_consequence() -> None:
    season = 10 + 3 * np.sin(np.arange(48) * 2 * np.pi / 12)
    (flag,) = (flag for flag in spc.chart(season).flags if flag.code == "autocorrelation")
    assert "too narrow" in flag.sentence
    (flag,) = (flag for flag in spc.chart([9.0, 11.0] * 12).flags if flag.code == "alternation")
    assert "too wide" in flag.sentence
    assert codes(spc.chart(np.random.default_rng(3).normal(size=60))) == []


def test_autocorrelation_does_not_look_across_phases() -> None:
    assert autocorrelation_at([np.array([1.0, 2, 1, 2]), np.array([101.0, 102, 101, 102])], 1) < 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"y": []}, "nothing to chart: none of the 0 points"),
        ({"y": [np.nan] * 3}, "nothing to chart: none of the 3 points has a value"),
        ({"y": [1.0, np.inf]}, "The value at position 1 is infinite or over 1e+100"),
        ({"y": [[1.0], [2.0]]}, "this has 2 dimensions"),
        ({"y": 3.0}, "this has 0 dimensions"),
        ({"y": ["a", "b"]}, "A chart needs numbers"),
        ({"kind": "pie"}, "no chart of kind 'pie'; those available are: auto, run, xmr"),
        ({"kind": "c", "n": [1.0] * 20}, "takes no denominators"),
        ({"rules": "wales"}, "no rule set 'wales'; those available are: making-data-count"),
        ({"baseline": 1}, "baseline is 1, and limits need at least 2"),
        ({"baseline": 2.5}, "baseline is 2.5, and must be a whole number"),
        ({"rebase": [0]}, "rebase has position 0; in a series of 20 points it can be from 1 to 19"),
        ({"rebase": [20]}, "rebase has position 20"),
        ({"rebase": [5, 5]}, "rebase has position 5 more than once"),
        ({"rebase": ["2024-01-01"]}, "rebase must be a list of whole numbers"),
        ({"exclude": [-1]}, "exclude has position -1"),
        ({"exclude": [3, 3]}, "exclude has position 3 more than once"),
        ({"better": "up"}, "better is 'up', and must be"),
        ({"target": float("nan")}, "target is nan, and must be a number"),
        ({"target": "high"}, "target is 'high', and must be a number"),
    ],
)
def test_what_cannot_be_charted_is_refused_in_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        spc.chart(**{"y": SERIES, **options})
    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")
