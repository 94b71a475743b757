"""Stage `render`: report.qmd becomes HTML, PDF and Word, by whichever engine is found.

The bytes of the rendered files depend on the engine, so DVC does not lock them. It locks `rendered.json`,
which is the same with either: which document, with which theme, was rendered into which files. The engine
that did it stands in the report itself and, for the machine, in `engine.json` beside it.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from pipeline import plan as plans
from pipeline import results
from pipeline.project import Project
from pipeline.report import engines


def run(project: Project, study: str) -> None:
    """Writes reports/_site/<study>/: the rendered files, the record of the rendering, and the engine."""
    plan = plans.load(project, study)
    document = project.results(study, "report")
    engine = engines.find()
    target = project.root / "reports" / "_site" / study
    with tempfile.TemporaryDirectory(prefix="lasting-render-") as folder:
        work = Path(folder)
        engines.prepare(document, project.root / "reports" / engines.THEME, work)
        files = engines.render(engine, work, plan.report.formats)
        with results.whole_folder(target) as made:
            for file in files:
                shutil.copyfile(file, made / file.name)
            shutil.copyfile(document / "report.numbers.json", made / "report.numbers.json")
            shutil.copytree(document / "data", made / "data")
            results.write_whole(made / "engine.json", results.to_json({"engine": engine.title}))
            record = {
                "document": hashlib.sha256((document / engines.DOCUMENT).read_bytes()).hexdigest(),
                "files": [file.name for file in files],
            }
            results.write_whole(made / "rendered.json", results.to_json(record))
