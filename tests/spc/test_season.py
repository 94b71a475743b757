"""Seasonal figures: what is taken out, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError
from pipeline.spc.season import seasonally_adjusted

MONTHS = np.arange(60)
SEASON = 6 * np.sin(2 * np.pi * MONTHS / 12)
NOISE = np.random.default_rng(8).normal(0, 1, 60)


def test_a_season_alone_is_taken_out_whole() -> None:
    season = seasonally_adjusted(50 + SEASON, (0,), 12)
    np.testing.assert_allclose(season.adjusted, 50, atol=1e-9)
    np.testing.assert_allclose(season.figures, SEASON[:12], atol=1e-9)


@pytest.mark.parametrize("missing", [[], [3, 17, 40]])
def test_figures_are_those_of_least_squares_with_an_effect_of_each_year(missing: list[int]) -> None:
    values = 50 + SEASON + NOISE
    values[missing] = np.nan
    design = np.hstack([np.eye(5)[MONTHS // 12], np.eye(12)[MONTHS % 12]])
    known = np.isfinite(values)
    effects = np.linalg.lstsq(design[known], values[known], rcond=None)[0][5:]
    figures = seasonally_adjusted(values, (0,), 12).figures
    np.testing.assert_allclose(figures, effects - effects.mean(), atol=1e-6)


def test_a_shift_between_years_stays_whole_and_one_within_a_year_nearly() -> None:
    between = seasonally_adjusted(50 + SEASON - 9 * (MONTHS >= 36), (0,), 12).adjusted
    np.testing.assert_allclose(between, 50 - 9 * (MONTHS >= 36), atol=1e-6)
    within = seasonally_adjusted(50 + SEASON - 9 * (MONTHS >= 54), (0,), 12).adjusted
    assert within[:54].mean() - within[54:].mean() > 0.85 * 9
    known = seasonally_adjusted(50 + SEASON[:54] - 9 * (MONTHS[:54] >= 30), (0, 30), 12).adjusted
    np.testing.assert_allclose(known, 50 - 9 * (MONTHS[:54] >= 30), atol=1e-6)


def test_the_chart_says_that_it_is_adjusted_and_sees_no_season() -> None:
    plain, adjusted = (spc.chart(50 + SEASON + NOISE, seasonal_period=period) for period in (None, 12))
    assert [flag.code for flag in plain.flags] == ["autocorrelation", "seasonality"]
    assert [flag.code for flag in adjusted.flags] == ["seasonally-adjusted"]
    assert "seasonal_period=12" in plain.flags[1].sentence
    assert adjusted.reason.endswith("seasonally adjusted, with a period of 12 points.")
    assert plain.points["headline"].notna().sum() > 30
    assert adjusted.points["headline"].notna().sum() < 10


def test_limits_allow_for_the_figures_being_estimated() -> None:
    chart = spc.chart(50 + SEASON + NOISE, seasonal_period=12)
    bare = spc.chart(chart.points["value"])
    width, bare_width = (c.points["upper"][0] - c.points["centre"][0] for c in (chart, bare))
    assert width == pytest.approx(bare_width * np.sqrt(60 / 49))


def test_adjusted_values_may_be_below_zero() -> None:
    low = np.maximum(SEASON + NOISE, 0)
    assert (spc.chart(low, seasonal_period=12, non_negative=True).points["lower"] < 0).all()


def test_false_signals_are_about_as_rare_as_without_a_season() -> None:
    random = np.random.default_rng(1)
    shares = []
    for _ in range(60):
        values = random.normal(0, 2, 48)
        charts = (spc.chart(values + SEASON[:48], seasonal_period=12), spc.chart(values))
        shares.append([chart.points["headline"].notna().mean() for chart in charts])
    adjusted, plain = np.mean(shares, axis=0)
    assert adjusted < 1.5 * plain + 0.01


def test_a_series_without_a_season_is_not_told_to_have_one() -> None:
    told = sum(
        any(flag.code == "seasonality" for flag in spc.chart(row).flags)
        for row in np.random.default_rng(4).normal(size=(100, 60))
    )
    assert told <= 5


@pytest.mark.parametrize(
    ("values", "kind", "period", "sentence"),
    [
        (NOISE[:20], "xmr", 12, "one has 1; leave seasonal_period out"),
        (NOISE, "xmr", 1, "seasonal_period is 1, and must be a whole number of 2 or more"),
        (NOISE, "xmr", 2.5, "seasonal_period is 2.5"),
        (np.abs(NOISE), "c", 12, "can't be seasonally adjusted"),
    ],
)
def test_what_cannot_be_adjusted_is_refused(values: object, kind: str, period: int, sentence: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        spc.chart(values, kind=kind, seasonal_period=period)  # type: ignore[arg-type]
    assert sentence in str(refused.value)


def test_times_between_events_have_no_season() -> None:
    yearly = 40 + 30 * np.sin(2 * np.pi * np.arange(72) / 12) + np.random.default_rng(1).normal(0, 2, 72)
    assert "seasonality" in [flag.code for flag in spc.chart(yearly).flags]
    assert "seasonality" not in [flag.code for flag in spc.chart(yearly, kind="t").flags]
