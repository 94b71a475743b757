"""Running notebooks: papermill does the work; we refuse what it lets pass, and keep stable copies.

Papermill only warns of an unknown parameter, and would run a notebook whose parameter is never used; both
would let a stale or wrong result through, so both are errors here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import plan as plans
from pipeline import project
from pipeline.errors import AnalysisError, LastingError
from pipeline.evaluation import leaving

START_TIMEOUT = 120
ERROR_TYPES = {kind.__name__: kind for kind in LastingError.__subclasses__()}

FOLDERS = re.compile(r"\S*[/\\](?=[\w.-]+\.py:\d+: )")
"""What stands before the name of a module in a warning: folders of this machine."""


def run(root: Path, name: str, study: str) -> None:
    """Runs `notebooks/<name>.ipynb` on a study; results/<study>/<name>/ is replaced whole or not at all.

    Raises what `execute` raises.
    """
    from pipeline import results

    with results.whole_folder(root / "results" / study / name) as folder:
        run_into(folder, root, name, study)


def run_into(folder: Path, root: Path, name: str, study: str) -> None:
    """Runs `notebooks/<name>.ipynb` on a study, and leaves what it writes in `folder`, in the repository.

    Raises what `execute` raises, and DisclosureError if what it wrote must not be shown.
    """
    execute(
        root / "notebooks" / f"{name}.ipynb",
        folder / f"{name}.ipynb",
        {"study": study, "output": folder.relative_to(root).as_posix()},
        [folder / f"{name}.json"],
        root,
    )
    here = project.load(root)
    leaving.release(here, plans.load(here, study), folder)


def execute(
    notebook: Path, executed: Path, parameters: dict[str, str], outputs: Sequence[Path], working_folder: Path
) -> None:
    """Runs a notebook with `parameters` in `working_folder`, and keeps a byte-stable executed copy.

    Raises AnalysisError if a parameter is not declared or not used, if the notebook can't be read, fails or
    loses its kernel, or does not write every file of `outputs`. An error of ours inside the notebook comes
    out as itself.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    source = read(notebook)
    _refuse_bad_parameters(source, notebook.name, parameters)
    raw = executed.with_suffix(".running.ipynb")
    try:
        papermill.execute_notebook(
            str(notebook),
            str(raw),
            parameters=parameters,
            progress_bar=False,
            log_output=False,
            start_timeout=START_TIMEOUT,
            cwd=str(working_folder),
            kernel_name="python3",
            language="python",
        )
        finished = _parse(raw)
    except PapermillExecutionError as failure:
        raise _as_ours(failure, notebook.name) from failure  # whose words `--debug` shows
    except DeadKernelError:
        raise AnalysisError(
            f"notebooks/{notebook.name}: the kernel died while it ran (often for want of memory); "
            "run it in JupyterLab to see where."
        ) from None
    except RuntimeError as failure:
        raise AnalysisError(f"notebooks/{notebook.name}: the kernel did not start ({failure}).") from None
    finally:
        raw.unlink(missing_ok=True)
    if absent := [path.name for path in outputs if not path.is_file()]:
        raise AnalysisError(
            f"notebooks/{notebook.name}: ran, but did not write {', '.join(absent)}; its last cells should."
        )
    executed.write_text(as_text(normalised(finished)), encoding="utf-8")


def normalised(notebook: Any) -> Any:
    """Gives the notebook without what changes from run to run: times, ids, versions, machine paths."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place:02d}"
        cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
            if output.get("name") == "stderr":
                output["text"] = FOLDERS.sub("", output["text"])
    return notebook


def as_text(notebook: Any) -> str:
    """Gives the notebook as the text of its file."""
    import nbformat

    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def stripped(notebook: Any) -> Any:
    """Gives the notebook as git keeps it: no outputs, no execution counts, stable ids."""
    for cell in normalised(notebook).cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return notebook


def parameters_of(notebook: Any, name: str) -> list[str]:
    """Gives the names that the cell tagged `parameters` sets; raises AnalysisError if there isn't one."""
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise AnalysisError(f"notebooks/{name}: needs one cell tagged `parameters`, and has {len(cells)}.")
    statements = _python(cells[0].source, notebook.cells.index(cells[0]), name).body
    targets = [
        target
        for statement in statements
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
    ]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _python(source: str, place: int, name: str) -> ast.Module:
    """Gives a cell's code as Python, IPython's magics (`%matplotlib inline`, `!ls`) as calls.

    Raises AnalysisError naming the cell, as JupyterLab's reader counts, if it is neither.
    """
    try:
        return _parsed(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            return _parsed(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
        except SyntaxError as problem:
            raise AnalysisError(
                f"notebooks/{name}: cell {place + 1} is not Python ({problem.msg}, line {problem.lineno} of "
                "the cell); mend it."
            ) from None


def _parsed(source: str) -> ast.Module:
    # As IPython does: a cell may `await` outside any function.
    tree = compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.Module)
    return tree


def _names_read(tree: ast.Module) -> set[str]:
    """Gives the names that a cell reads, and the words of its magics (`%time fit(study)`)."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("get_ipython()"):
            found |= set(re.findall(r"\w+", ast.unparse(node)))
    return found


def _parse(path: Path) -> Any:
    import nbformat

    text = path.read_text(encoding="utf-8")
    return nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]


def read(notebook: Path) -> Any:
    """Reads a notebook; raises AnalysisError if it isn't there, or is none."""
    try:
        return _parse(notebook)
    except FileNotFoundError:
        raise AnalysisError(f"notebooks/{notebook.name}: there is no such notebook.") from None
    except Exception as problem:  # nbformat raises many kinds for one thing: it isn't a notebook
        said = str(problem).splitlines()[0][:120]
        raise AnalysisError(
            f"notebooks/{notebook.name}: is not a notebook that can be read ({said})."
        ) from None


def _refuse_bad_parameters(notebook: Any, name: str, parameters: dict[str, str]) -> None:
    declared = parameters_of(notebook, name)
    for parameter in parameters:
        if parameter not in declared:
            known = ", ".join(declared)
            raise AnalysisError(f"notebooks/{name}: has no parameter {parameter}; it declares {known}.")
    used: set[str] = set()
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            used |= _names_read(_python(cell.source, place, name))
    if unused := [parameter for parameter in declared if parameter not in used]:
        raise AnalysisError(f"notebooks/{name}: declares the parameter {unused[0]} and never uses it.")


def _as_ours(failure: Any, name: str) -> LastingError:
    """The error a failed cell raised: our own kinds come out as themselves, others by kind and cell.

    The words of others may hold values of the data.
    """
    if failure.ename in ERROR_TYPES:
        return ERROR_TYPES[failure.ename](re.sub(r"\x1b\[[0-9;]*m", "", str(failure.evalue)).strip())
    return AnalysisError(
        f"notebooks/{name}: cell {failure.cell_index + 1} failed with {failure.ename}; run `lasting --debug "
        "...` to read its own words, which may hold values of the data, or open it by `make lab`."
    )
