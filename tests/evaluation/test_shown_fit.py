"""What a fit tells of a hidden count by terms of few periods' own is not shown, whatever the model."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from pipeline import results
from pipeline.errors import DisclosureError
from pipeline.evaluation import its
from pipeline.evaluation.shown_fit import shown_fit
from pipeline.plan import Disclosure, Plan

from . import planted

FIRST = {"label": "The law", "start": "2022-01-01"}
LAST = {"label": "The limit", "start": "2023-12-01"}
KINDS = {
    "falls": {"kind": "count", "column": "falls"},
    "rate": {"kind": "rate", "numerator": "falls", "denominator": "days", "per": 1000},
}


def _plan(kind, *changes, **asked):
    plan = yaml.safe_load(planted.PLAN)
    plan["data"] = {"contract": "planted", "period": plan["data"]["period"]}
    plan["measures"] = [{"id": kind, "role": "outcome", "label": "Falls", **KINDS[kind]}]
    plan["its"] = {"seasonality": "none", **asked}
    del plan["equity"]
    return Plan.model_validate({**plan, "interventions": list(changes)})


def _series(kind, small):
    """Five years of counts about 20, three where they are small; of a rate too, over days."""
    draw = np.random.default_rng(3)
    falls, days = draw.poisson(20.0, 60).astype(float), draw.choice(planted.PRIMES, 60).astype(float)
    falls[list(small)] = 3.0
    months = pd.date_range("2019-01-01", periods=60, freq="MS")
    of_rate = {"value": 1000 * falls / days, "numerator": falls, "denominator": days}
    return pd.DataFrame(of_rate if kind == "rate" else {"value": falls}, index=months)


def _told(plan, data):
    measure = plan.primary
    found = its.results_of(plan, measure, data, its.fit(plan, measure, data), "")
    return json.loads(results.to_json(found))


@pytest.mark.parametrize("model", ["ols", "reml-ar1"])
def test_no_period_of_a_transition_has_a_fitted_value_though_the_fit_is_not_exact(model):
    data = _series("rate", [36])
    plan = _plan("rate", FIRST | {"phase_in": {"until": "2022-03-01"}}, model=model)
    true = its.fit(plan, plan.primary, data)
    assert true.series["fitted"].iloc[36] == pytest.approx(data["value"].iloc[36], abs=1)
    safe = shown_fit(plan, plan.primary, data, true)
    told = ["observed", "fitted", "fitted_trend", "adjusted", "residual", "innovation"]
    assert safe.series[told].iloc[36].isna().all()
    assert safe.series["fitted"].iloc[36:38].isna().all()
    assert safe.series["fitted"].drop(index=[36, 37]).notna().all()


REFUSED = "measure (rate|falls): a change has so few periods to itself"


@pytest.mark.parametrize("model", ["ols", "reml-ar1"])
def test_a_later_change_whose_transition_hides_a_count_is_refused(model):
    """The total effect, less all other periods' fitted values, would tell it."""
    later = {"label": "The limit", "start": "2023-01-01", "phase_in": {"until": "2023-02-01"}}
    plan = _plan("rate", FIRST, later, model=model)
    with pytest.raises(DisclosureError, match=REFUSED):
        _told(plan, _series("rate", [48]))
    assert _told(plan, _series("rate", [5]))["changes"][1]["absolute"] is not None


@pytest.mark.parametrize("model", ["ols", "reml-ar1", "quasi-poisson"])
def test_a_change_in_force_in_one_hidden_period_is_refused(model):
    plan = _plan("falls", FIRST, LAST, model=model, impact="level")
    with pytest.raises(DisclosureError, match=REFUSED):
        _told(plan, _series("falls", [59]))


def test_a_change_all_of_whose_periods_are_shown_keeps_its_figures():
    plan = _plan("falls", FIRST, LAST, model="ols", impact="level")
    told = _told(plan, _series("falls", [5]))
    assert told["changes"][1]["absolute"] is not None


def test_a_change_that_a_later_one_leaves_a_single_period_is_refused():
    """The last has the last month to itself, so the one before it has but the month before."""
    before_last = {"label": "The cap", "start": "2023-11-01"}
    plan = _plan("falls", FIRST, before_last, LAST, model="ols", impact="level")
    with pytest.raises(DisclosureError, match=REFUSED):
        _told(plan, _series("falls", [58]))


@pytest.mark.parametrize(("model", "small"), [("ols", [59]), ("ols", [5]), ("reml-ar1", [59])])
def test_a_single_change_with_one_period_after_it_is_refused(model, small):
    plan = _plan("falls", LAST, model=model, impact="level")
    with pytest.raises(DisclosureError, match=REFUSED):
        _told(plan, _series("falls", small))


def _rare(small):
    """Five years of nothing but small counts in a few months, and then two years of more."""
    falls = np.zeros(84)
    falls[list(small)] = 3.0
    falls[60:] = np.random.default_rng(4).poisson(20.0, 24)
    return pd.DataFrame({"value": falls}, index=pd.date_range("2019-01-01", periods=84, freq="MS"))


def test_among_noughts_a_hidden_count_is_told_by_the_fitted_line_and_so_the_model_is_refused():
    """The fitted values before the change come to the counts before it, and all but one of those are nought."""
    plan = _plan("falls", {"label": "The law", "start": "2024-01-01"}, model="ols")
    data = _rare([7])
    true = its.fit(plan, plan.primary, data)
    assert true.series["fitted"].iloc[:60].sum() == pytest.approx(3, abs=1e-6)
    with pytest.raises(DisclosureError, match="so little beside a hidden period is rounded"):
        shown_fit(plan, plan.primary, data, true)
    nothing_hidden = _rare([])
    shown_fit(plan, plan.primary, nothing_hidden, its.fit(plan, plan.primary, nothing_hidden))


def test_where_nothing_is_rounded_a_hidden_count_is_told_and_so_the_model_is_refused():
    plan = _plan("falls", FIRST, model="ols")
    data = _series("falls", [5])
    shown_fit(plan, plan.primary, data, its.fit(plan, plan.primary, data))
    bare = plan.model_copy(update={"disclosure": Disclosure(minimum=5, round_to=1)})
    with pytest.raises(DisclosureError, match="so little beside a hidden period is rounded"):
        shown_fit(bare, plan.primary, data, its.fit(plan, plan.primary, data))


def test_a_mean_of_few_cases_is_told_by_the_fitted_line_and_so_the_model_is_refused():
    """Means are shown as they are, and all of them but one taken from all of them leave that one."""
    plan = _plan("falls", FIRST, model="ols")
    stay = plan.primary.model_copy(update={"kind": "mean"})
    data = _series("falls", []).assign(sd=1.0, n=40.0)
    fit = its.fit(plan, stay, data)
    shown_fit(plan, stay, data, fit)
    with pytest.raises(DisclosureError, match="so little beside a hidden period is rounded"):
        shown_fit(plan, stay, data.assign(n=[*[40.0] * 59, 2.0]), fit)
