"""Outside results that ours must equal: the copy in tests/reference, and more beside the repository."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
COPY = ROOT / "tests" / "reference" / "spc" / "ptd" / "cases.json"
BESIDE = Path(os.environ.get("LASTING_SHARED", ROOT.parent / "shared")) / "reference"

LINES = {
    "centre": "mean_col",
    "lower": "lpl",
    "upper": "upl",
    "lower_2sigma": "nlpl",
    "upper_2sigma": "nupl",
}
BORROWED = ("ae_", "issue")
"""In the name of each case made from data of others, which is not copied."""


def compact(case: dict[str, Any]) -> dict[str, Any]:
    """Gives a case of the R package as what the tests need: its arguments, and each facet's points."""
    kept = {
        name: case["args"][name]
        for name in ("improvement_direction", "target", "screen_outliers", "fix_after_n_points")
    }
    short = {"case": case["case"], "error": bool(case["error"]), **kept, "facets": []}
    points = case.get("points") or {"f": []}
    for facet in dict.fromkeys(points["f"]):
        rows = [row for row, name in enumerate(points["f"]) if name == facet]
        column = {name: [points[name][row] for row in rows] for name in points}
        group = column["rebase_group"]
        starts = [row for row in range(len(rows)) if row == 0 or group[row] != group[row - 1]]
        summary = [row for row in case["summary"] if row.get("f", facet) == facet][-1]
        short["facets"].append(
            {
                "y": column["y"],
                "starts": starts,
                "lines": {ours: [column[theirs][row] for row in starts] for ours, theirs in LINES.items()},
                "signals": _where(column["special_cause_type"], "Common Cause"),
                "types": _where(column["point_type"], "common_cause"),
                "target": (column.get("target") or [None])[-1],
                "variation": summary["variation_type"],
                "assurance": summary.get("assurance_type"),
            }
        )
    return short


def _where(values: list[str], usual: str) -> dict[str, list[int]]:
    return {
        value: [row for row, found in enumerate(values) if found == value]
        for value in dict.fromkeys(values)
        if value != usual
    }


def ptd_names(with_result: bool = True) -> list[Any]:
    """Gives the cases as parameters: those in the copy, then those only beside the repository (or a skip)."""
    here = [case["case"] for case in copied() if case["error"] is not with_result]
    folder = BESIDE / "spc" / "ptd" / "cases"
    if not folder.exists():
        reason = "the cases made from data of others are not beside this repository"
        return [*here, pytest.param("", marks=pytest.mark.skip(reason=reason))]
    others = sorted(path.stem for path in folder.glob("*.json"))
    known = {case["case"] for case in copied()}
    return [*here, *(name for name in others if name not in known and with_result)]


@cache
def copied() -> list[dict[str, Any]]:
    """Gives every case in the copy."""
    cases: list[dict[str, Any]] = json.loads(COPY.read_text(encoding="utf-8"))
    return cases


def ptd_case(name: str) -> dict[str, Any]:
    """Gives a case by name, from the copy or from beside the repository."""
    for case in copied():
        if case["case"] == name:
            return case
    path = BESIDE / "spc" / "ptd" / "cases" / f"{name}.json"
    return compact(json.loads(path.read_text(encoding="utf-8")))


def beside(*parts: str) -> Path:
    """Gives a folder of the reference set beside the repository, or skips the test."""
    folder = BESIDE.joinpath(*parts)
    if not folder.exists():
        pytest.skip(f"the reference results {'/'.join(parts)} are not beside this repository")
    return folder


def more_names(part: str) -> list[str]:
    """Gives the cases of a part of the further references: those in the copy, and those beside."""
    folder = BESIDE / "more" / "expected" / part
    return sorted({*_more_copied(part), *(path.stem for path in folder.glob("*.json"))})


def more_case(part: str, name: str) -> tuple[dict[str, Any], pd.DataFrame]:
    """Gives what was found and what was seen in a case of the further references."""
    if name in _more_copied(part):
        case = _more_copied(part)[name]
        return case["expected"], pd.DataFrame(case["data"])
    expected = json.loads((BESIDE / "more" / "expected" / part / f"{name}.json").read_text(encoding="utf-8"))
    return expected, pd.read_csv(BESIDE / "more" / "data" / part / f"{name}.csv")


@cache
def _more_copied(part: str) -> dict[str, Any]:
    path = ROOT / "tests" / "reference" / "spc" / f"{part.removeprefix('spc_')}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
