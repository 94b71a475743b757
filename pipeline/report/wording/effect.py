"""What the chart of the time series shows."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judged
from pipeline.report.wording.phrases import the


def chart_finding(numbers: Numbers, measure: str, change: str) -> Markdown:
    """Gives what the chart of the time series shows."""
    found = judged(numbers, measure)
    if found == "unclear":
        return fill("After {change}, there is no clear departure from what was expected.", change=the(change))
    if found.startswith("turned"):
        return fill("After {change}, the trend crossed what was expected.", change=the(change))
    down = numbers.value(f"its.measures.{measure}.effects[average]")["absolute"] < 0
    side = "below" if down else "above"
    return fill("After {change}, the trend ran {side} what was expected.", change=the(change), side=side)


SAYS = (chart_finding,)
