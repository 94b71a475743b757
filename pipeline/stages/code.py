"""Stage `code`: for each other stage, the package modules that it imports, with their sums.

DVC writes its whole lock anew after every stage. With one file of sums to depend on, in place of each module,
the lock stays short however many studies there are, and a stage runs again only if its own code changed.
"""

from __future__ import annotations

from pipeline import modules, results
from pipeline.project import Project
from pipeline.stages import STAGES


def run(project: Project) -> None:
    """Writes results/_code/<stage>.json: each module's path and MD5."""
    with results.whole_folder(project.results("_code")) as folder:
        for stage in STAGES[1:]:
            sums = modules.sums(project.root, stage)
            results.write_whole(folder / f"{stage}.json", results.to_json(sums))
