"""A column of a contract, and what the contract may ask of it.

An option that could not hold, or that we would not check, is refused where it stands in the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pipeline import marked_yaml
from pipeline.contract import options
from pipeline.contract.logical_types import LogicalType

if TYPE_CHECKING:
    from open_data_contract_standard.model import SchemaProperty

    from pipeline.marked_yaml import Key, MarkedYaml

UNCHECKED_KEYS = (
    "partitioned",
    "encryptedName",
    "relationships",
    "properties",
    "items",
    "map",
    "transformLogic",
)
"""Keys of a column that would have to be checked if they were there, and that we do not check."""
NESTED = ("object", "array", "map", "vector")
"""Logical types of the standard that no cell of a table has."""
ENUM_WORDS = {"integer": "a whole number", "number": "a number", "string": "text; put it in quotes"}


@dataclass(frozen=True)
class Column:
    """What the contract says of one column: `name` is what plans call it, `source` what the file does.

    `missing` are the words that stand for a missing value in the file.
    """

    name: str
    label: str
    type: LogicalType
    required: bool
    unique: bool
    options: dict[str, Any]
    enum: tuple[Any, ...]
    physical: str = ""
    classification: str = ""
    missing: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The column's name in the file."""
        return self.physical or self.name


Complaint = tuple[tuple["Key", ...], str]


def read(source: MarkedYaml, path: tuple[Key, ...], item: SchemaProperty, problems: list[str]) -> Column:
    """Gives the column at `path` of a contract; adds what is wrong with it to `problems`."""
    kind = item.logicalType or "string"
    problems += [source.complaint((*path, *place), said) for place, said in _complaints(item, kind)]
    return Column(
        name=item.name or "",
        label=item.businessName or item.name or "",
        type=kind,  # type: ignore[arg-type]
        required=bool(item.required or item.primaryKey),
        unique=bool(item.unique),
        options=dict(item.logicalTypeOptions or {}),
        enum=tuple(entry.value for entry in item.enum or []),
        physical=item.physicalName or "",
        classification=item.classification or "",
        missing=_missing(item),
    )


def named_once(source: MarkedYaml, path: tuple[Key, ...], columns: list[Column]) -> list[str]:
    """Complains of columns that have the same name but for capitals, which engines do not tell apart."""
    seen: dict[str, str] = {}
    problems = []
    for index, column in enumerate(columns):
        if (other := seen.setdefault(column.name.casefold(), column.name)) != column.name:
            said = f"{column.name} and {other} differ only in capitals; rename one, here and in the file"
        elif any(earlier.name == column.name for earlier in columns[:index]) and column.name:
            said = f"{column.name} is a column above already; take one out"
        elif any(earlier.source == column.source for earlier in columns[:index]) and column.name:
            said = f"is read from {column.source}, as a column above is; take one out"
        else:
            continue
        problems.append(source.complaint((*path, index, "name"), said))
    return problems


def _missing(item: SchemaProperty) -> tuple[str, ...]:
    """The words for a missing value that the column's rules of metric missingValues list."""
    listed = [
        value
        for rule in item.quality or []
        if (rule.metric or rule.rule) == "missingValues"
        for value in (rule.arguments or {}).get("missingValues") or []
    ]
    return tuple(dict.fromkeys(str(value) for value in listed if value not in (None, "")))


def _complaints(item: SchemaProperty, kind: str) -> Iterator[Complaint]:
    if not item.name:
        yield (), "a column needs a `name`"
    for key in UNCHECKED_KEYS:
        if getattr(item, key, None):
            yield (key,), "is not checked here; take it out"
    if item.semanticType not in (None, "column", "dimension"):
        yield ("semanticType",), f"{item.semanticType} is no column of the file; take it out"
    if kind in NESTED:
        yield ("logicalType",), f"{kind} is not checked here: a cell holds one value; split it into columns"
        return
    if not options.is_logical_type(kind):
        known = get_args(LogicalType)
        hint = marked_yaml.nearest(kind, known) or f": use {', '.join(known)}"
        yield ("logicalType",), f"{kind} is not checked here{hint}"
        return
    for place, said in options.complaints(item.logicalTypeOptions or {}, kind):
        yield ("logicalTypeOptions", *place), said
    if item.primaryKeyPosition is not None and item.primaryKeyPosition != -1:
        if not item.primaryKey:
            yield ("primaryKeyPosition",), "needs `primaryKey: true`"
        elif item.primaryKeyPosition < 1:
            yield ("primaryKeyPosition",), "should be 1 or more"
    yield from _unfit_enum(item, kind)


def _unfit_enum(item: SchemaProperty, kind: str) -> Iterator[Complaint]:
    fits: dict[str, Callable[[Any], bool]] = {
        "integer": options.is_whole,
        "number": options.is_number,
        "string": lambda value: isinstance(value, str),
    }
    if item.enum and kind not in fits:
        yield ("enum",), f"is not checked for {kind}; take it out"
        return
    for index, entry in enumerate(item.enum or []):
        if not fits[kind](entry.value):
            yield ("enum", index, "value"), f"should be {ENUM_WORDS[kind]}, as the column's logicalType says"
