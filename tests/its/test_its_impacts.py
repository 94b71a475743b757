"""Impacts that come late, end, or come one after another; models without a trend; seasons chosen before."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its import Intervention
from pipeline.its.alt_text import alt_text
from pipeline.its.seasons import choose_harmonics
from tests.its.outside import needed, shared
from tests.its.test_its_fit import simulated

TIME = np.arange(48)
MONTHS = ["Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NOISE = np.random.default_rng(8).normal(size=96)


def test_a_delayed_impact_begins_so_many_periods_later() -> None:
    y = 50 - 4.0 * (TIME >= 28) + 0.01 * NOISE[:48]
    fit = its.fit(y, 24, "ols", delay=4)
    assert (fit.start, fit.after, fit.effects.index[0]) == (24, 28, 28)
    assert fit.terms.loc["level_change", "estimate"] == pytest.approx(-4, abs=0.05)
    plain = its.fit(y, 28, "ols")
    np.testing.assert_allclose(fit.terms, plain.terms, rtol=1e-12)
    both = its.fit(y, 24, "ols", phase_in=2, delay=2)
    assert list(both.terms.index)[4:] == ["phase_in_1", "phase_in_2"]
    assert both.after == 28


def test_a_temporary_impact_ends() -> None:
    y = 50 + 0.1 * TIME + 5.0 * ((TIME >= 20) & (TIME < 30)) + 0.01 * NOISE[:48]
    fit = its.fit(y, 20, "ols", impact="level", until=30)
    assert fit.until == 30
    assert list(fit.effects.index) == [*range(20, 30), "average", "cumulative"]
    assert fit.effects.loc["cumulative", "absolute"] == pytest.approx(50, abs=0.5)
    assert fit.n_after == 10
    np.testing.assert_allclose(fit.series["fitted"][30:], fit.series["expected"][30:])


def test_two_interventions_have_terms_of_their_own_and_one_counterfactual() -> None:
    y = 50 - 3.0 * (TIME >= 16) - 2.0 * (TIME >= 32) - 0.2 * (TIME - 32) * (TIME >= 32) + 0.01 * NOISE[:48]
    changes = [Intervention(16, "level"), Intervention(32, phase_in=2)]
    fit = its.fit(y, model="ols", interventions=changes)
    assert list(fit.terms.index) == [
        "intercept",
        "time",
        "level_change",
        "level_change_2",
        "slope_change_2",
        "phase_in_1_of_2",
        "phase_in_2_of_2",
    ]
    assert fit.terms.loc["level_change", "estimate"] == pytest.approx(-3, abs=0.05)
    assert fit.effects.index[0] == 16
    last = fit.effects.loc[47, "absolute"]
    assert last == pytest.approx(-3 - 2 - 0.2 * 15, abs=0.1)
    assert fit.interventions == tuple(changes)


def test_two_interventions_equal_r_on_californian_cigarette_sales() -> None:
    found = json.loads(needed(shared("reference", "its", "expected", "prop99.json")).read_text())
    data = pd.read_csv(shared("reference", "its", "data", "prop99_california.csv"))
    expected = found["two_interventions_1982_1989"]
    names = dict(
        zip(
            expected["ols"]["coef"],
            ["intercept", "time", "level_change", "slope_change", "level_change_2", "slope_change_2"],
            strict=True,
        )
    )
    for key, options in (("ols", {"model": "ols"}), ("nw_lag1_adj", {"model": "newey-west", "lag": 1})):
        fit = its.fit(
            data["cigsale"],
            interventions=[Intervention(12), Intervention(19)],
            **options,
        )
        part = expected[key].get("coef") or expected[key]["coef_t"]
        for theirs, ours in names.items():
            row = part[theirs]
            np.testing.assert_allclose(
                fit.terms.loc[ours, ["estimate", "std_error"]].to_numpy(float),
                [row["estimate"], row["se"]],
                rtol=1e-6,
            )


def test_a_model_without_a_trend() -> None:
    fit = its.fit(simulated(), 24, "ols", impact="level", trend="none")
    y = simulated()
    assert list(fit.terms.index) == ["intercept", "level_change"]
    assert fit.terms.loc["level_change", "estimate"] == pytest.approx(y[24:].mean() - y[:24].mean())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"start": None}, "start is missing"),
        ({"interventions": [Intervention(20)]}, "start and interventions were both given"),
        ({"start": None, "interventions": []}, "no intervention was given"),
        (
            {"start": None, "interventions": [Intervention(30), Intervention(20)]},
            "intervention 2 starts at position 20, not after the one before it",
        ),
        (
            {"start": None, "interventions": [Intervention(20), Intervention(21)]},
            "'slope_change_2' can't be told apart|only 1 usable points lie after the change",
        ),
        ({"delay": -2}, "delay must be a number of periods"),
        ({"until": 24}, "until is 24; it must be a position after 24"),
        ({"until": 60}, "until is 60; .* at most 48"),
        ({"trend": "cubic"}, "trend is 'cubic'; it must be one of linear, none"),
        ({"harmonics": "some"}, "harmonics is 'some'; it must be a number, or 'auto'"),
    ],
)
def test_it_refuses(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        its.fit(**({"y": simulated(), "start": 24, "model": "ols"} | options))


def test_seasons_are_chosen_from_the_points_before_the_change() -> None:
    time = np.arange(96)
    once = 3 * np.sin(2 * np.pi * time / 12)
    twice = once + 2 * np.cos(4 * np.pi * time / 12)
    for wave, harmonics in ((0 * once, 0), (once, 1), (twice, 2)):
        y = 50 + wave + NOISE
        fit = its.fit(y, 48, harmonics="auto")
        assert sum(name.startswith("cos") for name in fit.terms.index) == harmonics
        spoiled = np.where(time >= 48, y + 30 * np.sin(time), y)
        again = its.fit(spoiled, 48, harmonics="auto")
        assert list(again.terms.index) == list(fit.terms.index)


def test_no_season_is_chosen_without_two_cycles_or_a_cycle() -> None:
    y = 3 * np.sin(2 * np.pi * np.arange(23) / 12) + 0.1 * NOISE[:23]
    assert choose_harmonics(y, np.arange(23), 12) == 0
    assert choose_harmonics(np.append(y, 0.0), np.arange(24), 12) >= 1
    assert choose_harmonics(np.tile(y, 2), np.arange(46), 1) == 0
    assert choose_harmonics(np.full(30, np.nan), np.arange(30), 12) == 0


def test_smooth_errors_are_not_taken_for_a_season() -> None:
    random = np.random.default_rng(1)
    taken = 0
    for _ in range(40):
        errors = np.zeros(60)
        for row in range(1, 60):
            errors[row] = 0.8 * errors[row - 1] + random.normal()
        taken += choose_harmonics(errors, np.arange(60), 12) > 0
    assert taken < 12


def sentence(fit: its.Fit, code: str) -> str:
    return next(flag.sentence for flag in fit.flags if flag.code == code)


def test_a_counterfactual_that_cannot_be_is_flagged_with_the_first_period() -> None:
    falling = 40 - 1.2 * np.minimum(TIME, 24) + 0.1 * NOISE[:48]
    fit = its.fit(falling, 24, "ols", kind="rate")
    assert "below zero from period 11 after the change (position 34)" in sentence(
        fit, "impossible-counterfactual"
    )
    assert "impossible-counterfactual" not in [flag.code for flag in its.fit(falling, 24, "ols").flags]
    rising = 40 + 1.2 * np.minimum(TIME, 24) + 0.1 * NOISE[:48]
    fit = its.fit(rising, 24, "ols", at_most=80)
    assert "above 80, the most there can be," in sentence(fit, "impossible-counterfactual")
    deaths = np.round(50 * np.exp(0.2 * np.minimum(TIME, 24)))
    fit = its.fit(deaths, 24, "quasi-poisson", kind="count", at_most=46_000)
    assert "above 46,000" in sentence(fit, "impossible-counterfactual")


def test_the_most_that_a_rate_can_be_is_for_each_one_of_the_denominator() -> None:
    army = np.full(48, 1000.0)
    deaths = np.round(50 * np.exp(0.1 * np.minimum(TIME, 24)))
    fit = its.fit(deaths, 24, "quasi-poisson", denominator=army, kind="rate", at_most=1)
    assert "above 1,000, the most there can be," in sentence(fit, "impossible-counterfactual")


def test_effects_are_told_up_to_the_first_period_whose_counterfactual_cannot_be() -> None:
    falling = 40 - 1.2 * np.minimum(TIME, 24) + 0.1 * NOISE[:48]
    whole, fit = its.fit(falling, 24, "ols"), its.fit(falling, 24, "ols", kind="rate")
    assert (fit.told_before, whole.told_before) == (34, 48)
    told = fit.effects.loc[24:33, "absolute"]
    assert told.equals(whole.effects.loc[24:33, "absolute"])
    assert fit.effects.loc[34:47, "absolute":].isna().all(axis=None)
    assert fit.effects.loc[34, "expected"] == whole.effects.loc[34, "expected"] < 0
    average = fit.effects.loc["average"]
    assert average["absolute"] == pytest.approx(told.mean(), rel=1e-12)
    assert fit.effects.loc["cumulative", "absolute"] == pytest.approx(told.sum(), rel=1e-12)
    row = its.fit(falling[:34], 24, "ols").effects.loc["average"]
    assert np.isclose(average["expected"], row["expected"], rtol=0.01)
    assert fit.series["expected"].notna().sum() == 10
    assert "On average over the first 10 periods after it, the fitted trend is" in alt_text(fit, "Falls")
    assert its.fit(falling, 24, "ols", kind="rate", told_before=30).effects["absolute"].notna().sum() == 6 + 2


def test_rates_are_averaged_over_the_periods_that_are_told() -> None:
    army = np.linspace(1000, 3000, 48)
    deaths = np.round(army * 0.05 * np.exp(0.1 * np.minimum(TIME, 24)))
    fit = its.fit(deaths, 24, "quasi-poisson", denominator=army, kind="rate", at_most=1)
    told = slice(24, fit.told_before)
    assert 24 < fit.told_before < 48
    expected = fit.effects["expected"].to_numpy(dtype=float)[: fit.told_before - 24].sum() / army[told].sum()
    assert fit.per(1000).effects.loc["average", "expected"] == pytest.approx(1000 * expected, rel=1e-12)


def test_where_not_even_the_first_period_can_be_all_are_told_and_none_relied_on() -> None:
    falling = np.maximum(23 - TIME, 0) * 1.2 + 0.01 * NOISE[:48] - 0.5
    fit = its.fit(falling, 24, "ols", kind="rate")
    assert fit.told_before == 48
    assert fit.effects["absolute"].notna().all()
    assert "no effect can be relied on" in sentence(fit, "impossible-throughout")


def test_no_share_of_what_cannot_be_below_nought_falls_by_more_than_all_of_it() -> None:
    rare = np.where(TIME < 24, 1.0, 0.25) + NOISE[:48] / NOISE[:48].std()
    whole = its.fit(rare, 24, "ols", impact="level", trend="none")
    fit = its.fit(rare, 24, "ols", impact="level", trend="none", kind="rate")
    assert whole.effects.loc["average", "relative_lower"] < -1
    assert fit.effects.loc["average", "relative_lower"] == -1
    columns = ["absolute_lower", "relative", "relative_upper"]
    assert fit.effects.loc["average", columns].equals(whole.effects.loc["average", columns])


def test_did_it_last_looks_no_further_than_what_can_be() -> None:
    falling = 40 - 1.2 * np.minimum(TIME, 24) + 0.1 * NOISE[:48]
    fit = its.fit(falling, 24, "ols", kind="rate")
    assert its.did_it_last(fit, 12).verdict == "too early"
    assert its.did_it_last(fit, 6).table["last_period"].max() == 10
    assert its.did_it_last(its.fit(falling, 24, "ols"), 6).table["last_period"].max() == 24


def test_nightingales_counterfactual_outgrows_the_army_and_the_flag_says_from_when() -> None:
    data = pd.read_csv(needed(shared("data", "nightingale.csv")))
    fit = its.fit(
        data["Disease"], 11, "quasi-poisson", denominator=data["Army"], kind="count", at_most=46_000
    )
    assert fit.effects["expected"][:13].max() == pytest.approx(219_806, abs=0.5)
    assert "from period 8 after the change (position 18)" in sentence(fit, "impossible-counterfactual")


@pytest.mark.parametrize(
    ("part", "options"),
    [
        ("no_time_level", {"impact": "level", "trend": "none"}),
        ("time_level", {"impact": "level"}),
        ("time_level_trend", {}),
    ],
)
def test_seat_belts_with_and_without_a_trend_equal_r(part: str, options: dict[str, Any]) -> None:
    found = json.loads(needed(shared("reference", "more", "expected", "case", "seatbelts.json")).read_text())[
        part
    ]
    data = pd.read_csv(shared("reference", "more", "data", "case", "seatbelts.csv"))
    covariates = data[["lpetrol", "lkms", *MONTHS]]
    for key, model in (
        ("ols", {"model": "ols"}),
        ("nw_lag12_adj", {"model": "newey-west", "lag": 12}),
        ("gls_ar1_REML", {"model": "reml-ar1"}),
    ):
        fit = its.fit(data["ldrivers"], 169, time=data["time"], covariates=covariates, **options, **model)
        names = {"(Intercept)": "intercept", "level": "level_change", "trend": "slope_change"}
        terms = fit.terms.loc[[names.get(name, name) for name in found[key]["names"]]]
        # nlme stops short of the likelihood's top here: its starts differ in the seventh digit of phi.
        within = 2e-6 if key == "gls_ar1_REML" else 1e-7
        np.testing.assert_allclose(terms["estimate"], found[key]["estimate"], rtol=within)
        np.testing.assert_allclose(terms["std_error"], found[key]["se"], rtol=within)
        effects = found[key]["effects"]
        np.testing.assert_allclose(
            fit.effects.loc["average", "absolute"], effects["average"]["estimate"], rtol=within
        )
        if key == "gls_ar1_REML":
            np.testing.assert_allclose(terms["df"], found[key]["satterthwaite"]["df_clamped_2_nk"], rtol=1e-4)


def test_a_wider_scatter_after_the_change_is_flagged() -> None:
    y = 50 + NOISE * np.where(np.arange(96) < 48, 1, 4)
    fit = its.fit(y, 48, "ols")
    assert fit.diagnostics.spread_ratio == pytest.approx(4, rel=0.4)
    assert fit.diagnostics.spread_ratio_lower > 1
    assert "scatter more about the fit after the change" in sentence(fit, "unequal-spread")
    narrower = its.fit(y[::-1], 48, "ols")
    assert "scatter less" in sentence(narrower, "unequal-spread")
