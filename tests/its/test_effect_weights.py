"""Effects as weights on a fit's terms: checked against the fit's own table, on whichever scale that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.effect_weights import effect_weights, first_periods
from pipeline.its.inference import LinearEstimate
from pipeline.its.sites import pool_sites

from .simulated import interrupted


def logarithms(level: float = -1.0) -> its.Fit:
    return its.fit(interrupted(level=level, sd=0.1) / 100, 36, model="ols")


def on_scale(fit: its.Fit, mean: np.ufunc) -> its.Fit:
    """The fit as a model with a link reports it: effects are of means, terms stay as they are."""
    effects = fit.effects.copy()
    effects["fitted"], effects["expected"] = mean(fit.effects["fitted"]), mean(fit.effects["expected"])
    effects["absolute"] = effects["fitted"] - effects["expected"]
    return replace(fit, effects=effects)


def test_the_weights_give_the_fits_own_effects() -> None:
    fit = its.fit(interrupted(level=-5, slope=0.1), 36, phase_in=2)
    weights = effect_weights(fit)
    assert weights.scale == "absolute"
    np.testing.assert_allclose(weights.rows @ fit.terms["estimate"], fit.effects["absolute"].iloc[:-2])
    every = first_periods(fit, 34)
    assert every.estimate == pytest.approx(fit.effects.loc["average", "absolute"])
    assert every.upper == pytest.approx(fit.effects.loc["average", "absolute_upper"])


@pytest.mark.parametrize(("scale", "mean"), [("log", np.exp), ("logit", expit)])
def test_a_link_is_known_by_the_effects_that_it_makes(scale: str, mean: np.ufunc) -> None:
    assert effect_weights(on_scale(logarithms(), mean)).scale == scale


def test_whether_it_lasted_is_said_in_percent_for_a_model_of_counts() -> None:
    found = its.did_it_last(on_scale(logarithms(-0.5 * 100), np.exp))
    assert (found.verdict, found.scale) == ("lasted", "log")
    assert "was −39" in found.sentence
    assert "% (95% interval −" in found.sentence
    odds = its.did_it_last(on_scale(logarithms(-0.5 * 100), expit))
    assert "% in the odds" in odds.sentence


def test_effects_that_are_made_of_more_are_refused() -> None:
    fit = logarithms()
    strange = replace(fit, effects=fit.effects.assign(absolute=1.0))
    with pytest.raises(AnalysisError, match="not made of one level and one slope change"):
        effect_weights(strange)


def test_an_estimate_with_a_normal_distribution_is_drawn_from_one() -> None:
    fit = its.fit(interrupted(level=-10), 36, model="ols")
    assert isinstance(fit.estimate, LinearEstimate)
    normal = replace(fit, estimate=replace(fit.estimate, df=float("inf")))
    ratio, narrower = (its.did_it_last(each).table.loc["ratio"] for each in (fit, normal))
    assert narrower["upper"] - narrower["lower"] == pytest.approx(ratio["upper"] - ratio["lower"], rel=0.08)


def test_sites_on_different_scales_are_not_pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = its.Analysis.of(interrupted(), 36), its.Analysis.of(interrupted(seed=2), 36)
    fits = {id(one): logarithms(), id(other): on_scale(logarithms(), np.exp)}
    monkeypatch.setattr(its.Analysis, "fit", lambda self: fits[id(self)])
    with pytest.raises(AnalysisError, match="on different scales"):
        pool_sites({"one": one, "other": other})
