"""Counterfactuals without a shape of the change: forecast from the past, or made of comparators."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.synthetic_control import convex_weights
from tests.its.outside import needed, shared


def walk(n: int = 60, seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    return 50 + np.cumsum(0.5 * random.normal(size=n)) + random.normal(size=n)


def test_forecasts_have_the_covariance_of_a_local_level() -> None:
    found = its.structural(walk(), 40)
    level, irregular = found.variances["level"], found.variances["irregular"]
    steps = np.arange(1, 21)
    between = found.covariance[0, 0] - irregular - level  # what is not known of the last level before
    expected = between + level * np.minimum(steps[:, None], steps) + irregular * np.eye(20)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-6)
    assert found.series["expected"][40:].nunique() <= 20
    np.testing.assert_allclose(found.series["expected"][40:], found.series["expected"][40], rtol=1e-9)


def test_averages_and_totals_carry_the_covariance_between_periods() -> None:
    found = its.structural(walk(), 40)
    total, average = found.effects.loc["cumulative"], found.effects.loc["average"]
    np.testing.assert_allclose(
        total[["absolute", "absolute_upper"]], 20 * average[["absolute", "absolute_upper"]]
    )
    from scipy.special import stdtrit

    margin = stdtrit(found.df, 0.975) * np.sqrt(found.covariance.sum())
    assert total["absolute_upper"] - total["absolute"] == pytest.approx(margin, rel=1e-9)
    independent = stdtrit(found.df, 0.975) * np.sqrt(np.trace(found.covariance))
    assert margin > 1.5 * independent


def test_an_interval_for_the_average_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(80):
        effect = its.structural(walk(50, seed), 30).effects.loc["average"]
        held += bool(effect["absolute_lower"] < 0 < effect["absolute_upper"])
    assert held >= 0.85 * 80


def test_a_step_on_top_of_seasons_and_covariates_is_found() -> None:
    random = np.random.default_rng(1)
    time = np.arange(96)
    heat = random.normal(size=96)
    y = 100 + 5 * np.sin(2 * np.pi * time / 12) + 3 * heat - 6.0 * (time >= 72) + 0.5 * random.normal(size=96)
    y[[10, 80]] = np.nan
    found = its.structural(y, 72, covariates={"heat": heat}, seasonal=True)
    average = found.effects.loc["average"]
    assert average["absolute_lower"] < -6 < average["absolute_upper"]
    assert average["absolute_upper"] - average["absolute_lower"] < 4
    assert found.effects.loc[80, "absolute":].isna().all()
    assert np.isfinite(found.effects.loc[80, "expected"])
    assert (found.n_before, found.n_after) == (71, 23)


def test_the_published_effect_of_seat_belts_lies_in_the_forecasts_interval() -> None:
    from tests.its.test_its_counts import HERE

    data = pd.read_csv(HERE / "data" / "uk_seatbelts.csv")
    found = its.structural(
        np.log(data["drivers"]), 169, covariates={"petrol": np.log(data["PetrolPrice"])}, seasonal=True
    )
    # Harvey & Durbin found −23 per cent, with the law as a regressor of the whole series.
    average = np.expm1(
        found.effects.loc["average", ["absolute", "absolute_lower", "absolute_upper"]].astype(float)
    )
    assert average["absolute_lower"] < -0.23 < average["absolute_upper"] < 0.1
    assert -0.28 < average["absolute"] < -0.15


def test_a_level_that_never_moves_is_flagged_and_gaps_keep_their_place() -> None:
    random = np.random.default_rng(2)
    y = 50 + random.normal(size=80)
    time = np.delete(np.arange(82), [20, 70])
    found = its.structural(y, 40, time=time)
    assert [flag.code for flag in found.flags] == ["level-fixed"]
    assert found.covariance.shape == (41, 41)
    assert list(found.effects.index) == [*range(40, 80), "average", "cumulative"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"start": 8}, "structural needs at least 12 points before the change, and there are 8"),
        ({"seasonal": True, "start": 20}, "a seasonal pattern needs two whole cycles before"),
        ({"time": 3 * np.arange(60)}, "structural needs values in most periods"),
        (
            {
                "seasonal": True,
                "start": 13,
                "period": 6,
                "covariates": {str(i): walk(60, i) for i in range(5)},
            },
            "too few points lie before",
        ),
    ],
)
def test_the_forecast_refuses(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        its.structural(**({"y": walk(), "start": 40} | options))


def test_convex_weights_are_the_best_on_the_simplex() -> None:
    random = np.random.default_rng(4)
    others = random.normal(size=(12, 6))
    target = others @ np.array([0.5, 0.3, 0.2, 0, 0, 0])
    np.testing.assert_allclose(convex_weights(target, others), [0.5, 0.3, 0.2, 0, 0, 0], atol=1e-8)
    target = random.normal(size=12)
    weights = convex_weights(target, others)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    best = np.sum((others @ weights - target) ** 2)
    for other in random.dirichlet(np.full(6, 0.3), size=3000):
        assert np.sum((others @ other - target) ** 2) >= best - 1e-12
    slope = 2 * others.T @ (others @ weights - target)
    held = weights > 1e-9
    assert np.ptp(slope[held]) < 1e-8
    assert slope[~held].min() >= slope[held].mean() - 1e-8


def smoking() -> pd.DataFrame:
    data = pd.read_csv(needed(shared("reference", "its", "data", "prop99_all_states.csv")))
    return data.pivot_table(index="year", columns="state", values="cigsale")


def test_californian_cigarette_sales_equal_the_published_synthetic_control() -> None:
    wide = smoking()
    found = its.synthetic_control(wide["California"], wide.drop(columns="California"), 19)
    # Arkhangelsky et al. 2021, table 1: −19.6 packs; Abadie et al. 2010: the most extreme of 39 states.
    assert found.effects.loc["average", "absolute"] == pytest.approx(-19.6, abs=0.1)
    assert found.placebos["ratio"].rank(ascending=False)["treated"] <= 3
    assert found.p_value == pytest.approx(found.placebos["ratio"].rank(ascending=False)["treated"] / 39)
    assert found.weights.sum() == pytest.approx(1)
    assert {"Utah", "Nevada", "Montana"} <= set(found.weights.nlargest(5).index)
    assert found.flags == ()


def test_comparators_with_holes_are_left_out_and_doubts_are_named() -> None:
    random = np.random.default_rng(6)
    pool = {f"site {k}": walk(30, k) for k in range(5)}
    pool["site 4"][3] = np.nan
    treated = 200 + random.normal(size=30)
    treated[25] = np.nan
    found = its.synthetic_control(treated, pool, 15)
    assert [flag.code for flag in found.flags] == ["comparators-left-out", "poor-fit-before", "few-placebos"]
    assert "site 4" in found.flags[0].sentence
    assert list(found.effects.index) == [*range(15, 30), "average", "cumulative"]
    assert found.effects.loc[25].isna().all()
    assert found.p_value >= 0.2
    assert found.effects["absolute_lower"].isna().all()  # four placebos leave every effect possible


def test_the_synthetic_controls_limits_are_the_effects_that_placebos_in_space_leave() -> None:
    pool = {f"site {k}": walk(40, k) for k in range(40)}
    treated = walk(40, 99)
    found = its.synthetic_control(treated, pool, 25)
    average = found.effects.loc["average"]
    placebos = found.placebos["average"].abs() / found.placebos["before"]
    for share in (-1.2, -0.9, 0.0, 0.9, 1.2):
        effect = average["absolute"] + share * (average["absolute_upper"] - average["absolute"])
        left = abs(average["absolute"] - effect) / found.placebos.loc["treated", "before"]
        p_value = (1 + (placebos.drop("treated") >= left * (1 - 1e-9)).sum()) / 41
        assert (p_value > 0.05) == (abs(share) <= 1)
    again = its.synthetic_control(treated - 3.0 * (np.arange(40) >= 25), pool, 25).effects.loc["average"]
    moved = again - average
    np.testing.assert_allclose(moved[["absolute", "absolute_lower", "absolute_upper"]], -3)


def test_no_effect_is_found_in_one_of_twenty_units_without_one() -> None:
    found = []
    for seed in range(120):
        units = 50 + np.cumsum(np.random.default_rng(seed).normal(size=(24, 30)), axis=1)
        pool = {str(k): y for k, y in enumerate(units[1:])}
        average = its.synthetic_control(units[0], pool, 20).effects.loc["average"]
        found.append(not average["absolute_lower"] <= 0 <= average["absolute_upper"])
    assert np.mean(found) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 120)


@pytest.mark.parametrize(
    ("pool", "start", "sentence"),
    [
        ({"a": walk()}, 30, "needs at least 2 comparators without missing values, and there are 1"),
        ({"a": walk(), "b": walk(50)}, 30, "comparator 'b' has 50 values and treated has 60"),
        ({"a": walk(), "b": walk()}, 2, "needs three values before the change, and one after it"),
    ],
)
def test_the_synthetic_control_refuses(pool: dict[str, Any], start: int, sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        its.synthetic_control(walk(), pool, start)


def test_calls_of_their_own_load_statsmodels_only_when_called() -> None:
    program = "import sys, pipeline.its; print('statsmodels' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
