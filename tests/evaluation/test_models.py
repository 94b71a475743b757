"""Whatever model a plan may name runs through fit, checks, results and report, or is refused in a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from pipeline import plan as plans
from pipeline import project, results, series
from pipeline.contract import model as contracts
from pipeline.evaluation import bench, its, sure
from pipeline.plan import Harmonics
from pipeline.report import document
from pipeline.report.numbers import Numbers

from ..conftest import STUDY

POOL = tuple(f"site-{number}" for number in range(20))
SHARE = {"kind": "proportion", "column": None, "numerator": "drivers", "denominator": "kms"}


@pytest.fixture
def desk(finished, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(finished))
    monkeypatch.setattr(sure, "MOST_STARTS", 12)
    monkeypatch.setattr(sure, "MOST_PERIODS", 12)
    return bench.open_study(STUDY, str(tmp_path / "out"))


@pytest.fixture
def data(desk):
    """The last six years, with a denominator and places where nothing changed."""
    found = series.read(desk.series, "drivers").iloc[-72:]
    random = np.random.default_rng(1)
    pool = {f"comparator:{name}": found["value"] * random.uniform(0.5, 1.5) for name in POOL}
    for name in pool:
        pool[name] = pool[name] + random.normal(scale=60, size=72)
    return found.assign(numerator=found["value"], denominator=20000.0, **pool)


def _plan(desk, model, **asked):
    measure = desk.plan.primary
    if model == "synthetic-control":
        measure = measure.model_copy(update={"comparators": POOL})
    if model == "binomial":
        measure = measure.model_copy(update=SHARE)
    forecasts = model in plans.FORECASTS
    options = {
        "model": model,
        "covariates": (),
        "seasonality": "dummies" if forecasts else Harmonics(harmonics=1),
    }
    if model == "arima":
        options |= {"order": (1, 0, 0), "seasonal_order": (0, 0, 0)}
    return desk.plan.model_copy(
        update={
            "measures": (measure,),
            "its": desk.plan.its.model_copy(update=options | asked),
            "sustain": None if forecasts else desk.plan.sustain,
        }
    )


def _found(desk, plan, data):
    """What the notebook finds of the one measure, as its results file has it."""
    measure = plan.primary
    fit = its.fit(plan, measure, data)
    pictures = its.save_charts(replace(desk, plan=plan), measure, data, fit)
    checks = sure.check(plan, measure, data)
    found = its.results_of(plan, measure, data, fit, pictures[0].alt)
    return results.rounded(found | sure.results_of(measure, data, checks)), checks


def _report(finished, plan, found):
    """The report's text, of a plan whose comparators are columns of the contract."""
    here = project.load()
    contract = contracts.load(here, plan.data.contract)
    columns = [replace(contract.columns[-1], name=name) for name in POOL]
    wider = replace(contract, columns=(*contract.columns, *columns))
    validation = results.read_json(here.results("_data", contract.id, "validation.json"))
    numbers = Numbers(
        {
            "data": {**validation, "checked": len(validation["findings"]), "disclosure": None},
            "software": {"lasting": "0"},
            **document.roots(plan, wider),
            "its": {"measures": {plan.primary.id: found}, "controls": None},
            "spc": results.read_json(here.results(STUDY, "spc", "spc.json")),
        }
    )
    return document.write(finished / "reports", plan, wider, numbers)


@pytest.mark.parametrize("model", get_args(plans.Estimator))
def test_every_model_of_a_plan_comes_through_to_the_report(finished, desk, data, model):
    plan = _plan(desk, model)
    found, _ = _found(desk, plan, data)
    assert found["effects"][-2]["row"] == "average"
    text = _report(finished, plan, found)
    assert "How sure are we?" in text
    assert ("tbl-terms" in text) == (model not in plans.FORECASTS)
    assert ("Ratio |" in text) == (found["ratios"] is not None)
    assert ("Another estimate stands beside it" in text) == (model == "auto")


def test_a_synthetic_control_lists_its_comparators_and_a_forecast_has_no_other_shape(finished, desk, data):
    plan = _plan(desk, "synthetic-control")
    found, checks = _found(desk, plan, data)
    assert sum(row["weight"] for row in found["weights"]) == pytest.approx(1)
    assert checks.placebo.startswith("The model synthetic-control carries the past on")
    assert not found["specifications"]["made"]
    assert found["terms"] == []
    assert "tbl-weights" in _report(finished, plan, found)


