"""Files as people have them: one small table of falls, written in many ways."""

from __future__ import annotations

from datetime import date

from pipeline.drafting.dates import stepped

MONTHS = [stepped(date(2021, 1, 1), "month", place) for place in range(36)]
FALLS = [20 + (7 * place) % 9 - (6 if place >= 18 else 0) for place in range(36)]


def table(written, every=1, separator=",", head="month", falls=str, more=""):
    """Gives a CSV text: a row each `every` months, dated as `written` says, falls as `falls` says."""
    rows = [
        separator.join([written(month), falls(count), *([more] if more else [])])
        for month, count in list(zip(MONTHS, FALLS, strict=True))[::every]
    ]
    header = separator.join([head, "falls", *(["note"] if more else [])])
    return "\n".join([header, *rows]) + "\n"
