from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline import equity, simulate
from pipeline.equity.gap import judge
from pipeline.errors import AnalysisError
from pipeline.its import Interval


def _tables(study_seed: int = simulate.SEED):
    table = simulate.make("equity-collaborative", study_seed).tables["equity-collaborative"]
    return [
        table.pivot_table(index="month", columns="imd_quintile", values=name, aggfunc="sum")
        for name in ("over_18_weeks", "waiting")
    ]


def test_each_period_has_the_indices_of_its_own_groups():
    over, waiting = _tables()
    found = equity.gradient(100 * over / waiting, waiting, over, kind="proportion", per=100)
    assert found.method == "linear"
    month = found.table.index[7]
    errors = equity.count_errors(over.loc[month], waiting.loc[month], "proportion", 100)
    alone = equity.slope_index(100 * over.loc[month] / waiting.loc[month], waiting.loc[month], errors)
    row = found.table.loc[month]
    assert (row["slope"], row["slope_lower"], row["ratio"]) == pytest.approx(
        (alone.slope.estimate, alone.slope.lower, alone.ratio.estimate)
    )
    assert row["gap"] == pytest.approx(
        100 * (over.loc[month, 5] / waiting.loc[month, 5] - over.loc[month, 1] / waiting.loc[month, 1])
    )


def test_where_the_line_goes_below_zero_once_every_ratio_is_poissons():
    # The second period is the set whose linear relative index R found to be −0.017.
    counts = pd.DataFrame([[13, 37, 15, 17, 26], [13, 37, 5, 7, 6]])
    people = pd.DataFrame([[7604, 15625, 15517, 8046, 14359]] * 2)
    found = equity.gradient(1e5 * counts / people, people, counts, kind="rate", per=1e5)
    assert found.method == "poisson"
    assert found.table["ratio"].iloc[1] == pytest.approx(0.107351876115649, rel=1e-8)
    assert found.table["ratio"].iloc[0] == pytest.approx(
        equity.poisson_index(counts.loc[0], people.loc[0]).ratio.estimate
    )


def test_a_period_in_which_a_group_has_no_value_is_empty_and_the_others_are_not():
    values = pd.DataFrame(np.arange(12.0).reshape(4, 3) ** 1.5)
    values.iloc[2, 1] = np.nan
    found = equity.gradient(values).table
    assert found["slope"].isna().tolist() == [False, False, True, False]


def test_without_an_order_each_group_is_set_against_all_the_others():
    over = pd.DataFrame({"women": [10, 20], "men": [30, 20], "not known": [0, 5]})
    people = pd.DataFrame({"women": [100, 100], "men": [100, 100], "not known": [0, 50]})
    found = equity.rest_differences(over, people, per=100)
    assert found["women"].tolist() == pytest.approx([10 - 30, 20 - 100 * 25 / 150])
    assert np.isnan(found.loc[0, "not known"])
    plain = equity.rest_differences(over.astype(float), None)
    assert plain["men"].tolist() == pytest.approx([30 - 5, 20 - 12.5])


def test_a_gap_that_halves_has_narrowed_by_half():
    random = np.random.default_rng(4)
    series = np.where(np.arange(48) < 24, -8.0, -4.0) + random.normal(0, 0.5, 48)
    found = equity.gap(series, 24, impact="level", unit="percentage points")
    assert found.verdict == "narrowed"
    assert found.sign == -1
    assert found.change.lower < -4 < found.change.upper < 0
    assert found.share.estimate == pytest.approx(-0.5, abs=0.06)
    assert "higher among the most deprived" in found.sentence


@pytest.mark.parametrize(
    ("after", "verdict"), [(8.0, "unclear"), (12.0, "widened"), (-4.0, "reversed"), (4.0, "narrowed")]
)
def test_the_verdict_follows_what_happened_to_the_size(after, verdict):
    random = np.random.default_rng(5)
    series = np.where(np.arange(60) < 30, 8.0, after) + random.normal(0, 0.6, 60)
    assert equity.gap(series, 30, impact="level").verdict == verdict


@pytest.mark.parametrize(("after", "verdict"), [(0.0, "no-gap"), (5.0, "opened"), (-5.0, "opened")])
def test_where_there_was_no_gap_one_can_only_open(after, verdict):
    random = np.random.default_rng(6)
    noise = random.normal(0, 1.0, 60)
    noise[:30] -= noise[:30].mean()
    series = np.where(np.arange(60) < 30, 0.0, after) + noise
    assert equity.gap(series, 30, impact="level").verdict == verdict


def test_an_interval_that_touches_zero_is_no_change():
    assert judge(Interval(5, 4, 6), Interval(4, 3, 5), Interval(-1, -2, 0)) == "unclear"


def test_the_interval_of_the_gaps_change_holds_the_truth_about_as_often_as_it_says():
    held = []
    for seed in range(20):
        made = simulate.make("equity-collaborative", seed)
        over, waiting = _tables(seed)
        slopes = equity.gradient(100 * over / waiting, waiting, over, kind="proportion", per=100).table[
            "slope"
        ]
        found = equity.gap(slopes, 24, impact="level")
        true = found.sign * made.truth["slope"]["absolute"]
        held.append(found.change.lower <= true <= found.change.upper)
    # Of 20 intervals that hold the truth in 95 of 100, fewer than 16 would come in 1 of 400.
    assert np.sum(held) >= 16


def test_two_groups_have_no_index_and_one_has_no_rest():
    with pytest.raises(AnalysisError, match="3 groups or more, not 2"):
        equity.gradient(pd.DataFrame(np.ones((5, 2))))
    with pytest.raises(AnalysisError, match="name two groups"):
        equity.rest_differences(pd.DataFrame({"all": [1.0]}), None)
