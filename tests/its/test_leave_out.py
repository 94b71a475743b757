"""Leaving out one period at a time shows the finding that rests on one of them."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.leave_out import leave_one_period_out

from .simulated import interrupted


def test_a_finding_that_many_periods_make_passes() -> None:
    y = interrupted(level=-8)
    y[10] = np.nan
    found = leave_one_period_out(its.Analysis.of(y, 36, time=np.arange(100, 172)))
    assert found.passed is True
    assert len(found.table) == 71
    assert 10 not in found.table.index
    assert found.sentence.endswith("No single period makes the finding.")
    assert f"The one at time {found.most_influential + 100} moves it most." in found.sentence
    again = np.where(np.arange(72) == 40, np.nan, y)
    direct = its.fit(again, 36).effects.loc["average", "absolute"]
    assert found.table.loc[40, "estimate"] == pytest.approx(direct)


def test_a_finding_that_one_period_makes_does_not() -> None:
    y = interrupted(200, 190, rho=0, seed=4)
    y[195] -= 10
    found = leave_one_period_out(its.Analysis.of(y, 190, model="ols", impact="level"))
    assert found.whole.is_clear
    assert found.passed is False
    assert found.most_influential == 195
    assert found.table.loc[195, "changes"]
    assert "Without time 195, it would read otherwise." in found.sentence


@pytest.mark.parametrize("model", ["ols", "reml-ar1", "averaged-ar1"])
def test_a_wild_period_is_the_one_that_moves_the_effect_most(model: str) -> None:
    y = interrupted(48, 24, level=-8)
    y[40] += 30
    assert leave_one_period_out(its.Analysis.of(y, 24, model=model)).most_influential == 40


def test_periods_of_a_transition_and_of_counts_can_be_left_out() -> None:
    counts = np.round(50 + interrupted(48, 24, level=-8))
    found = leave_one_period_out(
        its.Analysis.of(counts, 24, model="quasi-poisson", phase_in=2, denominator=np.full(48, 100.0))
    )
    # A transition period has a term of its own, so that nothing else moves without it.
    assert found.table.loc[[24, 25], "shift"].abs().max() < 1e-6
    assert (found.table["failure"] == "").all()


def test_counts_are_judged_by_their_ratio() -> None:
    counts = np.round(50 + interrupted(48, 24, level=-8))
    found = leave_one_period_out(its.Analysis.of(counts, 24, model="quasi-poisson"))
    average = its.fit(counts, 24, "quasi-poisson").effects.loc["average"]
    assert found.scale == "log"
    assert found.whole.lower == pytest.approx(np.log1p(average["relative_lower"]))
    assert "%" in found.sentence


def test_many_periods_that_change_the_reading_are_counted() -> None:
    y = interrupted(level=-0.33, rho=0, seed=1)
    found = leave_one_period_out(its.Analysis.of(y, 36, model="ols", impact="level"))
    assert -0.05 < found.whole.upper < 0
    changing = int(found.table["changes"].sum())
    assert changing > 5
    assert f"and {changing - 5} more, it would read otherwise" in found.sentence


def test_a_fit_that_cannot_do_without_a_period_is_listed() -> None:
    y = interrupted(30, 3, level=-8)
    found = leave_one_period_out(its.Analysis.of(y, 3))
    assert found.table.loc[[0, 1, 2], "failure"].str.contains("usable points lie before").all()
    assert found.table["estimate"].notna().sum() == 27


def test_an_analysis_that_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(AnalysisError, match="not inside the series"):
        leave_one_period_out(its.Analysis.of(interrupted(), 99))


def test_with_a_limit_the_periods_furthest_from_the_fit_are_left_out() -> None:
    y = interrupted(level=-8)
    y[[5, 50]] += 12
    found = leave_one_period_out(its.Analysis.of(y, 36, model="ols"), most=2)
    assert found.table.index.tolist() == [5, 50]
    assert len(leave_one_period_out(its.Analysis.of(y, 36, model="ols"), most=500).table) == 72
