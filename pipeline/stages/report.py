"""Stage `report`: results become report.qmd, its figures, and the record of every number in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pipeline import __version__, results
from pipeline import plan as plans
from pipeline.contract import model
from pipeline.project import Project
from pipeline.report import document
from pipeline.report.numbers import Numbers
from pipeline.report.tables import charted_in, tables_in, to_csv
from pipeline.reproduce import frozen

CHARTED = {
    "its": {
        "series": "its-{}",
        "effects": "effects-{}",
        "specifications.table": "sure-specifications",
        "placebo.table": "sure-placebo",
        "left_out.table": "sure-left-out",
    },
    "spc": {
        "points": "spc-{}",
        "beside.points": "spc-{}_beside",
        "small_shifts.points": "spc-{}_small-shifts",
        "by_unit.values": "spc-{}_by-unit",
        "by_stratum.values": "spc-{}_by-stratum",
        "funnel.points": "spc-{}_funnel",
    },
}
"""The tables of a measure that are written as CSV, and their files' names, as those of the charts that draw
them; of other methods, all are written."""


def run(project: Project, study: str) -> None:
    """Writes results/<study>/report/, and results/_studies/<study>.json for the site's list."""
    plan = plans.load(project, study)
    contract = model.load(project, plan.data.contract)
    found = {method: project.results(study, method) for method in ("its", "spc")}
    groups = sorted(project.results(study, "groups").glob("*/*.json"))
    found |= {path.stem: path.parent for path in groups if path.stem == path.parent.name}
    data = results.read_json(project.results("_data", contract.id, "validation.json"))
    numbers = Numbers(
        {
            "data": {
                **data,
                "checked": len(data["findings"]),
                "disclosure": plan.rule and plan.rule.model_dump(),
            },
            "software": {"lasting": __version__},
            "frozen": frozen.as_results(frozen.read(project, study), plan),
            **document.roots(plan, contract),
            **{method: results.read_json(folder / f"{method}.json") for method, folder in found.items()},
        }
    )
    text = document.write(project.root / "reports", plan, contract, numbers)
    with results.whole_folder(project.results(study, "report")) as folder:
        results.write_whole(folder / "report.qmd", text)
        results.write_whole(folder / "report.numbers.json", results.to_json(numbers.as_list()))
        (folder / "figures").mkdir()
        (folder / "data").mkdir()
        for method, source in found.items():
            for chart in sorted([*source.glob(f"{method}-*.*g"), *source.glob("sure-*.*g")]):
                shutil.copyfile(chart, folder / "figures" / chart.name)
            shutil.copyfile(source / f"{method}.json", folder / "data" / f"{method}.json")
            _write_tables(method, numbers.results[method], folder / "data")
        written = sorted(path.name for path in (folder / "data").iterdir())
    summary = {**document.summary(plan, numbers), "data": written}
    results.write_whole(project.results("_studies", f"{study}.json"), results.to_json(summary))


def _write_tables(method: str, read: Any, folder: Path) -> None:
    """Writes the figures of a results file's charts as CSV, beside the report."""
    charted = CHARTED.get(method)
    found = charted_in(read["measures"], charted) if charted else tables_in(read, method)
    for name, rows in found.items():
        results.write_whole(folder / f"{name}.csv", to_csv(rows))
