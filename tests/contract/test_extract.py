"""A database's rows become a snapshot that stays, from a real PostgreSQL; what fails is a sentence."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline import marked_yaml, project
from pipeline.contract import extract, model, table, validation
from pipeline.errors import ContractError, DataError
from pipeline.stages import validate

from . import postgres

pytestmark = [
    pytest.mark.functional,
    pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL is installed here"),
]
MONTHS = [f"2020-{month:02}-01" for month in range(1, 13)]


@pytest.fixture(scope="module")
def cluster():
    with postgres.cluster() as made:
        made.run(
            "CREATE SCHEMA care",
            "CREATE TYPE care.ward AS ENUM ('acute', 'long stay')",
            """CREATE TABLE care."Falls" (month date, "n falls" integer, beds numeric(8, 2), ward care.ward,
               seen timestamptz, at time, note text, name text)""",
            # Out of order, as rows come from a table that is written to.
            """INSERT INTO care."Falls" SELECT '2020-01-01'::date + m * interval '1 month', m, 10.5 + m, 'long stay',
               '2020-07-01 10:00+00', '08:30', CASE WHEN m = 3 THEN '' ELSE 'a, "b"' END, 'Jane Doe'
               FROM generate_series(11, 0, -1) AS m""",
            "CREATE TABLE care.lists (month date, n integer[])",
        )
        yield made


@pytest.fixture
def login(cluster, monkeypatch):
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)


def _odcs(cluster, **changes):
    server = {
        "server": "db",
        "type": "postgres",
        "host": "127.0.0.1",
        "port": cluster.port,
        "database": "postgres",
        "schema": "care",
    }
    columns = [
        {"name": "month", "logicalType": "date", "required": True, "primaryKey": True},
        {"name": "falls", "physicalName": "n falls", "logicalType": "integer", "required": True},
        {"name": "beds", "logicalType": "number"},
        {"name": "ward", "enum": [{"value": "acute"}, {"value": "long stay"}]},
        {
            "name": "seen",
            "logicalType": "timestamp",
            "logicalTypeOptions": {"timezone": True, "defaultTimezone": "Europe/London"},
        },
        {"name": "at", "logicalType": "time"},
        {"name": "note"},
    ]
    made = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "falls",
        "servers": [server | changes.pop("server", {})],
        "schema": [{"name": "Falls", "properties": columns, **changes.pop("table", {})}],
        "customProperties": [{"property": "periods", "value": {"column": "month", "every": "month"}}],
    }
    return made | changes


def _contract(cluster, **changes):
    return model.parse(
        marked_yaml.MarkedYaml("data_contracts/falls.odcs.yaml", _odcs(cluster, **changes), {})
    )


def test_a_snapshot_holds_the_rows_of_the_contracts_columns_in_the_order_of_its_key(cluster, login, tmp_path):
    contract = _contract(cluster)
    made = extract.run(tmp_path, contract)
    kept = pq.read_table(tmp_path / contract.raw)
    assert made.rows == kept.num_rows == 12
    assert kept.column_names == ["month", "n falls", "beds", "ward", "seen", "at", "note"]
    assert kept["month"].to_pylist() == [datetime.date.fromisoformat(day) for day in MONTHS]
    assert "Jane Doe" not in (tmp_path / contract.raw).read_bytes().decode("latin-1")


def test_a_snapshot_is_read_as_its_contract_says_and_keeps_every_rule(cluster, login, tmp_path):
    contract = _contract(cluster)
    extract.run(tmp_path, contract)
    rows = table.read(tmp_path, contract)
    assert validation.validate(rows).passed
    third = rows.values.iloc[3]
    assert (third["falls"], third["beds"], third["ward"], third["at"]) == (3, 13.5, "long stay", 8.5 * 3600)
    assert str(third["seen"]) == "2020-07-01 11:00:00"
    assert rows.text["note"].isna().tolist() == [month == 3 for month in range(12)]


def test_the_same_rows_make_the_same_file_and_its_record_is_in_it(cluster, login, tmp_path):
    contract = _contract(cluster)
    first = extract.run(tmp_path, contract)
    content = (tmp_path / contract.raw).read_bytes()
    assert extract.run(tmp_path, contract) == first == extract.verified(tmp_path / contract.raw, contract)
    assert (tmp_path / contract.raw).read_bytes() == content
    cluster.run('UPDATE care."Falls" SET "n falls" = 99 WHERE month = \'2020-05-01\'')
    try:
        assert extract.verified(tmp_path / contract.raw, contract) == first
        assert extract.run(tmp_path, contract).sha256 != first.sha256
    finally:
        cluster.run('UPDATE care."Falls" SET "n falls" = 4 WHERE month = \'2020-05-01\'')


def test_a_query_may_make_the_rows(cluster, login, tmp_path):
    query = 'SELECT month, "n falls" AS "n falls", 1.0 AS beds, \'acute\' AS ward, seen, at, note FROM care."Falls" WHERE beds < 13;'
    contract = _contract(cluster, server={"customProperties": [{"property": "query", "value": query}]})
    assert extract.run(tmp_path, contract).rows == 3


def test_a_snapshot_that_was_changed_or_made_by_another_query_is_refused(cluster, login, tmp_path):
    contract = _contract(cluster)
    extract.run(tmp_path, contract)
    path = tmp_path / contract.raw
    other = _contract(cluster, table={"physicalName": "Falls2"})
    with pytest.raises(
        DataError, match=r"made by another query than data_contracts/falls.* run `lasting extract"
    ):
        table.read(tmp_path, other)
    kept, record = pq.read_table(path), pq.read_metadata(path).metadata[extract.RECORD]
    pq.write_table(kept.slice(1).replace_schema_metadata({extract.RECORD: record}), path)
    with pytest.raises(DataError, match="its rows are not those that were extracted"):
        table.read(tmp_path, contract)
    pq.write_table(kept.replace_schema_metadata(None), path)
    with pytest.raises(DataError, match="is not a snapshot of the database"):
        table.read(tmp_path, contract)


@pytest.mark.parametrize(
    ("changes", "environment", "said"),
    [
        ({}, {"PGPASSWORD": "wrong"}, "refuses the login; set PGUSER and PGPASSWORD"),
        ({}, {"PGUSER": "nobody-here"}, "refuses the login; set PGUSER and PGPASSWORD"),
        ({"server": {"port": 9}}, {}, "postgres on 127.0.0.1:9 can't be reached"),
        ({"server": {"database": "nowhere"}}, {}, "there is no database nowhere"),
        ({"table": {"physicalName": "nothing"}}, {}, 'relation "care.nothing" does not exist; mend the table'),
        ({"server": {"customProperties": [{"property": "query", "value": "SELEKT 1"}]}}, {}, "syntax error"),
        ({"server": {"customProperties": [{"property": "query", "value": "DELETE FROM care.lists"}]}}, {}, "the database says: "),
        ({"server": {"customProperties": [{"property": "query", "value": "SELECT *, (name::int) AS x FROM care.\"Falls\" WHERE name::int > 0"}]}}, {}, "stopped the query (code 22P02)"),
    ],
)  # fmt: skip
def test_what_the_database_refuses_is_a_sentence_without_secrets_or_values(
    cluster, login, monkeypatch, tmp_path, changes, environment, said
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(DataError) as refusal:
        extract.run(tmp_path, _contract(cluster, **changes))
    assert said in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1
    for secret in (postgres.USER, postgres.PASSWORD, "Jane", *environment.values()):
        assert secret not in str(refusal.value)
    assert not any((tmp_path / "data" / "raw").iterdir())


def test_a_column_that_is_no_single_value_is_refused(cluster, login, tmp_path):
    columns = [
        {"name": "month", "logicalType": "date", "required": True},
        {"name": "n", "logicalType": "integer"},
    ]
    contract = _contract(cluster, table={"physicalName": "lists", "properties": columns})
    with pytest.raises(DataError, match=r"column n is int4\[\], which is no single value; cast it"):
        extract.run(tmp_path, contract)


def test_the_command_extracts_and_the_study_runs_from_the_snapshot(cluster, login, clone, lasting):
    (clone / "data_contracts" / "falls.odcs.yaml").write_text(
        yaml.safe_dump(_odcs(cluster)), encoding="utf-8"
    )
    listed = (clone / "params.yaml").read_text(encoding="utf-8")
    (clone / "params.yaml").write_text(
        listed.replace("datasets:\n", "datasets:\n  falls:\n    raw: data/raw/falls.parquet\n"),
        encoding="utf-8",
    )
    said = lasting("extract")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("data/raw/falls.parquet: 12 rows, SHA-256 ")
    assert lasting("extract", "falls").out == "data/raw/falls.parquet: 12 rows, the same rows as before.\n"
    validate.run(project.load(), "falls")
    kept = (clone / "results" / "_data" / "falls" / "validation.json").read_text(encoding="utf-8")
    assert '"sha256": "' in kept
    assert postgres.PASSWORD not in kept
    assert postgres.USER not in kept
    assert lasting("extract", "seatbelts").code == 12
    assert "there is no dataset named fals; did you mean falls?" in lasting("extract", "fals").err


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (
            {"host": "analyst:secret@127.0.0.1"},
            "servers[1].host: should be a name alone; user and password come",
        ),
        ({"database": "x password=secret"}, "servers[1].database: should be a name alone"),
        ({"path": "data/raw/x.csv"}, "servers[1].path: is not read for a database; take it out"),
        ({"port": "many"}, "servers[1].port: should be a number, as 5432"),
        (
            {"customProperties": [{"property": "querry", "value": "x"}]},
            "unknown property querry; did you mean query?",
        ),
    ],
)
def test_a_contract_never_holds_credentials(cluster, server, said):
    with pytest.raises(ContractError) as refusal:
        _contract(cluster, server=server)
    assert said in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_types_of_the_snapshot_are_the_databases(cluster, login, tmp_path):
    contract = _contract(cluster)
    extract.run(tmp_path, contract)
    schema = pq.read_schema(tmp_path / contract.raw)
    assert schema.field("seen").type == pa.timestamp("us", tz="UTC")
    assert schema.field("beds").type == pa.string()
