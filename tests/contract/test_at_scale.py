"""Records on Spark: the same verdict as in memory, in counts; what can't be checked there is refused."""

from __future__ import annotations

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.records import make
from pipeline import marked_yaml
from pipeline.contract import at_scale, model, table, validation
from pipeline.contract.model import Contract
from pipeline.errors import ContractError, DataError

RECORDS = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "records",
    "version": "1.0.0",
    "status": "active",
    "servers": [{"server": "raw", "type": "local", "path": "records.parquet", "format": "parquet"}],
    "schema": [
        {
            "name": "records",
            "properties": [
                {"name": "arrived", "logicalType": "date", "required": True},
                {"name": "site", "logicalType": "string", "logicalTypeOptions": {"pattern": "1$"}},
                {"name": "quintile", "logicalType": "integer", "logicalTypeOptions": {"maximum": 4}},
                {"name": "late", "logicalType": "boolean", "required": True},
                {"name": "minutes", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
            ],
        }
    ],
    "customProperties": [
        {
            "property": "periods",
            "value": {
                "column": "arrived",
                "every": "month",
                "rows": "records",
                "completeUntil": "2020-01-01",
            },
        },
        {"property": "disclosure", "value": "public"},
    ],
}


def contract(**changes) -> Contract:
    source = marked_yaml.MarkedYaml("data_contracts/records.odcs.yaml", {**RECORDS, **changes}, {})
    return model.parse(source)


@pytest.mark.slow
def test_spark_finds_what_is_found_in_memory(tmp_path):
    pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
    if not shutil.which("java"):
        pytest.skip("there is no Java")
    make(5_000, tmp_path / "records.parquet")
    found = at_scale.validate(tmp_path, contract())
    expected = validation.validate(table.read(tmp_path, contract()))
    assert [(f.rule, f.passed) for f in found.findings] == [(f.rule, f.passed) for f in expected.findings]
    counts = {f.rule: f.count for f in expected.findings if f.column != "arrived"}
    assert {f.rule: f.count for f in found.findings if f.column != "arrived"} == counts
    assert counts["quintile is at most 4"] > 0
    assert not found.passed
    assert not any(f.rows for f in found.findings)


def test_the_snapshot_has_the_contracts_columns_and_types_and_the_files_rows(tmp_path):
    make(2_000, tmp_path / "records.parquet")
    at_scale.snapshot(tmp_path, contract(), tmp_path / "data.parquet")
    written = pq.read_table(tmp_path / "data.parquet")
    assert written.schema.field("minutes").type == pa.int64()
    own = pq.read_table(tmp_path / "records.parquet")
    assert written.column("minutes").to_pylist() == own.column("minutes").to_pylist()


def test_another_type_than_the_contracts_is_refused_before_spark_starts(tmp_path):
    make(100, tmp_path / "records.parquet")
    own = pq.read_table(tmp_path / "records.parquet")
    text = own.set_column(4, "minutes", own.column("minutes").cast(pa.string()))
    pq.write_table(text, tmp_path / "records.parquet")
    with pytest.raises(DataError, match="minutes is of type string, and the contract says integer"):
        at_scale.validate(tmp_path, contract())


def test_a_column_that_is_not_there_is_refused(tmp_path):
    make(100, tmp_path / "records.parquet")
    pq.write_table(
        pq.read_table(tmp_path / "records.parquet").drop_columns("site"), tmp_path / "records.parquet"
    )
    with pytest.raises(DataError, match="has no column site, which the contract names"):
        at_scale.validate(tmp_path, contract())


def test_what_spark_does_not_check_is_refused(tmp_path):
    make(100, tmp_path / "records.parquet")
    periods = {"property": "periods", "value": {"column": "arrived", "every": "month"}}
    parts = {"property": "proportions", "value": [{"numerator": "quintile", "denominator": "minutes"}]}
    with pytest.raises(ContractError) as refused:
        at_scale.validate(tmp_path, contract(customProperties=[periods, parts]))
    said = str(refused.value)
    assert "the engine spark does not check that quintile is never more than minutes" in said
    assert "the engine spark is for records; say `rows: records` in its periods" in said
