"""Stage `groups`: the notebooks on sites and groups of people, those that the plan turns on."""

from __future__ import annotations

from collections.abc import Callable

from pipeline import notebooks, results
from pipeline import plan as plans
from pipeline.plan import Plan
from pipeline.project import Project

NOTEBOOKS: dict[str, Callable[[Plan], bool]] = {"pooled": lambda plan: plan.data.unit is not None}
"""Each notebook, and what in a plan turns it on."""


def run(project: Project, study: str) -> None:
    """Writes results/<study>/groups/<notebook>/ for each that is on; the folder is empty if none is."""
    plan = plans.load(project, study)
    with results.whole_folder(project.results(study, "groups")) as folder:
        for name, is_on in NOTEBOOKS.items():
            if is_on(plan):
                (folder / name).mkdir()
                notebooks.run_into(folder / name, project.root, name, study)