def test_a_slow_model_has_a_stand_in_where_it_would_be_fitted_too_often(desk, data):
    plan = _plan(desk, "arima")
    found, checks = _found(desk, plan, data)
    models = {row["model"] for row in found["specifications"]["table"]}
    assert {"arima", "averaged-ar2", "reml-ar1", "ols"} <= models
    assert sum(row["model"] == "arima" for row in found["specifications"]["table"]) == 1
    assert found["placebo"]["stand_in"] == found["left_out"]["stand_in"] == "reml-ar1"
    assert checks.stand_in == "reml-ar1"


def test_comparators_are_set_against_the_finding_whatever_its_model(desk, data):
    plan = _plan(desk, "quasi-poisson")
    measure = plan.primary.model_copy(update={"comparators": POOL[:2]})
    plan = plan.model_copy(update={"measures": (measure,)})
    two = data.drop(columns=[f"comparator:{name}" for name in POOL[2:]])
    found, checks = _found(desk, plan, two)
    beside = found["comparators"]
    assert beside["made"]
    assert beside["comparators"] == list(POOL[:2])
    assert len(beside["checks"]) == 3
    assert beside["sentence"] in sure.sentences(checks)
    refused = sure.check(plan, measure, two.assign(**{"comparator:site-0": 1.0})).comparators
    assert not refused["made"]
    assert refused["sentence"].startswith("No comparison can be made: ")


def test_several_changes_are_checked_at_the_first(desk, data):
    plan = _plan(desk, "ols")
    later = plans.Intervention(label="The second", start="1984-03-01")
    both = plan.model_copy(update={"interventions": (plan.intervention, later)})
    found, checks = _found(desk, both, data)
    assert [row["row"] for row in found["terms"]][2:6] == [
        "level_change",
        "slope_change",
        "level_change_2",
        "slope_change_2",
    ]
    assert checks.placebo.table["position"].iloc[-1] == 49
    assert found["specifications"]["fitted"] > 10


def test_what_cant_be_checked_says_why_in_a_sentence(desk, data):
    plan = _plan(desk, "ols", seasonality="none", impact="level")
    short = data.iloc[38:60]
    found, checks = _found(desk, plan, short)
    assert found["placebo"]["made"]
    assert found["placebo"]["passed"] is None
    assert "fake starts" in checks.placebo.sentence
    with_gap = short.assign(value=short["value"].where(short.index != "1983-02-01"))
    assert _found(desk, plan, with_gap)[0]["left_out"]["made"]


def test_a_forecast_has_seasons_where_the_plan_asks_or_the_past_shows_them(desk, data):
    asked = its.fit(_plan(desk, "structural"), desk.plan.primary, data)
    left = its.fit(_plan(desk, "structural", seasonality="auto"), desk.plan.primary, data)
    without = its.fit(_plan(desk, "structural", seasonality="none"), desk.plan.primary, data)
    assert asked.df == left.df == without.df - 11
    assert left.effects.equals(asked.effects)


def test_the_greatest_value_that_there_can_be_is_checked_against(desk, data):
    plan = _plan(desk, "ols")
    bounded = plan.primary.model_copy(update={"at_most": 1000.0})
    flags = its.fit(plan, bounded, data).flags
    assert "above 1,000, the most there can be" in next(
        flag.sentence for flag in flags if flag.code == "impossible-throughout"
    )
    share = plan.primary.model_copy(update=SHARE)
    high = data.assign(value=data["value"] / data["value"].min() * 90)
    assert "above 100, the most" in " ".join(flag.sentence for flag in its.fit(plan, share, high).flags)


def test_a_counterfactual_that_can_be_for_a_time_is_reported_up_to_then(finished, desk, data):
    plan = _plan(desk, "ols", horizons=(1, 20))
    expected = its.fit(plan, plan.primary, data).effects["expected"].iloc[:-2].to_numpy(dtype=float)
    most = float(expected[:6].max())
    last = int(np.flatnonzero(expected > most)[0])
    bounded = plan.model_copy(
        update={"measures": (plan.primary.model_copy(update={"at_most": most}),), "sustain": None}
    )
    found, _ = _found(desk, bounded, data)
    assert 6 <= last < 20
    assert found["in_effects"] == last
    assert found["possible_until"] == found["last_effect"]
    assert (found["horizons"], found["not_told"]) == (["1983-02-01"], [20])
    text = _report(finished, bounded, found)
    assert "20th month: nothing to compare with" in text
    assert ", and up to " in text.partition("## In brief")[2].partition("\n\n")[2].partition("\n\n")[0]
