"""Every number in a report: looked up by its key in the results, formatted by a named style, and recorded.

Nothing in a template or a sentence is a literal number: it is `numbers.show("its.measures...", style)`.
The record becomes `report.numbers.json`, so that a reviewer can trace each number to a results file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipeline.period_names import named
from pipeline.report.markdown import Markdown, escape

MINUS = "−"
NONE = "–"
"""What stands in a column where there is no value."""
MARKS = ("\ue000", "\ue001")
"""Private-use characters that a test puts round every recorded number, to find those that are not."""


@dataclass
class Numbers:
    """The results of a study, and the record of what was shown from them."""

    results: Mapping[str, Any]
    marked: bool = False
    record: list[dict[str, str]] = field(default_factory=list)

    def value(self, key: str) -> Any:
        """Gives the value at a dotted key (`its.measures.drivers.terms[level_change].estimate`).

        A part in square brackets picks the row of a table by its `row`; `[*]` picks every row, and gives a
        list. Raises KeyError if there is none.
        """
        return _found(self.results, _parts(key), key)

    def has(self, key: str) -> bool:
        """True if the results have something at `key`: a value, a table with rows, a text with words."""
        try:
            found = self.value(key)
        except KeyError:
            return False
        return found is not None and found not in ([], {}, "")

    def show(self, key: str, style: str = "plain") -> Markdown:
        """Gives the number at `key` in a style of STYLES, and records where it was used."""
        text = STYLES[style](self.value(key))
        self.record.append({"text": text, "key": key, "style": style})
        return self._marked(text)

    def column(self, table: str, name: str, style: str = "plain") -> list[Markdown]:
        """Gives a column of a table of the results, row by row, and records it as one entry."""
        key = f"{table}[*].{name}"
        texts = [NONE if value is None else STYLES[style](value) for value in self.value(key)]
        self.record.append({"text": "; ".join(texts), "key": key, "style": style})
        return [self._marked(text) for text in texts]

    def _marked(self, text: str) -> Markdown:
        return Markdown(f"{MARKS[0]}{escape(text)}{MARKS[1]}" if self.marked else escape(text))

    def as_list(self) -> list[dict[str, Any]]:
        """Gives the record, each number with its place in the order of the document."""
        return [{"place": place, **entry} for place, entry in enumerate(self.record, start=1)]


def _parts(key: str) -> list[str]:
    """Splits 'a.b[1983-02-01].c' into its steps; only dots outside brackets separate."""
    steps, step, depth = [], "", 0
    for character in key:
        if character in "[]":
            depth += 1 if character == "[" else -1
            steps.append(step)
            step = ""
        elif character == "." and not depth:
            steps.append(step)
            step = ""
        else:
            step += character
    return [part for part in [*steps, step] if part]


def _found(here: Any, parts: list[str], key: str, in_row: bool = False) -> Any:
    for place, part in enumerate(parts):
        if here is None and in_row:  # a row without what its neighbours have
            return None
        if isinstance(here, list) and part == "*":
            return [_found(row, parts[place + 1 :], key, in_row=True) for row in here]
        if isinstance(here, list):
            here = _pick(here, part, key)
        elif isinstance(here, Mapping) and part in here:
            here = here[part]
        else:
            raise KeyError(f"{key}: the results have no {part}")
    return here


def _pick(rows: list[Any], part: str, key: str) -> Any:
    for row in rows:
        if isinstance(row, Mapping) and str(row.get("row")) == part:
            return row
    if part.lstrip("-").isdigit() and -len(rows) <= int(part) < len(rows):
        return rows[int(part)]
    raise KeyError(f"{key}: no row {part}")


def plain(value: float) -> str:
    """Gives a number with thousands marked and the decimals its size calls for.

    >>> plain(1765.6), plain(-12.34), plain(0.01234), plain(None)
    ('1,766', '−12.3', '0.0123', 'not known')
    """
    if value is None:
        return "not known"
    if value == 0:
        return "0"
    decimals = min(max(2 - math.floor(math.log10(abs(value))), 0), 6)
    return f"{value:z,.{decimals}f}".replace("-", MINUS)


def seen(value: float) -> str:
    """Gives what was counted: whole numbers without decimals, others (averages, adjusted ones) as they are.

    >>> seen(1.0), seen(1234.0), seen(2.75)
    ('1', '1,234', '2.75')
    """
    return plain(value) if value is None or value % 1 else whole(value)


def given(value: float) -> str:
    """Gives a number as somebody wrote it down, a target for one.

    >>> given(5.0), given(2.5)
    ('5', '2.5')
    """
    return f"{value:,.10g}".replace("-", MINUS)


def whole(value: float) -> str:
    """Gives a number without decimals.

    >>> whole(-1234.5)
    '−1,234'
    """
    return "not known" if value is None else f"{round(value):,d}".replace("-", MINUS)


def size(value: float) -> str:
    """Gives a number without its sign, for sentences that say 'fewer' or 'more'."""
    return "not known" if value is None else plain(abs(value))


def signed(value: float) -> str:
    """Gives a number with its sign.

    >>> signed(3.14159), signed(-250.2)
    ('+3.14', '−250')
    """
    return plain(value) if value is None or value <= 0 else _signless_nought(f"+{plain(value)}")


def whole_signed(value: float) -> str:
    """Gives a number without decimals, with its sign."""
    return whole(value) if value is None or round(value) <= 0 else f"+{whole(value)}"


def percent(value: float) -> str:
    """Gives a fraction as a whole percentage with its sign (one decimal below one).

    >>> percent(-0.1834), percent(0.031), percent(0.003), percent(-0.0001)
    ('−18%', '+3%', '+0.3%', '0.0%')
    """
    if value is None:
        return "not known"
    return _signless_nought(("+" if value > 0 else "") + _percentage(value))


def points(value: float) -> str:
    """Gives a difference of fractions in percentage points, with its sign.

    >>> points(0.171), points(-0.002)
    ('+17 points', '−0.2 points')
    """
    return percent(value).replace("%", " points")


def percent_size(value: float) -> str:
    """Gives a fraction as a percentage without its sign."""
    return "not known" if value is None else _percentage(abs(value))


def percent_exact(value: float | None) -> str:
    """Gives a fraction as a percentage with its sign and one decimal, for tables."""
    return "not known" if value is None else _signless_nought(f"{value * 100:+.1f}%".replace("-", MINUS))


def ratio_exact(value: float) -> str:
    """Gives a change of a logarithm (or of the log odds) as the percentage it comes to, for tables.

    >>> ratio_exact(-0.5)
    '−39.3%'
    """
    return percent_exact(None if value is None else math.expm1(value))


def count(value: float) -> str:
    """Gives a whole number as it is."""
    return f"{value:,d}" if isinstance(value, int) else whole(value)


def two_decimals(value: float) -> str:
    """Gives a number with two decimals."""
    return "not known" if value is None else f"{value:z.2f}".replace("-", MINUS)


def ratio(value: float) -> str:
    """Gives a ratio with three decimals, which tells a change of a tenth of a per cent.

    >>> ratio(0.8123), ratio(1.0004)
    ('0.812', '1.000')
    """
    return "not known" if value is None else f"{value:,.3f}"


def p_value(value: float) -> str:
    """Gives a p-value with two figures, or as below a thousandth."""
    if value is None:
        return "not known"
    return "below 0.001" if value < 0.001 else f"{value:.2g}"


def month(value: str) -> str:
    """Gives a date as its month.

    >>> month("1983-02-01")
    'February 1983'
    """
    return named(date.fromisoformat(value), "month")


def day(value: str) -> str:
    """Gives a date in full.

    >>> day("1983-01-31")
    '31 January 1983'
    """
    return named(date.fromisoformat(value), "day")


def quarter(value: str) -> str:
    """Gives a date as its quarter.

    >>> quarter("1983-04-01")
    'April to June 1983'
    """
    return named(date.fromisoformat(value), "quarter")


def year(value: str) -> str:
    """Gives a date as its year."""
    return named(date.fromisoformat(value), "year")


def ordinal(value: int) -> str:
    """Gives a whole number as a place in order.

    >>> ordinal(1), ordinal(12), ordinal(23)
    ('1st', '12th', '23rd')
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th") if value % 100 not in (11, 12, 13) else "th"
    return f"{value}{ending}"


