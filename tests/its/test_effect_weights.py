"""Effects as weights on a fit's terms, on the scale on which its model is linear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.effect_weights import effect_weights, first_periods
from pipeline.its.inference import LinearEstimate
from pipeline.its.sites import pool_sites

from .simulated import interrupted

OUT_OF = np.full(72, 4000.0)


def counts(ratio: float = 0.6, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(800 * np.where(np.arange(72) >= 36, ratio, 1.0)).astype(float)


@pytest.mark.parametrize("model", ["ols", "reml-ar1", "averaged-ar1", "averaged-ar2"])
def test_the_weights_give_the_fits_own_effects(model: str) -> None:
    fit = its.fit(interrupted(level=-5, slope=0.1), 36, phase_in=2, model=model)
    weights = effect_weights(fit)
    assert weights.scale == "absolute"
    np.testing.assert_allclose(weights.rows @ fit.terms["estimate"], fit.effects["absolute"].iloc[:-2])
    every = first_periods(fit, 34)
    assert every.estimate == pytest.approx(fit.effects.loc["average", "absolute"])
    assert every.upper == pytest.approx(fit.effects.loc["average", "absolute_upper"])


def test_a_temporary_impact_has_weights_while_it_lasts() -> None:
    weights = effect_weights(its.fit(interrupted(level=-5), 36, until=60, delay=2))
    assert weights.since.tolist() == list(range(22))


def test_models_with_a_link_are_weighed_on_it() -> None:
    rates = its.fit(counts(), 36, model="quasi-poisson", denominator=OUT_OF)
    weights = effect_weights(rates)
    assert weights.scale == "log"
    ratio = np.log(rates.effects["fitted"] / rates.effects["expected"]).iloc[:-2]
    np.testing.assert_allclose(weights.rows @ rates.terms["estimate"], ratio)
    assert effect_weights(its.fit(counts(), 36, model="binomial", denominator=OUT_OF)).scale == "logit"


def test_covariates_that_are_not_known_are_no_part_of_the_effect() -> None:
    y, cold = interrupted(level=-5), np.cos(np.arange(72.0))
    y[50] = cold[50] = np.nan
    assert np.isfinite(effect_weights(its.fit(y, 36, covariates={"cold": cold})).rows).all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"model": "quasi-poisson"}, "% (95% interval −"),
        ({"model": "binomial", "denominator": OUT_OF}, "% in the odds"),
    ],
)
def test_whether_it_lasted_is_said_in_percent_for_models_of_counts(
    options: dict[str, Any], says: str
) -> None:
    found = its.did_it_last(its.fit(counts(), 36, **options))
    assert found.verdict not in ("no effect to last", "faded")
    assert says in found.sentence


def test_a_temporary_effect_is_judged_while_it_is_in_force() -> None:
    found = its.did_it_last(its.fit(interrupted(level=-10, sd=0.5, seed=3), 36, until=66))
    assert found.table.loc["late", "last_period"] == 30


@pytest.mark.parametrize("model", ["averaged-ar1", "averaged-ar2"])
def test_an_averaged_fit_can_be_judged(model: str) -> None:
    reml, averaged = (
        its.did_it_last(its.fit(interrupted(level=-10, sd=0.5, seed=3), 36, model=each))
        for each in ("reml-ar1", model)
    )
    assert averaged.verdict == reml.verdict
    widths = [
        each.table.loc["ratio", "upper"] - each.table.loc["ratio", "lower"] for each in (reml, averaged)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.4)


def test_an_estimate_with_a_normal_distribution_is_drawn_from_one() -> None:
    fit = its.fit(interrupted(level=-10), 36, model="ols")
    assert isinstance(fit.estimate, LinearEstimate)
    normal = replace(fit, estimate=replace(fit.estimate, df=float("inf")))
    ratio, narrower = (its.did_it_last(each).table.loc["ratio"] for each in (fit, normal))
    assert narrower["upper"] - narrower["lower"] == pytest.approx(ratio["upper"] - ratio["lower"], rel=0.08)


def test_placebos_and_sites_of_counts_are_said_in_percent() -> None:
    analysis = its.Analysis.of(counts(), 36, model="quasi-poisson")
    assert "−4" in its.placebo_in_time(analysis).sentence
    sites = {name: its.Analysis.of(counts(seed=k), 36, kind="count") for k, name in enumerate("abc")}
    found = pool_sites(sites)
    assert found.scale == "log"
    assert "the effect is −" in found.sentence
    assert "% (95% interval" in found.sentence


def test_sites_on_different_scales_are_not_pooled() -> None:
    one = its.Analysis.of(counts(), 36, model="quasi-poisson")
    with pytest.raises(AnalysisError, match="on different scales"):
        pool_sites({"one": one, "other": one.choosing(model="reml-ar1")})
