"""Funnel limits equal Spiegelhalter's (2005) as written independently in R."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import spc

from .references import more_case, more_names

NAMES = more_names("funnel")
MEASURE = {"pr": "proportion", "sr": "ratio", "rc": "rate"}
LIMITS = {"lower_998": "ll998", "lower_95": "ll95", "upper_95": "ul95", "upper_998": "ul998"}
BEYOND = {"low-998": "below998", "low-95": "below95", "high-95": "above95", "high-998": "above998"}


@pytest.mark.parametrize("limits", ["exact", "normal", "multiplicative", "additive"])
@pytest.mark.parametrize("name", NAMES)
def test_limits_equal_spiegelhalters(name: str, limits: str) -> None:
    expected, data = more_case("funnel", name)
    theirs = expected["own_spiegelhalter"]
    chart = spc.funnel(
        data["numerator"], data["denominator"], measure=MEASURE[name[:2]], limits=limits, labels=data["unit"]
    )
    np.testing.assert_allclose(chart.target, theirs["target"], rtol=1e-9)
    np.testing.assert_allclose(chart.points["z"], theirs["z"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(chart.dispersion, theirs["phi"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(chart.between**2, theirs["tau2"], rtol=1e-9, atol=1e-15)
    found = theirs["exact_interpolated" if limits == "exact" else limits]
    for ours, name_there in LIMITS.items():
        np.testing.assert_allclose(chart.points[ours], found[name_there], rtol=1e-9, atol=1e-12)
    reached = {"low-95": ("low-95", "low-998"), "high-95": ("high-95", "high-998")}
    for ours, name_there in BEYOND.items():
        marked = chart.points["beyond"].isin(reached.get(ours, (ours,)))
        assert marked.tolist() == found[name_there]