def as_text(value: Any) -> str:
    """Gives a value that is text already (a version, a hash)."""
    return str(value)


def variation(value: str) -> str:
    """Gives what a control chart's latest point is part of, in words.

    >>> variation("common-cause"), variation("improving-low")
    ('usual variation', 'improving (low)')
    """
    if value == "common-cause":
        return "usual variation"
    meaning, side = value.split("-")
    return f"{meaning} ({side})"


def _percentage(value: float) -> str:
    decimals = 0 if abs(value) >= 0.00995 or value == 0 else 1
    return f"{value * 100:z.{decimals}f}%".replace("-", MINUS)


def _signless_nought(text: str) -> str:
    """A number that is shown as nought has no sign, whichever side of it it lies on."""
    return text if any(digit in text for digit in "123456789") else text.lstrip(f"+{MINUS}")


STYLES: dict[str, Callable[[Any], str]] = {
    "plain": plain,
    "seen": seen,
    "given": given,
    "whole": whole,
    "size": size,
    "signed": signed,
    "whole-signed": whole_signed,
    "percent": percent,
    "points": points,
    "percent-size": percent_size,
    "percent-exact": percent_exact,
    "ratio-exact": ratio_exact,
    "count": count,
    "two-decimals": two_decimals,
    "ratio": ratio,
    "p-value": p_value,
    "day": day,
    "week": lambda value: f"the week of {day(value)}",
    "month": month,
    "quarter": quarter,
    "year": year,
    "ordinal": ordinal,
    "text": as_text,
    "variation": variation,
    "list": lambda values: ", ".join(values) or NONE,
}
