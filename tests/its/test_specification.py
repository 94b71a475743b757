"""The specification curve holds every combination, marks the plan's own, and hides no failure."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.specification import specification_curve

from .simulated import interrupted

Y = interrupted(level=-8, season=3, rho=0.3)
PLAN = its.Analysis.of(Y, 36, harmonics=1, model="reml-ar1")


def test_a_strong_effect_survives_every_specification() -> None:
    curve = specification_curve(PLAN)
    assert curve.passed is True
    assert curve.agree_in_sign == 1
    assert len(curve.table) == 5 * 3 * 2 * 2 + 1
    assert curve.sentence.startswith("Of 61 defensible ways to analyse the series, 61 point the same way")


def test_the_plans_own_is_marked_once_and_equals_its_fit() -> None:
    curve = specification_curve(PLAN)
    (row,) = curve.table[curve.table["is_plan"]].to_dict("records")
    effect = PLAN.fit().effects.loc["average"]
    assert (row["model"], row["season"], row["window"]) == ("reml-ar1", "1 harmonic", "all periods")
    assert row["estimate"] == effect["absolute"] == curve.plan.estimate
    assert (row["lower"], row["upper"]) == (effect["absolute_lower"], effect["absolute_upper"])


def test_each_row_equals_the_fit_that_it_describes() -> None:
    table = specification_curve(PLAN).table
    chosen = table.query(
        "model == 'ols' and season == 'dummies' and impact == 'level' and window != 'all periods'"
    )
    assert chosen["window"].item() == "without the first 12"
    direct = its.fit(Y[12:], 24, model="ols", time=np.arange(12, 72), dummies=True, impact="level")
    assert chosen["estimate"].item() == pytest.approx(direct.effects.loc["average", "absolute"], rel=1e-12)


def test_estimates_are_in_order() -> None:
    assert specification_curve(PLAN).table["estimate"].is_monotonic_increasing


def test_covariates_are_tried_with_and_without() -> None:
    cold = np.cos(np.arange(72.0))
    analysis = its.Analysis.of(Y, 36, harmonics=1, covariates={"cold": cold})
    table = specification_curve(analysis, models=["ols"]).table
    assert set(table["covariates"]) == {"cold", "none"}


def test_failures_are_listed_with_their_reason() -> None:
    curve = specification_curve(
        PLAN, models=["ols", "averaged-ar9"], seasons=[1], windows=[(0, 72), (34, 60)]
    )
    failed = curve.table[curve.table["estimate"].isna()]
    assert len(failed) == 6
    assert failed["failure"].str.contains("averaged-ar9").sum() == 4
    assert "(6 more could not be fitted)" in curve.sentence


def test_a_covariate_that_is_not_there_is_a_failure_too() -> None:
    table = specification_curve(PLAN, models=["ols"], covariates=[("rain",)]).table
    assert table["failure"].str.contains("no covariate 'rain'; there is none").any()


def test_a_finding_that_hangs_on_one_choice_does_not_pass() -> None:
    y = interrupted(level=-2, rho=0.6, season=1, sd=1.5, seed=8)
    curve = specification_curve(its.Analysis.of(y, 36, model="ols"))
    assert curve.plan.is_clear
    assert curve.passed is False
    assert curve.agree_in_interval < 0.8


def test_where_the_plan_finds_nothing_agreement_is_about_that() -> None:
    curve = specification_curve(its.Analysis.of(interrupted(season=3), 36, harmonics=1))
    assert curve.passed is True
    assert "give an interval that holds zero" in curve.sentence


def test_seasonality_is_not_looked_for_in_less_than_two_cycles() -> None:
    analysis = its.Analysis.of(interrupted(20, 10, level=-8), 10)
    assert set(specification_curve(analysis).table["season"]) == {"none"}


def test_options_that_belong_to_one_model_do_not_break_the_others() -> None:
    curve = specification_curve(its.Analysis.of(Y, 36, harmonics=1, model="newey-west", lag=4))
    assert (curve.table["failure"] == "").all()


def test_a_plan_that_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(AnalysisError, match="not inside the series"):
        specification_curve(its.Analysis.of(Y, 99))


def test_orders_stay_with_the_model_that_has_them() -> None:
    arima = its.Analysis.of(Y, 36, model="arima", order=(1, 0, 0))
    assert arima.choosing(harmonics=1).choices["order"] == (1, 0, 0)
    assert "order" not in arima.choosing(model="ols").choices


def test_a_trend_is_left_out_only_where_there_may_be_none() -> None:
    trending = specification_curve(PLAN, models=["ols"], seasons=[1])
    assert set(trending.table["trend"]) == {"linear"}
    flat = its.Analysis.of(Y - 0.1 * np.arange(72), 36, harmonics=1, model="reml-ar1")
    assert set(specification_curve(flat, models=["ols"], seasons=[1]).table["trend"]) == {"linear", "none"}
    without = specification_curve(flat.choosing(trend="none"), models=["ols"], seasons=[1])
    assert without.table[without.table["is_plan"]]["trend"].item() == "none"
    assert set(without.table["trend"]) == {"linear", "none"}


def test_the_model_that_auto_took_and_its_harmonics_are_the_plans_own() -> None:
    curve = specification_curve(its.Analysis.of(Y, 36, harmonics="auto"), models=["ols"])
    (row,) = curve.table[curve.table["is_plan"]].to_dict("records")
    fit = its.fit(Y, 36, harmonics="auto")
    assert (row["model"], row["season"]) == (fit.model, "1 harmonic")
    assert row["estimate"] == pytest.approx(fit.effects.loc["average", "absolute"])


def test_counts_are_tried_with_models_of_counts() -> None:
    counts = np.random.default_rng(1).poisson(200 * np.where(np.arange(72) >= 36, 0.8, 1.0))
    curve = specification_curve(its.Analysis.of(counts, 36, kind="count"), seasons=[0])
    assert set(curve.table["model"]) == {"quasi-poisson", "negative-binomial"}
    assert (curve.table["failure"] == "").all()
    assert curve.passed is True
