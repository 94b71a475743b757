"""Stage `spc`: the notebook of the control charts."""

from __future__ import annotations

from pipeline import notebooks
from pipeline.project import Project


def run(project: Project, study: str) -> None:
    """Writes results/<study>/spc/: the results, the charts, and the executed notebook."""
    notebooks.run(project.root, "spc", study)
