"""What stands in the cells of tables: differences in per cent with their range."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers


def in_per_cent(numbers: Numbers, row: str) -> Markdown:
    """Gives the effect at `row` in per cent of what was expected, with its likely range where it has one."""
    found = numbers.value(row)
    share = numbers.show(f"{row}.relative", "percent-exact")
    if found["relative"] is None or found.get("relative_lower") is None:
        return share
    low = numbers.show(f"{row}.relative_lower", "percent-exact")
    if found["relative_upper"] is None:  # so much may have been added that nothing need have been expected
        return fill("{share} ({low} or more)", share=share, low=low)
    high = numbers.show(f"{row}.relative_upper", "percent-exact")
    return fill("{share} ({low}\u00a0to\u00a0{high})", share=share, low=low, high=high)


SAYS = (in_per_cent,)
