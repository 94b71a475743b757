"""Stage `site`: the list of studies, reports/_site/index.html."""

from __future__ import annotations

from pipeline import results
from pipeline.project import Project
from pipeline.report import site


def run(project: Project) -> None:
    """Writes reports/_site/index.html from the summaries of the studies that are listed, in their order."""
    made = [project.results("_studies", f"{study}.json") for study in project.studies]
    summaries = [results.read_json(path) for path in made if path.is_file()]
    page = site.index(summaries, project.root / "reports" / "theme")
    results.write_whole(project.root / "reports" / "_site" / "index.html", page)
