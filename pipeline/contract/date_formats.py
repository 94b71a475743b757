"""Formats of dates and times, as the standard writes them (Java's DateTimeFormatter), and how text in one
becomes ISO 8601.

Only formats in which every value means one thing are read: years have four digits, months may be named in
English, and what a format leaves out is the first (of the month, of the year).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime

DEFAULTS = {"date": "yyyy-MM-dd", "timestamp": "yyyy-MM-dd'T'HH:mm:ss", "time": "HH:mm:ss"}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
PARTS: dict[str, tuple[str, str]] = {
    "yyyy": ("year", "[0-9]{4}"),
    "uuuu": ("year", "[0-9]{4}"),
    "MMMM": ("month", "|".join(MONTHS)),
    "MMM": ("month", "|".join(name[:3] for name in MONTHS)),
    "MM": ("month", "[0-9]{2}"),
    "M": ("month", "[0-9]{1,2}"),
    "dd": ("day", "[0-9]{2}"),
    "d": ("day", "[0-9]{1,2}"),
    "HH": ("hour", "[0-9]{2}"),
    "H": ("hour", "[0-9]{1,2}"),
    "mm": ("minute", "[0-9]{2}"),
    "ss": ("second", "[0-9]{2}"),
    "SSS": ("fraction", "[0-9]{3}"),
    "SSSSSS": ("fraction", "[0-9]{6}"),
}
"""Letters of a format: the part of the date they stand for, and how it is written."""
NEEDED = {"date": ("year",), "timestamp": ("year", "month", "day", "hour"), "time": ("hour", "minute")}
OF = {
    "date": ("year", "month", "day"),
    "timestamp": ("year", "month", "day", "hour", "minute", "second", "fraction"),
    "time": ("hour", "minute", "second", "fraction"),
}


@dataclass(frozen=True)
class DateFormat:
    """A format: the regular expression of its text, and which of its groups holds which part."""

    written: str
    pattern: str
    parts: tuple[str, ...]

    def part(self, name: str) -> str:
        """Gives the reference to a part's group, as `\\2`, or what stands for a part that is left out."""
        if name in self.parts:
            return rf"\{self.parts.index(name) + 1}"
        return {"month": "1", "day": "1", "fraction": "0"}.get(name, "00")

    @property
    def is_uneven(self) -> bool:
        """True if a part may have one digit."""
        return bool({"M", "MMM", "MMMM", "d", "H"} & set(_tokens(self.written))) or len(self.parts) < 3

    def text(self, value: datetime.datetime | datetime.date | datetime.time) -> str:
        """Gives a date or time in this format."""
        read = {
            name: getattr(value, name, 0) for name in ("year", "month", "day", "hour", "minute", "second")
        }
        said = {
            "yyyy": f"{read['year']:04}",
            "uuuu": f"{read['year']:04}",
            "MMMM": MONTHS[read["month"] - 1],
            "MMM": MONTHS[read["month"] - 1][:3],
            "SSS": f"{getattr(value, 'microsecond', 0) // 1000:03}",
            "SSSSSS": f"{getattr(value, 'microsecond', 0):06}",
        }
        return "".join(
            said.get(token) or f"{read[PARTS[token][0]]:0{len(token)}}" if token in PARTS else _literal(token)
            for token in _tokens(self.written)
        )


def read(written: Any, kind: str) -> DateFormat:
    """Gives the format that a contract writes for a `date`, `timestamp` or `time`.

    Raises ValueError with what is wrong, if values in it could not be told.

    >>> read("dd/MM/yyyy", "date").pattern
    '^([0-9]{2})/([0-9]{2})/([0-9]{4})$'
    """
    if not isinstance(written, str) or not written:
        raise ValueError("should be text, as dd/MM/yyyy")
    parts, pattern = [], ""
    for token in _tokens(written):
        if token in PARTS:
            name, digits = PARTS[token]
            parts.append(name)
            pattern += f"({digits})"
        elif token[0].isalpha():
            raise ValueError(f"{token} is not read here; use {', '.join(PARTS)}")
        else:
            pattern += re.escape(_literal(token))
    if twice := next((name for name in parts if parts.count(name) > 1), None):
        raise ValueError(f"gives the {twice} twice")
    if other := next((name for name in parts if name not in OF[kind]), None):
        raise ValueError(f"has the {other}, which a {kind} has not")
    if absent := next((name for name in NEEDED[kind] if name not in parts), None):
        raise ValueError(f"lacks the {absent}")
    if kind == "date" and "day" in parts and "month" not in parts:
        raise ValueError("lacks the month")
    return DateFormat(written, f"^{pattern}$", tuple(parts))


def _tokens(written: str) -> list[str]:
    """The runs of one letter, the quoted text and the single signs of a format."""
    return [found[0] for found in re.finditer(r"'[^']*'|([A-Za-z])\1*|.", written, re.DOTALL)]


def _literal(token: str) -> str:
    return token[1:-1] or "'" if token.startswith("'") and len(token) > 1 else token
