"""Equality with the R package qicharts2 0.8.1 (i charts): lines, points outside them, and runs analysis.

Its limits are 3 / 1.128 mean moving ranges and some of its data belong to others, so
that they are read where they are.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import spc
from pipeline.spc.rules import RuleSet
from pipeline.spc.rulesets import OUTSIDE_LIMITS

from .references import BESIDE, beside

QICHARTS = RuleSet(name="outside only", rules=(OUTSIDE_LIMITS,))
LINES = {
    "centre": "cl",
    "lower": "lcl",
    "upper": "ucl",
    "lower_2sigma": "lcl.95",
    "upper_2sigma": "ucl.95",
}


def names() -> list[str]:
    folder = BESIDE / "spc" / "qic" / "cases"
    return sorted(path.stem for path in folder.glob("qic_*_i_*.json")) or ["absent"]


def is_built(case: dict[str, Any]) -> bool:
    """True if the case needs only what is built: no given centre, no clipping, no other runs rule."""
    args = case["args"]
    plain = args["chart"] == "i" and args["cl"] is None and args["n"] is None and args["y.neg"]
    return bool(
        plain
        and args["method"] == "anhoej"
        and not case["error"]
        and any(value is not None for value in case["points"]["y"])
        and not (args["part"] and args["freeze"])  # refused there
    )


def listed(value: int | list[int] | None) -> list[int]:
    return [] if value is None else value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", names())
def test_individuals_charts_equal_the_package(name: str) -> None:
    case = json.loads((beside("spc", "qic", "cases") / f"{name}.json").read_text(encoding="utf-8"))
    if not is_built(case):
        pytest.skip("needs what is not built yet")
    args = case["args"]
    for _, points in pd.DataFrame(case["points"]).groupby(["facet1", "facet2"], sort=False):
        chart = spc.chart(
            points["y"].to_numpy(dtype=float),
            rules=QICHARTS,
            baseline=args["freeze"],
            rebase=listed(args["part"]),
            exclude=[position - 1 for position in listed(args["exclude"])],
            screen=args["screenedmr"],
        )
        for ours, theirs in LINES.items():
            np.testing.assert_allclose(chart.points[ours], points[theirs].astype(float), rtol=1e-9, atol=0)
        outside = [bool(signals) for signals in chart.points["signals"]]
        assert outside == points["sigma.signal"].fillna(False).astype(bool).tolist()
        if "categorical" in name:  # the package does no runs analysis without an order
            continue
        for _, phase in chart.phases.iterrows():
            theirs = points.iloc[int(phase["start"])]
            if pd.isna(theirs["longest.run"]):  # no point off the centre line
                assert phase["longest_run"] == 0
                continue
            assert phase["longest_run"] == theirs["longest.run"]
            assert phase["longest_run_max"] == theirs["longest.run.max"]
            assert phase["crossings"] == theirs["n.crossings"]
            assert phase["crossings_min"] == theirs["n.crossings.min"]
            assert phase["runs_signal"] == theirs["runs.signal"]
