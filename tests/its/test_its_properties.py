"""What must hold for every series: equivariance, and no failure other than a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline import its
from pipeline.errors import AnalysisError

MODELS = ["reml-ar1", "averaged-ar1", "averaged-ar2", "ols", "newey-west", "prais-winsten"]
QUICK = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def series(seed: int, n: int = 40) -> np.ndarray:
    random = np.random.default_rng(seed)
    return 20 + np.convolve(random.normal(size=n + 3), [1, 0.6, 0.3, 0.1], mode="valid")


seeds = st.integers(0, 10_000)


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=seeds, shift=st.floats(-1e3, 1e3), scale=st.floats(0.01, 100))
def test_estimates_follow_a_change_of_origin_and_unit(
    model: str, seed: int, shift: float, scale: float
) -> None:
    y = series(seed)
    plain = its.fit(y, start=20, model=model).terms
    moved = its.fit(shift + scale * y, start=20, model=model).terms
    expected = plain["estimate"] * scale + np.array([shift, 0, 0, 0])
    close = {"rtol": 1e-6, "atol": 1e-6 * scale}
    np.testing.assert_allclose(moved["estimate"], expected, **close)
    np.testing.assert_allclose(moved["std_error"], scale * plain["std_error"], rtol=1e-5)
    np.testing.assert_allclose(moved["df"], plain["df"], rtol=1e-5)


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=seeds, shift=st.integers(-2000, 2000))
def test_only_the_intercept_depends_on_where_time_is_counted_from(model: str, seed: int, shift: int) -> None:
    y = series(seed)
    here = its.fit(y, start=20, model=model)
    # At the boundary Satterthwaite's degrees of freedom are a quotient of two roundings.
    assume(here.rho is None or abs(here.rho) < 0.999)
    there = its.fit(y, start=20, model=model, time=np.arange(40) + shift)
    close = {"rtol": 1e-6, "atol": 1e-7}
    np.testing.assert_allclose(there.terms.iloc[1:, :5], here.terms.iloc[1:, :5], **close)
    np.testing.assert_allclose(there.effects, here.effects, **close)


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=seeds, slope=st.floats(-10, 10))
def test_a_steeper_trend_changes_no_effect(model: str, seed: int, slope: float) -> None:
    y = series(seed)
    here = its.fit(y, start=20, model=model).effects["absolute"]
    there = its.fit(y + slope * np.arange(40), start=20, model=model).effects["absolute"]
    np.testing.assert_allclose(there, here, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=seeds, order=st.permutations(["a", "b", "c"]))
def test_the_order_of_covariates_changes_no_effect(model: str, seed: int, order: list[str]) -> None:
    random = np.random.default_rng(seed + 1)
    table = pd.DataFrame(random.normal(size=(40, 3)), columns=["a", "b", "c"])
    here = its.fit(series(seed), start=20, model=model, covariates=table)
    there = its.fit(series(seed), start=20, model=model, covariates=table[order])
    np.testing.assert_allclose(there.effects, here.effects, rtol=1e-6, atol=1e-6)


numbers = st.one_of(
    st.floats(-1e6, 1e6), st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, 1.0, np.nan])
)


@pytest.mark.parametrize("model", [*MODELS, "auto"])
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_series_gives_a_fit_of_finite_terms_or_a_sentence(model: str, data: Any) -> None:
    n = data.draw(st.integers(0, 30))
    y = data.draw(arrays(float, n, elements=data.draw(st.sampled_from([numbers, st.floats(-1e3, 1e3)]))))
    steps = data.draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    options = {
        "start": data.draw(st.integers(-1, n + 1)),
        "time": np.cumsum(steps) if data.draw(st.booleans()) else None,
        "impact": data.draw(st.sampled_from(["level", "slope", "level-and-slope"])),
        "phase_in": data.draw(st.integers(0, 3)),
        "harmonics": data.draw(st.integers(0, 2)),
        "period": data.draw(st.sampled_from([1, 2, 4, 7, 12])),
    }
    found = attempt(y, model, options)
    if isinstance(found, str):
        assert found.endswith(".")
        return
    assert np.isfinite(found.terms.drop(columns="p_value").to_numpy()).all()
    assert (found.terms["lower"] <= found.terms["upper"]).all()
    assert found.effects["absolute"].notna().all()
    assert found.terms["df"].between(2, found.df).all()


def attempt(y: np.ndarray, model: str, options: dict[str, Any]) -> its.Fit | str:
    try:
        return its.fit(y, model=model, **options)
    except AnalysisError as refusal:
        return str(refusal)


COUNTS = ["poisson", "quasi-poisson", "negative-binomial", "binomial", "auto"]


@pytest.mark.parametrize("model", COUNTS)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_counts_give_a_fit_of_finite_terms_or_a_sentence(model: str, data: Any) -> None:
    n = data.draw(st.integers(8, 30))
    largest = data.draw(st.sampled_from([1, 3, 50, 10**6]))
    y = np.array(data.draw(st.lists(st.integers(0, largest), min_size=n, max_size=n)), dtype=float)
    if data.draw(st.booleans()):
        y[data.draw(st.integers(0, n - 1))] = np.nan
    options = {
        "start": data.draw(st.integers(3, n - 2)),
        "denominator": np.full(n, largest * 1.5) if model == "binomial" or data.draw(st.booleans()) else None,
        "lag": data.draw(st.sampled_from([None, 0, 2])),
        "impact": data.draw(st.sampled_from(["level", "slope", "level-and-slope"])),
        "kind": "count",
    }
    found = attempt(y, model, options)
    if isinstance(found, str):
        assert found.endswith(".")
        return
    assert np.isfinite(found.terms.drop(columns="p_value").to_numpy()).all()
    assert found.effects["expected"].notna().all()
    assert (found.effects["relative"] > -1 - 1e-12).all()


@QUICK
@given(seed=seeds, share=st.floats(0.1, 100))
def test_rate_ratios_do_not_depend_on_the_denominators_unit(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    people = random.uniform(100, 200, size=40)
    y = random.poisson(people / 4).astype(float)
    here = its.fit(y, 20, "quasi-poisson", denominator=people)
    there = its.fit(y, 20, "quasi-poisson", denominator=people * share)
    np.testing.assert_allclose(there.terms.iloc[1:], here.terms.iloc[1:], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(there.effects, here.effects, rtol=1e-6, atol=1e-7)
