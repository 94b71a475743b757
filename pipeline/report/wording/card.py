"""A study in a few words, for the list of studies and for tables (plain text)."""

from __future__ import annotations

from typing import Any

from pipeline.report.numbers import Numbers, percent, percent_size, signed, size
from pipeline.report.wording.judgement import ENDS, Answer, answered, faded
from pipeline.report.wording.lead import lead

UNCLEAR: dict[Answer, str] = {"no-change": "No clear change", "unclear": "Can’t tell"}


def verdict(numbers: Numbers, measure: str) -> str:
    """Gives the study's finding in a few words, for tables and cards (plain text)."""
    key = f"its.measures.{measure}"
    found = answered(numbers, measure)
    if found.startswith("turned"):
        first, last = (
            _plain_share(numbers.value(f"{key}.effects[{numbers.value(f'{key}.{end}')}]")) for end in ENDS
        )
        return f"Turned: {first} at first, {last} at last"
    row = numbers.value(lead(numbers, measure))
    low, high = _plain_range(row)
    if found in UNCLEAR:
        return f"{UNCLEAR[found]} ({low} to {high})"
    plain = size(row["absolute"]) if row["relative"] is None else percent_size(row["relative"])
    went = f"{'Fell' if row['absolute'] < 0 else 'Rose'} by {plain} ({low} to {high})"
    return f"{went}, but it faded" if faded(numbers, measure) else went


def _plain_share(row: dict[str, Any]) -> str:
    return signed(row["absolute"]) if row["relative"] is None else percent(row["relative"])


def _plain_range(row: dict[str, Any]) -> tuple[str, str]:
    if row["relative"] is None:
        return signed(row["absolute_lower"]), signed(row["absolute_upper"])
    upper = row["relative_upper"]
    return percent(row["relative_lower"]), "any rise" if upper is None else percent(upper)
