"""Two changes one after the other: each has an effect of its own, and together they make the whole."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import its
from pipeline.its import Intervention

TIME = np.arange(72)
NOISE = np.random.default_rng(5).normal(size=72)
BOTH = [Intervention(24, "level"), Intervention(48, "level")]


def test_steps_one_after_the_other_are_told_apart() -> None:
    y = 50 - 4.0 * (TIME >= 24) + 7.0 * (TIME >= 48) + 0.1 * NOISE
    fit = its.fit(y, model="ols", interventions=BOTH)
    found = its.each_change(fit)
    assert found.index.tolist() == [1, 2]
    for number, term in ((1, "level_change"), (2, "level_change_2")):
        assert found.loc[number, "absolute"] == pytest.approx(fit.terms.loc[term, "estimate"])
        assert found.loc[number, "absolute_lower"] == pytest.approx(fit.terms.loc[term, "lower"])
    # Over all periods after the first change, the second counts for the half in which it was in force.
    whole = fit.effects.loc["average", "absolute"]
    assert whole == pytest.approx(found["absolute"] @ [1, 0.5])


def test_one_change_alone_is_the_whole_effect() -> None:
    y = 50 - 4.0 * (TIME >= 24) + 0.1 * NOISE
    fit = its.fit(y, 24, "ols", phase_in=2)
    alone, whole = its.each_change(fit).loc[1], fit.effects.loc["average"]
    np.testing.assert_allclose(alone.to_numpy(float), whole.to_numpy(float), rtol=1e-12)


def test_counts_are_told_as_rates_and_ratios() -> None:
    army = np.full(72, 1000.0)
    truth = 80 * np.where(TIME >= 24, 0.8, 1.0) * np.where(TIME >= 48, 1.5, 1.0)
    deaths = np.random.default_rng(2).poisson(truth)
    fit = its.fit(deaths, model="quasi-poisson", denominator=army, interventions=BOTH, trend="none")
    found = its.each_change(fit, unit=100)
    assert found.loc[1, "relative_lower"] < -0.2 < found.loc[1, "relative_upper"]
    assert found.loc[2, "relative"] == pytest.approx(np.expm1(fit.terms.loc["level_change_2", "estimate"]))
    assert found.loc[2, "expected"] == pytest.approx(6.4, abs=0.3)
