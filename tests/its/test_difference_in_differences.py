"""Difference in differences with inference by placebo in space: a published study, and known truths."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.difference_in_differences import difference_in_differences

from .outside import needed, shared


def organ_donations():
    """Share registered as organ donors by state, two quarters of 2010 to 2012 (Kessler & Roth 2014)."""
    with needed(shared("data", "organ-donations.csv")).open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["Quarter_Num"]))
    states: dict[str, list[float]] = {}
    for row in rows:
        states.setdefault(row["State"], []).append(float(row["Rate"]))
    return states


def test_organ_donation_in_california_is_the_published_estimate_and_does_not_stand_out():
    states = organ_donations()
    california = {"California": states.pop("California")}
    found = difference_in_differences(california, {"California": 3}, states)
    path = needed(shared("reference", "more", "expected", "case", "organ.json"))
    expected = json.loads(path.read_text(encoding="utf-8"))
    placebos = expected["placebo_in_space"]
    assert found.effect.estimate == pytest.approx(expected["did_2x2_means"], abs=1e-12)
    assert np.sort(found.placebos) == pytest.approx(np.sort(placebos["estimates"]), abs=1e-12)
    assert found.p_value == pytest.approx(placebos["p_two_sided"])
    assert found.sets == 27
    # Clustered standard errors would have called this clear: their interval is −0.035 to −0.010.
    assert found.effect.lower < 0 < found.effect.upper
    assert [flag.code for flag in found.flags] == ["no-trend"]


def simulated(units: int, effect: float, seed: int, treated: int = 1):
    random = np.random.default_rng(seed)
    series = {f"u{k}": random.normal(10 * k, 1) + random.normal(0, 1, 8) for k in range(units)}
    starts = {f"u{k}": 4 + k % 2 for k in range(treated)}
    for name, start in starts.items():
        series[name][start:] += effect
    got = {name: series.pop(name) for name in starts}
    return got, starts, series


def test_the_interval_holds_the_effects_that_the_test_does_not_reject():
    got, starts, others = simulated(24, 2.0, 1)
    found = difference_in_differences(got, starts, others)
    for edge, inside in ((found.effect.lower, 1e-6), (found.effect.upper, -1e-6)):
        for shift, rejected in ((inside, False), (-inside, True)):
            y = got["u0"].copy()
            y[starts["u0"] :] -= edge + shift
            again = difference_in_differences({"u0": y}, starts, others)
            assert (again.p_value <= 0.05) == rejected


@pytest.mark.parametrize("before", [1, 3, 33])
def test_that_two_averages_tell_no_trend_is_no_matter_of_how_many_periods_there_are(before):
    random = np.random.default_rng(2)
    units = {f"u{k}": random.normal(0, 1, before + 4) for k in range(6)}
    found = difference_in_differences({"u0": units.pop("u0")}, {"u0": before}, units)
    (said,) = [flag.sentence for flag in found.flags if flag.code == "no-trend"]
    assert said.startswith(
        "Averages before and after cannot tell whether the units were already drawing apart"
    )
    assert not any(character.isdigit() for character in said)


@pytest.mark.parametrize("treated", [1, 2, 3])
def test_without_an_effect_no_more_than_one_in_twenty_is_rejected(treated):
    rejected = [
        difference_in_differences(*simulated(22, 0.0, seed, treated)).p_value <= 0.05 for seed in range(60)
    ]
    assert np.mean(rejected) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 60)


def test_several_sites_with_their_own_starts_give_the_effect_that_was_put_in():
    found = difference_in_differences(*simulated(20, 5.0, 3, treated=3))
    assert found.effect.lower < 5.0 < found.effect.upper
    assert found.effect.lower > 2
    assert found.sets == 20 * 19 * 18
    assert found.table["treated"].sum() == 3


def test_too_few_comparators_have_an_estimate_and_no_interval():
    found = difference_in_differences(*simulated(12, 5.0, 3))
    assert np.isnan(found.effect.lower)
    assert found.flags[0].code == "few-placebos"
    assert found.sentence.startswith("Set against 11 comparators, the treated unit’s change is ")


def test_units_without_values_on_a_side_are_left_out_and_named():
    got, starts, others = simulated(24, 1.0, 2)
    others["u5"][:4] = np.nan
    found = difference_in_differences(got, starts, others)
    assert found.sets == 23
    assert "left out: u5" in found.flags[0].sentence


def test_nothing_to_compare_with_is_refused():
    got, starts, others = simulated(3, 1.0, 2)
    with pytest.raises(AnalysisError, match=r"needs a treated unit and two comparators .* there are 1 and 1"):
        its.difference_in_differences(got, starts, {"u1": others["u1"]})
