"""Stage `series`: validated rows become one regular series a measure."""

from __future__ import annotations

from pipeline import plan as plans
from pipeline import results, series
from pipeline.contract import model
from pipeline.project import Project


def run(project: Project, study: str) -> None:
    """Writes results/<study>/series/: one Parquet file a measure, and one by site and by stratum.

    Raises DataError if the intervention lies outside the data.
    """
    plan = plans.load(project, study)
    contract = model.load(project, plan.data.contract)
    data = project.results("_data", plan.data.contract, "data.parquet")
    with results.whole_folder(project.results(study, "series")) as folder:
        series.write_all(
            data,
            plan,
            folder,
            records=contract.periods.rows == "records",
            engine="spark" if contract.id in project.on_spark else "duckdb",
        )
        series.first_after(series.read(folder, plan.primary.id).index, plan)
