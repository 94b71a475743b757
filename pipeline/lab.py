"""A study's notebooks in JupyterLab, as copies in scratch/ with the study's name filled in."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipeline import notebooks, results, study
from pipeline.errors import SetupError
from pipeline.project import Project
from pipeline.stages.groups import NOTEBOOKS

ALWAYS = ("its", "spc")


def copies(project: Project, name: str) -> list[Path]:
    """Writes a copy of each of a study's notebooks into scratch/<study>/, and gives their places.

    A copy that is there already is kept as it was left. Raises what `study.load` raises, and AnalysisError if
    a notebook can't be read.
    """
    plan = study.load(project, name).plan
    wanted = [*ALWAYS, *(notebook for notebook, is_on in NOTEBOOKS.items() if is_on(plan))]
    made = []
    for notebook in wanted:
        target = project.root / "scratch" / name / f"{notebook}.ipynb"
        if not target.exists():
            parameters = {"study": name, "output": f"scratch/{name}/{notebook}"}
            copy = filled_in(notebooks.read(project.root / "notebooks" / f"{notebook}.ipynb"), parameters)
            results.write_whole(target, notebooks.as_text(copy))
        made.append(target)
    return made


def filled_in(notebook: Any, parameters: dict[str, str]) -> Any:
    """Gives a notebook with the values of its cell tagged `parameters`."""
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(f'{name} = "{value}"' for name, value in parameters.items())
    return notebook


def open_lab(project: Project, name: str, places: list[Path]) -> int:
    """Brings the study's series up to date and runs JupyterLab until it is closed; gives its exit code.

    Raises SetupError if JupyterLab is not installed, or the series can't be made.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise SetupError("JupyterLab is not installed in this environment; `make lab` installs and opens it.")
    environment = {**os.environ, "LASTING_ROOT": str(project.root), "DVC_NO_ANALYTICS": "1"}
    here = Path(sys.executable).parent
    environment["PATH"] = f"{here}{os.pathsep}{environment.get('PATH', '')}"
    repro = [sys.executable, "-m", "dvc", "repro", "--quiet", f"series@{name}"]
    if subprocess.run(repro, cwd=project.root, env=environment, check=False).returncode:
        raise SetupError(f"{name}: its series could not be made; `lasting run {name}` says why.")
    first = places[0].relative_to(project.root).as_posix()
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(project.root), first]
    with subprocess.Popen(command, cwd=project.root, env=environment) as running:
        # Ctrl-C is JupyterLab's: it asks whether to stop, and saves first.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return running.wait()
        finally:
            # Where this command is ended from outside, the server must not stay behind.
            running.terminate()
            running.wait()
