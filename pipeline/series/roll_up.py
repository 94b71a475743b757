"""Cells to series: regular in time, of all sites together or by site or stratum (Ibis, on DuckDB)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.series.place import STEP
from pipeline.series.read import COMPARATOR, COVARIATE

if TYPE_CHECKING:
    import ibis
    from ibis.expr.types import Value

    from pipeline.plan import Every, Measure, Plan

By = Literal["unit", "stratum"]


@dataclass(frozen=True)
class Cells:
    """The cells of a plan's data, and what they are made of: rows of their own, or records."""

    table: ibis.Table
    plan: Plan
    records: bool

    def of(self, units: tuple[str, ...]) -> Cells:
        """Gives the cells of some sites only."""
        return Cells(self.table.filter(self.table.unit.isin(units)), self.plan, self.records)


def series_of(cells: Cells, measure: Measure, periods: ibis.Table, by: By | None = None) -> ibis.Table:
    """Gives the series of a measure, in order, nothing left out between the first and the last of `periods`.

    Columns: `unit` or `stratum` (where asked for), `period` (first day), `value`, `numerator` and
    `denominator` (of rates and proportions), `sd` and `n` (of means of records), the plan's covariates as
    `covariate:name` and the measure's comparators as `comparator:name`. Of records, a period without any has
    a count of 0; of rows, what is not there, or not for every site, is empty.
    """
    import ibis

    keys = ["period", *([by] if by else [])]
    together = _together(cells, measure, keys)
    grid = periods
    if by:
        groups = cells.table.select(by).distinct()
        grid = groups.filter(groups[by].notnull()).cross_join(periods)
    joined = grid.left_join(together, keys)
    columns: dict[str, Value] = {name: joined[name] for name in ([by] if by else []) + ["period"]}
    columns |= _values(joined, measure, cells.records)
    for place, name in enumerate(cells.plan.its.covariates):
        columns[COVARIATE + name] = (joined[f"covariate_{place}"] / joined[f"covariate_known_{place}"]).cast(
            "float64"
        )
    # Comparators of a value are such values; those of anything else come as it is told.
    scale = measure.unit if measure.kind == "value" else 1.0
    besides = {COMPARATOR + name: joined[f"beside_{j}"] for j, name in enumerate(measure.comparators)}
    made = joined.select(
        **columns, **{name: column.cast("float64") * scale for name, column in besides.items()}
    )
    return made.order_by([ibis.asc(name) for name in ([by] if by else []) + ["period"]])


def regular(first: Value, last: Value, every: Every) -> ibis.Table:
    """Gives every period from the first to the last, as the column `period`."""
    import ibis

    step = ibis.interval(**STEP[every])
    begin, end = (ibis.literal(day).cast("timestamp") for day in (first, last))
    return ibis.range(begin, end + step, step).unnest().cast("date").name("period").as_table()


def _together(cells: Cells, measure: Measure, keys: list[str]) -> ibis.Table:
    """The cells of each group added up, and whether every value is there."""
    place = cells.plan.measures.index(measure)
    found = cells.table
    names = {part: f"{part}_{place}" for part in ("sum", "below", "known", "spread")}
    parts = {part: found[name] for part, name in names.items() if name in found.columns}
    covariates = {
        name: found[name]
        for j in range(len(cells.plan.its.covariates))
        for name in (f"covariate_{j}", f"covariate_known_{j}")
    }
    besides = {f"beside_{j}": found[f"beside_{place}_{j}"] for j in range(len(measure.comparators))}
    grouping = {key: found[key] for key in dict.fromkeys([*keys, "unit", "rows"])}
    narrow = found.select(**grouping, **parts, **covariates, **besides)
    if "spread" in parts:
        mean = (narrow["sum"].sum() / narrow.known.sum()).over(group_by=keys)
        off = narrow["sum"] / narrow.known - mean
        narrow = narrow.mutate(spread=narrow.spread + narrow.known * off * off)
    sums = {name: narrow[name].sum() for name in (*parts, *covariates, *besides)}
    of_units = narrow.group_by(keys).aggregate(rows=narrow.rows.sum(), sites=narrow.unit.nunique(), **sums)
    sites = 1 if "unit" in keys else found.unit.nunique().as_scalar()
    return of_units.mutate(complete=(of_units.known == of_units.rows) & (of_units.sites == sites))


def _values(joined: ibis.Table, measure: Measure, records: bool) -> dict[str, Value]:
    def told(part: str) -> Value:
        """A sum: of records 0 where there are none, of rows empty unless all are there."""
        added = joined[part].cast("float64")
        return added.fill_null(0.0) if records else joined.complete.ifelse(added, None)

    if measure.kind == "count":
        return {"value": told("sum")}
    if measure.is_ratio:
        above, below = told("sum"), told("below")
        return {
            "value": (below > 0).ifelse(above / below * measure.unit, None),
            "numerator": above,
            "denominator": below,
        }
    known = joined.known.cast("float64")
    mean = (known > 0).ifelse(told("sum") / known, None)
    if not records or measure.kind != "mean":
        return {"value": mean * measure.unit}
    sd = (known > 1).ifelse((joined.spread.cast("float64") / (known - 1)).sqrt(), None)
    return {"value": mean, "sd": sd, "n": known.fill_null(0.0)}
