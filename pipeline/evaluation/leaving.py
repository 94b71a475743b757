"""The last gate: what a stage's notebook wrote, before it becomes a result that may be handed on.

Numbers are told to few digits and drawings to what the eye can see, whoever wrote them; and a row of a hidden
period that has a value all the same stops the stage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import disclosure, results, series
from pipeline.errors import DisclosureError
from pipeline.plan import Plan
from pipeline.project import Project

TOLD = ("value", "observed", "adjusted", "residual", "innovation", "numerator", "denominator", "n", "sd")
"""Keys of a row of a results file under which a period's own numbers stand."""
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
PICTURE = "image/svg+xml"


def release(project: Project, plan: Plan, folder: Path) -> None:
    """Makes what is in a folder of results fit to be shown; nothing is done where disclosure control is off.

    Raises DisclosureError if a hidden period is told, or a file is of a kind that can't be looked through.
    """
    if plan.rule is None:
        return
    hidden = _hidden(project, plan)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix == ".png":
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            found = disclosure.coarse(json.loads(text))
            _refuse_told(plan, found, hidden)
            text = results.to_json(found)
        elif path.suffix == ".svg":
            text = disclosure.coarse_svg(text)
        elif path.suffix == ".ipynb":
            text = _notebook(text)
        elif path.suffix == ".csv":
            text = disclosure.coarse_text(text)
        else:
            raise DisclosureError(
                f"params/{plan.study}.yaml, disclosure: {path.name} can't be looked through; "
                "write JSON, CSV, SVG or PNG."
            )
        path.write_text(text, encoding="utf-8")


def _hidden(project: Project, plan: Plan) -> dict[str, set[str]]:
    """The periods that are hidden, by measure."""
    assert plan.rule is not None
    hidden = {}
    for measure in plan.measures:
        data = series.read(project.results(plan.study, "series"), measure.id)
        small = disclosure.small_cells(data, measure, plan.rule)
        hidden[measure.id] = {day.date().isoformat() for day in data.index[small]}
    return hidden


def _refuse_told(plan: Plan, found: Any, hidden: dict[str, set[str]]) -> None:
    for measure, told in found.get("measures", {}).items():
        for row in _rows(told):
            day = row.get("row", row.get("period"))
            if day in hidden.get(measure, ()) and any(row.get(key) is not None for key in TOLD):
                raise DisclosureError(
                    f"params/{plan.study}.yaml, measure {measure}: a result would tell of a period that is "
                    f"to be hidden ({day}); report it, for this should not happen."
                )


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a result."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _rows(item)


def _notebook(text: str) -> str:
    import nbformat

    notebook: Any = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = disclosure.coarse_text(output["text"])
            data = output.get("data", {})
            for kind in data:
                if kind == PICTURE:
                    data[kind] = disclosure.coarse_svg(data[kind])
                elif kind in TEXTS:
                    data[kind] = disclosure.coarse_text(data[kind])
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]
