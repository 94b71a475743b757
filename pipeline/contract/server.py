"""Where the data are: a server of the contract, held to what is read.

The standard has no field for a spreadsheet's sheet, for how numbers are written, or for a database's query;
these stand in the server's `customProperties`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline import marked_yaml
from pipeline.contract.logical_types import PLAIN, Notation
from pipeline.project import outside

if TYPE_CHECKING:
    from open_data_contract_standard.model import SchemaObject
    from open_data_contract_standard.model import Server as OdcsServer

    from pipeline.marked_yaml import Key, MarkedYaml

Format = Literal["csv", "spreadsheet", "parquet"]
FORMATS: dict[str, Format] = {
    "csv": "csv",
    "xlsx": "spreadsheet",
    "xls": "spreadsheet",
    "ods": "spreadsheet",
    "parquet": "parquet",
}
DATABASES = ("postgres", "postgresql")
ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "ascii": "ascii",
    "cp1252": "cp1252",
    "iso8859-1": "iso8859-1",
    "iso8859-15": "iso8859-15",
}
"""The encodings that are read, as Python calls them, and how: a mark of byte order is borne and dropped."""
WORDS = ("id", "server", "type", "description", "environment", "roles", "customProperties")
"""Keys of every server that are for readers, or are read elsewhere."""
KEYS: dict[str, tuple[str, ...]] = {
    "csv": ("path", "format", "delimiter", "encoding"),
    "spreadsheet": ("path", "format"),
    "parquet": ("path", "format"),
    "postgres": ("host", "port", "database", "schema"),
}
PROPERTIES: dict[str, tuple[str, ...]] = {
    "csv": ("decimal", "thousands", "headerRow", "footerRows"),
    "spreadsheet": ("sheet", "decimal", "thousands", "headerRow", "footerRows"),
    "parquet": (),
    "postgres": ("query",),
}
"""What a server's `customProperties` may hold."""

Complaint = tuple[tuple["Key", ...], str]


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database, and the rows that are wanted of it: a table, or the rows of a query."""

    host: str
    port: int
    name: str
    schema: str
    table: str
    query: str | None


@dataclass(frozen=True)
class Server:
    """The file that is read: a raw file, or the snapshot of a database."""

    path: str
    format: Format = "csv"
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    notation: Notation = PLAIN
    sheet: str | None = None
    header_row: int = 1
    footer_rows: int = 0
    database: Database | None = None

    @property
    def first_row(self) -> int:
        """The number of the first row of data, as a spreadsheet counts; 1 where there is no header."""
        return 1 if self.format == "parquet" else self.header_row + 1


def snapshot_path(dataset: str) -> str:
    """Gives the place of a database's snapshot.

    >>> snapshot_path("falls")
    'data/raw/falls.parquet'
    """
    return f"data/raw/{dataset}.parquet"


def read(
    source: MarkedYaml,
    servers: list[OdcsServer],
    table: SchemaObject | None,
    dataset: str,
    problems: list[str],
) -> Server | None:
    """Gives the one server of a contract; adds what is wrong with it to `problems`, and then gives None."""
    kind = _kind(servers[0]) if len(servers) == 1 else None
    if kind is None:
        said = (
            "should hold one server: a local file (`type: local`; `format: csv`, xlsx, xls, ods or parquet) "
            "or a database (`type: postgres`)"
        )
        problems.append(source.complaint(("servers",), said))
        return None
    server, custom = servers[0], _custom(servers[0])
    complaints = [*_unfit(server, kind), *_unfit_properties(server, kind, custom)]
    problems += [source.complaint(("servers", 0, *place), said) for place, said in complaints]
    if complaints:
        return None
    if kind == "postgres":
        return Server(
            path=snapshot_path(dataset),
            format="parquet",
            database=_database(server, table, custom.get("query")),
        )
    return Server(
        path=server.path or "",
        format=FORMATS[server.format or ""],
        delimiter=server.delimiter or ",",
        encoding=ENCODINGS[_encoding(server)],
        notation=Notation(custom.get("decimal", "."), custom.get("thousands", "")),
        sheet=custom.get("sheet"),
        header_row=custom.get("headerRow", 1),
        footer_rows=custom.get("footerRows", 0),
    )


def _kind(server: OdcsServer) -> str | None:
    """Which of `KEYS` a server is: a format of local file, or a database."""
    if server.type in DATABASES:
        return "postgres"
    return FORMATS.get(server.format or "") if server.type == "local" else None


def _custom(server: OdcsServer) -> dict[str, Any]:
    return {str(entry.property): entry.value for entry in server.customProperties or []}


def _unfit(server: OdcsServer, kind: str) -> Iterator[Complaint]:
    """Complains of keys that are not read for this kind of server, and of values that can't be."""
    for key in type(server).model_fields:
        name = "schema" if key == "schema_" else key
        if getattr(server, key) is not None and name not in (*WORDS, *KEYS[kind]):
            yield (
                (name,),
                f"is not read for {'a database' if kind == 'postgres' else 'such a file'}; take it out",
            )
    if kind == "postgres":
        yield from _unfit_database(server)
        return
    if not server.path:
        yield (), "should say the file's `path`"
    elif (why := outside(server.path)) is not None:
        yield ("path",), why
    elif any(sign in server.path for sign in "*?["):
        yield ("path",), "names several files; name one"
    if _encoding(server) not in ENCODINGS:
        known = "utf-8, utf-16, ascii, cp1252, latin-1 or iso-8859-15"
        yield ("encoding",), f"{server.encoding} is not read here; use {known}"
    delimiter = server.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter.isalnum() or delimiter in '"\r\n .+-'):
        yield ("delimiter",), 'should be one sign, as ",", ";", "|" or "\\t" (a tab), in quotes'


