"""A period as readers say it, from its first day: in reports, in charts' text alternatives, everywhere."""

from __future__ import annotations

from datetime import date


def named(first: date, every: str) -> str:
    """Gives a period as readers say it; a week by its first day, and a day or an event by its own.

    >>> named(date(1983, 2, 1), "month"), named(date(1983, 2, 1), "week"), named(date(1983, 1, 1), "year")
    ('February 1983', '1 February 1983', '1983')
    >>> named(date(1983, 4, 1), "quarter"), named(date(1983, 12, 1), "quarter")
    ('April to June 1983', 'December 1983 to February 1984')
    """
    if every == "year":
        return str(first.year)
    if every == "month":
        return f"{first:%B %Y}"
    if every == "quarter":
        years, month = divmod(first.month + 1, 12)
        last = date(first.year + years, month + 1, 1)
        return f"{first:%B} to {last:%B %Y}" if years == 0 else f"{first:%B %Y} to {last:%B %Y}"
    return f"{first.day} {first:%B %Y}"


def to(every: str) -> str:
    """Gives what stands between two periods: quarters have a `to` of their own.

    >>> to("month"), to("quarter")
    ('to', 'until')
    """
    return "until" if every == "quarter" else "to"
