"""A series is regular: one row a period in order, gaps kept as gaps."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pipeline import plan, project, series
from pipeline.contract import model, snapshot, table
from pipeline.errors import DataError

from .conftest import ROOT
from .test_plan import MINIMAL


def _plan(**changes) -> plan.Plan:
    return plan.Plan.model_validate({**MINIMAL, **changes})


def _written(tmp_path, frame: pd.DataFrame, made: plan.Plan) -> pd.DataFrame:
    frame.assign(month=pd.to_datetime(frame["month"]).dt.date).to_parquet(tmp_path / "data.parquet")
    series.write_all(tmp_path / "data.parquet", made, tmp_path)
    return series.read(tmp_path, made.primary.id)


def test_periods_come_in_order_and_a_gap_stays_a_gap(tmp_path):
    rows = pd.DataFrame({"month": ["2020-04-01", "2020-01-01", "2020-02-01"], "n": [4, 1, 2]})
    made = _written(tmp_path, rows, _plan())
    assert made.index.strftime("%m").tolist() == ["01", "02", "03", "04"]
    assert made["value"].tolist()[:2] == [1.0, 2.0]
    assert pd.isna(made["value"].iloc[2])


@pytest.mark.parametrize(
    ("every", "dates"),
    [
        ("day", ["2020-02-28", "2020-03-01"]),
        ("week", ["2020-01-06", "2020-01-20"]),
        ("quarter", ["2020-01-01", "2020-07-01"]),
        ("year", ["2018-01-01", "2020-01-01"]),
    ],
)
def test_every_period_length_has_its_grid(tmp_path, every, dates):
    rows = pd.DataFrame({"month": dates, "n": [1, 3]})
    made = _written(
        tmp_path, rows, _plan(data={"contract": "d", "period": {"column": "month", "every": every}})
    )
    assert len(made) == 3
    assert made["value"].isna().tolist() == [False, True, False]


def test_a_rate_is_made_per_its_unit_and_is_empty_where_nothing_is_below_the_line(tmp_path):
    measure = {
        "id": "m",
        "role": "outcome",
        "label": "L",
        "kind": "rate",
        "numerator": "n",
        "denominator": "d",
        "per": 1000,
    }
    rows = pd.DataFrame({"month": ["2020-01-01", "2020-02-01"], "n": [5, 1], "d": [2000, 0]})
    made = _written(tmp_path, rows, _plan(measures=[measure]))
    assert made["value"].iloc[0] == 2.5
    assert pd.isna(made["value"].iloc[1])
    assert made["denominator"].tolist() == [2000.0, 0.0]


def test_a_proportion_of_more_than_the_whole_is_refused(tmp_path):
    measure = {
        "id": "m",
        "role": "outcome",
        "label": "L",
        "kind": "proportion",
        "numerator": "n",
        "denominator": "d",
    }
    rows = pd.DataFrame({"month": ["2020-01-01", "2020-02-01"], "n": [5, 1], "d": [4, 2]})
    with pytest.raises(DataError, match="in 1 periods n is more than d"):
        _written(tmp_path, rows, _plan(measures=[measure]))


def test_covariates_stand_beside_the_value(tmp_path):
    rows = pd.DataFrame({"month": ["2020-01-01", "2020-02-01"], "n": [5, 1], "t": [0.5, 1.5]})
    made = _written(tmp_path, rows, _plan(its={"covariates": ["t"]}))
    assert made["covariate:t"].tolist() == [0.5, 1.5]
    assert series.covariates(made)["t"].tolist() == [0.5, 1.5]


def test_the_snapshot_holds_the_contracts_columns_and_types(tmp_path):
    contract = model.load(project.load(ROOT), "seatbelts")
    snapshot.write(table.read(ROOT, contract), tmp_path / "data.parquet")
    again = tmp_path / "again.parquet"
    snapshot.write(table.read(ROOT, contract), again)
    made = pd.read_parquet(tmp_path / "data.parquet")
    assert list(made.columns) == [column.name for column in contract.columns]
    assert made["drivers"].dtype == "int64"
    assert made["drivers"].sum() == 320_699
    assert (tmp_path / "data.parquet").read_bytes() == again.read_bytes()


MONTHS = pd.date_range("2020-01-01", periods=12, freq="MS")


@pytest.mark.parametrize(
    ("start", "first"), [("2020-03-01", 2), ("2020-03-02", 3), ("2020-02-29", 2), ("2020-12-01", 11)]
)
def test_the_first_period_after_begins_on_or_after_the_start(start, first):
    made = _plan(interventions=[{"label": "A", "start": start}])
    assert series.first_after(MONTHS, made) == first


@pytest.mark.parametrize("start", ["2019-06-01", "2020-01-01", "2020-12-02", "2031-01-01"])
def test_an_intervention_outside_the_data_is_refused(start):
    made = _plan(interventions=[{"label": "A", "start": start}])
    with pytest.raises(DataError, match=r"is outside the data, which run from 2020-01-01 to 2020-12-01"):
        series.first_after(MONTHS, made)


@pytest.mark.parametrize(("until", "length"), [("2020-06-01", 3), ("2020-06-30", 3), ("2020-04-02", 1)])
def test_the_transition_ends_before_the_period_at_until(until, length):
    made = _plan(interventions=[{"label": "A", "start": "2020-03-01", "phase_in": {"until": until}}])
    assert series.phase_in_length(MONTHS, made) == length


@pytest.mark.parametrize("until", ["2020-03-20", "2021-06-01"])
def test_a_transition_without_a_whole_period_inside_the_data_is_refused(until):
    made = _plan(interventions=[{"label": "A", "start": "2020-03-01", "phase_in": {"until": until}}])
    with pytest.raises(
        DataError, match=r"interventions\[1\].phase_in.until: .* no whole month of transition"
    ):
        series.phase_in_length(MONTHS, made)


def test_without_a_transition_or_an_end_there_is_neither():
    made = _plan()
    assert series.phase_in_length(MONTHS, made) == 0
    assert series.end_of(MONTHS, made, made.intervention) is None


def test_a_temporary_change_ends_with_the_period_in_which_its_end_lies():
    made = _plan(interventions=[{"label": "A", "start": "2020-03-01", "until": "2020-06-01"}])
    assert series.end_of(MONTHS, made, made.intervention) == 5
    late = _plan(interventions=[{"label": "A", "start": "2020-03-01", "until": "2022-06-01"}])
    with pytest.raises(DataError, match="leaves no whole month of the change inside the data"):
        series.end_of(MONTHS, late, late.intervention)


def test_a_date_that_is_no_period_is_refused_by_its_field():
    assert series.position_of(MONTHS, date(2020, 4, 1), _plan(), "spc.exclude") == 3
    with pytest.raises(DataError, match=r"spc.exclude: no month of the data begins on 2020-04-02"):
        series.position_of(MONTHS, date(2020, 4, 2), _plan(), "spc.exclude")


def test_a_series_that_is_not_there_yet_says_what_to_run(tmp_path):
    with pytest.raises(DataError, match="run `lasting run` first"):
        series.read(tmp_path, "m")


EVENTS = {"id": "gap", "role": "outcome", "label": "Time between falls", "kind": "time-between"}


def test_dates_of_events_become_the_days_between_them(tmp_path):
    rows = pd.DataFrame(
        {"month": ["2020-03-01", "2020-01-31", "2020-02-10", "2020-02-10"], "n": [0, 0, 0, 0]}
    )
    _written(tmp_path, rows, _plan(measures=[MINIMAL["measures"][0], EVENTS]))
    made = series.read(tmp_path, "gap")
    assert made.index.strftime("%m-%d").tolist() == ["02-10", "02-10", "03-01"]
    assert made["value"].tolist() == [10.0, 0.0, 20.0]


def test_events_can_say_how_many_cases_passed_between_them(tmp_path):
    rows = pd.DataFrame({"month": ["2020-01-31", "2020-02-10", "2020-03-01"], "n": [7, 40, 12]})
    _written(tmp_path, rows, _plan(measures=[MINIMAL["measures"][0], {**EVENTS, "column": "n"}]))
    assert series.read(tmp_path, "gap")["value"].tolist() == [40.0, 12.0]


def test_one_event_has_no_time_between(tmp_path):
    rows = pd.DataFrame({"month": ["2020-01-31"], "n": [7]})
    with pytest.raises(
        DataError, match=r"^gap: the data hold fewer than two events; there is no time between\.$"
    ):
        _written(tmp_path, rows, _plan(measures=[MINIMAL["measures"][0], EVENTS]))
