"""EWMA and CUSUM charts equal those of the R package qcc 2.7, to 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline import spc

from .references import more_case, more_names

NAMES = more_names("spc_ewma")
SIGMA_FROM = {"MR": "moving-range", "SD": "standard-deviation"}


def case_of(name: str) -> tuple[dict[str, Any], Any]:
    expected, table = more_case("spc_ewma", name)
    return expected, table["y"] if "y" in table else table.drop(columns="i").to_numpy()


def options(case: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    return {
        "centre": case["given_center"],
        "sigma": case["given_std_dev"],
        "baseline": case["n_baseline"],
        "sigma_from": SIGMA_FROM.get(one["std_dev_method"], "moving-range"),
    }


def close(ours: Any, theirs: Any, scale: float = 0.0) -> None:
    np.testing.assert_allclose(
        np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float), rtol=1e-9, atol=1e-11 * scale
    )


@pytest.mark.parametrize("name", NAMES)
def test_ewma_charts_equal_the_package(name: str) -> None:
    case, y = case_of(name)
    for one in case["ewma"]:
        chart = spc.ewma(y, weight=one["lambda"], sigmas=one["nsigmas"], **options(case, one))
        close(chart.centre, one["center"])
        close(chart.sigma, one["std_dev"])
        close(chart.points["ewma"], one["z"])
        close(chart.points["lower"], one["lcl"], abs(one["center"]))
        close(chart.points["upper"], one["ucl"], abs(one["center"]))
        theirs = [] if chart.sigma == 0 else one["violations_1based"]  # it flags constants, by rounding noise
        assert (np.flatnonzero(chart.points["signal"]) + 1).tolist() == theirs


@pytest.mark.parametrize("name", NAMES)
def test_cusum_charts_equal_the_package(name: str) -> None:
    case, y = case_of(name)
    for one in case["cusum"]:
        chart = spc.cusum(
            y,
            shift=one["se_shift"],
            decision=one["decision_interval"],
            head_start=one["head_start"],
            **options(case, one),
        )
        if chart.sigma == 0:  # it has no sums for constants
            assert not chart.points["signal"].any()
            continue
        close(chart.points["high"], one["pos"], 1.0)
        close(chart.points["low"], one["neg"], 1.0)
        for side, theirs in (("high", "violations_upper_1based"), ("low", "violations_lower_1based")):
            beyond = [found in (side, "both") for found in chart.points["side"]]
            assert (np.flatnonzero(beyond) + 1).tolist() == one[theirs]
