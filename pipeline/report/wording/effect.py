"""What the chart of the time series shows, and what another estimate would have given."""

from __future__ import annotations

from typing import Any

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.changes import after_changes, all_changes
from pipeline.report.wording.judgement import judge, judge_row, judged_series
from pipeline.report.wording.phrases import amount, on


def chart_finding(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives what the chart of the time series shows."""
    found, after = judged_series(numbers, measure), after_changes(numbers, measure, change, every)
    if found == "unclear":
        return fill("{after}, there is no clear departure from what was expected.", after=after)
    if found.startswith("turned"):
        return fill("{after}, the trend crossed what was expected.", after=after)
    down = numbers.value(f"its.measures.{measure}.effects[average]")["absolute"] < 0
    side = "below" if down else "above"
    return fill("{after}, the trend ran {side} what was expected.", after=after, side=side)


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
        other=_ranged(numbers, measure, f"{key}.alternative.effects[average]"),
        own=_ranged(numbers, measure, f"{key}.effects[average]"),
    )


def _ranged(numbers: Numbers, measure: str, key: str) -> Markdown:
    """An average difference with its likely range."""
    return fill(
        "{size} (likely {low} to {high})",
        size=amount(numbers, measure, f"{key}.absolute", "signed"),
        low=numbers.show(f"{key}.absolute_lower", "signed"),
        high=numbers.show(f"{key}.absolute_upper", "signed"),
    )


def chart_caption(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives what the chart of the time series draws, and what is to be seen in it."""
    adjusted = is_adjusted(numbers, measure)
    return fill(
        "{label}, {every} by {every}: dots are {seen}, the solid line is the trend, and the "
        "dashed line is what was expected without {change}.",
        seen="what was seen, adjusted for what the chart names" if adjusted else "what was seen",
        label=numbers.value(f"its.measures.{measure}.label"),
        every=every,
        change=all_changes(numbers, measure, change),
    )


def is_adjusted(numbers: Numbers, measure: str) -> bool:
    """True if a chart's dots are freed of a season or of other influences, and so not quite what was seen."""
    return numbers.has(f"its.measures.{measure}.adjusted_for")


def effects_finding(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the table of effects shows: how many of its rows are a clear change."""
    clear = [judge_row(row, None) != "unclear" for row in _tabled(numbers, measure)]
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


def two_ranges(numbers: Numbers, measure: str) -> Markdown:
    """Gives which range to go by, where that of the difference and that in per cent conclude otherwise."""
    rows = [row for row in _tabled(numbers, measure) if row["relative"] is not None]
    agree = [
        judge(row["absolute_lower"], row["absolute_upper"], None) == judge_row(row, None) for row in rows
    ]
    if all(agree) or not numbers.has(f"its.measures.{measure}.ratios"):
        return Markdown("")
    return Markdown(
        "Where the two ranges in a row disagree, go by the one in per cent: the model works with ratios, and "
        "the range of the difference also takes in how uncertain the expected level is."
    )


def _tabled(numbers: Numbers, measure: str) -> list[dict[str, Any]]:
    """The rows of effects that the report's table has."""
    horizons = numbers.value(f"its.measures.{measure}.horizons")
    return [numbers.value(f"its.measures.{measure}.effects[{row}]") for row in (*horizons, "average")]


SAYS = (chart_finding, chart_caption, is_adjusted, effects_finding, two_ranges, other_estimate)
