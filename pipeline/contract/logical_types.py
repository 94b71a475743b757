"""The logical types of a contract: how a value of each is written, and what it becomes.

Both stand in one place, so that every text that passes as a number or a date also becomes one, exactly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

LogicalType = Literal["string", "integer", "number", "date", "boolean"]

_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAYS = "|".join(
    (
        "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
        "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
        "02-(?:0[1-9]|1[0-9]|2[0-8])",
    )
)
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"

PATTERNS: dict[str, str] = {
    "integer": r"^[+-]?[0-9]{1,18}\Z",
    "number": r"^[+-]?(?:[0-9]{1,100}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?\Z",
    "date": rf"^(?:{_YEAR}-(?:{_DAYS})|{_LEAP_YEAR}-02-29)\Z",
    "boolean": r"^(?:true|false|True|False|TRUE|FALSE|0|1)\Z",
}
"""How a value of each type is written. Digits are ASCII; what fits is an int64 or a finite float64."""

SENTENCES: dict[str, str] = {
    "integer": "is a whole number",
    "number": "is a number",
    "date": "is a date written YYYY-MM-DD",
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


def to_values(text: pd.Series, kind: str) -> pd.Series:
    """Gives a column of text as values of its logical type; what isn't written as one is missing.

    Integers become Int64 and booleans boolean (both with their own missing values), numbers float64,
    dates datetime64, and strings stay as they are.
    """
    import pandas as pd

    if kind == "string":
        return text
    written = re.compile(PATTERNS[kind])
    kept: list[Any] = [
        value if isinstance(value, str) and written.match(value) else None for value in text.tolist()
    ]
    if kind == "integer":
        whole = [None if value is None else int(value) for value in kept]
        return pd.Series(pd.array(whole, dtype="Int64"), index=text.index)
    if kind == "number":
        floats = [float("nan") if value is None else float(value) for value in kept]
        return pd.Series(floats, index=text.index, dtype="float64")
    if kind == "boolean":
        truths = [None if value is None else value.lower() in ("true", "1") for value in kept]
        return pd.Series(pd.array(truths, dtype="boolean"), index=text.index)
    return pd.to_datetime(pd.Series(kept, index=text.index, dtype="str"), format="%Y-%m-%d")
