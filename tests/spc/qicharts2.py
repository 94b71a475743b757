"""The results of the R package qicharts2 0.8.1: a compact copy of those of generated series, more beside."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .references import BESIDE, ROOT

COPY = ROOT / "tests" / "reference" / "spc" / "qic" / "cases.json"
FOLDER = BESIDE / "spc" / "qic" / "cases"
LINES = {
    "centre": "cl",
    "lower": "lcl",
    "upper": "ucl",
    "lower_2sigma": "lcl.95",
    "upper_2sigma": "ucl.95",
}
RUNS = {
    "longest_run": "longest.run",
    "longest_run_max": "longest.run.max",
    "crossings": "n.crossings",
    "crossings_min": "n.crossings.min",
    "runs_signal": "runs.signal",
}
BORROWED = ("_ds_", "_mont_")
"""In the name of each case made from data of others, which is not copied."""
OPTIONS = ("freeze", "exclude", "cl", "multiply", "method", "y.neg", "screenedmr", "part")


def compact(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Gives a case as what the tests need: its arguments and, for each facet, what was seen and found."""
    args = case["args"]
    short = {
        "case": case["case"],
        "kind": args["chart"],
        "error": bool(case["error"]),
        "ordered": "categorical" not in case["description"] and "character x" not in case["description"],
        **{name: args[name] for name in OPTIONS if args[name] is not None and args[name] is not False},
        "facets": [],
    }
    if case["error"]:
        return short
    raw = pd.read_csv(folder / case["input_csv"]) if args["chart"] in ("xbar", "s") else None
    for names, points in pd.DataFrame(case["points"]).groupby(["facet1", "facet2"], sort=False):
        starts = [0, *np.flatnonzero(points["part"].diff().fillna(0)).tolist()]
        rows = [slice(start, end) for start, end in zip(starts, [*starts[1:], None], strict=True)]
        short["facets"].append(
            {
                "y": _seen(case, points, raw, names),
                "n": listed(points["n"]) if args["n"] else None,
                "starts": starts,
                "lines": {
                    ours: [_level(points[theirs][cut]) for cut in rows] for ours, theirs in LINES.items()
                },
                "outside": np.flatnonzero(points["sigma.signal"].fillna(False).astype(bool)).tolist(),
                "runs": {ours: listed(points[theirs].iloc[starts]) for ours, theirs in RUNS.items()},
            }
        )
    return short


def _seen(case: dict[str, Any], points: pd.DataFrame, raw: pd.DataFrame | None, names: Any) -> list[Any]:
    """Gives what was charted: numerators, values, or subgroups."""
    args = case["args"]
    if raw is None:
        if args["n"]:
            return listed(points["y.sum"])
        # Of a moving range chart the package gives back the ranges, and the values as means of one.
        return listed(points["y.mean"] if args["chart"] == "mr" else points["y"] / args["multiply"])
    for facet, name in zip((args["facets"] or "").replace("~", " ").split(), names, strict=False):
        raw = raw[raw[facet].astype(str) == str(name)]
    key = raw[args["x"]].map(_key)
    return [listed(raw.loc[key == _key(x), args["y"]]) for x in points["x"]]


def _key(x: Any) -> str:
    return f"{float(x):g}" if isinstance(x, int | float) else str(x)[:10]


def listed(column: pd.Series[Any]) -> list[Any]:
    """Gives a column as plain values, None where missing and whole numbers without a fraction."""
    values = [None if pd.isna(value) else value for value in column.tolist()]
    return [int(value) if isinstance(value, float) and value.is_integer() else value for value in values]


def _level(column: pd.Series[Any]) -> Any:
    values = listed(column)
    return values[0] if len(set(values)) == 1 else values


@cache
def copied() -> dict[str, dict[str, Any]]:
    """Gives every case in the copy, by name; series that several cases share are there once."""
    found = json.loads(COPY.read_text(encoding="utf-8"))
    for case in found["cases"]:
        for facet in case["facets"]:
            for name in ("y", "n"):
                if isinstance(facet[name], int):
                    facet[name] = found["series"][facet[name]]
    return {case["case"]: case for case in found["cases"]}


def names() -> list[str]:
    """Gives the name of every case: those in the copy, and those only beside the repository."""
    return sorted({*copied(), *(path.stem for path in FOLDER.glob("*.json"))})


def case(name: str) -> dict[str, Any]:
    """Gives a case by name, from the copy or from beside the repository."""
    if name in copied():
        return copied()[name]
    return compact(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")), FOLDER)


def written() -> str:
    """Gives the copy anew, as text, from the cases beside the repository."""
    series: dict[str, int] = {}
    cases = []
    for path in sorted(FOLDER.glob("*.json")):
        if any(borrowed in path.stem for borrowed in BORROWED):
            continue
        short = compact(json.loads(path.read_text(encoding="utf-8")), FOLDER)
        for facet in short["facets"]:
            for name in ("y", "n"):
                if facet[name] is not None:
                    facet[name] = series.setdefault(json.dumps(facet[name]), len(series))
        cases.append(json.dumps(short))
    rows = ",\n".join(series)
    return '{"series": [\n' + rows + '\n],\n"cases": [\n' + ",\n".join(cases) + "\n]}\n"
