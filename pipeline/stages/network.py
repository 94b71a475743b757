"""Stage `network`: the notebook of who names whom, for studies that have a list of ties."""

from __future__ import annotations

from pipeline import notebooks, results
from pipeline.project import Project


def run(project: Project, study: str) -> None:
    """Writes results/<study>/groups/network/, beside what the stage groups writes."""
    with results.whole_folder(project.results(study, "groups", "network")) as folder:
        notebooks.run_into(folder, project.root, "network", study)
