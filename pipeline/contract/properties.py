"""Our own properties of a contract: what an evaluation must know and the standard has no field for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline import complaints, marked_yaml
from pipeline.contract.grid import Periods
from pipeline.listing import listed
from pipeline.plan import Date

if TYPE_CHECKING:
    from open_data_contract_standard.model import CustomProperty

    from pipeline.contract.column import Column
    from pipeline.marked_yaml import Key, MarkedYaml

NAMES = ("periods", "proportions", "breaks", "provisional", "synthetic", "disclosure")
NUMBERS = ("integer", "number")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proportion(_Part):
    """Two columns of which the first is part of the second: it is never more."""

    numerator: str
    denominator: str


class Break(_Part):
    """A day from which something is counted otherwise, and how; in all columns unless some are named."""

    at: Date
    label: Annotated[str, Field(min_length=1)]
    columns: tuple[str, ...] = ()

    def touches(self, columns: tuple[str, ...]) -> bool:
        """True if a measure made from these columns is counted otherwise."""
        return not self.columns or bool(set(self.columns) & set(columns))


class Provisional(_Part):
    """The day from which values may still be revised, and why, if that is said."""

    since: Date
    label: Annotated[str, Field(min_length=1)] = "Provisional"


@dataclass(frozen=True)
class Properties:
    """What a contract's custom properties say."""

    periods: Periods
    proportions: tuple[Proportion, ...] = ()
    breaks: tuple[Break, ...] = ()
    provisional: Provisional | None = None
    synthetic: bool = False
    public: bool = False


MODELS: dict[str, tuple[Any, type[BaseModel] | None]] = {
    "periods": (Periods, Periods),
    "proportions": (Annotated[list[Proportion], Field(min_length=1)], Proportion),
    "breaks": (Annotated[list[Break], Field(min_length=1)], Break),
    "provisional": (Provisional, Provisional),
}


def read(
    source: MarkedYaml, entries: list[CustomProperty], columns: list[Column], problems: list[str]
) -> Properties | None:
    """Gives a contract's own properties; adds what is wrong with them to `problems`, and then gives None."""
    before = len(problems)
    found = dict(_known(source, entries, problems))
    if "periods" not in found:
        said = "needs the property periods, with a value as in {column: month, every: month}"
        problems.append(source.complaint(("customProperties",), said))
    made = {name: _made(source, name, index, value, problems) for name, (index, value) in found.items()}
    if "synthetic" in found and not isinstance(made["synthetic"], bool):
        said = "should be true (made-up data) or false"
        index = found["synthetic"][0]
        problems.append(source.complaint(("customProperties", index, "value"), said))
    if len(problems) > before:
        return None
    properties = Properties(
        periods=made["periods"],
        proportions=tuple(made.get("proportions", ())),
        breaks=tuple(sorted(made.get("breaks", ()), key=lambda each: each.at)),
        provisional=made.get("provisional"),
        synthetic=made.get("synthetic", False),
        public=made.get("disclosure") == "public",
    )
    places = {name: index for name, (index, _) in found.items()}
    for name, place, said in _disagreements(properties, columns):
        problems.append(source.complaint(("customProperties", places[name], "value", *place), said))
    for position, field, said in _undated(properties, columns):
        problems.append(source.complaint(("schema", 0, "properties", position, field), said))
    return properties if len(problems) == before else None


def _known(
    source: MarkedYaml, entries: list[CustomProperty], problems: list[str]
) -> Iterator[tuple[str, tuple[int, Any]]]:
    """Our own properties: their name, their place in the list and their value."""
    names = [str(entry.property) for entry in entries]
    for index, (name, entry) in enumerate(zip(names, entries, strict=True)):
        said = ""
        if name not in NAMES:
            hint = marked_yaml.nearest(name, NAMES) or f"; known are {listed(NAMES)}"
            said = f"unknown property {name}{hint}"
        elif Counter(names[:index])[name]:
            said = f"{name} comes a second time; take one out"
        if said:
            problems.append(source.complaint(("customProperties", index), said))
        elif name in NAMES:
            yield name, (index, entry.value)


def _made(source: MarkedYaml, name: str, index: int, value: Any, problems: list[str]) -> Any:
    if name not in MODELS:
        return value
    kind, model = MODELS[name]
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as found:
        place: tuple[Key, ...] = ("customProperties", index, "value")
        problems += complaints.complaints(source, model or BaseModel, found, place)
        return None


def _disagreements(
    properties: Properties, columns: list[Column]
) -> Iterator[tuple[str, tuple[Key, ...], str]]:
    """What the properties ask for and the columns do not have: property, place and sentence."""
    types = {column.name: column.type for column in columns}
    periods = properties.periods
    named: list[tuple[str, tuple[Key, ...], str]] = [("periods", ("column",), periods.column)]
    if periods.units is not None:
        named.append(("periods", ("units",), periods.units))
    for index, pair in enumerate(properties.proportions):
        named += [("proportions", (index, field), name) for field, name in pair]
    for index, each in enumerate(properties.breaks):
        named += [("breaks", (index, "columns", place), name) for place, name in enumerate(each.columns)]
    for name, place, column in named:
        if column not in types:
            hint = marked_yaml.nearest(column, types) or f"; the columns are {', '.join(types)}"
            yield name, place, f"there is no column {column}{hint}"
        elif name == "proportions" and types[column] not in NUMBERS:
            yield name, place, f"{column} is a {types[column]}; name a column of numbers"
    if periods.units == periods.column:
        yield "periods", ("units",), f"{periods.units} dates the rows; name the column of sites"


def _undated(properties: Properties, columns: list[Column]) -> Iterator[tuple[int, str, str]]:
    """What the columns of dates and of units must be and aren't: position, field, sentence."""
    periods = properties.periods
    for position, column in enumerate(columns):
        if column.name == periods.column:
            allowed = ("date", "timestamp") if periods.rows == "records" else ("date",)
            if column.type not in allowed:
                said = f"should be {' or '.join(allowed)}: {column.name} is the column of periods"
                yield position, "logicalType", said
            if not column.required:
                said = f"should be true: {column.name} dates each row, and no row may be without a date"
                yield position, "required", said
        if column.name == periods.units and not column.required:
            said = f"should be true: {column.name} names each row's unit, and no row may be without one"
            yield position, "required", said
