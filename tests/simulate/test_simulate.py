from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import its, network, simulate
from pipeline.simulate import __main__ as writer
from pipeline.simulate import partnership

ROOT = Path(__file__).parents[2]


def test_the_committed_synthetic_files_are_what_the_generator_writes(tmp_path):
    writer.write(tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    assert len(made) == len(simulate.STUDIES) * 2 + 1  # partnership has its staff's ties as well
    for path in made:
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes(), path


@pytest.mark.parametrize("study", simulate.STUDIES)
def test_another_seed_makes_other_data_of_the_same_shape(study):
    one, other = (simulate.make(study, seed).tables[study] for seed in (1, 2))
    assert list(one.columns) == list(other.columns)
    assert len(one) == len(other)
    assert not one.equals(other)


@pytest.mark.parametrize("study", simulate.STUDIES)
def test_no_proportion_has_more_above_the_line_than_below(study):
    table = simulate.make(study).tables[study]
    pairs = [
        ("over_four_hours", "attendances"),
        ("left_before_being_seen", "attendances"),
        ("reviewed_within_hour", "patients"),
        ("over_18_weeks", "waiting"),
        ("assessed", "admissions"),
        ("deaths", "admissions"),
        ("would_recommend", "responses"),
    ]
    held = [(above, below) for above, below in pairs if above in table]
    assert held or study == "greener-theatres"
    for above, below in held:
        assert (table[above] <= table[below]).all()


def test_the_equity_study_has_counts_small_enough_to_suppress():
    counts = simulate.make("equity-collaborative").tables["equity-collaborative"]["over_18_weeks"]
    assert ((counts > 0) & (counts < 5)).mean() > 0.05


def test_the_true_average_is_worse_for_the_most_deprived_before_and_after_and_the_gap_narrows_by_less():
    truth = simulate.make("equity-collaborative").truth
    assert truth["strata"]["1"]["fitted"] > truth["strata"]["5"]["fitted"]
    assert truth["measures"]["over-18-weeks"]["relative"] < truth["slope"]["relative"] < 0


def test_the_fading_of_the_winter_bundle_can_be_seen_in_its_data():
    made = simulate.make("winter-flow")
    table = made.tables["winter-flow"]
    fit = its.fit(
        table["over_four_hours"],
        48,
        kind="proportion",
        denominator=table["attendances"],
        harmonics=2,
        phase_in=2,
    ).per(100)
    average, true = fit.effects.loc["average"], made.truth["measures"]["long-waits"]["absolute"]
    assert average["absolute_lower"] < true < average["absolute_upper"] < 0
    assert its.did_it_last(fit, 12, 0.8).verdict == "faded"


def test_partners_return_more_ties_and_name_no_more_people():
    changes = []
    for seed in range(4):
        ties = simulate.make("partnership", seed).tables["staff-ties"]
        waves = [_network(ties[ties["wave"] == wave]) for wave in partnership.WAVES]
        first, last = network.shares(waves[0]), network.shares(waves[-1])
        changes.append([last[name] - first[name] for name in ("reciprocity", "density", "brokered")])
    reciprocity, density, brokered = np.mean(changes, axis=0)
    assert reciprocity > 0.1
    assert abs(density) < 0.005
    assert abs(brokered) < 0.03


def _network(wave: pd.DataFrame) -> network.Network:
    named = wave[wave["named"] != ""]
    return network.network(
        zip(named["person"], named["named"], strict=True),
        dict(zip(wave["person"], wave["trust"], strict=True)),
    )


def test_the_truth_files_say_that_the_data_are_synthetic():
    for study in simulate.STUDIES:
        truth = json.loads((ROOT / "data" / "synthetic" / f"{study}.truth.json").read_text())
        assert truth["synthetic"] is True
        assert truth["seed"] == simulate.SEED
