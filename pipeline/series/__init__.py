"""From rows to series: one regular series a measure, of all sites together, by site and by stratum.

Rows (or records, several to a period) become cells, one a period, site and stratum, by one expression in
Ibis that runs on DuckDB or Spark; cells become series on DuckDB. Nothing here reads rows one by one.
"""

from pipeline.series.between import between
from pipeline.series.panel import changes, comparators, starts_of, treated
from pipeline.series.place import end_of, first_after, phase_in_length, position_of, step
from pipeline.series.read import (
    COMPARATOR,
    COVARIATE,
    comparator_columns,
    covariates,
    read,
    read_by_stratum,
    read_by_unit,
)
from pipeline.series.write import write_all

__all__ = [
    "COMPARATOR",
    "COVARIATE",
    "between",
    "changes",
    "comparator_columns",
    "comparators",
    "covariates",
    "end_of",
    "first_after",
    "phase_in_length",
    "position_of",
    "read",
    "read_by_stratum",
    "read_by_unit",
    "starts_of",
    "step",
    "treated",
    "write_all",
]
