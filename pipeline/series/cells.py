"""Rows to cells: what adds up, one cell a period, site and stratum, in one pass over the rows.

The expression is Ibis, and runs where the rows are: DuckDB or Spark. A cell holds, for each measure, sums
from which counts, rates, means and standard deviations of any cells together can be had exactly.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from pipeline.conditions import Comparison, Condition

if TYPE_CHECKING:
    import ibis
    from ibis.expr.types import (
        BooleanValue,
        DateValue,
        NumericColumn,
        NumericScalar,
        NumericValue,
        Value,
    )

    from pipeline.plan import Every, Measure, Plan

TRUNCATED = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}
A_YEAR = {"month": 12, "quarter": 4, "year": 1}
"""How many periods a year has, where they are parts of one."""


def cells(rows: ibis.Table, plan: Plan, records: bool) -> ibis.Table:
    """Gives the cells of validated rows, in no order.

    Columns: `period`, `unit` (text, empty without sites), `stratum`, `rows` (how many), and for the measure
    at place i of the plan `sum_i` (of its column or numerator), `below_i` (of its denominator), `known_i`
    (rows with all its values), `spread_i` (sum of squared distances from the cell's mean), `beside_i_j` (the
    sum of its comparator at place j); for the covariate
    at place j, `covariate_j` and `covariate_known_j`. Where rows are `records`, their dates are those of
    calendar periods' days (weeks from Monday); otherwise each date is the first day of its period.
    """
    import ibis

    day, every = rows[plan.data.period.column].cast("date"), plan.data.period.every
    keys: dict[str, Value] = {
        "period": _key_of(day, every) if records else day,
        "unit": rows[plan.data.unit].cast("string") if plan.data.unit else ibis.literal(""),
        "stratum": rows[plan.data.strata] if plan.data.strata else ibis.literal(""),
    }
    values: dict[str, Value] = {}
    for place, measure in enumerate(plan.measures):
        values |= {f"{name}_{place}": value for name, value in _parts(rows, measure).items()}
        values |= {f"beside_{place}_{j}": rows[name] for j, name in enumerate(measure.comparators)}
    for place, name in enumerate(plan.its.covariates):
        values[f"covariate_{place}"] = rows[name]
    kept = rows.filter(holds(rows, plan.data.condition)) if plan.data.condition else rows
    made = kept.select(**{**keys, **values})
    sums: dict[str, Value] = {"rows": made.count()}
    for place, measure in enumerate(plan.measures):
        sums |= {f"{name}_{place}": value for name, value in _sums(made, measure, place).items()}
        besides = [f"beside_{place}_{j}" for j in range(len(measure.comparators))]
        sums |= {name: made[name].sum() for name in besides}
    for place in range(len(plan.its.covariates)):
        sums[f"covariate_{place}"] = made[f"covariate_{place}"].sum()
        sums[f"covariate_known_{place}"] = made[f"covariate_{place}"].count()
    found = made.group_by(list(keys)).aggregate(**sums)
    return found.mutate(period=_period_at(found.period, every)) if records else found


def _key_of(day: DateValue, every: Every) -> Value:
    """What records are grouped by for their period: the period's number, where it is part of a year.

    Numbers are grouped in two thirds of the time that dates take.
    """
    if every not in A_YEAR:
        return period_of(day, every)
    within = {"month": day.month, "quarter": day.quarter, "year": lambda: 1}[every]()
    return day.year() * A_YEAR[every] + (within - 1)


def _period_at(key: Value, every: Every) -> Value:
    """The first day of the period that `_key_of` grouped by."""
    import ibis

    if every not in A_YEAR:
        return key
    months = 12 // A_YEAR[every]
    return ibis.date(key // A_YEAR[every], key % A_YEAR[every] * months + 1, 1)


def period_of(day: DateValue, every: Every) -> DateValue:
    """Gives the first day of the calendar period in which a day lies."""
    return day if every == "day" else day.truncate(TRUNCATED[every]).cast("date")


def holds(rows: ibis.Table, condition: Condition) -> BooleanValue:
    """Gives a condition of the plan as an expression over rows; an empty value fulfils no comparison."""
    if isinstance(condition, Comparison):
        return _compared(rows[condition.column], condition)
    parts = [holds(rows, part) for part in condition.parts]
    return reduce(and_ if condition.by == "and" else or_, parts)


def _compared(column: Value, asked: Comparison) -> BooleanValue:
    import ibis

    values = [ibis.date(value) if column.type().is_date() else value for value in asked.values]
    if asked.operator == "in":
        return column.isin(values)
    if asked.operator == "not in":
        return column.notin(values)
    comparisons = {
        "==": column.__eq__,
        "!=": column.__ne__,
        "<": column.__lt__,
        "<=": column.__le__,
        ">": column.__gt__,
        ">=": column.__ge__,
    }
    return comparisons[asked.operator](values[0])


def _parts(rows: ibis.Table, measure: Measure) -> dict[str, Value]:
    """The columns that a measure sums; true counts as one."""
    named = {"sum": measure.column or measure.numerator, "below": measure.denominator}
    return {part: _numeric(rows[name]) for part, name in named.items() if name}


def _numeric(column: Value) -> NumericValue:
    return column.cast("int64") if column.type().is_boolean() else column


def _sums(made: ibis.Table, measure: Measure, place: int) -> dict[str, Value]:

    names = [name for name in (f"sum_{place}", f"below_{place}") if name in made.columns]
    if not names:
        return {"known": made.count(), "sum": made.count()}
    first = made[names[0]]
    both = first if len(names) == 1 else made[names[1]].notnull().ifelse(first, None)
    sums: dict[str, Value] = {"known": both.count()}
    for name in names:
        # A row that lacks one of a measure's two values tells nothing of it.
        told = made[name] if len(names) == 1 else both.notnull().ifelse(made[name], None)
        sums[name.split("_")[0]] = told.sum()
    if measure.is_ratio and not measure.denominator:
        sums["below"] = both.count()
    if measure.kind == "mean":
        sums["spread"] = _spread(first)
    return sums


def _spread(values: NumericColumn) -> NumericScalar:
    """The sum of squared distances from the mean: of whole numbers from exact sums, in whatever order."""
    import ibis

    if not values.type().is_integer():
        return values.var(how="pop") * values.count()
    whole, total = values.cast("int64"), values.sum().cast("float64")
    return ibis.greatest((whole * whole).sum().cast("float64") - total * total / values.count(), 0.0)
