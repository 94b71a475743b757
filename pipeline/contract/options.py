"""The options of a column's logical type: what may be asked, and what could never be checked or hold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from pipeline import marked_yaml
from pipeline.contract import date_formats
from pipeline.contract.logical_types import LogicalType, to_values

if TYPE_CHECKING:
    from pipeline.marked_yaml import Key

LOWER, UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
BOUNDS = LOWER + UPPER
OPTIONS: dict[str, tuple[str, ...]] = {
    "integer": (*BOUNDS, "multipleOf", "format"),
    "number": (*BOUNDS, "multipleOf", "format"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "date": (*BOUNDS, "format"),
    "timestamp": (*BOUNDS, "format", "timezone", "defaultTimezone"),
    "time": (*BOUNDS, "format"),
}
"""The options of each logical type that are checked."""
INTEGERS = {f"{sign}{bits}": (sign, bits) for sign in "iu" for bits in (8, 16, 32, 64)}
FLOATS = ("f32", "f64")
LARGEST_F32 = 3.4028234663852886e38
"""The largest number of IEEE 754's single precision."""

TEXT_FORMATS = {
    "email": r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$",
    "uuid": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$",
    "hostname": r"^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
    "ipv4": r"^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\.(?!$)|$)){4}$",
    "ipv6": r"^(?=.*:)([0-9A-Fa-f]{0,4}:){2,7}([0-9A-Fa-f]{0,4}|(\d{1,3}\.){3}\d{1,3})$",
}
"""The formats of text that are checked, each as the pattern that its values match."""

Complaint = tuple[tuple["Key", ...], str]


def complaints(options: dict[str, Any], kind: str) -> Iterator[Complaint]:
    """Gives what is wrong with a type's options: the place, and a sentence."""
    allowed = OPTIONS.get(kind, ())
    unknown = [option for option in options if option not in allowed]
    for option in unknown:
        hint = marked_yaml.nearest(option, allowed)
        yield (option,), f"is not checked for {kind}{hint or '; take it out'}"
    if unknown:
        return
    if kind in date_formats.DEFAULTS:
        yield from _unfit_dates(options, kind)
    elif kind == "string":
        yield from _unfit_text(options)
    else:
        yield from _unfit_numbers(options, kind)


def bounds(options: dict[str, Any], kind: str) -> dict[str, Any]:
    """Gives the limits that a column's options set: each bound's name, and a value as the column's are.

    >>> bounds({"format": "u8"}, "integer")
    {'minimum': 0, 'maximum': 255}
    """
    limits = {name: options[name] for name in BOUNDS if name in options}
    if kind in date_formats.DEFAULTS:
        return {name: _moment(value, options, kind) for name, value in limits.items()}
    form = options.get("format")
    if form in INTEGERS and INTEGERS[form][1] < 64:
        sign, bits = INTEGERS[form]
        low, high = (0, 2**bits - 1) if sign == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        limits = _narrowed(limits, low, high)
    elif form == "u64":
        limits = {key: value for key, value in _narrowed(limits, 0, math.inf).items() if value != math.inf}
    elif form == "f32":
        limits = _narrowed(limits, -LARGEST_F32, LARGEST_F32)
    return limits


def _narrowed(limits: dict[str, Any], low: float, high: float) -> dict[str, Any]:
    """Limits, with those of a format where the options' own are wider, or none."""
    lower = {name: limits[name] for name in LOWER if name in limits and limits[name] >= low}
    upper = {name: limits[name] for name in UPPER if name in limits and limits[name] <= high}
    return {**(lower or {"minimum": low}), **(upper or {"maximum": high})}


def _moment(value: Any, options: dict[str, Any], kind: str) -> Any:
    """A limit of a date or time as the column's values are: written in the column's format, or as ISO 8601.

    None if it is neither.
    """
    import pandas as pd

    text = pd.Series([str(value)], dtype="str")
    zoned = {name: value for name, value in options.items() if name in ("timezone", "defaultTimezone")}
    as_day = kind == "timestamp" and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value))
    attempts: list[tuple[str, dict[str, Any]]] = [(kind, options), (kind, zoned), (kind, {})]
    for form, how in [*attempts, *([("date", {})] if as_day else [])]:
        found = to_values(text, form, how).iloc[0]
        if not pd.isna(found):
            return float(found) if kind == "time" else found.to_pydatetime()
    return None


