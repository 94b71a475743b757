"""The time between events, for charts of rare ones: a row an event, and what passed since the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import DataError
from pipeline.series.cells import holds

if TYPE_CHECKING:
    import ibis

    from pipeline.plan import Measure, Plan


def between(rows: ibis.Table, plan: Plan, measure: Measure) -> ibis.Table:
    """Gives the series of a measure of the time between events, one row an event but the first, in order.

    Each row of `rows` is an event, dated by the plan's column of periods. Columns: `period` (the event's day)
    and `value`: what passed since the event before, in days, or as the measure's `column` counts it. Two
    events on a day are no days apart. Raises DataError if there are no two events.
    """
    import ibis

    kept = rows.filter(holds(rows, plan.data.condition)) if plan.data.condition else rows
    day = kept[plan.data.period.column].cast("date")
    counted = kept[measure.column].cast("float64") if measure.column else ibis.literal(None, "float64")
    events = kept.select(period=day, value=counted)
    before = events.period.lag().over(order_by=[events.period, events.value])
    events = events.mutate(before=before)
    if not measure.column:
        events = events.mutate(value=events.period.delta(events.before, unit="day").cast("float64"))
    made = events.filter(events.before.notnull()).order_by("period", "before", "value").drop("before")
    if not made.count().execute():
        raise DataError(f"{measure.id}: the data hold fewer than two events; there is no time between.")
    return made
