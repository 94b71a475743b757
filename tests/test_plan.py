"""The plan refuses what it does not know, says where, and lists everything at once."""

from __future__ import annotations

import datetime
import json

import jsonschema
import pytest
import yaml

from pipeline import marked_yaml, plan, project
from pipeline.errors import PlanError

from .conftest import ROOT, edit

MINIMAL = {
    "study": "s",
    "title": "t",
    "question": "q?",
    "data": {"contract": "d", "period": {"column": "month", "every": "month"}},
    "measures": [{"id": "m", "role": "outcome", "label": "Things", "kind": "count", "column": "n"}],
    "interventions": [{"label": "A change", "start": "2020-01-01"}],
    "disclosure": "off",
}


POOL = [f"site-{number}" for number in range(19)]


def _parse(**changes) -> plan.Plan:
    return plan.parse(marked_yaml.MarkedYaml("params/s.yaml", {**MINIMAL, **changes}, {}))


def _measure(**changes) -> dict:
    return {**MINIMAL["measures"][0], **changes}


def _gaps(**changes) -> dict:
    return {
        "id": "gaps",
        "role": "outcome",
        "label": "Days between things",
        "kind": "time-between",
        **changes,
    }


def _change(**changes) -> dict:
    return {**MINIMAL["interventions"][0], **changes}


def test_the_example_plan_reads_as_it_is_written():
    found = plan.load(project.load(ROOT), "seat-belt-law")
    assert found.primary.id == "drivers"
    assert found.intervention.start == datetime.date(1983, 1, 31)
    assert found.columns == ("month", "drivers", "DriversKilled", "rear", "kms", "PetrolPrice")
    assert found.data.period.season == 12


def test_defaults_are_those_of_the_design():
    found = _parse()
    assert (found.its.model, found.its.impact, found.spc.rules, found.spc.rebase) == (
        "auto",
        "level-and-slope",
        "making-data-count",
        "at-interventions",
    )
    assert found.report.formats == ("html", "pdf", "docx")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"its": {"modle": "ols"}}, "its.modle: unknown key; did you mean model?"),
        ({"its": {"model": "gls"}}, "its.model: "),
        (
            {"its": {"seasonality": {"harmonic": 2}}},
            "seasonality.harmonic: unknown key; did you mean harmonics?",
        ),
        (
            {"its": {"seasonality": {"harmonics": 9}}},
            "its.seasonality.harmonics: should be less than or equal",
        ),
        ({"study": "Bed Days"}, "study: Bed Days should be lower-case letters"),
        ({"measures": []}, "measures: is an empty list; give it at least one item"),
        ({"measures": [_measure(role="control")]}, "no measure has the role outcome"),
        ({"measures": [_measure(), _measure()]}, "two measures have the id m"),
        ({"measures": [_measure(kind="proportion")]}, "measures[1]: a proportion needs `numerator`"),
        ({"measures": [_measure(numerator="x")]}, "measures[1]: a count needs `column`, and no `numerator`"),
        ({"measures": [_measure(per=0)]}, "measures[1].per: should be greater than 0"),
        ({"interventions": [{"label": "A", "start": "January"}]}, "January is not a date; write it as YYYY"),
        (
            {"interventions": [{"label": "A", "start": "2020-01-01", "phase_in": {"until": "2019-01-01"}}]},
            "interventions[1]: `phase_in.until` should be later",
        ),
        ({"disclosure": {"minimum": 1}}, "disclosure.minimum: should be greater than or equal to 2"),
        ({"disclosure": {"round": 5}}, "disclosure.round: unknown key; did you mean round_to?"),
        ({"disclosure": "on"}, "disclosure: on is not known; write {minimum: 5, round_to: 5}, or off if"),
        (
            {"disclosure": {}, "its": {"model": "structural"}},
            "its.model: structural tells what happened in each period; choose another with disclosure",
        ),
        (
            {"disclosure": {}, "spc": {"chart": "mr"}},
            "spc.chart: mr shows single counts or cases; choose another with disclosure control",
        ),
        (
            {"disclosure": {}, "spc": {"small_shifts": "ewma"}},
            "spc.small_shifts: ewma adds up counts that could be taken apart; leave it out",
        ),
        (
            {
                "disclosure": {},
                "measures": [_measure(), {**_measure(id="t", kind="time-between"), "column": None}],
            },
            "measures[2].kind: each time is that of one event, and can't be shown with disclosure",
        ),
        ({"report": {"formats": ["odt"]}}, "report.formats[1]: "),
        ({"measures": [_measure(per=100)]}, "measures[1]: a count has no `per`; a value that is a share may"),
        ({"measures": [_measure(kind="value", per=1000)]}, "measures[1]: a value has no `per`; a value that"),
    ],
)
def test_a_wrong_plan_is_refused_with_the_field_and_what_to_do(changes, said):
    with pytest.raises(PlanError) as refusal:
        _parse(**changes)
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("params/s.yaml")


