"""From rows to series: one regular series a measure, written once in Ibis for every engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from pipeline.contract.table import Rows
    from pipeline.plan import Intervention, Measure, Plan

COVARIATE = "covariate:"
"""Stands before the names of covariates, which may be called like the columns that are ours."""

STEP = {"day": {"days": 1}, "week": {"weeks": 1}, "month": {"months": 1}, "quarter": {"months": 3}}


def snapshot(rows: Rows, target: Path) -> None:
    """Writes validated rows to Parquet, in order of time: the contract's columns, with its types.

    They are the very values that were validated; the file is not read again.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "boolean": pa.bool_(),
    }
    ordered = rows.values.sort_values(rows.contract.periods.column, kind="stable")
    columns = {
        column.name: _clock(ordered[column.name])
        if column.type == "time"
        else pa.Array.from_pandas(ordered[column.name], type=kinds[column.type])
        for column in rows.contract.columns
    }
    pq.write_table(pa.table(columns), target)


def _clock(seconds: pd.Series) -> Any:
    """Seconds since midnight as times of day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    microseconds = pc.round(pc.multiply(pa.Array.from_pandas(seconds, type=pa.float64()), 1e6))
    return microseconds.cast(pa.int64()).cast(pa.time64("us"))


def build(rows: ibis.Table, plan: Plan, measure: Measure) -> ibis.Table:
    """Gives the series of a measure, one row a period in order, nothing left out between first and last.

    Columns: `period` (first day), `value`, `numerator` and `denominator` (where the measure has them), and
    the plan's covariates as `covariate:name`. Periods without a row are there with empty values.
    """
    import ibis

    period = rows[plan.data.period.column].cast("date")
    columns: dict[str, ibis.expr.types.Value] = {"period": period}
    if measure.column:
        columns["value"] = rows[measure.column].cast("float64")
    else:
        numerator = rows[measure.numerator].cast("float64")
        denominator = rows[measure.denominator].cast("float64")
        columns["value"] = (denominator > 0).ifelse(numerator / denominator * measure.unit, None)
        columns |= {"numerator": numerator, "denominator": denominator}
    columns |= {COVARIATE + name: rows[name].cast("float64") for name in plan.its.covariates}
    made = rows.select(**columns)
    step = ibis.interval(**(STEP.get(plan.data.period.every) or {"years": 1}))
    ends = made.aggregate(first=made.period.min().cast("timestamp"), last=made.period.max().cast("timestamp"))
    grid = ends.select(period=ibis.range(ends.first, ends.last + step, step).unnest().cast("date"))
    return grid.left_join(made, "period").drop("period_right").order_by("period")


def write_all(data: Path, plan: Plan, folder: Path) -> None:
    """Writes `<measure>.parquet` for every measure of the plan into `folder`, from validated data.

    Raises DataError if a proportion has more above the line than below it.
    """
    import ibis

    engine = ibis.duckdb.connect()
    rows = engine.read_parquet(str(data))
    for measure in plan.measures:
        made = build(rows, plan, measure)
        if measure.kind == "proportion" and (over := _more_than_whole(made)):
            raise DataError(
                f"{measure.id}: in {over} periods {measure.numerator} is more than {measure.denominator}; "
                "mend the data, or call it a rate."
            )
        engine.to_parquet(made, str(folder / f"{measure.id}.parquet"))


def read(folder: Path, measure: str) -> pd.DataFrame:
    """Reads a series that `write_all` wrote; the index is the first day of each period.

    Raises DataError if it isn't there yet.
    """
    import pandas as pd

    path = folder / f"{measure}.parquet"
    if not path.is_file():
        raise DataError(f"{folder.name}/{path.name}: is not there yet; run `lasting run` first.")
    frame = pd.read_parquet(path)
    return frame.set_index(pd.DatetimeIndex(frame.pop("period"), name="period"))


def covariates(data: pd.DataFrame) -> pd.DataFrame:
    """Gives the covariates of a series under their own names."""
    found = data[[name for name in data.columns if name.startswith(COVARIATE)]]
    return found.rename(columns=lambda name: name.removeprefix(COVARIATE))


def first_after(periods: pd.Index[Any], plan: Plan, change: Intervention | None = None) -> int:
    """Gives the position of the first period that begins on or after the start of `change`.

    `change` is the plan's first unless given. Raises DataError if no period begins after it, or if none
    came before.
    """
    import pandas as pd

    change = change or plan.intervention
    position = int(periods.searchsorted(pd.Timestamp(change.start)))
    if position == 0 or position == len(periods):
        raise DataError(
            f"{_place(plan, change)}.start: {change.start} is outside the data, which run from "
            f"{periods[0].date()} to {periods[-1].date()}; mend one of them."
        )
    return position


def position_of(periods: pd.Index[Any], day: date, plan: Plan, field: str) -> int:
    """Gives the position of the period that begins on `day`; raises DataError naming `field` if none does."""
    import pandas as pd

    found = periods.get_indexer(pd.Index([pd.Timestamp(day)]))
    if found[0] < 0:
        every = plan.data.period.every
        raise DataError(
            f"params/{plan.study}.yaml, {field}: no {every} of the data begins on {day}; "
            f"give the first day of a {every}."
        )
    return int(found[0])


def phase_in_length(periods: pd.Index[Any], plan: Plan, change: Intervention | None = None) -> int:
    """Gives the number of transition periods: from the start up to, not including, the one at `until`.

    Raises DataError if the transition has no whole period, or is not over before the data end.
    """
    change = change or plan.intervention
    if change.phase_in is None:
        return 0
    length = _period_of(periods, change.phase_in.until) - first_after(periods, plan, change)
    if length < 1 or change.phase_in.until > periods[-1].date():
        raise DataError(
            f"{_place(plan, change)}.phase_in.until: {change.phase_in.until} leaves no whole "
            f"{plan.data.period.every} of transition inside the data; mend it or leave phase_in out."
        )
    return length


def end_of(periods: pd.Index[Any], plan: Plan, change: Intervention) -> int | None:
    """Gives the position of the first period after a temporary change, or None for one that stays.

    Raises DataError if the change ends before a whole period of it, or after the data.
    """
    if change.until is None:
        return None
    position = _period_of(periods, change.until)
    if position <= first_after(periods, plan, change) or change.until > periods[-1].date():
        raise DataError(
            f"{_place(plan, change)}.until: {change.until} leaves no whole {plan.data.period.every} of the "
            "change inside the data; mend it or leave it out."
        )
    return position


def _period_of(periods: pd.Index[Any], day: date) -> int:
    """The position of the period in which a day lies."""
    import pandas as pd

    return int(periods.searchsorted(pd.Timestamp(day), side="right")) - 1


def _place(plan: Plan, change: Intervention) -> str:
    return f"params/{plan.study}.yaml, interventions[{plan.interventions.index(change) + 1}]"


def _more_than_whole(made: ibis.Table) -> int:
    return int(made.filter(made.numerator > made.denominator).count().execute())
