"""A data contract, read from the Open Data Contract Standard (ODCS v3) and held to what we support.

What a contract says and we do not check is refused with a sentence, never ignored: a contract that seems
to promise more than was checked is worse than none.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import marked_yaml
from pipeline.errors import ContractError
from pipeline.plan import Date, Every

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality, SchemaProperty

    from pipeline.marked_yaml import Key, MarkedYaml
    from pipeline.project import Project

LogicalType = Literal["string", "integer", "number", "date", "boolean"]
Severity = Literal["error", "warning"]
RANGE_OPTIONS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
OPTIONS = {
    "integer": RANGE_OPTIONS,
    "number": RANGE_OPTIONS,
    "string": ("pattern", "minLength", "maxLength"),
}
"""The options of each logical type that are checked."""
OPERATORS = (
    "mustBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
)
UNCHECKED_COLUMN_KEYS = ("partitioned", "encryptedName", "relationships", "properties", "items", "map")
"""Keys of a column that would have to be checked if they were there, and that we do not check yet."""


class Periods(BaseModel):
    """The grid that time stands on (our custom property `periods`; ODCS has no field for it)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    every: Every
    complete_until: Date | None = Field(None, alias="completeUntil")


@dataclass(frozen=True)
class Column:
    """What the contract says of one column."""

    name: str
    label: str
    type: LogicalType
    required: bool
    unique: bool
    options: dict[str, Any]
    enum: tuple[Any, ...]


@dataclass(frozen=True)
class Quality:
    """One quality rule: a metric of the ODCS library, or an expectation by name."""

    column: str | None
    metric: str
    arguments: dict[str, Any]
    severity: Severity
    description: str


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

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the contract's order."""
        return tuple(column.name for column in self.columns)


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
        problems += marked_yaml.complaints(source, OpenDataContractStandard, found)
        problems = list(dict.fromkeys(problems))
        raise ContractError("\n".join(problems)) from None
    if not str(odcs.apiVersion).startswith("v3."):
        problems.append(source.complaint(("apiVersion",), "should be v3.1.0, the version we read"))
    if len(odcs.servers or []) != 1 or (odcs.servers or [])[0].format != "csv":
        problems.append(source.complaint(("servers",), "should hold one server, a local file of format csv"))
    elif not (odcs.servers or [])[0].path:
        problems.append(source.complaint(("servers", 0), "should say the file's `path`"))
    tables = odcs.schema_ or []
    if len(tables) != 1 or not tables[0].properties:
        problems.append(source.complaint(("schema",), "should hold one table with its `properties`"))
    if problems:
        raise ContractError("\n".join(problems))

    server, table = (odcs.servers or [])[0], tables[0]
    columns, quality = [], []
    for index, item in enumerate(table.properties or []):
        path = ("schema", 0, "properties", index)
        columns.append(_column(source, path, item, problems))
        quality += _quality(source, path, item.quality, item.name, problems)
    quality += _quality(source, ("schema", 0), table.quality, None, problems)
    keyed = sorted(
        (item.primaryKeyPosition or 1, item.name or "") for item in table.properties or [] if item.primaryKey
    )
    custom = {entry.property: entry.value for entry in odcs.customProperties or []}
    periods = _periods(source, custom.get("periods"), [column.name for column in columns], problems)
    problems += [
        source.complaint(("customProperties",), f"unknown property {name}{hint}")
        for name in custom
        if name not in ("periods", "disclosure")
        for hint in [marked_yaml.nearest(str(name), ("periods", "disclosure"))]
    ]
    if problems or periods is None:
        raise ContractError("\n".join(problems))
    return Contract(
        id=odcs.id or "",
        name=odcs.name or odcs.id or "",
        version=odcs.version or "",
        raw=server.path or "",
        delimiter=server.delimiter or ",",
        encoding=server.encoding or "utf-8",
        columns=tuple(columns),
        primary_key=tuple(name for _, name in keyed),
        quality=tuple(quality),
        periods=periods,
        public=custom.get("disclosure") == "public",
    )


