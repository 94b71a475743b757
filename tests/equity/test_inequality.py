from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import equity
from pipeline.errors import AnalysisError
from tests.its.outside import needed, shared

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "reference" / "sii" / "cases.json").read_text()
)
CLOSE = {"rel": 1e-8, "abs": 1e-12}


def _named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_the_slope_index_and_its_interval_equal_r(case):
    found = equity.slope_index(case["value"], case["population"])
    expected = case["expected"]["wls"]
    seen = [found.slope.estimate, found.slope.std_error, found.slope.lower, found.slope.upper]
    assert seen == pytest.approx(
        [expected["sii"][key] for key in ("estimate", "se", "lower", "upper")], **CLOSE
    )
    assert (found.most, found.least) == pytest.approx((expected["fitted_x0"], expected["fitted_x1"]), **CLOSE)
    assert equity.ridits(case["population"]) == pytest.approx(case["expected"]["ridit"], **CLOSE)


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_the_relative_index_equals_r_or_is_none_where_the_line_goes_below_zero(case):
    found = equity.slope_index(case["value"], case["population"]).ratio
    expected = case["expected"]["wls"]
    if min(expected["fitted_x0"], expected["fitted_x1"]) <= 0:
        assert found is None
        return
    ratio = expected["rii_x1_over_x0"]
    assert (found.estimate, found.lower, found.upper) == pytest.approx(
        (ratio["estimate"], ratio["lower"], ratio["upper"]), **CLOSE
    )


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_groups_own_errors_are_carried_through_the_line_as_in_r(case):
    expected = case["expected"]["wls_known_se"]
    found = equity.slope_index(case["value"], case["population"], expected["se_used"])
    assert (found.slope.std_error, found.slope.lower, found.slope.upper) == pytest.approx(
        tuple(expected["sii"][key] for key in ("se", "lower", "upper")), **CLOSE
    )
    if found.ratio is not None:
        assert found.ratio.upper == pytest.approx(expected["rii"]["upper"], **CLOSE)


@pytest.mark.parametrize("case", [case for case in CASES if "poisson" in case["expected"]], ids=_named)
def test_poisson_regression_of_counts_equals_r(case):
    expected = case["expected"]["poisson"]
    found = equity.poisson_index(case["count"], case["population"], expected["sii_multiplier"])
    assert (found.ratio.estimate, found.ratio.lower, found.ratio.upper) == pytest.approx(
        tuple(expected[key] for key in ("rii_x1_over_x0", "rii_lower", "rii_upper")), **CLOSE
    )
    absolute = expected["sii_absolute"]
    assert (found.slope.estimate, found.slope.lower, found.slope.upper) == pytest.approx(
        (absolute["estimate"], absolute["lower"], absolute["upper"]), **CLOSE
    )


def test_a_published_package_example_is_reproduced():
    folder = needed(shared("reference", "more"))
    table = pd.read_csv(folder / "data" / "sii" / "phe_example_Area1.csv")
    expected = json.loads((folder / "expected" / "sii" / "phe_example_Area1.json").read_text())
    found = equity.slope_index(table["value"], table["population"], table["se"])
    assert found.slope.estimate == pytest.approx(expected["phe_untransformed"]["sii"], rel=1e-8)
    # The package's interval is simulated; ours is what the simulation tends to.
    width = found.slope.upper - found.slope.lower
    assert found.slope.lower == pytest.approx(
        expected["phe_untransformed"]["sii_lower95_0cl"], abs=0.02 * width
    )


@given(
    st.lists(st.integers(0, 1000), min_size=3, max_size=10),
    st.lists(st.integers(1, 10_000), min_size=10, max_size=10),
)
def test_turning_the_order_of_the_groups_round_turns_the_index_round(values, population):
    people = population[: len(values)]
    found = equity.slope_index(values, people)
    turned = equity.slope_index(values[::-1], people[::-1])
    assert turned.slope.estimate == pytest.approx(-found.slope.estimate, rel=1e-6, abs=1e-6)
    assert turned.most == pytest.approx(found.least, rel=1e-6, abs=1e-6)


def test_errors_of_a_count_of_zero_do_not_vanish():
    proportions = equity.count_errors([0, 5], [40, 40], "proportion", 100)
    rates = equity.count_errors([0, 5], [40, 40], "rate", 1000)
    assert (proportions > 0).all()
    assert (rates > 0).all()


@pytest.mark.parametrize(
    ("values", "population", "said"),
    [
        ([1, 2], [1, 1], "needs 3 groups"),
        ([1, 2, 3], [1, 1], "3 values and 2 populations"),
        ([1, 2, np.nan], [1, 1, 1], "every group needs a value"),
        ([1, 2, 3], [1, 0, 1], "a population above zero"),
    ],
)
def test_what_makes_no_gradient_is_refused_in_a_sentence(values, population, said):
    with pytest.raises(AnalysisError, match=said):
        equity.slope_index(values, population)


def test_errors_that_are_none_and_counts_of_nothing_are_refused():
    with pytest.raises(AnalysisError, match="one for each group"):
        equity.slope_index([1, 2, 3], [1, 1, 1], [0.1, 0.1])
    with pytest.raises(AnalysisError, match="not all zero"):
        equity.poisson_index([0, 0, 0], [10, 10, 10])
