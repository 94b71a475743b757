"""Several things as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterable


def listed(parts: Iterable[str], last: str = "and") -> str:
    """Gives a list in words, its last part joined by `last`; nothing for no parts.

    >>> listed(["age"]), listed(["age", "sex", "season"]), listed(["age", "sex"], "or")
    ('age', 'age, sex and season', 'age or sex')
    """
    *before, final = [*parts] or [""]
    return f"{', '.join(before)} {last} {final}" if before else final
