"""Every refusal is one sentence: what is wrong, where, and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError

Y = np.random.default_rng(0).normal(size=24) + 10
HALF = np.where(np.arange(24) % 2, Y, np.nan)


def changed(position: int, value: float) -> np.ndarray:
    y = Y.copy()
    y[position] = value
    return y


def positions(place: int, value: float) -> list[float]:
    time = list(np.arange(24.0))
    time[place] = value
    return time


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "too few points": (
        {"y": Y[:7], "start": 4},
        "y has 7 usable points, and an interrupted time series needs at least 8",
    ),
    "an infinite value": ({"y": changed(3, np.inf)}, "y has an infinite value at position 3; correct it"),
    "a value too large to square": ({"y": changed(3, 1e200)}, "y has a value beyond 1e\\+100 at position 3"),
    "a constant series": ({"y": np.full(24, 3.0)}, "y has the same value throughout"),
    "a series that hardly varies": ({"y": Y * 1e-120}, "y varies by less than 1e-100"),
    "text": ({"y": ["a"] * 24}, "y holds something that is not a number"),
    "a table": ({"y": np.ones((24, 2))}, "y must be one series, and this has 2 dimensions"),
    "a start that is no position": ({"start": 12.5}, "start must be a whole number"),
    "a start at the beginning": ({"start": 0}, "start is 0, which is not inside the series; .* from 1 to 23"),
    "a start past the end": ({"start": 24}, "start is 24, which is not inside the series"),
    "too few points before": ({"start": 2}, "only 2 usable points lie before start \\(position 2\\)"),
    "too few points after for a slope": ({"start": 23}, "only 1 usable points lie after the change"),
    "no points after": (
        {"y": np.append(Y[:23], np.nan), "start": 23, "impact": "level"},
        "only 0 usable points lie after",
    ),
    "a transition to the end": (
        {"phase_in": 12},
        "only 0 usable points lie after the change \\(from position 24\\)",
    ),
    "a negative transition": ({"phase_in": -1}, "phase_in must be a number of periods, 0 or more, not -1"),
    "time of another length": ({"time": np.arange(23)}, "time has 23 positions and y has 24 values"),
    "time between periods": ({"time": positions(4, 4.5)}, "time is not a whole number at position 4"),
    "a period twice": ({"time": positions(4, 3)}, "time 3 appears twice, at position 4"),
    "time backwards": ({"time": positions(4, 1)}, "time goes backwards at position 4; sort"),
    "an unknown impact": (
        {"impact": "step"},
        "impact is 'step'; it must be one of level, slope, level-and-slope",
    ),
    "an unknown model": ({"model": "reml"}, "model 'reml' is not known; did you mean 'reml-ar1'"),
    "a model like nothing": ({"model": "xyz"}, "model 'xyz' is not known; available: auto"),
    "a model to come": (
        {"model": "structural"},
        "model 'structural' has no level or slope to fit, and is a call of its own: its.structural",
    ),
    "a denominator": (
        {"denominator": Y},
        "denominator was given, and auto for a measure of no stated kind has no use for it",
    ),
    "an order": (
        {"order": (1, 0, 0)},
        "order was given, and auto for .* has no use for it \\(order belongs to arima\\)",
    ),
    "a seasonal order": ({"seasonal_order": (1, 0, 0, 12)}, "seasonal_order was given"),
    "a lag without newey-west": ({"model": "ols", "lag": 2}, "lag was given, and ols has no use for it"),
    "a negative lag": (
        {"model": "newey-west", "lag": -1},
        "lag is -1; it must be a whole number from 0 to 23",
    ),
    "a period of nothing": ({"period": 0}, "period must be a whole number of periods in a cycle, not 0"),
    "negative harmonics": ({"harmonics": -1}, "harmonics must be a whole number, 0 or more, not -1"),
    "harmonics beyond the cycle": (
        {"harmonics": 7},
        "harmonics is 7, and a cycle of 12 periods has at most 6",
    ),
    "dummies and harmonics": (
        {"harmonics": 1, "dummies": True},
        "harmonics and dummies describe the same seasonality",
    ),
    "dummies of one season": ({"dummies": True, "period": 1}, "dummies need a period of at least 2"),
    "more terms than points": (
        {"dummies": True, "y": Y[:16], "start": 8},
        "the model has 15 coefficients for 16 usable",
    ),
    "a constant covariate": (
        {"covariates": {"beds": np.ones(24)}},
        "'beds' can't be told apart from the other terms",
    ),
    "a covariate of nothing": ({"covariates": {"beds": np.zeros(24)}}, "'beds' can't be told apart"),
    "a covariate that is the trend": (
        {"covariates": {"beds": 3 * np.arange(24) + 1}},
        "'beds' can't be told apart",
    ),
    "two covariates that say the same": (
        {"covariates": {"beds": Y, "wards": 2 * Y - 1}},
        "'wards' can't be told apart from the other terms",
    ),
    "a series that is all missing after the change": (
        {"y": np.where(np.arange(24) < 12, Y, np.nan)},
        "only 0 usable points lie after the change",
    ),
    "a covariate of another length": (
        {"covariates": {"beds": Y[:9]}},
        "covariate 'beds' has 9 values and y has 24",
    ),
    "a covariate with holes": (
        {"covariates": {"beds": HALF}},
        "covariate 'beds' is missing or infinite at position 0",
    ),
    "a covariate named as a term": (
        {"covariates": {"time": Y}},
        "a covariate is called 'time', as a term of the model is",
    ),
    "a series made of its own terms": (
        {"y": np.arange(24.0) + 5 * (np.arange(24) >= 12)},
        "the model fits y exactly",
    ),
    "prais-winsten on scattered points": (
        {"model": "prais-winsten", "time": 3 * np.arange(24)},
        "prais-winsten needs points in successive periods",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_it_refuses(what: str) -> None:
    options, sentence = REFUSALS[what]
    with pytest.raises(AnalysisError, match=sentence) as refusal:
        its.fit(**({"y": Y, "start": 12} | options))
    text = str(refusal.value)
    assert text.endswith(".")
    assert "\n" not in text


def test_a_missing_covariate_is_refused_only_where_the_outcome_is_known() -> None:
    y, cold = Y.copy(), np.cos(np.arange(24.0))
    cold[5] = np.nan
    with pytest.raises(AnalysisError, match="covariate 'cold' is missing or infinite at position 5"):
        its.fit(y, start=12, covariates={"cold": cold})
    y[5] = np.nan
    assert its.fit(y, start=12, covariates={"cold": cold}).n_missing == 1
