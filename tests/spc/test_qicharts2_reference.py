"""Equality with the R package qicharts2 0.8.1, to 1e-9, for all 13 kinds of chart.

Centre, limits, points outside them, and the runs analysis; but for two other methods of runs analysis that
the package has (bestbox and cutbox). Baseline with phases is ignored there, so only the phases are asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError

from . import qicharts2

TIME_BETWEEN = 3.6
"""The package takes a given centre of a t chart as if already transformed by the power 1 / 3.6."""


def charted(case: dict[str, Any], facet: dict[str, Any]) -> spc.Chart:
    given = case.get("cl")
    exclude = case.get("exclude") or []
    return spc.chart(
        facet["y"],
        kind=case["kind"],
        n=facet["n"],
        rules="anhoej",  # for its 3 sigma: the NHS's rules have 2.66 moving ranges
        baseline=None if case.get("part") else case.get("freeze"),
        rebase=facet["starts"][1:],
        exclude=[position - 1 for position in exclude],
        screen=case.get("screenedmr", False),
        centre=given**TIME_BETWEEN if given is not None and case["kind"] == "t" else given,
        non_negative=not case.get("y.neg"),
        ordered=case["ordered"],
    )


def over_points(by_phase: list[Any], starts: list[int], size: int) -> np.ndarray[Any, Any]:
    """Gives a line of each phase, level or not, as one value a point."""
    ends = [*starts[1:], size]
    parts = [
        np.broadcast_to(np.array(line, dtype=float), end - start)
        for line, start, end in zip(by_phase, starts, ends, strict=True)
    ]
    return np.concatenate(parts)


@pytest.mark.parametrize("name", qicharts2.names())
def test_lines_signals_and_runs_equal_the_package(name: str) -> None:
    case = qicharts2.case(name)
    if case["error"]:
        pytest.skip("the package stops at this series; see the next test")
    for facet in case["facets"]:
        if not any(value is not None for value in facet["y"]):
            with pytest.raises(AnalysisError, match="nothing to chart"):
                charted(case, facet)
            continue
        chart = charted(case, facet)
        for line, by_phase in facet["lines"].items():
            theirs = over_points(by_phase, facet["starts"], len(facet["y"]))
            ours = chart.points[line].to_numpy() * case["multiply"]
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=0)
        outside = ["outside-limits" in signals for signals in chart.points["signals"]]
        assert np.flatnonzero(outside).tolist() == facet["outside"]
        if case["method"] != "anhoej":
            continue
        for name_of, theirs in facet["runs"].items():
            known = [
                ours for ours, longest in zip(theirs, facet["runs"]["longest_run"], strict=True) if longest
            ]
            ours = chart.phases.loc[chart.phases["longest_run"] > 0, name_of].tolist()
            assert ours == [bool(value) if name_of == "runs_signal" else value for value in known]


def test_a_time_of_zero_is_refused_as_it_is_there() -> None:
    with pytest.raises(AnalysisError, match="takes values of more than zero"):
        spc.chart([3.0, 0.0, 4.0], kind="t")


def test_all_kinds_are_compared() -> None:
    kinds = [case["kind"] for case in qicharts2.copied().values()]
    assert set(kinds) == {"run", "i", "mr", "xbar", "s", "p", "pp", "u", "up", "c", "ip", "g", "t"}
    assert len(kinds) > 350


def test_the_copy_is_what_is_beside_the_repository() -> None:
    if not qicharts2.FOLDER.exists():
        pytest.skip("the reference results are not beside this repository")
    assert qicharts2.written() == qicharts2.COPY.read_text(encoding="utf-8")
