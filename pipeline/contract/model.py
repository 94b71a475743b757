"""A data contract, read from the Open Data Contract Standard (ODCS v3) and held to what we support.

What a contract says and we do not check is refused with a sentence, never ignored: a contract that seems
to promise more than was checked is worse than none.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pipeline import complaints, marked_yaml
from pipeline.contract import column, properties, quality, server
from pipeline.contract.column import Column
from pipeline.contract.properties import Properties
from pipeline.contract.quality import Quality
from pipeline.contract.server import Server
from pipeline.errors import ContractError

if TYPE_CHECKING:
    from open_data_contract_standard.model import OpenDataContractStandard

    from pipeline.contract.grid import Periods
    from pipeline.marked_yaml import Key, MarkedYaml
    from pipeline.project import Project


@dataclass(frozen=True)
class Contract:
    """A contract we can check in full."""

    id: str
    name: str
    version: str
    server: Server
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    quality: tuple[Quality, ...]
    properties: Properties
    table: str = "rows"

    @property
    def raw(self) -> str:
        """The file that is read, from the repository's root."""
        return self.server.path

    @property
    def file(self) -> str:
        """The contract's own file, as complaints name it."""
        return f"data_contracts/{self.id}.odcs.yaml"

    @property
    def sources(self) -> tuple[str, ...]:
        """The contract's columns as the file names them."""
        return tuple(column.source for column in self.columns)

    @property
    def periods(self) -> Periods:
        """The column that dates the rows, and the grid it stands on."""
        return self.properties.periods

    @property
    def synthetic(self) -> bool:
        """True if the data are made up."""
        return self.properties.synthetic

    @property
    def public(self) -> bool:
        """True if the contract claims that the data are public."""
        return self.properties.public


def load(project: Project, dataset: str, *, tries_rules: bool = False) -> Contract:
    """Reads the contract of a dataset; raises ContractError listing every problem.

    With `tries_rules`, queries and expectations are tried by their engines, which takes a while.
    """
    listed = project.dataset(dataset)
    path = project.contract_path(dataset)
    source = marked_yaml.read(path, project.name_of(path), ContractError)
    contract = parse(source, tries_rules=tries_rules)
    if contract.id != dataset:
        raise ContractError(source.complaint(("id",), f"should be {dataset}, as the file is named"))
    if contract.raw != listed:
        if contract.server.database:
            said = f"its snapshot is {contract.raw}, but params.yaml gives {dataset} {listed}; write it there"
            raise ContractError(source.complaint(("servers", 0), said))
        raise ContractError(
            source.complaint(
                ("servers", 0, "path"), f"is {contract.raw}, but params.yaml gives {dataset} {listed}"
            )
        )
    return contract


def parse(source: MarkedYaml, *, tries_rules: bool = False) -> Contract:
    """Makes a contract of YAML that has been read; raises ContractError listing every problem."""
    from open_data_contract_standard.model import OpenDataContractStandard

    problems = _unknown_keys(source, OpenDataContractStandard, source.data, ())
    try:
        odcs = OpenDataContractStandard.model_validate(_dates_as_text(source.data))
    except ValidationError as unfit:
        problems += complaints.complaints(source, OpenDataContractStandard, unfit)
        raise ContractError("\n".join(dict.fromkeys(problems))) from None
    problems += _out_of_scope(source, odcs)
    if problems:
        raise ContractError("\n".join(problems))

    table = (odcs.schema_ or [])[0]
    items = table.properties or []
    place: tuple[Key, ...] = ("schema", 0, "properties")
    named = server.read(source, odcs.servers or [], table, odcs.id or "", problems)
    columns, rules = [], []
    for index, item in enumerate(items):
        columns.append(column.read(source, (*place, index), item, problems))
        rules += quality.read(source, (*place, index), item.quality, item.name, problems)
    problems += column.named_once(source, place, columns)
    rules += quality.read(source, ("schema", 0), table.quality, None, problems)
    found = properties.read(source, odcs.customProperties or [], columns, problems)
    problems += _contradictions(source, columns, found)
    if problems or found is None or named is None:
        raise ContractError("\n".join(problems))
    called = table.name or "rows"
    # Only now, as rules are tried on the columns, which must be sound.
    ruled = [((*place, index), item.quality, item.name) for index, item in enumerate(items)]
    for at, given, name in [*ruled, (("schema", 0), table.quality, None)] if tries_rules else []:
        problems += quality.unfit(source, at, given, columns, name, called)
    if problems:
        raise ContractError("\n".join(problems))
    keyed = sorted((item.primaryKeyPosition or 1, item.name or "") for item in items if item.primaryKey)
    return Contract(
        id=odcs.id or "",
        name=odcs.name or odcs.id or "",
        version=odcs.version or "",
        server=named,
        columns=tuple(columns),
        primary_key=tuple(name for _, name in keyed),
        quality=tuple(rules),
        properties=found,
        table=called,
    )


def _out_of_scope(source: MarkedYaml, odcs: OpenDataContractStandard) -> list[str]:
    """Complaints about what must be there before columns can be read."""
    problems = []
    if not str(odcs.apiVersion).startswith("v3."):
        problems.append(source.complaint(("apiVersion",), "should be v3.1.0, the version we read"))
    if odcs.kind not in (None, "DataContract"):
        problems.append(source.complaint(("kind",), "should be DataContract"))
    tables = odcs.schema_ or []
    if len(tables) != 1 or not tables[0].properties:
        problems.append(source.complaint(("schema",), "should hold one table with its `properties`"))
    elif tables[0].relationships:
        problems.append(source.complaint(("schema", 0, "relationships"), "is not checked here; take it out"))
    return problems


def _contradictions(source: MarkedYaml, columns: list[Column], found: Properties | None) -> list[str]:
    """Complaints about columns that are said to be confidential in data that are said to be public."""
    if found is None or not found.public:
        return []
    return [
        source.complaint(
            ("schema", 0, "properties", index, "classification"),
            f"is {each.classification}, and the contract says `disclosure: public`; one of them is wrong",
        )
        for index, each in enumerate(columns)
        if each.classification and each.classification.lower() != "public"
    ]


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
