"""The specification curve holds every combination, marks the plan's own, and hides no failure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.specification import specification_curve

from .simulated import interrupted

RAW = Path(__file__).parents[2] / "data" / "raw"
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
    assert "(6 more could not be fitted, or expected what can't be)" in curve.sentence


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


@pytest.fixture
def nightingale() -> its.Analysis:
    data = pd.read_csv(RAW / "nightingale.csv")
    return its.Analysis.of(
        data["disease"],
        11,
        model="quasi-poisson",
        lag=2,
        denominator=data["army"],
        per=1000,
        trend="none",
        kind="rate",
        at_most=1,
    )


def test_models_of_ratios_agree_and_disagree_by_ratios(nightingale: its.Analysis) -> None:
    curve = specification_curve(nightingale)
    average = nightingale.fit().effects.loc["average"]
    assert average["absolute_lower"] < 0 < average["absolute_upper"]
    assert average["relative_lower"] < average["relative_upper"] < 0
    assert curve.scale == "log"
    assert curve.plan.is_clear
    assert curve.plan.estimate == pytest.approx(np.log1p(average["relative"]))
    assert "an interval clear of zero on that side" in curve.sentence
    assert "the plan's is −73.9% (95% interval −88.7 to −40.1)" in curve.sentence


def test_what_expects_more_deaths_than_soldiers_is_set_aside(nightingale: its.Analysis) -> None:
    table = specification_curve(nightingale).table
    set_aside = table[table["failure"].str.contains("the most there can be")]
    assert set(set_aside["trend"]) == {"linear"}
    assert set_aside["estimate"].isna().all()


def test_all_tell_effects_over_the_periods_of_the_plan_whose_counterfactual_can_be(
    nightingale: its.Analysis,
) -> None:
    steep = nightingale.choosing(trend="linear")
    curve = specification_curve(
        steep, models=["quasi-poisson"], seasons=[0], impacts=["level-and-slope"], trends=["linear", "none"]
    )
    told = steep.fit().told_before
    assert told < len(steep.y)
    flat = nightingale.choosing(told_before=told, model="quasi-poisson").fit()
    rows = curve.table[curve.table["window"] == "all periods"].set_index("trend")
    assert rows["failure"].tolist() == ["", ""]
    assert rows.loc["none", "estimate"] == pytest.approx(
        np.log1p(flat.effects.loc["average", "relative"]), rel=1e-9
    )


def test_a_slow_model_is_tried_once_among_the_quick_ones() -> None:
    analysis = its.Analysis.of(interrupted(48, 24, level=-8), 24, model="arima", order=(1, 0, 0))
    table = its.specification_curve(analysis, seasons=[0], impacts=["level-and-slope"]).table
    assert table["model"].value_counts().loc[["arima", "averaged-ar2"]].tolist() == [1, 1]
    assert {"ols", "reml-ar1"} <= set(table["model"])
    assert table.loc[table["is_plan"], "model"].tolist() == ["arima"]


def test_several_changes_share_the_impact_that_is_tried() -> None:
    y = interrupted(level=-8)
    analysis = its.Analysis.of(y, 36, model="ols", later=[its.Intervention(54, until=66)])
    both = [its.Intervention(36), its.Intervention(54, until=66)]
    assert analysis.fit().terms.equals(its.fit(y, model="ols", interventions=both).terms)
    stepped = analysis.choosing(impact="level").fit()
    assert [name for name in stepped.terms.index if "change" in name] == ["level_change", "level_change_2"]
    early = analysis.between(10, 60)
    assert early.later == (its.Intervention(44),)
    assert analysis.between(0, 50).later == ()


def test_effects_are_told_as_rates_where_a_unit_is_given() -> None:
    counts, beds = np.round(interrupted(level=-20)), np.full(72, 500.0)
    analysis = its.Analysis.of(counts, 36, denominator=beds, model="quasi-poisson", per=1000)
    counted = its.fit(counts, 36, denominator=beds, model="quasi-poisson", kind="count").per(1000)
    assert analysis.fit().effects.equals(counted.effects)


def test_the_estimate_beside_is_told_as_rates_too() -> None:
    counts, beds = np.round(interrupted(level=-20)), np.full(72, 500.0)
    fit = its.fit(counts, 36, denominator=beds, kind="count")
    assert fit.alternative is not None
    told = fit.per(1000).alternative
    assert told is not None
    average, total = (told.effects.loc[row, "absolute"] for row in ("average", "cumulative"))
    assert average == pytest.approx(fit.alternative.effects.loc["average", "absolute"] * 1000 / 500)
    assert total == pytest.approx(fit.alternative.effects.loc["cumulative", "absolute"])