def _data(every: str) -> dict:
    return {"contract": "d", "period": {"column": "month", "every": every}}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"its": {"model": "ols", "lag": 2}}, "its.lag: ols has no lag; take it out"),
        (
            {"measures": [_gaps(role="outcome")]},
            "measures[1].kind: the first outcome can't be a time-between, which no time series model takes",
        ),
        (
            {"measures": [_measure(), _gaps(role="control")]},
            "measures[2].kind: a control can't be a time-between",
        ),
        (
            {"measures": [_measure(), _gaps()], "disclosure": {}},
            "measures[2].kind: each time is that of one event",
        ),
        (
            {"measures": [_measure(), _gaps(numerator="n")]},
            "measures[2]: a time-between has its events' dates, or a `column`, and no `numerator`",
        ),
        ({"spc": {"annotations": [{"date": "May", "label": "x"}]}}, "spc.annotations[1].date: May is not"),
        ({"its": {"model": "reml-ar1", "lag": 2}}, "its.lag: reml-ar1 has no lag"),
        (
            {"data": _data("quarter"), "its": {"seasonality": {"harmonics": 3}}},
            "its.seasonality.harmonics: a season of 4 quarters has at most 2; ask for fewer",
        ),
        (
            {"data": _data("day"), "its": {"seasonality": {"harmonics": 4}}},
            "a season of 7 days has at most 3; ask for fewer",
        ),
        (
            {"data": _data("year"), "its": {"seasonality": {"harmonics": 1}}},
            "data by the year have no season; leave seasonality out",
        ),
        (
            {"data": _data("year"), "its": {"seasonality": "dummies"}},
            "its.seasonality: data by the year have no season",
        ),
        (
            {"data": _data("year"), "spc": {"seasonally_adjusted": True}},
            "spc.seasonally_adjusted: data by the year have no season; leave it out",
        ),
        ({"measures": [_measure(column="month")]}, "measures[1].column: month dates the rows"),
        (
            {"measures": [_measure(kind="rate", column=None, numerator="n", denominator="n")]},
            "measures[1].denominator: n stands above the line too",
        ),
        ({"its": {"covariates": ["month"]}}, "its.covariates[1]: month dates the rows"),
        ({"its": {"covariates": ["t", "n"]}}, "its.covariates[2]: n is what m measures, and can't explain"),
        ({"its": {"covariates": ["t", "t"]}}, "its.covariates[2]: t comes a second time; take it out"),
        ({"measures": [_measure(target=float("inf"))]}, "measures[1].target: should be a finite number"),
        ({"measures": [_measure(per=float("nan"))]}, "measures[1].per: should be a finite number"),
        (
            {"equity": {"gradient": "imd"}},
            "equity.gradient: is imd, and data.strata is not there; make them agree",
        ),
        (
            {"data": {**_data("month"), "strata": "imd"}, "equity": {"gradient": "imd", "order": [1, 2, 1]}},
            "equity.order: 1 comes twice; take one out",
        ),
        (
            {
                "data": {**_data("month"), "strata": "imd"},
                "equity": {"gradient": "imd"},
                "its": {"model": "structural"},
            },
            "its.model: structural has no shape of the change to compare groups by",
        ),
        ({"its": {"order": [1, 0, 0]}}, "its.order: auto has no such orders; take it out, or use arima"),
        (
            {"its": {"model": "ols", "seasonal_order": [1, 0, 0]}},
            "its.seasonal_order: ols has no such orders",
        ),
        (
            {"data": _data("year"), "its": {"model": "arima", "seasonal_order": [1, 0, 0]}},
            "its.seasonal_order: data by the year have no season; take it out",
        ),
        ({"its": {"model": "arima", "lag": 2}}, "its.lag: arima has no lag"),
        (
            {"its": {"model": "synthetic-control"}},
            "measures[1].comparators: synthetic-control needs 19 or more for a 95% interval, and m has 0",
        ),
        ({"its": {"model": "structural", "impact": "level"}}, "its.impact: structural has no use for it"),
        ({"its": {"model": "structural", "trend": "none"}}, "its.trend: structural has no use for it"),
        (
            {"its": {"model": "structural", "seasonality": {"harmonics": 2}}},
            "its.seasonality: structural takes a pattern of its own; write dummies, none or auto",
        ),
        (
            {"its": {"model": "structural"}, "sustain": {"after": 12}},
            "sustain: structural does not say whether an effect lasts",
        ),
        (
            {"its": {"model": "structural"}, "interventions": [_change(delay=2)]},
            "interventions: structural takes one lasting change without a transition or delay",
        ),
        (
            {
                "its": {"model": "synthetic-control", "covariates": ["t"]},
                "measures": [_measure(comparators=POOL)],
            },
            "its.covariates: synthetic-control has no use for it",
        ),
        ({"measures": [_measure(comparators=["month"])]}, "measures[1].comparators[1]: month dates the rows"),
        ({"measures": [_measure(comparators=["n"])]}, "measures[1].comparators[1]: n is what m measures"),
        (
            {"measures": [_measure(comparators=["t", "t"])]},
            "measures[1].comparators[2]: t comes a second time",
        ),
        (
            {
                "data": {"contract": "d", "period": {"column": "m", "every": "month"}, "unit": "site"},
                "measures": [_measure(comparators=["t"])],
            },
            "measures[1].comparators[1]: units without the change are compared with already",
        ),
        (
            {
                "measures": [
                    _measure(kind="proportion", column=None, numerator="a", denominator="b", at_most=90)
                ]
            },
            "measures[1].at_most: a proportion is never above its whole, 100; take it out",
        ),
        ({"spc": {"baseline": 24}}, "spc.baseline: should hold keys and values (periods)"),
        ({"spc": {"baseline": {"periods": 1}}}, "spc.baseline.periods: should be greater than or equal to 2"),
    ],
)
def test_what_cannot_be_meant_is_refused_whatever_the_data_are(changes, said):
    with pytest.raises(PlanError) as refusal:
        _parse(**changes)
    assert said in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"its": {"model": "newey-west", "lag": 2}},
        {"its": {"model": "poisson", "lag": 2}},
        {"its": {"lag": 2}},
        {"its": {"seasonality": {"harmonics": 6}}},
        {"data": _data("week"), "its": {"seasonality": {"harmonics": 6}}},
        {"data": _data("year"), "its": {"seasonality": "auto"}},
        {"its": {"model": "arima", "order": [1, 0, 1], "seasonal_order": [0, 1, 1]}},
        {"its": {"model": "structural", "covariates": ["t"], "seasonality": "dummies"}},
        {"its": {"model": "synthetic-control"}, "measures": [_measure(comparators=POOL)]},
        {"its": {}, "measures": [_measure(comparators=["t"], at_most=900)]},
    ],
)
def test_what_can_be_meant_is_taken(changes):
    assert _parse(**changes).its == plan.Its.model_validate(changes["its"])