def _unfit_dates(options: dict[str, Any], kind: str) -> Iterator[Complaint]:
    if "format" in options:
        try:
            date_formats.read(options["format"], kind)
        except ValueError as problem:
            yield ("format",), str(problem)
            return
    if not isinstance(options.get("timezone", False), bool):
        yield ("timezone",), "should be true or false"
        return
    if "defaultTimezone" in options:
        if not options.get("timezone"):
            yield ("defaultTimezone",), "needs `timezone: true`; times without an offset stay as they are"
            return
        if not _is_zone(options["defaultTimezone"]):
            yield ("defaultTimezone",), "is no time zone; name one as Europe/London"
            return
    unread = [name for name in BOUNDS if name in options and _moment(options[name], options, kind) is None]
    for name in unread:
        yield (name,), f"is not a {kind}; write it as the values are, or as {date_formats.DEFAULTS[kind]}"
    if not unread:
        yield from _unfit_bounds(
            {n: _moment(options[n], options, kind) for n in BOUNDS if n in options}, options
        )


def _is_zone(name: Any) -> bool:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(str(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _unfit_text(options: dict[str, Any]) -> Iterator[Complaint]:
    for option, value in options.items():
        if option == "pattern" and (why := not_a_pattern(value)) is not None:
            yield (option,), f"is not a regular expression ({why}); mend it"
        if option in ("minLength", "maxLength") and (not is_whole(value) or value < 0):
            yield (option,), "should be a whole number, 0 or more"
        if option == "format" and value not in TEXT_FORMATS:
            yield (option,), f"{value} is not checked here; use {', '.join(TEXT_FORMATS)}, or a pattern"
    shortest, longest = options.get("minLength", 0), options.get("maxLength", math.inf)
    if _is_real(shortest) and _is_real(longest) and shortest > longest:
        yield (), f"nothing lies between {shortest} and {longest}; mend one of them"


def _unfit_numbers(options: dict[str, Any], kind: str) -> Iterator[Complaint]:
    for option, value in options.items():
        if option == "format":
            known = tuple(INTEGERS) if kind == "integer" else FLOATS
            if value not in known:
                yield (option,), f"{value} is not checked here; use {', '.join(known)}"
        elif not is_number(value):
            yield (option,), "should be a number"
        elif option == "multipleOf" and value <= 0:
            yield (option,), "should be more than 0"
    if all(is_number(options[name]) for name in BOUNDS if name in options):
        yield from _unfit_bounds(options, options)


def _unfit_bounds(values: dict[str, Any], written: dict[str, Any]) -> Iterator[Complaint]:
    """Complains of limits between which nothing lies; `written` is how the contract says them."""
    for exact, strict in (LOWER, UPPER):
        if exact in values and strict in values:
            yield (strict,), f"stands beside {exact}; keep one of them"
    low, high = (next((name for name in pair if name in values), None) for pair in (LOWER, UPPER))
    if low is None or high is None or values[low] < values[high]:
        return
    if values[low] == values[high] and not {"exclusiveMinimum", "exclusiveMaximum"} & {low, high}:
        return
    yield (), f"nothing lies between {written[low]} and {written[high]}; mend one of them"


def is_number(value: Any) -> bool:
    """True if a value of a contract is a finite number (and not true or false)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_real(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """True if a value of a contract is a whole number (and not true or false)."""
    return isinstance(value, int) and not isinstance(value, bool)


def not_a_pattern(value: Any) -> str | None:
    """Says why a value is no regular expression; None if it is one."""
    if not isinstance(value, str):
        return "it is not text"
    try:
        re.compile(value)
    except re.error as problem:
        return str(problem)
    return None


def is_logical_type(kind: str) -> bool:
    """True if columns may have this logical type."""
    return kind in get_args(LogicalType)
