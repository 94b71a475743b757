"""Regression with ARIMA errors equals R's, and does not fall into the traps that its likelihood sets."""

from __future__ import annotations

import json
import time as clock
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its import arima as arima_module
from pipeline.its.arima import ArimaEstimate
from tests.its.test_its_against_r import Case, our_name

HERE = Path(__file__).parents[1] / "reference" / "its"
EXPECTED = json.loads((HERE / "arima.json").read_text())
ERROR_SHARE = 2e-3
"""R's search stops at eight digits of the likelihood: its estimates are good to this share of an error."""
UNRELIABLE = {"time"}
"""R's numerical second derivatives lose digits in the smallest coefficient; see the next test."""


def compare(fit: its.Fit, found: dict[str, Any]) -> None:
    estimate = fit.estimate
    assert isinstance(estimate, ArimaEstimate)
    assert estimate.log_likelihood == pytest.approx(found["loglik"], abs=3e-4)
    assert estimate.log_likelihood > found["loglik"] - 1e-4
    for name, (value, error) in found["coef"].items():
        term = {"law": "level_change"}.get(name, our_name(name))
        if term in fit.terms.index:
            row = fit.terms.loc[term]
            assert abs(row["estimate"] - value) < ERROR_SHARE * error
            if term not in UNRELIABLE:
                assert row["std_error"] == pytest.approx(error, rel=1e-3)


@pytest.mark.parametrize("name", [name for name in EXPECTED if not name.startswith("sarima")])
def test_first_order_errors_equal_r(name: str) -> None:
    case = Case(name)
    fit = its.fit(case.y, case.start, "arima", time=case.time, order=(1, 0, 0), **case.options)
    compare(fit, EXPECTED[name])
    assert isinstance(fit.estimate, ArimaEstimate)
    (_, phi, error) = fit.estimate.arma[0]
    assert phi == pytest.approx(EXPECTED[name]["coef"]["ar1"][0], abs=ERROR_SHARE * error)


@pytest.mark.parametrize("name", ["ly", "petrol_ly"])
def test_the_published_model_of_the_seat_belt_law_equals_r(name: str) -> None:
    data = pd.read_csv(HERE / "data" / "uk_seatbelts.csv")
    fit = its.fit(
        np.log(data["drivers"]),
        169,
        "arima",
        impact="level",
        trend="none",
        covariates={"lpp": np.log(data["PetrolPrice"])} if name == "petrol_ly" else None,
        order=(1, 0, 1),
        seasonal_order=(0, 1, 1, 12),
    )
    compare(fit, EXPECTED[f"sarima_{name}"])
    assert "differenced-errors" in [flag.code for flag in fit.flags]
    assert fit.terms.loc["intercept", "std_error"] == 0


@pytest.mark.parametrize("name", ["uk_seatbelts_log_drivers_step_month_dummies", "nile_level_trend"])
def test_errors_are_those_of_generalised_least_squares_at_the_same_autocorrelation(name: str) -> None:
    case = Case(name)
    fit = its.fit(case.y, case.start, "arima", time=case.time, order=(1, 0, 0), **case.options)
    assert isinstance(fit.estimate, ArimaEstimate)
    phi, steps = fit.estimate.arma[0][1], np.arange(len(case.y))
    inside = phi ** np.abs(steps[:, None] - steps) / (1 - phi**2)
    covariance = np.linalg.inv(fit.design.matrix.T @ np.linalg.solve(inside, fit.design.matrix))
    # The observed information of coefficients and phi together is a little less than theirs alone.
    exact = np.sqrt(np.diag(covariance) * fit.estimate.variance)
    np.testing.assert_allclose(fit.terms["std_error"], exact, rtol=5e-3)


