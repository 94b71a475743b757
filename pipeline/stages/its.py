"""Stage `its`: the notebook of the interrupted time series."""

from __future__ import annotations

from pipeline import notebooks
from pipeline.project import Project


def run(project: Project, study: str) -> None:
    """Writes results/<study>/its/: the results, the charts, and the executed notebook."""
    notebooks.run(project.root, "its", study)
