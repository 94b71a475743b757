"""Rebase advice: each condition by name, and never more than advice."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError

BEFORE = [50.0, 54, 49, 53, 51, 55, 48, 52] * 3
AFTER = [40.0, 44, 39, 43, 41, 45, 38, 42] * 2
CAUSES = {23: "New discharge team"}


def found(chart: spc.Chart, causes: dict[int, str] | None = None) -> list[tuple[int, bool, list[str]]]:
    return [
        (advice.position, advice.advised, [part.name for part in advice.conditions if not part.holds])
        for advice in spc.rebase_advice(chart, causes)
    ]


@pytest.mark.parametrize("baseline", [None, 24])
def test_a_sustained_shift_with_a_known_cause_that_is_stable_is_advised(baseline: int | None) -> None:
    chart = spc.chart([*BEFORE, *AFTER], baseline=baseline)
    assert found(chart, CAUSES) == [(24, True, [])]
    (advice,) = spc.rebase_advice(chart, CAUSES)
    assert advice.cause == "New discharge team"
    assert advice.sentence == (
        "A new phase may start at position 24. The latest 16 points lie below the level before them, but for "
        "single ones. There is a known cause 1 point before: New discharge team. Since then the process is "
        "stable. There are 16 points since then, enough for new limits."
    )
    assert len(chart.phases) == 1


def test_a_shift_is_told_by_the_level_before_it_and_single_points_may_lie_beyond() -> None:
    beyond = [*AFTER[:10], max(BEFORE) + 1.0, *AFTER[11:]]
    (advice,) = spc.rebase_advice(spc.chart([*BEFORE, *beyond]), CAUSES)
    assert max(beyond) > np.mean(BEFORE)
    assert advice.conditions[0].holds
    assert advice.conditions[0].sentence == (
        "The latest 16 points lie below the level before them, but for single ones."
    )


def test_each_condition_that_fails_is_named() -> None:
    whole = spc.chart([*BEFORE, *AFTER], baseline=24)
    assert found(whole) == [(24, False, ["known-cause"])]
    assert found(whole, {10: "Too long before"}) == [(24, False, ["known-cause"])]
    short = spc.chart([*BEFORE, *AFTER[:8]], baseline=24)
    assert found(short, CAUSES) == [(24, False, ["enough-points"])]
    back = spc.chart([*BEFORE, *AFTER, 52, 53, 51], baseline=24)
    assert found(back, CAUSES)[0][2][0] == "sustained-shift"
    falling = spc.chart([*BEFORE, *np.linspace(44, 20, 16)], baseline=24)
    assert found(falling, CAUSES) == [(24, False, ["stable-since"])]
    assert spc.rebase_advice(falling)[0].sentence.startswith("No new phase is advised at position 24. ")


def test_a_stable_process_gets_no_advice() -> None:
    assert found(spc.chart(BEFORE), CAUSES) == []
    assert found(spc.chart([*BEFORE, *AFTER], rebase=[24]), CAUSES) == []


def test_a_cause_must_be_at_a_point() -> None:
    with pytest.raises(AnalysisError, match="known_causes has position 99"):
        spc.rebase_advice(spc.chart(BEFORE), {99: "Later"})


def test_the_latest_phase_is_judged_by_the_limits_before_it() -> None:
    chart = spc.chart([*BEFORE, *AFTER], rebase=[24], better="lower")
    assert chart.variation == "common-cause"
    assert chart.phase_variation == "improving-low"
    assert spc.chart([*BEFORE, *AFTER], rebase=[24]).phase_variation == "neutral-low"
    assert spc.chart([*BEFORE, *BEFORE], rebase=[24], better="lower").phase_variation == "common-cause"
    assert spc.chart([*BEFORE, *AFTER], baseline=24, better="higher").phase_variation == "concerning-low"
    assert spc.chart(BEFORE).phase_variation == "common-cause"


@pytest.mark.parametrize(("kind", "n"), [("p", 200.0), ("u", 200.0), ("c", None), ("i'", 200.0)])
def test_phases_of_counts_are_judged_too(kind: str, n: float | None) -> None:
    y = np.array([*BEFORE, *AFTER]) - 25
    sizes = None if n is None else np.full(len(y), n)
    chart = spc.chart(y, kind=kind, n=sizes, rebase=[24], better="lower", target=0.5)
    assert chart.phase_variation == "improving-low"
    assert chart.assurance == ("misses" if kind == "c" else "meets")
