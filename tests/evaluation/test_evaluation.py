"""A plan's choices reach the statistics as they are, and what they give comes back as plain results."""

from __future__ import annotations

import dataclasses
import re

import pytest

from pipeline import plan as plans
from pipeline import project, results, series
from pipeline.errors import AnalysisError
from pipeline.evaluation import bench, its, sure
from pipeline.plan import Harmonics

from ..conftest import STUDY


@pytest.fixture
def desk(finished, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(finished))
    return bench.open_study(STUDY, str(tmp_path / "out"))


@pytest.fixture
def data(desk):
    return series.read(desk.series, "drivers")


def _changed(plan, **parts):
    return plan.model_copy(
        update={name: getattr(plan, name).model_copy(update=part) for name, part in parts.items()}
    )


def test_a_bench_has_the_plan_the_series_and_names_for_readers(desk):
    assert desk.plan.study == STUDY
    assert desk.names["PetrolPrice"] == "petrol price relative to all prices"
    assert desk.folder.is_dir()


def test_the_plans_model_reaches_the_fit(desk, data):
    plan = _changed(
        desk.plan,
        its={"model": "newey-west", "lag": 3, "seasonality": Harmonics(harmonics=2), "covariates": ()},
    )
    fit = its.fit(plan, plan.primary, data)
    assert fit.model == "newey-west"
    assert list(fit.terms.index) == [
        "intercept",
        "time",
        "level_change",
        "slope_change",
        "sin_1",
        "cos_1",
        "sin_2",
        "cos_2",
    ]


def test_the_plans_impact_and_transition_reach_the_fit(desk, data):
    plan = _changed(desk.plan, its={"impact": "level", "seasonality": "none", "covariates": ()})
    change = plan.intervention.model_copy(update={"phase_in": plans.PhaseIn(until="1983-04-01")})
    fit = its.fit(plan.model_copy(update={"interventions": (change,)}), plan.primary, data)
    assert list(fit.terms.index) == ["intercept", "time", "level_change", "phase_in_1", "phase_in_2"]


def test_an_error_names_the_plan_and_the_measure(desk, data):
    with pytest.raises(AnalysisError, match=r"^params/seat-belt-law.yaml, measure drivers: "):
        its.fit(desk.plan, desk.plan.primary, data.assign(value=1.0))


def test_results_of_a_fit_name_periods_by_their_dates(desk, data):
    fit = its.fit(desk.plan, desk.plan.primary, data)
    found = results.rounded(its.results_of(desk.plan, desk.plan.primary, data, fit, "Alt."))
    assert found["start"] == "1983-02-01"
    assert (found["before"], found["after"], found["missing"]) == (169, 23, 0)
    assert [row["row"] for row in found["effects"]][-3:] == ["1984-12-01", "average", "cumulative"]
    assert [row["after"] for row in found["effects"]][:2] == [1, 2]
    assert found["effects"][-1]["after"] is None
    assert found["horizons"] == ["1983-02-01", "1984-01-01", "1984-12-01"]
    assert len(found["series"]) == 192


def test_without_usable_horizons_the_first_and_the_last_are_told(desk, data):
    plan = _changed(desk.plan, its={"horizons": (99,)})
    fit = its.fit(plan, plan.primary, data)
    assert its.results_of(plan, plan.primary, data, fit, "")["horizons"] == ["1983-02-01", "1984-12-01"]


def test_what_was_not_seen_is_not_told_as_seen(desk, data):
    gone = data.assign(value=data["value"].where(data.index < "1984-11-01"))
    found = results.rounded(
        its.results_of(desk.plan, desk.plan.primary, gone, its.fit(desk.plan, desk.plan.primary, gone), "")
    )
    assert (found["last"], found["last_observed"], found["last_effect"]) == (
        "1984-12-01",
        "1984-10-01",
        "1984-10-01",
    )
    assert (found["after"], found["in_effects"]) == (21, 23)


def test_horizons_beyond_the_data_are_said_to_be_not_reached(desk, data):
    plan = _changed(desk.plan, its={"horizons": (12, 100)})
    found = its.results_of(plan, plan.primary, data, its.fit(plan, plan.primary, data), "")
    assert (found["horizons"], found["not_reached"]) == (["1984-01-01"], [100])


def test_a_transition_is_told_apart_from_the_level_that_follows(desk, data):
    change = desk.plan.intervention.model_copy(update={"phase_in": plans.PhaseIn(until="1983-05-01")})
    plan = desk.plan.model_copy(update={"interventions": (change,)})
    found = results.rounded(its.results_of(plan, plan.primary, data, its.fit(plan, plan.primary, data), ""))
    assert (found["start"], found["settled"], found["phase_in"]) == ("1983-02-01", "1983-05-01", 3)


