"""A database's rows as a file that stays: the snapshot that is analysed, and the record of how it was made.

The rows are read in one transaction that can change nothing, in the order of their key, and hold the
contract's columns only. User and password come from where PostgreSQL's own tools take them (PGUSER,
PGPASSWORD, ~/.pgpass, a service file); they are never in a contract, a file or a complaint.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.server import Database
from pipeline.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.contract.model import Contract

RECORD = b"lasting.extract"
"""The key under which a snapshot keeps its record, in the file itself."""
BATCH = 50_000
SECONDS_TO_CONNECT = 15


@dataclass(frozen=True)
class Extract:
    """How a snapshot was made: the query as it ran, how many rows it gave, and the SHA-256 of them as CSV."""

    query: str
    rows: int
    sha256: str


def query_of(contract: Contract) -> str:
    """Gives the query that a contract asks a database: its columns, in the order of the key, or of all."""
    database = contract.server.database
    if database is None:
        raise DataError(f"{contract.file}: its data are a file, not a database; there is nothing to extract.")
    given = database.query or f"SELECT * FROM {_quoted(database.schema)}.{_quoted(database.table)}"
    sources = {column.name: column.source for column in contract.columns}
    key = [sources[name] for name in contract.primary_key] or list(contract.sources)
    listed, ordered = (", ".join(map(_quoted, names)) for names in (contract.sources, key))
    return f"SELECT {listed}\nFROM (\n{given}\n) AS given\nORDER BY {ordered}"


def run(root: Path, contract: Contract) -> Extract:
    """Writes the snapshot of a contract's database to its place, whole or not at all; gives its record.

    Raises DataError if the database can't be reached, the query fails, or a column can't be held.
    """
    import psycopg
    import pyarrow.parquet as pq

    query, path = query_of(contract), root / contract.raw
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    total, digest = 0, hashlib.sha256()
    try:
        with _connected(contract) as connection, connection.cursor(name="extract") as cursor:
            cursor.itersize = BATCH
            cursor.execute(query)
            schema = _schema(cursor.description, contract)
            with pq.ParquetWriter(partial, schema) as writer:
                for batch in _batches(cursor, schema):
                    writer.write_batch(batch)
                    digest.update(_as_csv(batch))
                    total += batch.num_rows
                made = Extract(query, total, digest.hexdigest())
                writer.add_key_value_metadata({RECORD: json.dumps(asdict(made)).encode()})
        partial.replace(path)
    except psycopg.Error as problem:
        raise DataError(_said(problem, contract)) from None
    finally:
        partial.unlink(missing_ok=True)
    return made


def record_of(path: Path) -> Extract | None:
    """Gives the record that a snapshot keeps; None if the file is none of ours."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        kept = (pq.read_metadata(path).metadata or {}).get(RECORD)
        return Extract(**json.loads(kept)) if kept else None
    except (pa.ArrowInvalid, OSError, ValueError, TypeError):
        return None


def verified(path: Path, contract: Contract) -> Extract:
    """Gives the record of a contract's snapshot.

    Raises DataError if the file is not what its record says, or if the contract asks another query now.
    """
    import pyarrow.parquet as pq

    again = f"run `lasting extract {contract.id}`"
    found = record_of(path)
    if found is None:
        raise DataError(f"{contract.raw}: is not a snapshot of the database; {again}.")
    if found.query != query_of(contract):
        raise DataError(f"{contract.raw}: was made by another query than {contract.file} asks; {again}.")
    digest = hashlib.sha256()
    for batch in pq.ParquetFile(path).iter_batches(batch_size=BATCH):
        digest.update(_as_csv(batch))
    if digest.hexdigest() != found.sha256:
        raise DataError(f"{contract.raw}: its rows are not those that were extracted; {again}.")
    return found


def _connected(contract: Contract) -> Any:
    """A connection that can only read, and sees one state of the database throughout."""
    import psycopg

    database = contract.server.database
    assert database is not None  # `query_of` has refused the others
    try:
        connection = psycopg.connect(
            host=database.host,
            port=database.port,
            dbname=database.name,
            connect_timeout=SECONDS_TO_CONNECT,
            client_encoding="utf8",
        )
    except psycopg.Error as problem:
        raise DataError(_unconnected(str(problem), database, contract)) from None
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def _schema(description: Any, contract: Contract) -> pa.Schema:
    """The columns of an answer: those whose types Arrow has as such, the others as text."""
    import pyarrow as pa

    kinds = {
        "bool": pa.bool_(),
        "int2": pa.int64(),
        "int4": pa.int64(),
        "int8": pa.int64(),
        "float4": pa.float64(),
        "float8": pa.float64(),
        "date": pa.date32(),
        "time": pa.time64("us"),
        "timestamp": pa.timestamp("us"),
        "timestamptz": pa.timestamp("us", tz="UTC"),
    }
    texts = ("text", "varchar", "bpchar", "char", "name", "numeric", "uuid")
    fields = []
    for column in description:
        kind = column.type_display.partition("(")[0]
        # What psycopg has no name for is an enumeration, and comes as text.
        if kind not in kinds and kind not in texts and not kind.isdecimal():
            raise DataError(
                f"{contract.raw}: the database's column {column.name} is {kind}, which is no single value; "
                f"cast it in a `query` of {contract.file}."
            )
        fields.append(pa.field(column.name, kinds.get(kind, pa.string())))
    return pa.schema(fields)


def _batches(cursor: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    texts = [pa.types.is_string(field.type) for field in schema]
    while rows := cursor.fetchmany(BATCH):
        columns = zip(*rows, strict=True)
        arrays = [
            pa.array([_text(value) for value in column] if is_text else column, field.type)
            for column, is_text, field in zip(columns, texts, schema, strict=True)
        ]
        yield pa.record_batch(arrays, schema=schema)


def _text(value: Any) -> str | None:
    """A value as text; exact numbers without an exponent."""
    import decimal

    if value is None or isinstance(value, str):
        return value
    return f"{value:f}" if isinstance(value, decimal.Decimal) else str(value)


def _as_csv(batch: pa.RecordBatch) -> bytes:
    from pyarrow import csv

    text = io.BytesIO()
    csv.write_csv(batch, text, csv.WriteOptions(include_header=False))
    return text.getvalue()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _unconnected(said: str, database: Database, contract: Contract) -> str:
    """A sentence on a database that can't be reached; PostgreSQL's own holds the user's name."""
    where = f"{database.name} on {database.host}:{database.port}"
    if "password" in said or "role" in said or "authentication" in said or "peer" in said.lower():
        return (
            f"{contract.file}, servers[1]: {where} refuses the login; set PGUSER and PGPASSWORD in the "
            "environment, or a line in ~/.pgpass."
        )
    if "database" in said and "not exist" in said:
        return f"{contract.file}, servers[1].database: there is no database {where}; mend its name."
    return (
        f"{contract.file}, servers[1]: {where} can't be reached; mend host or port, or start the network or "
        "tunnel that leads to it."
    )


def _said(problem: Any, contract: Contract) -> str:
    """A sentence on a query that failed. What PostgreSQL says of names is told; of values, only its code."""
    code = problem.sqlstate or ""
    if code.startswith("42") and problem.diag.message_primary:
        said = problem.diag.message_primary
        return f"{contract.file}: the database says: {said}; mend the table, the columns or the `query`."
    return (
        f"{contract.raw}: the database stopped the query (code {code or 'none'}); run it there to see why. "
        "Nothing was written."
    )
