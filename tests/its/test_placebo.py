"""Placebo in time: a real effect stands out, and one that season made does not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.placebo import placebo_in_time
from pipeline.its.placebo_plot import placebos

from .drawing import both_sizes, words
from .simulated import interrupted

SHARED = (
    Path(os.environ.get("LASTING_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "reference"
)
AE = SHARED / "its" / "data" / "nhs_ae_england_type1.csv"
APRIL_2018 = 24


def test_a_real_effect_stands_out() -> None:
    found = placebo_in_time(its.Analysis.of(interrupted(level=-8), 36))
    assert found.passed is True
    assert found.share_as_large == 1 / (len(found.table))
    assert found.horizon == 12
    assert found.sentence.startswith(
        "Of 17 fake starts before the change, 0 give an effect at least as large"
    )


def test_fake_starts_see_nothing_of_what_follows_the_change() -> None:
    y = interrupted(level=-8)
    spoiled = y.copy()
    spoiled[36:] += 1000
    first, second = (placebo_in_time(its.Analysis.of(each, 36)).table[:-1] for each in (y, spoiled))
    pd.testing.assert_frame_equal(first, second)


def test_each_fake_start_equals_the_fit_of_the_periods_before() -> None:
    y = interrupted(season=2)
    row = placebo_in_time(its.Analysis.of(y, 36, harmonics=1), horizon=6).table.iloc[10]
    direct = its.fit(y[:36], int(row["position"]), harmonics=1)
    weights = {"level_change": 1.0, "slope_change": 2.5}
    assert row["estimate"] == pytest.approx(direct.contrast(weights).estimate)
    assert row["upper"] == pytest.approx(direct.contrast(weights).upper)


def test_a_fake_start_is_followed_for_as_long_as_the_real_one() -> None:
    y = interrupted(72, 60)
    row = placebo_in_time(its.Analysis.of(y, 60, model="ols")).table.iloc[4]
    direct = its.fit(y[:24], 12, model="ols")
    assert (row["position"], row["estimate"]) == (
        12,
        pytest.approx(direct.effects.loc["average", "absolute"]),
    )


def test_the_last_fake_start_leaves_the_horizon_before_the_real_one() -> None:
    found = placebo_in_time(its.Analysis.of(interrupted(), 36, phase_in=2), horizon=6)
    assert found.table["position"].tolist() == [*range(8, 29), 36]


def test_an_effect_that_only_season_made_does_not_pass() -> None:
    y = 100 + 6 * np.sin(2 * np.pi * np.arange(60) / 12) + interrupted(60, 48, sd=0.5) / 10
    found = placebo_in_time(its.Analysis.of(y, 48, model="ols"), horizon=6)
    assert found.false_alarms > 0.2
    assert found.passed is not True
    assert "more often than it should be" in found.sentence


def test_too_few_fake_starts_say_nothing() -> None:
    found = placebo_in_time(its.Analysis.of(interrupted(40, 18, level=-8), 18))
    assert found.passed is None
    assert "allow only 5 fake starts" in found.sentence
    assert placebo_in_time(its.Analysis.of(interrupted(30, 9, level=-8), 9)).sentence.startswith(
        "The periods before the change allow only 0"
    )


def test_fake_starts_that_cannot_be_fitted_are_listed() -> None:
    y = interrupted(level=-8)
    y[1:7] = np.nan
    found = placebo_in_time(its.Analysis.of(y, 36))
    assert "usable points lie before" in found.table["failure"].iloc[0]
    assert np.isnan(found.table["estimate"].iloc[0])


@pytest.mark.parametrize("horizon", [0, 37])
def test_a_horizon_that_the_series_does_not_have_is_refused(horizon: int) -> None:
    with pytest.raises(AnalysisError, match=f"horizon is {horizon}; it must be from 1 to the 36 periods"):
        placebo_in_time(its.Analysis.of(interrupted(), 36), horizon=horizon)


@pytest.fixture(scope="module")
def emergency() -> np.ndarray:
    if not AE.is_file():
        pytest.skip("the shared reference folder is not beside this repository")
    return pd.read_csv(AE)["pct_4hr"].to_numpy(dtype=float)


def test_nothing_happened_in_april_2018_and_season_alone_looks_like_five_points(
    emergency: np.ndarray,
) -> None:
    without = its.fit(emergency, APRIL_2018).terms.loc["level_change"]
    assert 5 < without["estimate"] < 7
    assert without["lower"] > 0
    with_season = its.fit(emergency, APRIL_2018, harmonics=2)
    level, average = with_season.terms.loc["level_change"], with_season.effects.loc["average"]
    assert level["lower"] < 0 < level["upper"]
    assert average["absolute_lower"] < 0 < average["absolute_upper"]


@pytest.mark.parametrize("harmonics", [0, 1, 2])
def test_the_placebo_does_not_vouch_for_april_2018(emergency: np.ndarray, harmonics: int) -> None:
    found = placebo_in_time(its.Analysis.of(emergency, APRIL_2018, harmonics=harmonics))
    assert found.passed is not True


def test_least_squares_without_season_sees_effects_where_nothing_happened(emergency: np.ndarray) -> None:
    found = placebo_in_time(its.Analysis.of(emergency, APRIL_2018, model="ols"))
    assert found.passed is False
    assert found.false_alarms == pytest.approx(3 / 9)


def test_a_temporary_impact_keeps_its_length_at_every_fake_start() -> None:
    analysis = its.Analysis.of(interrupted(level=-8), 36, until=48)
    assert analysis.starting_at(20).choices["until"] == 32
    assert analysis.between(0, 36).starting_at(20).choices["until"] is None
    assert its.placebo_in_time(analysis).table["failure"].eq("").all()


def test_with_a_limit_fake_starts_are_spread_evenly_from_first_to_last() -> None:
    analysis = its.Analysis.of(interrupted(level=-8), 36, model="ols")
    every, some = placebo_in_time(analysis), placebo_in_time(analysis, most=6)
    starts = every.table["position"].to_numpy()[:-1]
    assert some.table["position"].iloc[:-1].tolist() == [starts[place] for place in (0, 3, 6, 10, 13, 16)]
    assert placebo_in_time(analysis, most=500).table.equals(every.table)


def test_later_changes_play_no_part_before_the_first() -> None:
    y = interrupted(level=-8)
    one = placebo_in_time(its.Analysis.of(y, 36, model="ols"))
    two = placebo_in_time(its.Analysis.of(y, 36, model="ols", later=[its.Intervention(50)]))
    assert one.table.iloc[:-1].equals(two.table.iloc[:-1])


def test_effects_on_rates_are_charted_in_per_cent() -> None:
    counts = np.round(np.exp(interrupted(level=-0.4, sd=0.05) - 96))
    found = placebo_in_time(its.Analysis.of(counts, 36, model="quasi-poisson"))
    assert found.scale == "log"
    assert "in per cent" in words(both_sizes(placebos(found, label="Falls"))[0])