def test_a_covariate_may_be_called_as_our_columns_are(desk, data):
    named = data.rename(columns={"covariate:kms": "covariate:value"})
    plan = _changed(desk.plan, its={"covariates": ("value",)})
    fit = its.fit(plan, plan.primary, named[["value", "covariate:value"]])
    assert "value" in fit.terms.index
    assert fit.series["observed"].tolist() == data["value"].tolist()


def test_shares_and_counts_by_auto_are_fitted_as_what_they_are(desk, data):
    share = plans.Measure(
        id="p", role="outcome", label="P", kind="proportion", numerator="a", denominator="b", better="lower"
    )
    plan = _changed(desk.plan, its={"model": "auto", "covariates": (), "seasonality": "none"})
    made = data.assign(numerator=data["value"], denominator=5000.0, value=data["value"] / 50)
    fit = its.fit(plan, share, made)
    assert fit.model == "binomial"
    assert fit.effects.loc["average", "expected"] == pytest.approx(made["value"].mean(), rel=0.3)
    alt = its.save_charts(desk, share, made, fit)[0].alt
    assert re.search(r"the fitted trend is [\d.]+ percentage points lower than expected", alt)
    assert its.fit(plan, plan.primary, data).model in ("quasi-poisson", "negative-binomial")


def test_the_season_of_daily_data_is_the_day_of_the_week(desk, data):
    fit = its.fit(_changed(desk.plan, its={"covariates": ()}), desk.plan.primary, data)
    period = desk.plan.data.period.model_copy(update={"every": "day"})
    daily = dataclasses.replace(desk, plan=_changed(desk.plan, data={"period": period}))
    for where, season in ((desk, "time of year"), (daily, "day of the week")):
        picture = its.save_charts(where, desk.plan.primary, data, fit)[0]
        assert f"Adjusted for {season}" in picture.svg
        assert f" adjusted for {season}:" in picture.alt


def test_charts_are_saved_with_what_they_show_in_words(desk, data):
    measure = desk.plan.primary
    fit = its.fit(desk.plan, measure, data)
    pictures = its.save_charts(desk, measure, data, fit)
    assert all(measure.label in picture.alt for picture in pictures)
    assert "February 1983" in pictures[0].alt
    saved = {path.name for path in desk.folder.iterdir()}
    assert {"its-drivers.svg", "its-drivers.narrow.svg", "residuals-drivers.svg", "its-drivers.png"} <= saved


def test_the_axis_says_what_is_counted_and_how_often(desk):
    rate = plans.Measure(
        id="r", role="outcome", label="Falls", kind="rate", numerator="a", denominator="b", per=1000
    )
    assert bench.axis_label(desk.plan, rate) == "Falls, per 1,000, each month"
    per_one = rate.model_copy(update={"per": 1})
    assert bench.axis_label(desk.plan, per_one) == "Falls each month"
    assert bench.axis_label(desk.plan, desk.plan.primary) == "Drivers killed or seriously injured each month"


def test_a_results_file_is_written_whole(desk):
    path = bench.write(desk.folder, "its", {"m": {"x": 1 / 3}})
    assert results.read_json(path) == {"measures": {"m": {"x": 0.3333333333}}}


def test_the_results_the_notebooks_wrote_are_these(finished, desk, data):
    kept = results.read_json(project.load(finished).results(STUDY, "its", "its.json"))["measures"]["drivers"]
    fit = its.fit(desk.plan, desk.plan.primary, data)
    again = results.rounded(its.results_of(desk.plan, desk.plan.primary, data, fit, kept["alt"]))
    checks = sure.results_of(desk.plan.primary, data, sure.check(desk.plan, desk.plan.primary, data))
    assert again | results.rounded(checks) == kept


def test_whether_it_lasted_is_told_where_the_plan_asks_and_only_there(desk, data):
    fit = its.fit(desk.plan, desk.plan.primary, data)
    asked = its.results_of(desk.plan, desk.plan.primary, data, fit, "")["sustained"]
    assert asked["verdict"] == "unclear"
    assert [row["row"] for row in asked["table"]] == ["early", "late", "ratio"]
    silent = desk.plan.model_copy(update={"sustain": None})
    assert its.results_of(silent, silent.primary, data, fit, "")["sustained"] is None
