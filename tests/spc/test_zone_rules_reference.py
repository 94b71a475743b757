"""Western Electric's and Nelson's rules equal those of an independent implementation of both sources."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import spc
from pipeline.spc.limits import level_lines

from .references import BESIDE, ROOT

COPY = ROOT / "tests" / "reference" / "spc" / "zone_rules.json"
FOLDER = BESIDE / "more"
NUMBERED = {
    "nelson": [f"nelson_{number}" for number in range(1, 9)],
    "western-electric": [f"we_{number}" for number in range(1, 5)],
}


@cache
def copied() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(COPY.read_text(encoding="utf-8"))
    return found


def compact(name: str) -> dict[str, Any]:
    """Gives a case from beside the repository: its values, and the points of each rule by both bases."""
    expected = json.loads((FOLDER / "expected" / "spc_rules" / f"{name}.json").read_text(encoding="utf-8"))
    y = pd.read_csv(FOLDER / "data" / "spc_rules" / f"{name}.csv")["y"]
    short: dict[str, Any] = {"y": [None if np.isnan(value) else value for value in y.astype(float)]}
    for basis in ("given", "xmr"):
        if basis not in expected:  # no value
            continue
        rules = expected[basis]["rules"]
        short[basis] = {
            "centre": expected[basis]["centre"],
            "sigma": expected[basis]["sigma"],
            "rules": {
                rule: found.get("members_contributing", found["members"])
                for rule, found in rules.items()
                if rule in (*NUMBERED["nelson"], *NUMBERED["western-electric"]) and found["members"]
            },
        }
    return short


def names() -> list[str]:
    beside = (path.stem for path in (FOLDER / "expected" / "spc_rules").glob("*.json"))
    return sorted({*copied(), *beside})


def points_of(y: list[float], centre: float, sigma: float, rules: str) -> list[list[int]]:
    lines = level_lines(np.array(y, dtype=float), np.array([centre]), np.array([sigma]))
    return [(np.flatnonzero(rule.find(lines).marked) + 1).tolist() for rule in spc.RULE_SETS[rules].rules]


@pytest.mark.parametrize("rules", ["nelson", "western-electric"])
@pytest.mark.parametrize("name", names())
def test_every_rule_marks_the_points_that_make_its_pattern(name: str, rules: str) -> None:
    case = copied().get(name) or compact(name)
    for basis in ("given", "xmr"):
        if basis not in case or case[basis]["sigma"] is None:
            continue  # no value, or no moving range
        theirs = [case[basis]["rules"].get(rule, []) for rule in NUMBERED[rules]]
        if rules == "nelson" and len({*case["y"]} - {None}) < 2:
            theirs[6] = []  # without variation all points hug the centre, by definition
        y = [np.nan if value is None else value for value in case["y"]]
        assert points_of(y, case[basis]["centre"], case[basis]["sigma"], rules) == theirs


@pytest.mark.parametrize("rules", ["nelson", "western-electric"])
@pytest.mark.parametrize("name", names())
def test_charts_mark_the_same_points(name: str, rules: str) -> None:
    case = copied().get(name) or compact(name)
    if all(value is None for value in case["y"]):
        pytest.skip("no value to chart")
    expected = case["xmr"]["rules"]
    chart = spc.chart(case["y"], rules=rules)
    for rule, numbered in zip(spc.RULE_SETS[rules].rules, NUMBERED[rules], strict=True):
        marked = [at + 1 for at, found in enumerate(chart.points["signals"]) if rule.name in found]
        is_level = rule.name == "hugging-centre" and len({*case["y"]} - {None}) == 1
        assert marked == ([] if is_level else expected.get(numbered, []))


@pytest.mark.parametrize("name", sorted(copied()))
def test_the_copy_is_what_is_beside_the_repository(name: str) -> None:
    if not (FOLDER / "data" / "spc_rules").exists():
        pytest.skip("the reference results are not beside this repository")
    assert compact(name) == copied()[name]
