"""What the chart of the time series shows, and what another estimate would have given."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judge_row, judged_series
from pipeline.report.wording.phrases import on, the


def chart_finding(numbers: Numbers, measure: str, change: str) -> Markdown:
    """Gives what the chart of the time series shows."""
    found = judged_series(numbers, measure)
    if found == "unclear":
        return fill("After {change}, there is no clear departure from what was expected.", change=the(change))
    if found.startswith("turned"):
        return fill("After {change}, the trend crossed what was expected.", change=the(change))
    down = numbers.value(f"its.measures.{measure}.effects[average]")["absolute"] < 0
    side = "below" if down else "above"
    return fill("After {change}, the trend ran {side} what was expected.", change=the(change), side=side)


def other_estimate(numbers: Numbers, measure: str, estimator: str) -> Markdown:
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


def chart_caption(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives what the chart of the time series draws, and what is to be seen in it."""
    return fill(
        "{label}, {every} by {every}: dots are what was seen, the solid line is the trend, and the dashed "
        "line is what was expected without {change}.",
        label=numbers.value(f"its.measures.{measure}.label"),
        every=every,
        change=the(change),
    )


def effects_finding(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the table of effects shows: how many of its rows are a clear change."""
    rows = [
        numbers.value(f"its.measures.{measure}.effects[{row}]")
        for row in (*numbers.value(f"its.measures.{measure}.horizons"), "average")
    ]
    clear = [judge_row(row, None) != "unclear" for row in rows]
    if all(clear):
        return Markdown("At each point in the table, the difference is more than chance would likely give.")
    if not any(clear):
        return Markdown("At none of the points in the table is the difference clearly more than chance.")
    if clear[-1]:
        return fill(
            "On average the difference is more than chance would likely give, but not {on} each {every} of "
            "the table.",
            on=on(every),
            every=every,
        )
    return fill(
        "On average the difference could be chance, though not {on} each {every} of the table.",
        on=on(every),
        every=every,
    )


SAYS = (chart_finding, chart_caption, effects_finding, other_estimate)
