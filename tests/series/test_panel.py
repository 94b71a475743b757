"""Rows and records become series by site and stratum, and of the treated together; as pandas would make them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.records import PLAN, differences, make
from pipeline import plan as plans
from pipeline import series
from pipeline.errors import DataError

from ..test_plan import MINIMAL

MEASURES = [
    {"id": "count", "role": "outcome", "label": "Arrivals", "kind": "count"},
    {"id": "beds", "role": "process", "label": "Bed days", "kind": "count", "column": "days"},
    {"id": "late", "role": "process", "label": "Late", "kind": "proportion", "numerator": "late"},
    {"id": "days", "role": "process", "label": "Days", "kind": "mean", "column": "days"},
]
CHANGE = {"label": "A change", "start": "2020-06-01", "units": ["A", "B"]}


def _plan(**data):
    period = {"column": "day", "every": "month"}
    return plans.Plan.model_validate(
        {
            **MINIMAL,
            "data": {"contract": "d", "period": period, "unit": "site", "strata": "group", **data},
            "measures": MEASURES,
            "interventions": [CHANGE],
        }
    )


def _made(tmp_path, frame, plan, records=True):
    frame.to_parquet(tmp_path / "data.parquet")
    series.write_all(tmp_path / "data.parquet", plan, tmp_path, records=records)


records = st.lists(
    st.tuples(
        st.dates(pd.Timestamp("2020-01-15").date(), pd.Timestamp("2020-12-15").date()),
        st.sampled_from("ABC"),
        st.sampled_from([1, 2]),
        st.booleans(),
        st.none() | st.integers(0, 50),
    ),
    max_size=40,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records)
def test_series_of_records_are_those_of_a_group_by_in_pandas(tmp_path, drawn):
    ends = [
        (pd.Timestamp(day).date(), unit, 1, True, 3) for day in ("2020-01-02", "2020-12-30") for unit in "ABC"
    ]
    frame = pd.DataFrame(ends + drawn, columns=["day", "site", "group", "late", "days"])
    frame["days"] = frame["days"].astype("Int64")
    _made(tmp_path, frame, _plan())
    month = pd.to_datetime(frame["day"]).dt.to_period("M").dt.to_timestamp()
    for by, units in (("site", "ABC"), ("group", "AB"), (None, "AB")):
        rows = frame[frame["site"].isin(list(units))].assign(period=month)
        read = {"site": series.read_by_unit, "group": series.read_by_stratum}.get(by)
        for measure in MEASURES:
            found = read(tmp_path, measure["id"]) if read else {None: series.read(tmp_path, measure["id"])}
            for key, data in found.items():
                own = rows[rows[by] == key] if by else rows
                pd.testing.assert_series_equal(
                    data["value"], _naive(own, measure, data.index), check_names=False, rtol=1e-12
                )


def _naive(rows, measure, periods):
    grouped = rows.groupby("period")
    if measure["id"] == "count":
        return grouped.size().reindex(periods, fill_value=0).astype(float)
    if measure["id"] == "beds":
        return grouped["days"].sum().reindex(periods, fill_value=0).astype(float)
    column = "late" if measure["id"] == "late" else "days"
    mean = grouped[column].mean().reindex(periods).astype(float)
    return mean * 100 if measure["id"] == "late" else mean


def test_means_of_records_carry_their_spread_and_number(tmp_path):
    days = [1, 4, 9, 2, 2, 7]
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["2020-01-05"] * 4 + ["2020-02-05"] * 2).date,
            "site": list("AABBAB"),
            "group": [1, 2, 1, 2, 1, 2],
            "late": [True] * 6,
            "days": days,
        }
    )
    _made(tmp_path, frame, _plan())
    together = series.read(tmp_path, "days")
    assert together["n"].tolist() == [4.0, 2.0]
    assert together["sd"].tolist() == pytest.approx([np.std(days[:4], ddof=1), np.std(days[4:], ddof=1)])
    alone = series.read_by_unit(tmp_path, "days")["A"]
    assert alone["sd"].iloc[0] == pytest.approx(np.std([1, 4], ddof=1))
    assert np.isnan(alone["sd"].iloc[1])


def _rows(**values):
    months = pd.date_range("2020-01-01", periods=3, freq="MS").date
    base = [(month, site) for month in months for site in "ABC"]
    return pd.DataFrame(base, columns=["day", "site"]).assign(**values)


def _rows_plan(measure, **data):
    period = {"column": "day", "every": "month"}
    return plans.Plan.model_validate(
        {
            **MINIMAL,
            "data": {"contract": "d", "period": period, "unit": "site", **data},
            "measures": [{"id": "m", "role": "outcome", "label": "L", **measure}],
            "interventions": [{**CHANGE, "start": "2020-02-01"}],
        }
    )


def test_a_rate_of_the_treated_together_is_of_their_sums_and_not_the_mean_of_their_rates(tmp_path):
    rows = _rows(n=[1, 9, 5] * 3, d=[10, 30, 50] * 3)
    plan = _rows_plan({"kind": "rate", "numerator": "n", "denominator": "d", "per": 100})
    _made(tmp_path, rows, plan, records=False)
    assert series.read(tmp_path, "m")["value"].tolist() == [25.0] * 3
    assert series.read_by_unit(tmp_path, "m")["C"]["value"].tolist() == [10.0] * 3


def test_a_value_that_is_a_share_is_told_in_per_cent_and_its_comparators_too(tmp_path):
    rows = _rows(share=[0.25, 0.35, 0.9] * 3, other=0.5)
    measure = {"kind": "value", "column": "share", "comparators": ["other"], "per": 100}
    _made(tmp_path, rows, _rows_plan(measure), records=False)
    assert series.read(tmp_path, "m")["value"].tolist() == pytest.approx([30.0] * 3)
    found = series.read_by_unit(tmp_path, "m")["C"]
    assert found["value"].tolist() == pytest.approx([90.0] * 3)
    assert series.comparator_columns(found)["other"].tolist() == pytest.approx([50.0] * 3)


def test_where_a_treated_site_has_no_row_the_treated_together_have_no_value(tmp_path):
    rows = _rows(n=range(9)).drop(index=4)  # B in February
    _made(tmp_path, rows, _rows_plan({"kind": "count", "column": "n"}), records=False)
    assert series.read(tmp_path, "m")["value"].isna().tolist() == [False, True, False]
    assert series.read_by_unit(tmp_path, "m")["A"]["value"].tolist() == [0.0, 3.0, 6.0]


def test_a_value_that_comes_twice_in_a_period_is_refused(tmp_path):
    rows = pd.concat([_rows(n=1), _rows(n=2)])
    with pytest.raises(DataError, match="9 periods have several rows, and a value can't be added up"):
        _made(tmp_path, rows, _rows_plan({"kind": "value", "column": "n"}), records=False)


def test_a_site_that_the_data_do_not_have_is_refused_with_the_nearest(tmp_path):
    rows = _rows(n=1).replace({"site": {"A": "Alton", "B": "Bury", "C": "Crewe"}})
    plan = _rows_plan({"kind": "count", "column": "n"})
    change = plan.interventions[0].model_copy(update={"units": ("Altn",)})
    with pytest.raises(
        DataError, match=r"interventions\[1\].units\[1\]: .* no site Altn; did you mean Alton"
    ):
        _made(tmp_path, rows, plan.model_copy(update={"interventions": (change,)}), records=False)


def test_a_filter_that_leaves_nothing_is_refused(tmp_path):
    plan = _rows_plan({"kind": "count", "column": "n"}, filter="n > 5")
    with pytest.raises(DataError, match=r"data\.filter: leaves no row of the data"):
        _made(tmp_path, _rows(n=1), plan, records=False)


def test_records_that_a_filter_leaves_out_happened_no_times_unless_it_is_one_of_time(tmp_path):
    rows = _rows(late=True, days=1, group=1, kind=["x"] * 6 + ["y"] * 3)
    _made(tmp_path, rows, _plan(filter="kind == 'y'"))
    assert series.read(tmp_path, "count")["value"].tolist() == [0.0, 0.0, 2.0]
    _made(tmp_path, rows, _plan(filter="day >= '2020-02-01'"))
    assert series.read(tmp_path, "count")["value"].tolist() == [2.0, 2.0]


def test_sites_have_their_own_starts_and_those_of_one_period_are_one_change_of_the_series(tmp_path):
    changes = [
        {"label": "One", "start": "2020-03-01", "units": ["A"]},
        {"label": "Two", "start": "2020-02-10", "units": ["B"]},
        {"label": "Three", "start": "2020-05-01", "units": ["A", "C"]},
    ]
    plan = plans.Plan.model_validate({**_plan().model_dump(), "interventions": changes})
    assert [change.label for change in series.starts_of(plan, "A")] == ["One", "Three"]
    assert series.treated(plan, "ABCD") == ("A", "B", "C")
    assert series.comparators(plan, "ABCD") == ("D",)
    periods = pd.date_range("2020-01-01", periods=12, freq="MS")
    assert [change.label for change in series.changes(plan, periods)] == ["Two", "Three"]


def test_records_make_the_same_bytes_each_time(tmp_path):
    make(400_000, tmp_path / "records.parquet")
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
        series.write_all(tmp_path / "records.parquet", plans.Plan.model_validate(PLAN), folder, records=True)
    for path in folders[0].iterdir():
        assert len({(folder / path.name).read_bytes() for folder in folders}) == 1, path.name


@pytest.mark.slow
def test_spark_makes_the_same_series_as_duckdb(tmp_path):
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    import shutil

    if not shutil.which("java"):
        pytest.skip("there is no Java")
    make(20_000, tmp_path / "records.parquet")
    plan = plans.Plan.model_validate(PLAN)
    for engine in ("duckdb", "spark"):
        (tmp_path / engine).mkdir()
        series.write_all(tmp_path / "records.parquet", plan, tmp_path / engine, records=True, engine=engine)
    assert differences(tmp_path / "duckdb", tmp_path / "spark") < 1e-12
