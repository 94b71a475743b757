"""The figures behind charts, as files that any spreadsheet opens and none runs."""

from __future__ import annotations

import csv
import math

import pytest

from pipeline.report.tables import charted_in, tables_in, to_csv

from ..conftest import STUDY


def test_each_chart_of_the_study_has_its_figures_and_each_method_its_results(finished):
    folder = finished / "results" / STUDY / "report" / "data"
    names = {
        f"{kind}-{measure}.csv"
        for kind in ("its", "spc", "effects")
        for measure in ("drivers", "drivers-killed", "rear-passengers")
    }
    names |= {f"spc-{measure}_beside.csv" for measure in ("drivers", "drivers-killed", "rear-passengers")}
    names |= {f"sure-{check}.csv" for check in ("specifications", "placebo", "left-out")}
    assert {path.name for path in folder.iterdir()} == names | {"its.json", "spc.json"}
    with (folder / "its-drivers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 192
    assert (rows[0]["period"], rows[0]["observed"]) == ("1969-01-01", "1687.0")
    assert rows[0]["expected"] == ""


def test_what_is_inside_a_row_has_columns_of_its_own():
    rows = [{"row": "T01", "effect": None}, {"row": "T02", "effect": {"absolute": 2.0, "relative": 0.1}}]
    assert to_csv(rows).splitlines() == [
        "row,effect,effect_absolute,effect_relative",
        "T01,,,",
        "T02,,2.0,0.1",
    ]


@pytest.mark.parametrize(("scale", "told"), [("absolute", math.log(0.8)), ("log", -0.2), ("logit", -0.2)])
def test_effects_told_as_logarithms_become_shares_as_on_the_page(scale, told):
    row = {"row": "1", "estimate": math.log(0.8), "lower": math.log(0.8), "upper": None, "shift": 0.1}
    measures = {"falls": {"left_out": {"scale": scale, "table": [row]}}}
    [found] = charted_in(measures, {"left_out.table": "sure-left-out"})["sure-left-out"]
    assert found == {"row": "1", "estimate": pytest.approx(told), "lower": pytest.approx(told)} | {
        "upper": None,
        "shift": 0.1,
    }


def test_no_rows_make_an_empty_file():
    assert to_csv([]) == ""


def test_values_that_are_no_tables_are_passed_over():
    assert tables_in({"a": [1, 2], "b": {"c": []}, "d": "x"}, "pooled") == {}
