"""Each doubt appears where it should, in words, and not where it shouldn't."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import its
from pipeline.its.flags import absent_periods

RANDOM = np.random.default_rng(20)
NOISE = RANDOM.normal(size=96)
WALK = np.cumsum(NOISE)
TIME = np.arange(96)


def codes(fit: its.Fit) -> list[str]:
    return [flag.code for flag in fit.flags]


def sentence(fit: its.Fit, code: str) -> str:
    return next(flag.sentence for flag in fit.flags if flag.code == code)


def test_a_long_plain_series_raises_no_doubt() -> None:
    assert its.fit(100 + NOISE, start=48).flags == ()


def test_few_points() -> None:
    fit = its.fit(100 + NOISE[:10], start=5, model="reml-ar1")
    assert codes(fit)[:4] == ["few-points", "short-for-reml", "few-before", "few-after"]
    assert "only 10 usable points" in sentence(fit, "few-points")
    assert "few-points" not in codes(its.fit(100 + NOISE[:12], start=6))


def test_short_for_reml_only_where_reml_is_used() -> None:
    assert "short-for-reml" in codes(its.fit(100 + NOISE[:23], start=11, model="reml-ar1"))
    assert "short-for-reml" not in codes(its.fit(100 + NOISE[:24], start=12, model="reml-ar1"))
    assert "short-for-reml" not in codes(its.fit(100 + NOISE[:23], start=11, model="ols"))


def test_few_before_and_after() -> None:
    assert "Only 7 usable points lie before" in sentence(its.fit(100 + NOISE, start=7), "few-before")
    assert "Only 7 usable points lie after" in sentence(its.fit(100 + NOISE, start=89), "few-after")
    assert "Only 1 usable point lies after" in sentence(
        its.fit(100 + NOISE, start=95, impact="level"), "few-after"
    )
    assert codes(its.fit(100 + NOISE[:16], start=8, model="ols")) == []


def test_rho_at_the_boundary_says_that_trend_and_drift_are_alike() -> None:
    steps = np.where(TIME[:24] < 12, 0, 40) + np.cumsum(np.cumsum(np.abs(NOISE[:24])))
    fit = its.fit(500 + steps, start=12, impact="level", model="reml-ar1")
    assert fit.rho is not None
    assert fit.rho > 0.98
    assert "can't be told from a random walk" in sentence(fit, "rho-at-boundary")


def test_rho_at_the_negative_boundary_points_to_the_data() -> None:
    y = 100 + 20 * (-1.0) ** TIME[:40] + 0.01 * NOISE[:40]
    assert "alternation" in sentence(its.fit(y, start=20), "rho-at-boundary")


def test_seasonality_that_is_not_modelled() -> None:
    y = 100 + 3 * np.sin(2 * np.pi * TIME / 12) + NOISE
    assert "12 periods apart" in sentence(its.fit(y, start=48, model="ols"), "seasonality-unmodelled")
    assert "seasonality-unmodelled" not in codes(its.fit(y, start=48, model="ols", harmonics=1))
    assert "seasonality-unmodelled" not in codes(its.fit(y, start=48, model="ols", period=1))
    assert "seasonality-unmodelled" not in codes(its.fit(y[:23], start=12, model="ols"))


def test_autocorrelation_left_in_the_residuals() -> None:
    walk = 100 + WALK
    assert "intervals are too narrow" in sentence(
        its.fit(walk, start=48, model="ols"), "autocorrelation-left"
    )
    assert "not fully" in sentence(its.fit(walk, start=48, model="newey-west"), "autocorrelation-left")
    zigzag = 100 + np.diff(NOISE)
    assert "may be too wide" in sentence(its.fit(zigzag, start=48, model="ols"), "autocorrelation-left")
    second_order = np.zeros(96)
    for row in range(2, 96):
        second_order[row] = 1.5 * second_order[row - 1] - 0.8 * second_order[row - 2] + NOISE[row]
    assert "doesn't describe" in sentence(its.fit(100 + second_order, start=48), "autocorrelation-left")
    assert "autocorrelation-left" not in codes(its.fit(100 + NOISE, start=48, model="ols"))


def test_a_relative_effect_is_blank_where_the_counterfactual_is_not_clearly_positive() -> None:
    fit = its.fit(NOISE, start=48)
    assert "relative-undefined" in codes(fit)
    relative = fit.effects[["relative", "relative_lower", "relative_upper"]]
    assert relative.loc["average"].isna().all()
    assert fit.effects["absolute_lower"].notna().all()
    falling = its.fit(100 - 1.5 * TIME + NOISE, start=48, model="ols")
    assert falling.effects.loc[48, "relative"] == pytest.approx(0, abs=0.2)
    assert np.isnan(falling.effects.loc[95, "relative"])


def test_missing_values_are_counted_in_the_calendar() -> None:
    y = 100 + NOISE
    y[[3, 4]] = np.nan
    fit = its.fit(y, start=48)
    assert fit.n_missing == 2
    assert "2 of 96 periods have no value (2%)" in sentence(fit, "missing-values")


def test_missing_covariates_are_counted() -> None:
    y, cold = 100 + NOISE, np.cos(TIME * 1.0)
    y[[50, 51]] = cold[[50, 51]] = np.nan
    assert sentence(its.fit(y, start=48, covariates={"c": cold}), "missing-covariates").startswith(
        "2 periods after"
    )
    y[50], cold[50] = 100, 0.1
    assert sentence(its.fit(y, start=48, covariates={"c": cold}), "missing-covariates").startswith(
        "1 period after"
    )


def test_a_series_with_a_step_of_its_own_leaves_out_nothing() -> None:
    assert absent_periods(np.arange(0, 100, 10), 10) == 0
    assert absent_periods(np.array([0, 1, 2, 3, 7]), 5) == 3
