"""Stage `groups`: the notebooks on sites and groups of people, those that the plan turns on."""

from __future__ import annotations

from collections.abc import Callable

from pipeline import notebooks, results
from pipeline import plan as plans
from pipeline.plan import Plan
from pipeline.project import Project

NOTEBOOKS: dict[str, Callable[[Plan], bool]] = {
    "pooled": lambda plan: plan.data.unit is not None,
    "equity": lambda plan: plan.equity is not None,
}
"""Each notebook, and what in a plan turns it on."""
NOTE = "asked.json"


def run(project: Project, study: str) -> None:
    """Writes results/<study>/groups/<notebook>/ for each notebook, or only a note there that it is not asked.

    Neither DVC nor a bundle keeps empty folders.
    """
    plan = plans.load(project, study)
    for name, is_on in NOTEBOOKS.items():
        with results.whole_folder(project.results(study, "groups", name)) as folder:
            if is_on(plan):
                notebooks.run_into(folder, project.root, name, study)
            results.write_whole(folder / NOTE, results.to_json({"asked": is_on(plan)}))
