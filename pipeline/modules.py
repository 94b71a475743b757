"""The package modules that each stage imports, by itself or in the notebooks that it runs."""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grimp import ImportGraph

PACKAGE = "pipeline"
NOTEBOOKS = {
    "its": ("its.ipynb",),
    "spc": ("spc.ipynb",),
    "groups": ("pooled.ipynb", "equity.ipynb"),
    "network": ("network.ipynb",),
}
"""The notebooks that a stage runs."""
NO_RESULT = frozenset({PACKAGE, f"{PACKAGE}.stages", f"{PACKAGE}.errors"})
"""Packages' own docstrings, and the errors: their words change no result."""


def sums(root: Path, stage: str) -> dict[str, str]:
    """Gives the MD5 of every module that a stage imports, however far down, by its path below `root`."""
    paths = sorted(_path_of(root, module) for module in of(root, stage))
    return {
        path: hashlib.md5((root / path).read_bytes(), usedforsecurity=False).hexdigest() for path in paths
    }


def of(root: Path, stage: str) -> set[str]:
    """Gives the modules that a stage imports, by name; the notebooks are those below `root`."""
    starts = {f"{PACKAGE}.stages.{stage}"}
    for name in NOTEBOOKS.get(stage, ()):
        starts |= _imported_by(root / "notebooks" / name)
    return starts.union(*(_graph().find_upstream_modules(module) for module in starts)) - NO_RESULT


@cache
def _graph() -> ImportGraph:
    import grimp

    return grimp.build_graph(PACKAGE, cache_dir=None)


def _imported_by(notebook: Path) -> set[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {str(node.module)} | {module for module in names if module in _graph().modules}
    return found


def _path_of(root: Path, module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (root / path).is_dir() else f"{path}.py"