def _unfit_database(server: OdcsServer) -> Iterator[Complaint]:
    for key, value in (("host", server.host), ("database", server.database)):
        if not value:
            yield (), f"should say the database's `{key}`"
        elif re.search(r"[@=\s]|://", value):
            said = (
                "should be a name alone; user and password come from the environment "
                "(PGUSER, PGPASSWORD) or ~/.pgpass"
            )
            yield (key,), said
    if server.port is not None and not re.fullmatch("[0-9]{1,5}", str(server.port)):
        yield ("port",), "should be a number, as 5432"


def _unfit_properties(server: OdcsServer, kind: str, custom: dict[str, Any]) -> Iterator[Complaint]:
    for index, entry in enumerate(server.customProperties or []):
        name, value = str(entry.property), entry.value
        place: tuple[Key, ...] = ("customProperties", index)
        if name not in PROPERTIES[kind]:
            known = PROPERTIES[kind]
            hint = marked_yaml.nearest(name, known) or (
                f"; known are {', '.join(known)}" if known else "; take it out"
            )
            yield place, f"unknown property {name}{hint}"
        elif (why := _unfit_value(name, value)) is not None:
            yield (*place, "value"), why
    decimal, thousands = custom.get("decimal", "."), custom.get("thousands", "")
    if decimal == thousands:
        yield ("customProperties",), "decimal and thousands are the same sign; mend one of them"
    if decimal == (server.delimiter or ",") and kind == "csv" and "decimal" in custom:
        said = f'the decimal sign `{decimal}` is the delimiter too; name the file\'s `delimiter`, as ";"'
        yield ("customProperties",), said


def _unfit_value(name: str, value: Any) -> str | None:
    if name == "decimal" and value not in (".", ","):
        return 'should be "." or ","'
    if name == "thousands" and value not in (",", ".", " ", "'", "\u00a0", "\u202f"):
        return 'should be ",", ".", "\'" or a space, in quotes'
    if name in ("headerRow", "footerRows"):
        least = 1 if name == "headerRow" else 0
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            return f"should be a whole number, {least} or more"
    if name in ("sheet", "query") and (not isinstance(value, str) or not value.strip()):
        return "should be text"
    return None


def _encoding(server: OdcsServer) -> str:
    """The encoding as Python calls it, or as it was written if Python has none of that name."""
    try:
        return codecs.lookup(server.encoding or "utf-8").name
    except LookupError:
        return server.encoding or ""


def _database(server: OdcsServer, table: SchemaObject | None, query: str | None) -> Database:
    named = (table.physicalName or table.name or "") if table else ""
    return Database(
        host=server.host or "",
        port=int(server.port or 5432),
        name=server.database or "",
        schema=server.schema_ or "public",
        table=named,
        query=query.strip().rstrip(";") if query else None,
    )
