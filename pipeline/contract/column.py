"""A column of a contract, and what the contract may ask of it.

An option that could not hold, or that we would not check, is refused where it stands in the contract.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pipeline import marked_yaml
from pipeline.contract.logical_types import LogicalType

if TYPE_CHECKING:
    from open_data_contract_standard.model import SchemaProperty

    from pipeline.marked_yaml import Key, MarkedYaml

LOWER, UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
OPTIONS: dict[str, tuple[str, ...]] = {
    "integer": LOWER + UPPER,
    "number": LOWER + UPPER,
    "string": ("pattern", "minLength", "maxLength"),
}
"""The options of each logical type that are checked."""
UNCHECKED_KEYS = ("partitioned", "encryptedName", "relationships", "properties", "items", "map")
"""Keys of a column that would have to be checked if they were there, and that we do not check yet."""
ENUM_WORDS = {"integer": "a whole number", "number": "a number", "string": "text; put it in quotes"}


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
        else:
            continue
        problems.append(source.complaint((*path, index, "name"), said))
    return problems


def _complaints(item: SchemaProperty, kind: str) -> Iterator[Complaint]:
    if not item.name:
        yield (), "a column needs a `name`"
    if item.physicalName and item.physicalName != item.name:
        yield ("physicalName",), "is not read; give the column's name in the file as `name`"
    for key in UNCHECKED_KEYS:
        if getattr(item, key, None):
            yield (key,), "is not checked here; take it out"
    if kind not in get_args(LogicalType):
        hint = marked_yaml.nearest(kind, get_args(LogicalType)) or f": use {', '.join(get_args(LogicalType))}"
        yield ("logicalType",), f"{kind} is not checked here{hint}"
        return
    options = item.logicalTypeOptions or {}
    allowed = OPTIONS.get(kind, ())
    unknown = [option for option in options if option not in allowed]
    for option in unknown:
        hint = marked_yaml.nearest(option, allowed)
        yield ("logicalTypeOptions", option), f"is not checked for {kind}{hint or '; take it out'}"
    if not unknown:
        for place, said in _unfit_options(options, kind):
            yield ("logicalTypeOptions", *place), said
    yield from _unfit_enum(item, kind)


def _unfit_options(options: dict[str, Any], kind: str) -> Iterator[Complaint]:
    """Complains of options whose values could never be checked or never hold."""
    for option, value in options.items():
        if option == "pattern":
            if (why := _not_a_pattern(value)) is not None:
                yield (option,), f"is not a regular expression ({why}); mend it"
        elif option in ("minLength", "maxLength"):
            if not _is_whole(value) or value < 0:
                yield (option,), "should be a whole number, 0 or more"
        elif not _is_number(value):
            yield (option,), "should be a number"
    for exact, strict in (LOWER, UPPER):
        if exact in options and strict in options:
            yield (strict,), f"stands beside {exact}; keep one of them"
    pairs = (("minLength",), ("maxLength",)) if kind == "string" else (LOWER, UPPER)
    lowest, highest = (next((options[option] for option in pair if option in options), 0) for pair in pairs)
    is_strict = any(option.startswith("exclusive") for option in options)
    has_both = all(any(option in options for option in pair) for pair in pairs)
    if has_both and _is_number(lowest) and _is_number(highest):
        if lowest < highest or (lowest == highest and not is_strict):
            return
        yield (), f"nothing lies between {lowest} and {highest}; mend one of them"


def _unfit_enum(item: SchemaProperty, kind: str) -> Iterator[Complaint]:
    fits: dict[str, Callable[[Any], bool]] = {
        "integer": _is_whole,
        "number": _is_number,
        "string": lambda value: isinstance(value, str),
    }
    if item.enum and kind not in fits:
        yield ("enum",), f"is not checked for {kind}; take it out"
        return
    for index, entry in enumerate(item.enum or []):
        if not fits[kind](entry.value):
            yield ("enum", index, "value"), f"should be {ENUM_WORDS[kind]}, as the column's logicalType says"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _not_a_pattern(value: Any) -> str | None:
    if not isinstance(value, str):
        return "it is not text"
    try:
        re.compile(value)
    except re.error as problem:
        return str(problem)
    return None
