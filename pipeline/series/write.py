"""Writing the series files of a study: one Parquet file a measure, and one by site and by stratum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError
from pipeline.series import engine as engines
from pipeline.series import panel
from pipeline.series.between import between
from pipeline.series.cells import cells, period_of
from pipeline.series.engine import Engine
from pipeline.series.roll_up import Cells, regular, series_of

if TYPE_CHECKING:
    import ibis
    from ibis.backends.duckdb import Backend

    from pipeline.plan import Measure, Plan


def write_all(
    data: Path, plan: Plan, folder: Path, *, records: bool = False, engine: Engine = "duckdb"
) -> None:
    """Writes the series of every measure of the plan into `folder`, from validated data.

    `<measure>.parquet` is of all sites that got a change, together; `<measure>.by-unit.parquet` of each site
    and `<measure>.by-stratum.parquet` of each stratum of those that got it, where the plan has them.
    `records` says that a period may have several rows, each an event or a person. Raises DataError if the
    plan names a site that isn't there, if a proportion has more above the line than below it, if a value
    comes twice in a period, or if there are no two events to tell the time between.

    `engine` is where rows become cells, the one step that meets them all.
    """
    import ibis

    with engines.duckdb() as duckdb:
        if engine == "spark":
            with engines.spark() as spark:
                found = ibis.memtable(cells(spark.read_parquet(str(data)), plan, records).to_pyarrow())
        else:
            found = cells_in_order(duckdb, data, plan, records)
        table = duckdb.create_table("cells", found.order_by("period", "unit", "stratum"))
        # Sums of numbers that are not whole depend on their order, which one thread keeps.
        duckdb.raw_sql("set threads = 1")
        _write(duckdb, duckdb.read_parquet(str(data)), Cells(table, plan, records), folder)


def _write(engine: Backend, rows: ibis.Table, made: Cells, folder: Path) -> None:
    plan = made.plan
    if not made.table.count().execute():
        raise DataError(f"params/{plan.study}.yaml, data.filter: leaves no row of the data; mend it.")
    every = plan.data.period.every
    periods = regular(*_ends(rows, made), every)
    units = tuple(made.table.select("unit").distinct().order_by("unit").execute()["unit"])
    panel.check_units(plan, units)
    treated = made.of(panel.treated(plan, units)) if plan.data.unit else made
    for measure in plan.measures:
        if not measure.is_regular:
            engine.to_parquet(between(rows, plan, measure), str(folder / f"{measure.id}.parquet"))
            continue
        _refuse_two_values(made, measure)
        files = {measure.id: series_of(treated, measure, periods)}
        if plan.data.unit:
            files[f"{measure.id}.by-unit"] = series_of(made, measure, periods, "unit")
        if plan.data.strata:
            files[f"{measure.id}.by-stratum"] = series_of(treated, measure, periods, "stratum")
        for name, found in files.items():
            path = str(folder / f"{name}.parquet")
            engine.to_parquet(found, path)
            _refuse_more_than_whole(engine.read_parquet(path), measure)


def cells_in_order(duckdb: Backend, data: Path, plan: Plan, records: bool) -> ibis.Table:
    """Gives the cells that DuckDB makes, to the last digit the same each time.

    Sums of whole numbers are exact; those of others depend on the order of rows, which one thread keeps.
    """
    rows = duckdb.read_parquet(str(data))
    summed = [name for measure in plan.measures for name in measure.columns] + list(plan.its.covariates)
    if any(rows[name].type().is_floating() for name in summed):
        duckdb.raw_sql("set threads = 1")
    return cells(rows, plan, records)


def _ends(rows: ibis.Table, made: Cells) -> tuple[Any, Any]:
    """The first and the last period: of the rows that are left, or of all records.

    Records of a kind that did not happen at first happened no times, unless the filter is one of time.
    """
    period, day = made.plan.data.period, made.table.period
    condition = made.plan.data.condition
    if made.records and condition and period.column not in condition.columns:
        day = period_of(rows[period.column].cast("date"), period.every)
    ends = day.as_table().aggregate(first=day.min(), last=day.max()).execute().iloc[0]
    return ends["first"], ends["last"]


def _refuse_two_values(made: Cells, measure: Measure) -> None:
    if measure.kind != "value":
        return
    twice = int(made.table.filter(made.table.rows > 1).count().execute())
    if twice:
        raise DataError(
            f"{measure.id}: {twice} periods have several rows, and a value can't be added up; name the sites "
            "or groups as data.unit or data.strata, keep one row a period by data.filter, or call it a mean."
        )


def _refuse_more_than_whole(found: ibis.Table, measure: Measure) -> None:
    if measure.kind != "proportion":
        return
    over = int(found.filter(found.numerator > found.denominator).count().execute())
    if over:
        below = measure.denominator or "the number of records"
        raise DataError(
            f"{measure.id}: in {over} periods {measure.numerator} is more than {below}; "
            "mend the data, or call it a rate."
        )
