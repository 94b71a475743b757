"""The lines of a control chart are not shown where a hidden count could be worked out from them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from pipeline.evaluation import spc, spc_sites
from pipeline.plan import Plan

from . import planted

RATE = {"kind": "rate", "numerator": "falls", "denominator": "days", "per": 1000}
COUNT = {"kind": "count", "column": "falls"}


def _plan(measure=COUNT, round_to=5):
    plan = yaml.safe_load(planted.PLAN)
    plan["data"] = {"contract": "planted", "period": plan["data"]["period"]}
    plan["measures"] = [{"id": "falls", "role": "outcome", "label": "Falls", **measure}]
    plan["interventions"] = [{"label": "The law", "start": "2021-01-01"}]
    plan["disclosure"] = {"minimum": 5, "round_to": round_to}
    del plan["equity"]
    return Plan.model_validate(plan)


def _series(falls, measure=COUNT):
    falls, days = np.asarray(falls, dtype=float), np.full(len(falls), 907.0)
    months = pd.date_range("2019-01-01", periods=len(falls), freq="MS")
    of_rate = {"value": 1000 * falls / days, "numerator": falls, "denominator": days}
    return pd.DataFrame({"value": falls} if measure == COUNT else of_rate, index=months)


def _charted(falls, measure=COUNT, round_to=5):
    plan = _plan(measure, round_to)
    return spc.charted(plan, plan.primary, _series(falls, measure)).chart


def _falls(before):
    return [*before, *np.random.default_rng(2).poisson(20, 24)]


@pytest.mark.parametrize("measure", [COUNT, RATE])
def test_a_mean_of_noughts_and_one_hidden_count_is_not_shown(measure):
    """Twenty-four times the mean would be the count."""
    chart = _charted(_falls([0] * 7 + [3] + [0] * 16), measure)
    lines = ["centre", "lower", "upper"]
    assert chart.points[lines].iloc[:24].isna().all(axis=None)
    assert chart.points[lines].iloc[24:].notna().all(axis=None)
    assert np.isnan(chart.phases["centre"].iloc[0])


def test_a_mean_of_noughts_is_shown_where_none_is_hidden_or_enough_others_are_rounded():
    assert _charted(_falls([0] * 24)).phases["centre"].iloc[0] == 0
    enough = _charted(_falls([0] * 7 + [3] + [0] * 12 + [9, 11, 8, 12]))
    assert enough.phases["centre"].iloc[0] == pytest.approx(43 / 24)
    short = _charted(_falls([0] * 7 + [3] + [0] * 13 + [9, 11, 8]))
    assert np.isnan(short.phases["centre"].iloc[0])


def test_where_nothing_is_rounded_no_mean_with_a_hidden_count_in_it_is_shown():
    falls = _falls([9] * 7 + [3] + [8] * 16)
    assert _charted(falls).phases["centre"].notna().all()
    assert np.isnan(_charted(falls, round_to=1).phases["centre"].iloc[0])


def test_beside_the_whole_one_more_site_goes_without_lines_if_just_one_does():
    """The whole's mean less those of the others would be that of the one that has no lines."""
    plan, draw = _plan(), np.random.default_rng(2)
    falls = {"A": draw.poisson(30, 48), "B": draw.poisson(20, 48), "C": draw.poisson(40, 48)}
    falls["D"] = np.where(np.arange(48) == 7, 3, np.where(np.arange(48) < 24, 0, draw.poisson(20, 48)))
    for sites, bare in (("ABCD", {"B", "D"}), ("ABC", set())):
        data = {site: _series(falls[site]) for site in sites}
        charts = spc_sites.charts_of(plan, plan.primary, "stratum", data).charts
        lines = {site: each.points["centre"] for site, each in charts.items()}
        assert {site for site, each in lines.items() if each.iloc[:24].isna().all()} == bare
        assert all(each.iloc[24:].notna().all() for each in lines.values())
