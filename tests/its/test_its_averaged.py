"""The averaged estimates equal their reference values, keep to the calendar, and report their doubts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtr, stdtrit

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its import averaged_ar1 as averaged_ar1_module
from pipeline.its import averaged_ar2 as averaged_ar2_module
from pipeline.its.averaged_ar1 import averaged_ar1
from pipeline.its.averaged_ar2 import averaged_ar2
from pipeline.its.sample import Sample
from pipeline.its.student_mixture import mixture_probability, mixture_quantiles, student_table
from tests.its.outside import needed, shared

OWN = json.loads((Path(__file__).parents[1] / "reference" / "its" / "averaged.json").read_text())
ESTIMATORS = {"averaged_ar1": averaged_ar1, "averaged_ar2": averaged_ar2}


def sample_of(example: dict[str, Any]) -> Sample:
    time = np.arange(1, example["n"] + 1.0)
    after = time >= example["T0"]
    columns = [np.ones(len(time)), time, after, (time - example["T0"]) * after]
    if example["harmonics"]:
        columns += [np.sin(2 * np.pi * time / 12), np.cos(2 * np.pi * time / 12)]
    return Sample(np.array(example["y"]), np.column_stack(columns).astype(float), time)


def check(example: dict[str, Any], found: dict[str, Any], model: str) -> None:
    estimate = ESTIMATORS[model](sample_of(example))
    ours = estimate.contrasts(np.array(example["C"]))
    half_width = (np.array(found["hi"]) - np.array(found["lo"])) / 2
    for mine, theirs in ((ours.estimate, "mean"), (ours.lower, "lo"), (ours.upper, "hi")):
        assert np.abs((mine - np.array(found[theirs])) / half_width).max() < 1e-6
    np.testing.assert_allclose(ours.p_value, found["p"], atol=1e-6)
    if "rho_mean_untrimmed" in found:
        assert estimate.rho == pytest.approx(found["rho_mean_untrimmed"], abs=1e-6)
        assert estimate.near_random_walk == pytest.approx(found["prob_rho_gt_0p9_nodes"], abs=1e-6)


@pytest.mark.parametrize("model", ESTIMATORS)
@pytest.mark.parametrize("example", OWN, ids=lambda example: example["id"])
def test_it_equals_the_reference_values(example: dict[str, Any], model: str) -> None:
    check(example, example[model], model)


@pytest.mark.parametrize("name", ["prop99_california", "quetiapine"])
def test_it_equals_the_reference_values_of_series_that_may_not_be_copied(name: str) -> None:
    examples = json.loads(needed(shared("research", "examples.json")).read_text())["examples"]
    example = next(one for one in examples if one["id"] == name)
    check(example, example["mix_trim_RECOMMENDED"], "averaged_ar1")
    check(example, example["mix_ar2_trim"], "averaged_ar2")


@pytest.mark.parametrize("example", OWN, ids=lambda example: example["id"])
def test_total_and_relative_effects_equal_the_reference_values(example: dict[str, Any]) -> None:
    time = np.arange(1, example["n"] + 1)
    fit = its.fit(
        example["y"], example["T0"] - 1, "averaged-ar1", time=time, harmonics=int(bool(example["harmonics"]))
    )
    total, share = example["cumulative"], example["relative_avg"]
    found = fit.effects.loc["cumulative", ["absolute", "absolute_lower", "absolute_upper"]]
    np.testing.assert_allclose(found.to_numpy(float), [total["est"], total["lo"], total["hi"]], rtol=1e-6)
    limits = [np.inf if limit is None else limit for limit in (share["est"], share["lo"], share["hi"])]
    for row in ("average", "cumulative"):
        found = fit.effects.loc[row, ["relative", "relative_lower", "relative_upper"]]
        np.testing.assert_allclose(found.to_numpy(float), limits, rtol=1e-6)


def test_a_relative_effect_without_an_upper_limit_is_infinite_and_one_without_meaning_is_blank() -> None:
    random = np.random.default_rng(2)
    y = 3 + random.normal(size=14)
    fit = its.fit(y, start=7, model="averaged-ar1")
    assert np.isinf(fit.effects["relative_upper"]).any()
    below_zero = its.fit(y - 30, start=7, model="averaged-ar1")
    assert below_zero.effects["relative"].isna().all()
    assert "relative-undefined" in [flag.code for flag in below_zero.flags]


def dense_likelihood(example: dict[str, Any], kept: np.ndarray, r1: float, r2: float) -> float:
    """The restricted log-likelihood of AR(2) errors at the periods kept, by whole matrices."""
    sample = sample_of(example)
    phi1, n = r1 * (1 - r2), len(sample.y)
    lagged = [1.0, r1]
    for _ in range(n):
        lagged.append(phi1 * lagged[-1] + r2 * lagged[-2])
    whole = np.array([[lagged[abs(i - j)] for j in range(n)] for i in range(n)])[np.ix_(kept, kept)]
    matrix, y, inverse = sample.matrix[kept], sample.y[kept], np.linalg.inv(whole)
    precision = matrix.T @ inverse @ matrix
    residual = y - matrix @ np.linalg.solve(precision, matrix.T @ inverse @ y)
    spare = len(y) - matrix.shape[1]
    return (
        -(
            spare * np.log(residual @ inverse @ residual)
            + np.linalg.slogdet(precision)[1]
            + np.linalg.slogdet(whole)[1]
        )
        / 2
    )


@pytest.mark.parametrize("model", ESTIMATORS)
def test_weights_across_gaps_are_those_of_the_likelihood_of_the_values_that_there_are(model: str) -> None:
    example = next(one for one in OWN if one["id"] == "g_n048_rho0.3")
    kept = np.delete(np.arange(48), [4, 5, 20, 30, 31, 32])
    whole = sample_of(example)
    estimate = ESTIMATORS[model](Sample(whole.y[kept], whole.matrix[kept], whole.time[kept]))
    posterior = estimate.posterior
    assert estimate.coefficients.shape == (4,)
    assert len(estimate.innovations) == 42
    if model == "averaged_ar1":
        first, log_prior = averaged_ar1_module.nodes(42, 38)
        second = np.zeros_like(first)
    else:
        first, second, log_prior = averaged_ar2_module.nodes(42, 38)
    order = np.argsort(first * (1 - second) + second, kind="stable")
    np.testing.assert_array_equal(posterior.rho, first[order])
    picked = order[[len(order) // 3, len(order) // 2, 3 * len(order) // 4]]
    ours = np.log(posterior.whole[0])[[int(np.flatnonzero(order == node)[0]) for node in picked]]
    ours -= log_prior[picked]
    dense = np.array([dense_likelihood(example, kept, first[node], second[node]) for node in picked])
    np.testing.assert_allclose(ours - ours[0], dense - dense[0], atol=1e-8)


def test_a_value_every_tenth_year_is_a_series_of_its_own_step() -> None:
    example = OWN[5]
    sample = sample_of(example)
    rare = Sample(sample.y, sample.matrix, 10 * sample.time)
    for estimator in ESTIMATORS.values():
        plain, spaced = (estimator(one).contrasts(np.eye(4)) for one in (sample, rare))
        np.testing.assert_allclose(plain.lower, spaced.lower, rtol=1e-12)


def test_averaged_ar2_refuses_a_series_that_is_mostly_gaps() -> None:
    y = np.random.default_rng(1).normal(size=19)
    time = np.cumsum([1, 4] * 10)[:-1]
    with pytest.raises(
        AnalysisError, match="averaged-ar2 needs values in most periods, and 27 of 46 have none"
    ):
        its.fit(y, start=10, time=time, model="averaged-ar2")


def test_errors_near_a_random_walk_are_flagged() -> None:
    walk = next(one for one in OWN if one["id"] == "own_n012_rho0.8")
    fit = its.fit(walk["y"], start=walk["T0"] - 1, model="averaged-ar1")
    codes = {flag.code: flag.sentence for flag in fit.flags}
    assert codes["near-random-walk"].startswith("The probability is 69% that successive errors correlate")
    random = np.random.default_rng(4)
    steady = its.fit(100 + random.normal(size=60), start=30, model="averaged-ar1")
    assert "near-random-walk" not in [flag.code for flag in steady.flags]


def test_the_tabulated_t_distribution_is_the_t_distribution() -> None:
    x = np.concatenate([np.linspace(-30, 30, 2001), [-1e9, 1e9]])
    for df in (1.0, 4.0, 8.0, 44.0, 500.0):
        np.testing.assert_allclose(student_table(df).probability(x), stdtr(df, x), atol=1e-9)
        step = 1e-5
        slope = (stdtr(df, x[:-2] + step) - stdtr(df, x[:-2] - step)) / (2 * step)
        np.testing.assert_allclose(student_table(df).density(x[:-2]), slope, atol=1e-7)


def test_a_mixture_of_one_is_its_own_distribution_and_quantiles_undo_probabilities() -> None:
    one = np.ones((1, 1))
    assert mixture_quantiles(0.975, one, 3 * one, 2 * one, 7.0)[0] == pytest.approx(3 + 2 * stdtrit(7, 0.975))
    random = np.random.default_rng(0)
    weights = random.dirichlet(np.ones(20), size=500)
    centres, scales = random.normal(size=(500, 20)), random.exponential(size=(500, 20)) ** 3 + 1e-3
    for probability in (0.025, 0.5, 0.975):
        x = mixture_quantiles(probability, weights, centres, scales, 3.0)
        back = mixture_probability(x, weights, centres, scales, 3.0)
        np.testing.assert_allclose(back, probability, atol=1e-8)
