"""The logical types of a contract: how a value of each is written, and what it becomes.

Both stand in one place, so that every text that passes as a number or a date also becomes one, exactly.
What isn't written as its column's type becomes a missing value, and breaks the rule that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.contract import date_formats

if TYPE_CHECKING:
    import pandas as pd

LogicalType = Literal["string", "integer", "number", "date", "timestamp", "time", "boolean"]

_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAYS = "|".join(
    (
        "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
        "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
        "02-(?:0[1-9]|1[0-9]|2[0-8])",
    )
)
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DATE = rf"(?:{_YEAR}-(?:{_DAYS})|{_LEAP_YEAR}-02-29)"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"

PATTERNS: dict[str, str] = {
    "integer": r"^[+-]?[0-9]{1,18}$",
    "number": r"^[+-]?(?:[0-9]{1,100}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$",
    "date": rf"^{_DATE}$",
    "timestamp": rf"^{_DATE}[T ]{_TIME}$",
    "time": rf"^{_TIME}$",
    "boolean": r"^(?:true|false|True|False|TRUE|FALSE|0|1)$",
}
"""How a value of each type is written. Digits are ASCII; what fits is an int64 or a finite float64."""
ZONED = rf"^{_DATE}[T ]{_TIME}(?:Z|[+-][01][0-9]:?[0-5][0-9])$"

SENTENCES: dict[str, str] = {
    "integer": "is a whole number",
    "number": "is a number",
    "date": "is a date written {format}",
    "timestamp": "is a date and time written {format}",
    "time": "is a time of day written {format}",
    "boolean": "is true or false",
}

TOO_LARGE: dict[str, tuple[str, str]] = {
    "integer": (r"[+-]?[0-9]{19,}", "more than 18 digits can't be held"),
    "number": (
        r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
        "numbers so large or small can't be held",
    ),
}
"""How a number is written that is one, and yet not taken; and what to say of it."""


@dataclass(frozen=True)
class Notation:
    """How a file writes numbers: the sign before decimals, and the one between thousands, if any."""

    decimal: str = "."
    thousands: str = ""


PLAIN = Notation()


def sentence(kind: str, options: dict[str, Any]) -> str:
    """Gives what the rule of a type says of a value, as 'is a date written YYYY-MM-DD'."""
    usual = {"date": "YYYY-MM-DD", "timestamp": "YYYY-MM-DDThh:mm:ss", "time": "hh:mm:ss"}
    zone = ", with its offset from UTC" if options.get("timezone") else ""
    return SENTENCES[kind].format(format=options.get("format") or usual.get(kind)) + zone


def to_values(
    text: pd.Series, kind: str, options: dict[str, Any] | None = None, notation: Notation = PLAIN
) -> pd.Series:
    """Gives a column of text as values of its logical type; what isn't written as one is missing.

    Integers become Int64 and booleans boolean (both with their own missing values), numbers float64,
    dates datetime64[s], timestamps datetime64[us] (those with an offset in the contract's time zone), times
    of day float64 (seconds since midnight), and strings stay as they are.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind == "string":
        return text
    options = options or {}
    array = pa.array(text, type=pa.large_string(), from_pandas=True)
    if kind in ("integer", "number"):
        array = _plain_numbers(array, notation)
    elif kind in date_formats.DEFAULTS and options.get("format"):
        array = _iso(array, date_formats.read(options["format"], kind), kind)
    pattern = ZONED if options.get("timezone") else PATTERNS[kind]
    kept = pc.if_else(pc.match_substring_regex(array, pattern), array, None)
    if kind == "integer":
        whole = pc.cast(pc.utf8_ltrim(kept, characters="+"), pa.int64())
        return pd.Series(whole.to_pandas(types_mapper=nullable().get).array, index=text.index)
    if kind == "number":
        floats = pc.cast(pc.utf8_ltrim(kept, characters="+"), pa.float64())
        return pd.Series(floats.to_numpy(zero_copy_only=False), index=text.index)
    if kind == "boolean":
        truths = pc.is_in(pc.ascii_lower(kept), pa.array(["true", "1"], pa.large_string()))
        made = pc.if_else(pc.is_valid(kept), truths, None)
        return pd.Series(made.to_pandas(types_mapper=nullable().get).array, index=text.index)
    return pd.Series(_moments(kept, kind, options), index=text.index)


def nullable() -> dict[Any, Any]:
    """Gives the pandas types that hold whole numbers and truths beside missing values, by Arrow's."""
    import pandas as pd
    import pyarrow as pa

    return {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def _moments(kept: Any, kind: str, options: dict[str, Any]) -> Any:
    """ISO text as dates, moments, or seconds since midnight."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind == "date":
        return pc.cast(pc.cast(kept, pa.date32()), pa.timestamp("s")).to_numpy(zero_copy_only=False)
    if kind == "time":
        epoch, space = (pa.scalar(part, pa.large_string()) for part in ("1970-01-01", " "))
        midnight = pc.binary_join_element_wise(epoch, kept, space)
        since = pc.cast(pc.cast(midnight, pa.timestamp("us")), pa.int64())
        return pc.divide(pc.cast(since, pa.float64()), 1e6).to_numpy(zero_copy_only=False)
    if not options.get("timezone"):
        return pc.cast(kept, pa.timestamp("us")).to_numpy(zero_copy_only=False)
    moments = pc.cast(kept, pa.timestamp("us", tz="UTC"))
    local = pc.local_timestamp(pc.cast(moments, pa.timestamp("us", tz=options.get("defaultTimezone", "UTC"))))
    return local.to_numpy(zero_copy_only=False)


def _plain_numbers(array: Any, notation: Notation) -> Any:
    """Numbers written with another sign for decimals or between thousands, as Python writes them."""
    import re

    import pyarrow.compute as pc

    if notation == PLAIN:
        return array
    if notation.thousands:
        between = re.escape(notation.thousands)
        grouped = rf"^[+-]?[0-9]{{1,3}}(?:{between}[0-9]{{3}})+(?:{re.escape(notation.decimal)}[0-9]*)?$"
        bare = pc.replace_substring(array, notation.thousands, "")
        array = pc.if_else(pc.match_substring_regex(array, grouped), bare, array)
    if notation.decimal == ".":
        return array
    # A full stop is no decimal sign in this file: what has one is no number.
    stopped = pc.match_substring(array, ".")
    return pc.if_else(stopped, "x", pc.replace_substring(array, notation.decimal, "."))


def _iso(array: Any, given: date_formats.DateFormat, kind: str) -> Any:
    """Text in a format as ISO 8601; what isn't in the format is left for the type's pattern to refuse."""
    import pyarrow.compute as pc

    matches = pc.match_substring_regex(array, given.pattern)
    iso = pc.replace_substring_regex(array, given.pattern, _template(given, kind))
    named = enumerate(date_formats.MONTHS, 1) if "MMM" in given.written else ()
    for place, name in named:
        iso = pc.replace_substring_regex(iso, f"-(?:{name}|{name[:3]})-", f"-{place}-")
    # Parts of one digit are given two; twice, as neighbours share the sign between them.
    for _ in range(2 if given.is_uneven else 0):
        iso = pc.replace_substring_regex(iso, "(^|[-T])([0-9])($|[-T:])", r"\10\2\3")  # group 1, a nought
    return pc.if_else(matches, iso, "x")


def _template(given: date_formats.DateFormat, kind: str) -> str:
    day = "-".join(given.part(name) for name in ("year", "month", "day"))
    clock = ":".join(given.part(name) for name in ("hour", "minute", "second")) + f".{given.part('fraction')}"
    return {"date": day, "timestamp": f"{day}T{clock}", "time": clock}[kind]
