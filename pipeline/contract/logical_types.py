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
    import pyarrow as pa

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
DIGITS = 18
"""The most digits of a whole number that is held."""
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
    array = pa.array(text, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if kind in ("integer", "number"):
        array = _plain_numbers(array, notation)
        typed = _all_numbers(array, kind)
        typed = _typed(array, kind, {}) if typed is None else typed
    else:
        # Dates and truths come again and again: each text is looked at once.
        encoded = pc.dictionary_encode(array)
        typed = _typed(encoded.dictionary, kind, options or {}).take(encoded.indices)
    return pd.Series(typed.to_pandas(types_mapper=nullable().get).array, index=text.index)


def nullable() -> dict[Any, Any]:
    """Gives the pandas types that hold whole numbers, truths and text beside missing values, by Arrow's."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    text = pd.StringDtype("pyarrow", na_value=np.nan)
    return {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.large_string(): text}


def _typed(array: Any, kind: str, options: dict[str, Any]) -> Any:
    """Text as Arrow's values of a type; what is not written as one is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if options.get("format"):
        array = _iso(array, date_formats.read(options["format"], kind), kind)
    pattern = ZONED if options.get("timezone") else PATTERNS[kind]
    kept = pc.if_else(pc.match_substring_regex(array, pattern), array, None)
    if kind in ("integer", "number"):
        return pc.cast(pc.utf8_ltrim(kept, characters="+"), pa.int64() if kind == "integer" else pa.float64())
    if kind == "boolean":
        truths = pc.is_in(pc.ascii_lower(kept), pa.array(["true", "1"], pa.large_string()))
        return pc.if_else(pc.is_valid(kept), truths, None)
    if kind == "date":
        return pc.cast(pc.cast(kept, pa.date32()), pa.timestamp("s"))
    if kind == "time":
        epoch, space = (pa.scalar(part, pa.large_string()) for part in ("1970-01-01", " "))
        midnight = pc.binary_join_element_wise(epoch, kept, space)
        since = pc.cast(pc.cast(midnight, pa.timestamp("us")), pa.int64())
        return pc.divide(pc.cast(since, pa.float64()), 1e6)
    if not options.get("timezone"):
        return pc.cast(kept, pa.timestamp("us"))
    moments = pc.cast(kept, pa.timestamp("us", tz="UTC"))
    return pc.local_timestamp(pc.cast(moments, pa.timestamp("us", tz=options.get("defaultTimezone", "UTC"))))


def _all_numbers(array: Any, kind: str) -> Any:
    """A column of numbers, where Arrow takes every text for one and the patterns would too; else None.

    Arrow also takes hexadecimal numbers, more digits than we hold, infinities, and exponents of any size.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    letters = b"xX" if kind == "integer" else b"eE"
    text = array.buffers()[2].to_pybytes() if array.buffers()[2] else b""
    if any(bytes([letter]) in text for letter in letters):
        return None
    try:
        found = pc.cast(array, pa.int64() if kind == "integer" else pa.float64())
    except pa.ArrowInvalid:
        return None
    if kind == "integer":
        return found if (pc.max(pc.binary_length(array)).as_py() or 0) <= DIGITS else None
    return found if pc.all(pc.is_finite(found)).as_py() is not False else None


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


def arrow_types() -> dict[str, pa.DataType]:
    """Gives how a snapshot holds each type, but for times of day, which are made of seconds."""
    import pyarrow as pa

    return {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "boolean": pa.bool_(),
    }