def _column(source: MarkedYaml, path: tuple[Key, ...], item: SchemaProperty, problems: list[str]) -> Column:
    kind = item.logicalType or "string"
    if not item.name:
        problems.append(source.complaint(path, "a column needs a `name`"))
    if kind not in get_args(LogicalType):
        hint = marked_yaml.nearest(kind, get_args(LogicalType)) or f": use {', '.join(get_args(LogicalType))}"
        problems.append(source.complaint((*path, "logicalType"), f"{kind} is not checked here{hint}"))
    else:
        allowed = OPTIONS.get(kind, ())
        problems += [
            source.complaint((*path, "logicalTypeOptions", option), f"is not checked for {kind}{hint}")
            for option in item.logicalTypeOptions or {}
            if option not in allowed
            for hint in [marked_yaml.nearest(option, allowed)]
        ]
    for key in UNCHECKED_COLUMN_KEYS:
        if getattr(item, key, None):
            problems.append(source.complaint((*path, key), "is not checked here; take it out"))
    return Column(
        name=item.name or "",
        label=item.businessName or item.name or "",
        type=kind,  # type: ignore[arg-type]
        required=bool(item.required),
        unique=bool(item.unique),
        options=dict(item.logicalTypeOptions or {}),
        enum=tuple(entry.value for entry in item.enum or []),
    )


def _quality(
    source: MarkedYaml,
    path: tuple[Key, ...],
    rules: list[DataQuality] | None,
    column: str | None,
    problems: list[str],
) -> list[Quality]:
    kept = []
    for index, rule in enumerate(rules or []):
        here = (*path, "quality", index)
        metric = rule.metric or rule.rule or ""
        arguments = {name: getattr(rule, name) for name in OPERATORS if getattr(rule, name) is not None}
        if rule.type not in (None, "library"):
            problems.append(source.complaint((*here, "type"), f"{rule.type} rules are not checked here yet"))
        elif metric not in (("nullValues", "duplicateValues") if column else ("rowCount",)):
            place = "a column" if column else "a table"
            problems.append(
                source.complaint((*here, "metric"), f"{metric or 'no metric'} of {place} is not checked")
            )
        elif metric != "rowCount" and arguments != {"mustBe": 0}:
            problems.append(source.complaint(here, f"{metric} is checked with `mustBe: 0` only"))
        elif len(arguments) != 1 or rule.unit not in (None, "rows"):
            problems.append(source.complaint(here, f"needs one of {', '.join(OPERATORS)}, in rows"))
        elif rule.severity not in (None, "error", "warning"):
            problems.append(source.complaint((*here, "severity"), "should be error or warning"))
        else:
            kept.append(
                Quality(
                    column=column,
                    metric=metric,
                    arguments=arguments,
                    severity="warning" if rule.severity == "warning" else "error",
                    description=rule.description or rule.name or "",
                )
            )
    return kept


def _periods(source: MarkedYaml, value: Any, columns: list[str], problems: list[str]) -> Periods | None:
    place: tuple[Key, ...] = ("customProperties",)
    if value is None:
        problems.append(
            source.complaint(place, "needs the property periods, as in {column: month, every: month}")
        )
        return None
    try:
        periods = Periods.model_validate(value)
    except ValidationError as found:
        said = "; ".join(f"{marked_yaml.dotted(item['loc'])}: {item['msg']}" for item in found.errors())
        problems.append(source.complaint(place, f"periods: {said}"))
        return None
    if periods.column not in columns:
        hint = marked_yaml.nearest(periods.column, columns)
        problems.append(source.complaint(place, f"periods.column: no column {periods.column}{hint}"))
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
            said.append(source.complaint((*path, key), f"unknown key{marked_yaml.nearest(str(key), known)}"))
        else:
            within = marked_yaml.model_within(known[key].annotation)
            said += _unknown_keys(source, within, value, (*path, key))
    return said


def _dates_as_text(value: Any) -> Any:
    """YAML reads bare dates as dates; the standard's model wants text in most places."""
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
