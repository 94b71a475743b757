from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import network
from pipeline.errors import AnalysisError

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "reference" / "qap" / "cases.json").read_text()
)
CLOSE = {"rel": 1e-8, "abs": 1e-10}


def _matrix(case: dict[str, Any], name: str) -> np.ndarray:
    found = np.zeros((case["n"], case["n"]))
    i, j = np.array(case["i"]) - 1, np.array(case["j"]) - 1
    found[i, j] = case[name]
    if not case["directed"]:
        found[j, i] = case[name]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_correlations_equal_sna_and_exact_p_values_equal_brute_force(case):
    found = network.association(_matrix(case, "y"), _matrix(case, "x1"), seed=1)
    expected = case["expected"]
    if expected["correlation"] is None:
        assert found.correlation is None
        return
    assert found.correlation == pytest.approx(expected["correlation"], **CLOSE)
    if expected["exact_p"] is not None:
        assert found.is_exact
        assert found.p_value == pytest.approx(expected["exact_p"], **CLOSE)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "constant" not in case["name"]], ids=lambda c: c["name"]
)
def test_regressions_equal_sna(case):
    found = network.regression(
        _matrix(case, "y"), {name: _matrix(case, name) for name in ("x1", "x2")}, seed=1
    )
    expected = case["expected"]
    assert found["estimate"].tolist() == pytest.approx(expected["estimate"], **CLOSE)
    if "complement" not in case["name"]:  # a perfect fit has standard errors of rounding only
        assert found["std_error"].tolist() == pytest.approx(expected["std_error"], **CLOSE)
        # Theirs are of 500 shuffles: five standard errors of their own.
        assert found["p_value"].tolist()[1:] == pytest.approx(expected["simulated_p"][1:], abs=0.11)


def test_shuffled_matrices_that_have_nothing_to_do_with_each_other_are_rejected_as_often_as_asked():
    random = np.random.default_rng(21)
    rejected = 0
    for run in range(150):
        # Rows have levels of their own, so cells depend on each other; only the match is chance.
        one, other = (random.normal(size=(6, 6)) + 2 * random.normal(size=(6, 1)) for _ in range(2))
        rejected += network.association(one, other, seed=run).p_value <= 0.05
    # Of 150 tests at 5%, more than 15 or fewer than 2 would come in 1 of 150 each.
    assert 2 <= rejected <= 15


def test_differences_between_pairs_ask_whether_the_tied_are_alike():
    assert network.differences([1, 4, 2]).tolist() == [[0, 3, 1], [3, 0, 2], [1, 2, 0]]


def test_what_can_not_be_matched_is_refused_in_a_sentence():
    square = np.arange(16.0).reshape(4, 4)
    with pytest.raises(AnalysisError, match="of 4 and 3"):
        network.association(square, np.ones((3, 3)), seed=1)
    with pytest.raises(AnalysisError, match="must be a square matrix"):
        network.association(np.ones((4, 3)), square, seed=1)
    with pytest.raises(AnalysisError, match="has missing cells"):
        network.association(square, np.full((4, 4), np.nan), seed=1)
    with pytest.raises(AnalysisError, match="constant, or a combination"):
        network.regression(square, {"x": square, "twice": 2 * square}, seed=1)
    with pytest.raises(AnalysisError, match="differ in size"):
        network.regression(square, {"x": np.ones((3, 3))}, seed=1)
