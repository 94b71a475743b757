"""A data contract, read from the Open Data Contract Standard (ODCS v3) and held to what we support.

What a contract says and we do not check is refused with a sentence, never ignored: a contract that seems
to promise more than was checked is worse than none.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pipeline import complaints, marked_yaml
from pipeline.contract import column, quality
from pipeline.contract.column import Column
from pipeline.contract.grid import Periods
from pipeline.contract.quality import Quality
from pipeline.errors import ContractError
from pipeline.project import outside

if TYPE_CHECKING:
    from open_data_contract_standard.model import CustomProperty, OpenDataContractStandard, Server

    from pipeline.marked_yaml import Key, MarkedYaml
    from pipeline.project import Project

PROPERTIES = ("periods", "disclosure", "synthetic")
"""Our custom properties: what the standard has no field for."""
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


@dataclass(frozen=True)
class Contract:
    """A contract we can check in full."""

    id: str
    name: str
    version: str
    raw: str
    delimiter: str
    encoding: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    quality: tuple[Quality, ...]
    periods: Periods
    public: bool
    synthetic: bool = False


def load(project: Project, dataset: str) -> Contract:
    """Reads the contract of a dataset; raises ContractError listing every problem."""
    path = project.contract_path(dataset)
    source = marked_yaml.read(path, project.name_of(path), ContractError)
    contract = parse(source)
    if contract.id != dataset:
        raise ContractError(source.complaint(("id",), f"should be {dataset}, as the file is named"))
    if contract.raw != project.raw[dataset]:
        listed = project.raw[dataset]
        raise ContractError(
            source.complaint(
                ("servers", 0, "path"), f"is {contract.raw}, but params.yaml gives {dataset} {listed}"
            )
        )
    return contract


def parse(source: MarkedYaml) -> Contract:
    """Makes a contract of YAML that has been read; raises ContractError listing every problem."""
    from open_data_contract_standard.model import OpenDataContractStandard

    problems = _unknown_keys(source, OpenDataContractStandard, source.data, ())
    try:
        odcs = OpenDataContractStandard.model_validate(_dates_as_text(source.data))
    except ValidationError as found:
        problems += complaints.complaints(source, OpenDataContractStandard, found)
        raise ContractError("\n".join(dict.fromkeys(problems))) from None
    problems += _out_of_scope(source, odcs)
    if problems:
        raise ContractError("\n".join(problems))

    server, table = (odcs.servers or [])[0], (odcs.schema_ or [])[0]
    properties = table.properties or []
    place: tuple[Key, ...] = ("schema", 0, "properties")
    columns, rules = [], []
    for index, item in enumerate(properties):
        columns.append(column.read(source, (*place, index), item, problems))
        rules += quality.read(source, (*place, index), item.quality, item.name, problems)
    problems += column.named_once(source, place, columns)
    rules += quality.read(source, ("schema", 0), table.quality, None, problems)
    keyed = sorted((item.primaryKeyPosition or 1, item.name or "") for item in properties if item.primaryKey)
    custom = _custom(source, odcs.customProperties or [], problems)
    periods = _periods(source, custom, columns, problems)
    if "synthetic" in custom and not isinstance(custom["synthetic"][1], bool):
        place = ("customProperties", custom["synthetic"][0], "value")
        problems.append(source.complaint(place, "should be true (made-up data) or false"))
    if problems or periods is None:
        raise ContractError("\n".join(problems))
    return Contract(
        id=odcs.id or "",
        name=odcs.name or odcs.id or "",
        version=odcs.version or "",
        raw=server.path or "",
        delimiter=server.delimiter or ",",
        encoding=ENCODINGS[_encoding(server)],
        columns=tuple(columns),
        primary_key=tuple(name for _, name in keyed),
        quality=tuple(rules),
        periods=periods,
        public="disclosure" in custom and custom["disclosure"][1] == "public",
        synthetic="synthetic" in custom and custom["synthetic"][1] is True,
    )


def _out_of_scope(source: MarkedYaml, odcs: OpenDataContractStandard) -> list[str]:
    """Complaints about what must be there before columns can be read."""
    problems = []
    if not str(odcs.apiVersion).startswith("v3."):
        problems.append(source.complaint(("apiVersion",), "should be v3.1.0, the version we read"))
    servers, tables = odcs.servers or [], odcs.schema_ or []
    if len(servers) != 1 or servers[0].format != "csv" or servers[0].type != "local":
        said = "should hold one server, a local file of format csv (`type: local`, `format: csv`)"
        problems.append(source.complaint(("servers",), said))
    else:
        problems += [
            source.complaint(("servers", 0, *key), said) for key, said in _unfit_server(servers[0]).items()
        ]
    if len(tables) != 1 or not tables[0].properties:
        problems.append(source.complaint(("schema",), "should hold one table with its `properties`"))
    elif tables[0].relationships:
        problems.append(source.complaint(("schema", 0, "relationships"), "is not checked here; take it out"))
    return problems


def _unfit_server(server: Server) -> dict[tuple[Key, ...], str]:
    wrong: dict[tuple[Key, ...], str] = {}
    if not server.path:
        wrong[()] = "should say the file's `path`"
    elif (why := outside(server.path)) is not None:
        wrong[("path",)] = why
    if _encoding(server) not in ENCODINGS:
        known = "utf-8, utf-16, ascii, cp1252, latin-1 or iso-8859-15"
        wrong[("encoding",)] = f"{server.encoding} is not read here; use {known}"
    delimiter = server.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter.isalnum() or delimiter in '"\r\n .+-'):
        wrong[("delimiter",)] = 'should be one sign, as ",", ";", "|" or "\\t" (a tab), in quotes'
    return wrong


def _encoding(server: Server) -> str:
    """The encoding as Python calls it, or as it was written if Python has none of that name."""
    import codecs

    try:
        return codecs.lookup(server.encoding or "utf-8").name
    except LookupError:
        return server.encoding or ""


def _custom(
    source: MarkedYaml, entries: list[CustomProperty], problems: list[str]
) -> dict[str, tuple[int, Any]]:
    """Our own properties: their place in the list and their value."""
    names = [str(entry.property) for entry in entries]
    for index, name in enumerate(names):
        if name not in PROPERTIES:
            known = marked_yaml.nearest(name, PROPERTIES) or f"; known are {' and '.join(PROPERTIES)}"
            problems.append(source.complaint(("customProperties", index), f"unknown property {name}{known}"))
        elif Counter(names[:index])[name]:
            problems.append(
                source.complaint(("customProperties", index), f"{name} comes a second time; take one out")
            )
    return {
        name: (index, entry.value) for index, (name, entry) in enumerate(zip(names, entries, strict=True))
    }


def _periods(
    source: MarkedYaml, custom: dict[str, tuple[int, Any]], columns: list[Column], problems: list[str]
) -> Periods | None:
    if "periods" not in custom:
        said = "needs the property periods, with a value as in {column: month, every: month}"
        problems.append(source.complaint(("customProperties",), said))
        return None
    index, value = custom["periods"]
    place: tuple[Key, ...] = ("customProperties", index, "value")
    try:
        periods = Periods.model_validate(value)
    except ValidationError as found:
        problems += complaints.complaints(source, Periods, found, place)
        return None
    names = [found.name for found in columns]
    if periods.column not in names:
        hint = marked_yaml.nearest(periods.column, names) or f"; the columns are {', '.join(names)}"
        problems.append(source.complaint((*place, "column"), f"there is no column {periods.column}{hint}"))
        return periods
    dated = columns[position := names.index(periods.column)]
    here: tuple[Key, ...] = ("schema", 0, "properties", position)
    if dated.type != "date":
        said = f"should be date: {dated.name} is the column of periods"
        problems.append(source.complaint((*here, "logicalType"), said))
    if not dated.required:
        said = f"should be true: {dated.name} dates each row, and no row may be without a date"
        problems.append(source.complaint((*here, "required"), said))
    return periods


def _unknown_keys(source: MarkedYaml, model: Any, data: Any, path: tuple[Key, ...]) -> list[str]:
    """Complaints about keys that the standard does not have; its own package passes over them."""
    if isinstance(data, list):
        return [
            said
            for index, item in enumerate(data)
            for said in _unknown_keys(source, model, item, (*path, index))
        ]
    fields = getattr(model, "model_fields", None)
    if not isinstance(data, dict) or not fields:
        return []
    known = {field.alias or name: field for name, field in fields.items()}
    said = []
    for key, value in data.items():
        if key not in known:
            hint = marked_yaml.nearest(str(key), known) or "; take it out"
            said.append(source.complaint((*path, key), f"unknown key{hint}"))
        else:
            within = complaints.model_within(known[key].annotation)
            said += _unknown_keys(source, within, value, (*path, key))
    return said


def _dates_as_text(value: Any) -> Any:
    """YAML reads bare dates as dates; the standard's model wants text in most places."""
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
