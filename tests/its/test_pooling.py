"""Pooling equals metafor where it has converged, at every method and test, and says what sites differ by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.pooling import pool
from pipeline.its.tau_squared import tau_squared, tau_squared_interval

CASES = json.loads((Path(__file__).resolve().parents[1] / "reference" / "meta" / "cases.json").read_text())
COLUMNS = ["estimate", "se", "df", "p", "ci_lb", "ci_ub", "tau2", "I2", "H2", "Q", "Q_p", "pi_lb", "pi_ub"]
TESTS = {"z": "z", "knha": "hksj-unfloored", "adhoc": "hksj"}


def near(found: list[float], expected: list[float | None]) -> None:
    missing = [value is None for value in expected]
    assert [bool(np.isnan(value)) for value in found] == missing
    wanted = [np.nan if value is None else value for value in expected]
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_pooling_equals_metafor(case: dict[str, Any]) -> None:
    errors = np.sqrt(case["vi"])
    for key, row in case["results"].items():
        method, test = key.split("_")
        found = pool(case["yi"], errors, method="common" if method == "EE" else method, test=TESTS[test])  # type: ignore[arg-type]
        expected = dict(zip(COLUMNS, row, strict=True))
        figures = {
            "estimate": found.estimate.estimate,
            "se": found.std_error,
            "p": found.p_value,
            "ci_lb": found.estimate.lower,
            "ci_ub": found.estimate.upper,
            "tau2": found.tau2,
            "I2": 100 * found.i2,
            "H2": found.h2,
            "Q": found.q,
            "Q_p": found.q_p_value,
            "pi_lb": found.prediction.lower,
            "pi_ub": found.prediction.upper,
        }
        near(list(figures.values()), [expected[name] for name in figures])
        assert np.isinf(found.df) if expected["df"] is None else found.df == expected["df"]
    if case["tau2_ci"]:
        near(list(tau_squared_interval(np.array(case["yi"]), errors**2)), case["tau2_ci"])


def test_the_correction_is_floored_by_default() -> None:
    alike = [1.0, 1.01, 0.99, 1.0]
    assert pool(alike, [0.5] * 4).std_error == pytest.approx(0.25)
    assert pool(alike, [0.5] * 4, test="hksj-unfloored").std_error < 0.01
    assert pool(alike, [0.5] * 4).test == "hksj"


def test_sites_are_listed_with_their_weights() -> None:
    table = pool([1, 2, 4], [0.1, 0.2, 0.4], ["RAA", "RBB", "RCC"]).table
    assert list(table.index) == ["RAA", "RBB", "RCC", "pooled", "prediction"]
    assert table["weight"].sum() == pytest.approx(1)
    assert table.loc["RAA", "lower"] == pytest.approx(1 - 1.959964 * 0.1)


def test_one_site_is_itself() -> None:
    found = pool([3.0], [0.5])
    assert (found.test, found.tau2, found.q_df) == ("z", 0.0, 0)
    assert np.isnan(found.q_p_value)
    assert found.sentence == "There is one site, whose effect is 3.00 (95% interval 2.02 to 3.98)."


def test_the_sentence_says_how_sites_differ() -> None:
    assert "differ no more than chance" in pool([1, 1.1, 0.9], [1, 1, 1]).sentence
    assert "another site like these it may lie anywhere from" in pool([1, 5, 9], [0.5, 0.5, 0.5]).sentence
    two = pool([1, 9], [0.5, 0.5]).sentence
    assert "truly differ" in two
    assert "another site" not in two


@given(
    some.lists(some.floats(-100, 100), min_size=2, max_size=8),
    some.integers(0, 10_000),
    some.sampled_from(["REML", "ML", "PM", "DL"]),
)
@settings(max_examples=60, deadline=None)
def test_the_units_do_not_matter(effects: list[float], seed: int, method: str) -> None:
    y = np.array(effects)
    v = np.random.default_rng(seed).uniform(0.1, 10, size=len(y))
    once, scaled = (tau_squared(y * by, v * by**2, method) for by in (1.0, 1e4))  # type: ignore[arg-type]
    assert scaled == pytest.approx(once * 1e8, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(
    ("effects", "errors", "options", "says"),
    [
        ([], [], {}, "there are 0 effects"),
        ([1, 2], [1], {}, "there are 2 effects and 1 standard errors"),
        ([1, np.nan], [1, 1], {}, "an effect is missing"),
        ([1, 2], [1, 0], {}, "a standard error is not above zero"),
        ([1, 2], [1, 1], {"method": "EB"}, "method is 'EB'; it must be one of REML"),
        ([1, 2], [1, 1], {"test": "t"}, "test is 't'; it must be one of hksj"),
        ([1, 2], [1, 1], {"names": ["one"]}, "2 effects and 1 names"),
    ],
)
def test_what_cannot_be_pooled_is_refused(
    effects: list[float], errors: list[float], options: dict[str, Any], says: str
) -> None:
    with pytest.raises(AnalysisError, match=says):
        pool(effects, errors, **options)


def test_logarithms_are_said_in_percent() -> None:
    found = pool(np.log([0.5, 0.7, 0.9, 0.6]), [0.05] * 4, scale="log")
    assert "the effect is −34" in found.sentence
    assert "% to " in found.sentence


def test_pooling_is_a_check_that_checks_nothing() -> None:
    found: its.Check = pool([1, 2], [1, 1])
    assert found.passed is None
