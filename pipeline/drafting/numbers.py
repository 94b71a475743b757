"""How a file writes its numbers: the decimal mark, and what stands between thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.drafting.source import MISSING, Source

LIKE_A_NUMBER = re.compile(r"[+-]?[0-9][0-9.,'\u00a0\u202f ]*(?:[eE][+-]?[0-9]{1,2})?")


@dataclass(frozen=True)
class Style:
    """One way of writing numbers."""

    decimal: str
    thousands: str = ""

    def plain(self, cell: str) -> str | None:
        """Gives a number as 1523.5, or None if the cell is not a number written in this style.

        >>> Style(",", ".").plain("1.523,5")
        '1523.5'
        """
        return self._rewritten(cell) if self._pattern.fullmatch(cell) else None

    @property
    def _pattern(self) -> re.Pattern[str]:
        mark, between = re.escape(self.decimal), re.escape(self.thousands)
        whole = rf"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)" if self.thousands else "[0-9]+"
        return re.compile(rf"[+-]?(?:{whole}(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?")

    def _rewritten(self, cell: str) -> str:
        joined = cell.replace(self.thousands, "") if self.thousands else cell
        return joined.replace(self.decimal, ".")


PLAIN = Style(".")
STYLES = (
    PLAIN,
    Style(".", ","),
    Style(",", "."),
    Style(","),
    *(Style(mark, space) for mark in ".," for space in (" ", "\u00a0", "\u202f", "'")),
)


def style_of(source: Source) -> Style:
    """Gives the style in which most cells that look like numbers are numbers; the plainest where several do.

    Where a semicolon parts the fields, 1,523 is taken for a number a little above one and a half.
    """
    found = {cell for row in source.rows for cell in row if LIKE_A_NUMBER.fullmatch(cell)}
    order = STYLES if source.separator != ";" else (PLAIN, Style(","), *STYLES[1:])

    def agreement(style: Style) -> int:
        return sum(style.plain(cell) is not None for cell in found)

    return max(order, key=agreement)


def as_numbers(cells: Sequence[str], style: Style) -> list[float | None] | None:
    """Gives a column's numbers, None where there is no value; None if it holds anything else, or nothing."""
    numbers: list[float | None] = []
    for cell in cells:
        plain = None if cell in MISSING else style.plain(cell)
        if plain is None and cell not in MISSING:
            return None
        numbers.append(None if plain is None else float(plain))
    return numbers if any(number is not None for number in numbers) else None
