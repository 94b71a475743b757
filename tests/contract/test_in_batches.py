"""A Parquet file checked in batches: the same verdict, row by row, as of one that is held whole."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import marked_yaml, project
from pipeline.contract import in_batches, model, snapshot, table, validation
from pipeline.contract.model import Contract
from pipeline.errors import ContractError, DataError
from pipeline.stages import validate

from ..conftest import STUDY, edit

N = 2_500
RECORDS = {"column": "day", "every": "month", "rows": "records", "completeUntil": "2021-06-20"}
CONTRACT = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "stays",
    "version": "1.0.0",
    "status": "active",
    "servers": [{"server": "raw", "type": "local", "path": "stays.parquet", "format": "parquet"}],
    "schema": [
        {
            "name": "stays",
            "properties": [
                {"name": "id", "logicalType": "integer", "primaryKey": True},
                {"name": "day", "logicalType": "date", "required": True},
                {
                    "name": "site",
                    "logicalType": "string",
                    "required": True,
                    "logicalTypeOptions": {"pattern": "^[A-D]$"},
                },
                {"name": "beds", "logicalType": "integer", "logicalTypeOptions": {"multipleOf": 2}},
                {"name": "used", "logicalType": "integer", "required": True},
                {
                    "name": "wait",
                    "logicalType": "number",
                    "quality": [
                        {"metric": "nullValues", "mustBeLessThan": 50, "unit": "percent"},
                        {"metric": "nullValues", "mustBeLessThan": 1, "unit": "percent"},
                        {"metric": "duplicateValues", "mustBe": 0},
                        {"type": "sql", "query": "SELECT max({column}) FROM {table}", "mustBeLessThan": 5},
                        {
                            "type": "custom",
                            "engine": "greatExpectations",
                            "implementation": {
                                "type": "expect_column_mean_to_be_between",
                                "kwargs": {"maxValue": 0.1},
                            },
                        },
                        {
                            "type": "custom",
                            "engine": "greatExpectations",
                            "implementation": {
                                "type": "expect_column_values_to_be_between",
                                "kwargs": {"maxValue": 1, "mostly": 0.2},
                            },
                        },
                    ],
                },
                {"name": "clock", "logicalType": "time", "logicalTypeOptions": {"minimum": "01:00"}},
            ],
            "quality": [
                {"metric": "rowCount", "mustBeGreaterThan": 3000},
                {
                    "metric": "duplicateValues",
                    "arguments": {"properties": ["day", "site"]},
                    "mustBeLessThan": 9,
                },
                {
                    "metric": "duplicateValues",
                    "arguments": {"properties": ["beds", "wait"]},
                    "mustBe": 0,
                },
                {
                    "type": "sql",
                    "query": "SELECT count(*) FROM {table} WHERE clock > TIME '12:00'",
                    "mustBe": 0,
                },
            ],
        }
    ],
    "customProperties": [
        {"property": "periods", "value": RECORDS},
        {"property": "proportions", "value": [{"numerator": "used", "denominator": "beds"}]},
    ],
}


def contract(**changes) -> Contract:
    return model.parse(marked_yaml.MarkedYaml("stays.odcs.yaml", {**CONTRACT, **changes}, {}))


def stays() -> pd.DataFrame:
    """Gives records that break every rule somewhere, late ones of them first in some."""
    draw = np.random.default_rng(3)
    days = pd.date_range("2020-01-01", "2021-06-30")
    frame = pd.DataFrame(
        {
            "id": np.arange(N),
            "day": draw.choice(days, N),
            "site": draw.choice(list("ABCD"), N),
            "beds": draw.integers(1, 30, N) * 2,
            "used": draw.integers(0, 60, N).astype(str),
            "wait": draw.gamma(2, 1, N),
            "clock": [datetime.time(hour, 30) for hour in draw.integers(0, 24, N)],
        }
    )
    frame.loc[[7, N - 1], "id"] = [N - 1, 7]  # the key twice, in batches far apart
    frame.loc[[9, 900], "id"] = 12
    frame.loc[[3, 2000], "site"] = "E"
    frame.loc[[5, 1500, 1501], "beds"] = 3
    frame.loc[[1700, 2400], "used"] = ["many", "1" * 19]
    frame.loc[::20, "wait"] = np.nan
    frame.loc[::200, "beds"] = np.nan
    return frame


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(in_batches, "BATCH", 300)
    made = pa.Table.from_pandas(stays(), preserve_index=False)
    days = made.column("day").cast(pa.timestamp("s")).cast(pa.date32())
    pq.write_table(made.set_column(1, "day", days), tmp_path / "stays.parquet")
    return tmp_path


def test_the_verdict_is_that_of_a_file_held_whole(root):
    expected = validation.validate(table.read(root, contract()))
    found = in_batches.validate(root, contract(), root / "data.parquet")
    assert found == expected
    broken = {finding.rule: finding for finding in found.findings if not finding.passed}
    assert len(broken) >= 12
    assert broken["used is a whole number"].rows == (1701, 2401)
    assert broken["beds is a multiple of 2"].rows == (6, 1501, 1502)
    assert broken["id names each row once"].rows == (10, 13, 901)
    assert broken["the last month is complete"].count > 10
    assert broken["wait is empty in less than 1% of rows"].note == "it is 5%"


def test_rows_of_periods_are_held_to_the_same(root):
    periods = {"property": "periods", "value": {"column": "day", "every": "month", "units": "site"}}
    of_sites = contract(customProperties=[periods])
    expected = validation.validate(table.read(root, of_sites))
    assert in_batches.validate(root, of_sites, root / "data.parquet") == expected
    assert any("comes twice in one site" in finding.rule for finding in expected.broken("error"))


def test_the_snapshot_holds_the_same_values_in_the_files_order(root):
    in_batches.validate(root, contract(), root / "data.parquet")
    rows = table.read(root, contract())
    snapshot.write(rows, root / "sorted.parquet")
    found, expected = (pq.read_table(root / name) for name in ("data.parquet", "sorted.parquet"))
    assert found.schema.equals(expected.schema)
    keys = [("day", "ascending"), ("id", "ascending"), ("used", "ascending")]
    assert found.sort_by(keys).equals(expected.sort_by(keys))
    assert found.column("id").to_pylist() == stays()["id"].tolist()


def test_a_column_that_is_not_there_is_the_same_finding(root):
    pq.write_table(pq.read_table(root / "stays.parquet").drop_columns("day"), root / "stays.parquet")
    expected = validation.validate(table.read(root, contract()))
    assert in_batches.validate(root, contract(), root / "data.parquet") == expected


def test_only_parquet_of_many_rows_is_checked_so(root, monkeypatch):
    assert not in_batches.is_large(root, contract())
    monkeypatch.setattr(in_batches, "LARGE", N - 1)
    assert in_batches.is_large(root, contract())
    (root / "stays.parquet").write_text("no Parquet", encoding="utf-8")
    assert not in_batches.is_large(root, contract())
    with pytest.raises(DataError, match="is not a Parquet file that can be read"):
        table.read(root, contract())


def test_the_stage_gives_the_same_results_either_way(clone, monkeypatch):
    raw = clone / "data" / "raw" / "seatbelts.csv"
    pd.read_csv(raw, dtype=str).to_parquet(raw.with_suffix(".parquet"), index=False)
    for path in (clone / "params.yaml", clone / "data_contracts" / "seatbelts.odcs.yaml"):
        edit(path, "data/raw/seatbelts.csv", "data/raw/seatbelts.parquet")
    edit(clone / "data_contracts" / "seatbelts.odcs.yaml", "format: csv", "format: parquet")
    here = project.load(clone)
    kept = here.results("_data", here.dataset_of(STUDY))
    validate.inspect(here, "seatbelts")
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    monkeypatch.setattr(in_batches, "LARGE", 10)
    validate.inspect(here, "seatbelts")
    assert (kept / "validation.json").read_bytes() == before["validation.json"]
    assert pq.read_table(kept / "data.parquet").num_rows == 192
    pd.read_csv(raw, dtype=str).assign(drivers="x").to_parquet(raw.with_suffix(".parquet"), index=False)
    with pytest.raises(ContractError, match="breaks 1 rule"):
        validate.inspect(here, "seatbelts")
    assert (kept / "validation.json").read_bytes() == before["validation.json"]
