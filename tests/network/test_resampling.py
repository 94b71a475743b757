from __future__ import annotations

import numpy as np
import pytest

from pipeline import network
from pipeline.errors import AnalysisError
from pipeline.network import MEASURES, permutation
from pipeline.network.bootstrap import bootstrap, interval
from pipeline.network.comparison import sentence
from tests.network.networks import random_network, two_waves

SITES = [6] * 5


def test_the_test_of_change_rejects_about_one_time_in_twenty_where_nothing_changed():
    random = np.random.default_rng(11)
    runs = 120
    rejected = dict.fromkeys(MEASURES, 0)
    for run in range(runs):
        found = permutation.change(*two_waves(random, SITES), seed=run, permutations=99)
        for name in MEASURES:
            rejected[name] += found[name].p_value <= 0.05
    # Of 120 tests at 5%, more than 13 would reject in 1 of 250; all together, so many and so few in none.
    assert max(rejected.values()) <= 13
    assert 0.02 < np.mean(list(rejected.values())) / runs < 0.08


def test_the_test_of_groups_of_sites_has_its_size_exactly():
    random = np.random.default_rng(12)
    p_values = []
    for _ in range(400):
        values = random.exponential(1.0, 8)
        p_values.append(permutation.between_groups(values, [True] * 4 + [False] * 4, 0).p_value)
    # All 70 ways are tried, so 0.05 can be held only to within a way.
    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.04, abs=0.03)


def test_five_of_ten_sites_that_all_moved_more_give_the_least_p_value_there_is():
    values = [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]
    found = permutation.between_groups(values, [True] * 5 + [False] * 5, 0)
    assert found.difference == 5
    assert found.p_value == pytest.approx(2 / 252)


def test_beyond_ten_thousand_ways_some_are_drawn_and_the_same_on_every_run():
    values = np.random.default_rng(1).normal(size=30)
    group = [True] * 12 + [False] * 18
    first, second = (permutation.between_groups(values, group, seed=3) for _ in range(2))
    assert first == second
    assert 0 < first.p_value <= 1


def test_a_group_of_all_sites_or_of_none_is_refused():
    with pytest.raises(AnalysisError, match="both in the group and outside"):
        permutation.between_groups([1.0, 2.0, np.nan], [True, True, False], 0)


def test_ties_that_come_to_be_returned_are_found_and_the_rest_left_alone():
    random = np.random.default_rng(13)
    before, after = two_waves(random, [8] * 6, returned=(0.3, 3.5))
    found = network.compare(before, after, seed=1)
    assert found.table.loc["reciprocity", "verdict"] == "rose"
    assert found.table.loc["reciprocity", "p_value"] < 0.01
    said = sentence(found, "reciprocity")
    assert "rose, from" in said
    assert said.endswith(" percentage points).")
    assert "p = " not in said
    assert "percent" not in sentence(found, "outward")


def test_the_same_seed_gives_the_same_table_and_another_another():
    waves = two_waves(np.random.default_rng(14), SITES)
    one, same, other = (network.compare(*waves, seed=seed).table for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_the_bootstraps_standard_error_of_density_is_that_of_drawing_people():
    # Without inclinations of people, and with all pairs alike, the spread of density over networks is known.
    random = np.random.default_rng(15)
    n = 40
    none = (np.zeros(n), np.zeros(n))
    nets = [random_network(random, [n], none, 0.0) for _ in range(200)]
    truth = float(np.std([network.shares(net)["density"] for net in nets]))
    (draws,) = bootstrap(nets[:1], seed=1, replicates=400)
    spread = float(draws["density"].std(ddof=1))
    # The vertex bootstrap is known to be cautious: it is never much less than the truth.
    assert 0.9 * truth < spread < 3 * truth


def test_intervals_of_a_change_hold_no_change_at_least_as_often_as_they_say():
    random = np.random.default_rng(16)
    held = []
    for run in range(40):
        before, after = two_waves(random, SITES)
        draws = bootstrap([before, after], seed=run, replicates=100)
        change = network.shares(after)["reciprocity"] - network.shares(before)["reciprocity"]
        found = interval(change, draws[1]["reciprocity"] - draws[0]["reciprocity"])
        held.append(found.lower <= 0 <= found.upper)
    assert np.sum(held) >= 35


def test_a_measure_without_meaning_has_no_limits():
    nobody = network.network([], {"Ann": "a", "Bo": "a", "Cy": "b"})
    found = network.compare(nobody, nobody, seed=1).table
    assert np.isnan(found.loc["reciprocity", "p_value"])
    assert np.isnan(found.loc["reciprocity", "before_lower"])
    assert found.loc["reciprocity", "verdict"] == "no clear change"


def test_sites_of_a_group_are_set_against_the_others():
    random = np.random.default_rng(17)
    before, after = two_waves(random, [8] * 6)
    found = network.compare(before, after, seed=1, group=["s0", "s1", "s2"])
    assert found.by_group is not None
    row = found.by_group.loc["density"]
    assert row["difference"] == pytest.approx(row["group"] - row["others"])
    assert list(found.sites.index) == [f"s{number}" for number in range(6)]