def seasonal(n: int = 48, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    shocks = random.normal(size=n + 24)
    for row in range(12, n + 24):
        shocks[row] += 0.5 * shocks[row - 12] + 0.3 * shocks[row - 1]
    return 100 - 3 * (np.arange(n) >= n // 2) + shocks[24:]


def test_a_search_on_raw_numbers_stops_short_and_ours_does_not() -> None:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    y = 1e6 * seasonal()
    fit = its.fit(y, 24, "arima", order=(2, 0, 1))
    raw = SARIMAX(y, exog=fit.design.matrix, order=(2, 0, 1)).fit(disp=0)
    assert isinstance(fit.estimate, ArimaEstimate)
    assert fit.estimate.log_likelihood > float(raw.llf) + 0.5
    plain = its.fit(y / 1e6, 24, "arima", order=(2, 0, 1))
    np.testing.assert_allclose(fit.terms["estimate"], 1e6 * plain.terms["estimate"], rtol=1e-3)


@pytest.mark.slow  # a bound on time holds only where nothing else runs: `make test-slow`
def test_a_seasonal_model_of_four_years_takes_less_than_two_seconds() -> None:
    its.fit(seasonal(), 24, "arima", order=(1, 0, 0))
    began = clock.process_time()
    fit = its.fit(seasonal(), 24, "arima", order=(1, 0, 0), seasonal_order=(1, 0, 0, 12))
    assert clock.process_time() - began < 2
    assert fit.model == "arima"


def test_a_seasonal_model_has_the_terms_of_the_change() -> None:
    fit = its.fit(seasonal(), 24, "arima", order=(1, 0, 0), seasonal_order=(1, 0, 0, 12))
    assert list(fit.terms.index) == ["intercept", "time", "level_change", "slope_change"]


def test_searches_that_disagree_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    searched, calls = arima_module._searched, []

    class Short:
        """A search that stopped short."""

        def __init__(self, found: Any, short: float) -> None:
            self.params, self.llf = found.params, found.llf - short

    def astray(model: Any, start: np.ndarray) -> Any:
        calls.append(start)
        return Short(searched(model, start), 5.0 * len(calls))

    monkeypatch.setattr(arima_module, "_searched", astray)
    with pytest.raises(AnalysisError, match="has no maximum that two searches agree on"):
        its.fit(seasonal(), 24, "arima", order=(1, 0, 0))


def test_orders_are_chosen_before_the_change() -> None:
    random = np.random.default_rng(5)
    y = np.zeros(120)
    for row in range(2, 120):
        y[row] = 0.5 * y[row - 1] + 0.4 * y[row - 2] + random.normal()
    fit = its.fit(y, 100, "arima", impact="level", period=1)
    assert isinstance(fit.estimate, ArimaEstimate)
    assert fit.estimate.order[0] + fit.estimate.order[2] >= 1
    moved = y.copy()
    moved[100:] += 50 * np.sin(np.arange(20))
    again = its.fit(moved, 100, "arima", impact="level", period=1)
    assert isinstance(again.estimate, ArimaEstimate)
    assert again.estimate.order == fit.estimate.order
    short = its.fit(y[:24], 12, "arima").estimate
    assert isinstance(short, ArimaEstimate)
    assert short.order == (1, 0, 0)


def test_missing_values_are_allowed_with_and_without_differencing() -> None:
    y = seasonal()
    y[[5, 30]] = np.nan
    for order in ((1, 0, 0), (0, 1, 1)):
        fit = its.fit(y, 24, "arima", order=order)
        assert np.isfinite(fit.terms["estimate"]).all()
        assert fit.series["innovation"].notna().sum() == 46


def test_an_arma_of_no_terms_is_least_squares() -> None:
    y = seasonal()
    plain, ours = its.fit(y, 24, "ols"), its.fit(y, 24, "arima", order=(0, 0, 0))
    np.testing.assert_allclose(ours.terms["estimate"], plain.terms["estimate"], rtol=1e-6)
    # By maximum likelihood the variance is divided by n.
    np.testing.assert_allclose(
        ours.terms["std_error"], plain.terms["std_error"] * np.sqrt(44 / 48), rtol=1e-4
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"order": (1, 0)}, "order is \\(1, 0\\); it must be three whole numbers"),
        ({"order": (1, -1, 0)}, "order is \\(1, -1, 0\\)"),
        (
            {"seasonal_order": (1, 0, 0, 1)},
            "seasonal_order is \\(1, 0, 0, 1\\); it must be four whole numbers",
        ),
        ({"order": (20, 0, 20)}, "order \\(20, 0, 20\\) and seasonal_order .* go beyond 5 lags"),
        ({"order": (5, 0, 5), "y": seasonal()[:13], "start": 6}, "too short for these ARIMA orders"),
        ({"time": 3 * np.arange(48), "order": (1, 0, 0)}, "arima needs values in most periods"),
    ],
)
def test_it_refuses(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        its.fit(**({"y": seasonal(), "start": 24, "model": "arima"} | options))
