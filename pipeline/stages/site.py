"""Stage `site`: the list of studies, reports/_site/index.html, and the pages on methods and words."""

from __future__ import annotations

from pipeline import results
from pipeline.project import Project
from pipeline.report import site


def run(project: Project) -> None:
    """Writes the site's pages; the studies are those that are listed and have a report, in their order."""
    made = [project.results("_studies", f"{study}.json") for study in project.studies]
    summaries = [results.read_json(path) for path in made if path.is_file()]
    for name, page in site.pages(summaries, project.root / "reports" / "theme").items():
        results.write_whole(project.root / "reports" / "_site" / name, page)
