"""Stage `report`: results become report.qmd, its figures, and the record of every number in it."""

from __future__ import annotations

import shutil

from pipeline import __version__, results
from pipeline import plan as plans
from pipeline.contract import model
from pipeline.project import Project
from pipeline.report import document
from pipeline.report.numbers import Numbers
from pipeline.reproduce import frozen


def run(project: Project, study: str) -> None:
    """Writes results/<study>/report/, and results/_studies/<study>.json for the site's list."""
    plan = plans.load(project, study)
    contract = model.load(project, plan.data.contract)
    found = {method: project.results(study, method) for method in ("its", "spc")}
    found |= {folder.name: folder for folder in sorted(project.results(study, "groups").iterdir())}
    data = results.read_json(project.results("_data", contract.id, "validation.json"))
    numbers = Numbers(
        {
            "data": {**data, "checked": len(data["findings"])},
            "software": {"lasting": __version__},
            "frozen": frozen.as_results(frozen.read(project, study), plan),
            **{method: results.read_json(folder / f"{method}.json") for method, folder in found.items()},
        }
    )
    text = document.write(project.root / "reports", plan, contract, numbers)
    with results.whole_folder(project.results(study, "report")) as folder:
        results.write_whole(folder / "report.qmd", text)
        results.write_whole(folder / "report.numbers.json", results.to_json(numbers.as_list()))
        (folder / "figures").mkdir()
        for method, charts in found.items():
            for chart in sorted(charts.glob(f"{method}-*.*g")):
                shutil.copyfile(chart, folder / "figures" / chart.name)
    summary = results.to_json(document.summary(plan, numbers))
    results.write_whole(project.results("_studies", f"{study}.json"), summary)
