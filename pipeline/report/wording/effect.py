"""What the chart of the time series shows, and what another estimate would have given."""

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


def beside(numbers: Numbers, measure: str, estimator: str) -> Markdown:
    """Gives the estimate that stands beside the one that was taken; `estimator` is its model in words."""
    key = f"its.measures.{measure}"
    same = numbers.value(f"{key}.alternative.model") == numbers.value(f"{key}.model")
    if same:
        said = numbers.value(f"{key}.alternative.reason").rstrip(".")
        estimator = f"{said[:1].lower()}{said[1:]}"
    return fill(
        "Another estimate stands beside it ({estimator}): an average difference of {other}, where the one "
        "taken gives {own}.",
        estimator=estimator,
        other=_ranged(numbers, f"{key}.alternative.effects[average]"),
        own=_ranged(numbers, f"{key}.effects[average]"),
    )


def _ranged(numbers: Numbers, key: str) -> Markdown:
    """An average difference with its likely range."""
    return fill(
        "{size} (likely {low} to {high})",
        size=numbers.show(f"{key}.absolute", "signed"),
        low=numbers.show(f"{key}.absolute_lower", "signed"),
        high=numbers.show(f"{key}.absolute_upper", "signed"),
    )


SAYS = (beside, chart_finding)