def test_all_problems_come_at_once():
    with pytest.raises(PlanError) as refusal:
        _parse(titel="x", its={"modle": "ols"}, spc={"chrat": "xmr"})
    assert len(str(refusal.value).splitlines()) == 3


def test_a_date_may_be_written_with_or_without_quotes(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(yaml.safe_dump(MINIMAL).replace("'2020-01-01'", "2020-01-01"), encoding="utf-8")
    source = marked_yaml.read(path, "params/s.yaml", PlanError)
    assert plan.parse(source).intervention.start == datetime.date(2020, 1, 1)


def test_file_name_and_list_must_agree_with_the_plan(clone):
    edit(clone / "params" / "seat-belt-law.yaml", "study: seat-belt-law", "study: seat-belts")
    with pytest.raises(PlanError, match=r"line 2, study: should be seat-belt-law, as the file is named"):
        plan.load(project.load(), "seat-belt-law")
    edit(clone / "params" / "seat-belt-law.yaml", "study: seat-belts", "study: seat-belt-law")
    edit(clone / "params" / "seat-belt-law.yaml", "contract: seatbelts", "contract: other")
    with pytest.raises(PlanError, match=r"data.contract: is other, but params.yaml gives"):
        plan.load(project.load(), "seat-belt-law")


def test_the_schema_for_editors_is_the_models_and_accepts_the_example():
    kept = (ROOT / "params" / "plan.schema.json").read_text(encoding="utf-8")
    assert kept == plan.json_schema(), "run `make schema`"
    schema = json.loads(kept)
    jsonschema.Draft202012Validator.check_schema(schema)
    example = yaml.load(
        (ROOT / "params" / "seat-belt-law.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    example["its"]["horizons"] = [int(step) for step in example["its"]["horizons"]]
    example["spc"]["seasonally_adjusted"] = example["spc"]["seasonally_adjusted"] == "true"
    example["sustain"] = {name: float(value) for name, value in example["sustain"].items()}
    jsonschema.validate(example, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**example, "titel": "x"}, schema)


@pytest.mark.parametrize(("every", "season"), [("day", 7), ("week", 52), ("quarter", 4), ("year", 1)])
def test_the_season_follows_the_period(every, season):
    assert plan.Period(column="x", every=every).season == season


def test_times_between_events_are_no_regular_series():
    found = _parse(measures=[_measure(), _gaps()])
    assert [measure.id for measure in found.regular] == ["m"]
    assert found.measures[1].columns == ()


def test_what_happened_is_dated_and_labelled():
    found = _parse(spc={"annotations": [{"date": "2020-05-04", "label": "Cycle 1"}], "small_shifts": "cusum"})
    assert found.spc.annotations[0] == plan.Annotation(date=datetime.date(2020, 5, 4), label="Cycle 1")
    assert found.spc.small_shifts == "cusum"
