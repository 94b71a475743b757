"""Controlled interrupted time series: nlme's stacked model, and free of what all units share."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.comparator_checks import (
    compare_trends_before,
    leave_one_comparator_out,
    placebo_in_space,
)
from pipeline.its.comparators import controlled
from pipeline.its.control_outcomes import judge_controls, movement_of
from pipeline.its.interval import Interval
from pipeline.its.sample import Sample
from pipeline.its.stacked_ar1 import stacked_reml_ar1

from .simulated import interrupted

SHARED = (
    Path(os.environ.get("LASTING_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    / "reference"
    / "its"
)
HERE = Path(__file__).resolve().parents[1] / "reference" / "its"


EXPECTED = json.loads((HERE / "controlled.json").read_text())


def near(found: pd.Series, expected: list[float], relative: float = 1e-6) -> None:
    assert found["estimate"] == pytest.approx(expected[0], rel=relative)
    assert found["std_error"] == pytest.approx(expected[1], rel=relative)


def test_the_stacked_model_equals_nlme() -> None:
    case = EXPECTED["cits_n060"]
    found = controlled(its.Analysis.of(case["treated"], case["T0"] - 1), {"other": case["other"]})
    assert found.rho == pytest.approx(case["phi"], rel=1e-5)
    names = {
        "trend_comparators": "time",
        "trend_difference": "time:group",
        "level_change_comparators": "level",
        "level_change_difference": "group:level",
        "slope_change_comparators": "trend",
        "slope_change_difference": "group:trend",
    }
    for ours, theirs in names.items():
        near(found.table.loc[ours], case["coef"][theirs])
    assert found.effects.loc[30, "absolute"] == pytest.approx(case["coef"]["group:level"][0], rel=1e-6)


def test_front_against_rear_passengers_equals_nlme() -> None:
    data = pd.read_csv(HERE / "data" / "uk_seatbelts.csv")
    case = EXPECTED["front_vs_rear"]
    front, rear = np.log(data["front"]), np.log(data["rear"])
    found = controlled(its.Analysis.of(front, case["T0"] - 1, impact="level", dummies=True), {"rear": rear})
    assert found.rho == pytest.approx(case["phi"], rel=1e-5)
    near(found.table.loc["level_change_comparators"], case["coef"]["level"])
    near(found.table.loc["level_change_difference"], case["coef"]["gl"])
    near(found.table.loc["trend_difference"], case["coef"]["gt"])
    assert found.passed is True


def shared(path: str) -> Path:
    if not (SHARED / path).exists():
        pytest.skip("the shared reference folder is not beside this repository")
    return SHARED / path


def california() -> tuple[its.Analysis, dict[str, np.ndarray]]:
    data = pd.read_csv(shared("data/prop99_all_states.csv"))
    by_state = data.pivot(index="year", columns="state", values="cigsale")
    treated = by_state.pop("California")
    others = {str(name): by_state[name].to_numpy() for name in by_state}
    return its.Analysis.of(treated, 19, time=by_state.index), others


def test_at_the_boundary_california_still_equals_nlme_but_for_the_intercept_and_says_so() -> None:
    analysis, others = california()
    expected = json.loads(shared("expected/prop99.json").read_text())["stacked_gls_ar1_common_REML"]
    found = controlled(analysis, {"mean of other states": np.mean(list(others.values()), axis=0)})
    assert [flag.code for flag in found.flags] == ["rho-at-boundary"]
    names = {"trend_difference": "gt", "level_change_difference": "gl", "slope_change_difference": "gtr"}
    for ours, theirs in names.items():
        coefficient = expected["coef"][theirs]
        near(found.table.loc[ours], [coefficient["estimate"], coefficient["se"]], 1e-4)
    assert found.passed is not True


def test_thirty_eight_states_can_be_stacked() -> None:
    analysis, others = california()
    found = controlled(analysis, others)
    assert len(found.comparators) == 38
    assert found.average.estimate < 0


def test_what_happened_to_everyone_is_taken_away() -> None:
    treated = interrupted(level=-10, seed=1)
    others = {f"site {k}": interrupted(level=-10, seed=k) for k in range(2, 6)}
    found = controlled(its.Analysis.of(treated, 36), others)
    assert found.alone.is_clear
    assert not found.average.is_clear
    assert found.passed is False
    assert found.sentence.startswith("Set against 4 comparators, the average effect after the change is")


def test_what_happened_to_one_is_kept_and_known_better_with_more_comparators() -> None:
    treated = interrupted(level=-10, season=3, seed=1)
    others = {f"site {k}": interrupted(season=3, seed=k) for k in range(2, 6)}
    analysis = its.Analysis.of(treated, 36, harmonics=1)
    many, one = controlled(analysis, others), controlled(analysis, {"site 2": others["site 2"]})
    assert many.passed is one.passed is True
    assert many.average.estimate == pytest.approx(-10, abs=2)
    assert many.average.upper - many.average.lower < one.average.upper - one.average.lower


def test_gaps_transitions_and_covariates_are_allowed() -> None:
    treated, other = interrupted(level=-10, seed=1), interrupted(seed=2)
    treated[[5, 36, 60]] = np.nan
    other[[7, 36]] = np.nan
    cold = np.cos(np.arange(72.0))
    analysis = its.Analysis.of(treated, 36, phase_in=2, covariates={"cold": cold})
    found = controlled(analysis, {"other": other})
    assert found.effects.index[0] == 38
    assert found.average.estimate == pytest.approx(-10, abs=2.5)


def test_an_effect_that_was_not_clear_alone_neither_passes_nor_fails() -> None:
    found = controlled(its.Analysis.of(interrupted(seed=1), 36), {"other": interrupted(seed=2)})
    assert found.passed is None


def test_comparators_that_cannot_be_used_are_refused_by_name() -> None:
    analysis = its.Analysis.of(interrupted(level=-10), 36)
    with pytest.raises(AnalysisError, match="there are no comparators"):
        controlled(analysis, {})
    with pytest.raises(AnalysisError, match="comparator 'B' has 3 values and the treated series has 72"):
        controlled(analysis, {"B": np.ones(3)})
    with pytest.raises(AnalysisError, match="comparator 'B': y has the same value throughout"):
        controlled(analysis, {"B": np.ones(72)})
    counts = its.Analysis.of(interrupted(), 36, denominator=np.full(72, 100.0))
    with pytest.raises(AnalysisError, match="give the rates instead"):
        controlled(counts, {"B": interrupted(seed=2)})


def sites(count: int, **changed: float) -> dict[str, np.ndarray]:
    return {f"site {k}": interrupted(seed=k, **changed) for k in range(2, 2 + count)}  # type: ignore[arg-type]


def test_trends_before_are_compared() -> None:
    analysis = its.Analysis.of(interrupted(level=-10), 36)
    alike = compare_trends_before(controlled(analysis, sites(3)))
    assert alike.passed is True
    assert list(alike.table.index) == ["comparators", "treated", "difference"]
    steeper = {name: y + 0.5 * np.arange(72) for name, y in sites(3).items()}
    apart = compare_trends_before(controlled(analysis, steeper))
    assert apart.passed is False
    assert "drawing apart" in apart.sentence


def test_leaving_out_a_comparator_that_makes_the_finding_shows() -> None:
    analysis = its.Analysis.of(interrupted(level=-10), 36)
    steady = leave_one_comparator_out(analysis, sites(4))
    assert steady.passed is True
    assert list(steady.table.index) == ["none", "site 2", "site 3", "site 4", "site 5"]
    assert "none changes the conclusion" in steady.sentence
    direct = controlled(analysis, {name: y for name, y in sites(4).items() if name != "site 3"})
    assert steady.table.loc["site 3", "estimate"] == direct.average.estimate
    nothing = its.Analysis.of(interrupted(), 36)
    rising = {**sites(1), "odd": interrupted(level=25, seed=9)}
    hanging = leave_one_comparator_out(nothing, rising)
    assert hanging.passed is False


def test_one_comparator_cannot_be_left_out() -> None:
    found = leave_one_comparator_out(its.Analysis.of(interrupted(level=-10), 36), sites(1))
    assert found.passed is None
    assert found.sentence == "There is only one comparator, so none can be left out."


def test_placebo_in_space_ranks_the_treated_unit() -> None:
    analysis = its.Analysis.of(interrupted(level=-10), 36)
    found = placebo_in_space(analysis, sites(10))
    assert found.passed is True
    assert found.share_as_large == pytest.approx(1 / 11)
    assert bool(found.table["is_treated"].iloc[0])
    assert "10 comparators in turn" in found.sentence
    assert "none show" in found.sentence


def test_placebo_in_space_does_not_vouch_where_units_differ_by_themselves() -> None:
    others = {f"site {k}": interrupted(level=12 * (-1) ** k, seed=k) for k in range(2, 13)}
    found = placebo_in_space(its.Analysis.of(interrupted(level=-10), 36), others)
    assert found.passed is False
    assert found.share_as_large > 0.5


def test_placebo_in_space_needs_enough_comparators() -> None:
    analysis = its.Analysis.of(interrupted(level=-10), 36)
    assert placebo_in_space(analysis, sites(3)).passed is None
    with pytest.raises(AnalysisError, match="needs at least two comparators"):
        placebo_in_space(analysis, sites(1))


def test_units_that_cannot_be_compared_are_listed() -> None:
    empty = np.where(np.arange(72) < 34, np.nan, interrupted(seed=8))
    analysis = its.Analysis.of(interrupted(level=-10), 36)
    with pytest.raises(AnalysisError, match="comparator 'late'"):
        placebo_in_space(analysis, {**sites(2), "late": empty})


def test_control_outcomes_are_judged_by_direction() -> None:
    outcome = its.fit(interrupted(level=-10), 36)
    fits = {
        "falls": its.fit(interrupted(level=-8, seed=2), 36),
        "rear passengers": its.fit(interrupted(seed=3), 36),
        "breast cancer": its.fit(interrupted(seed=4), 36),
    }
    found = judge_controls(outcome, fits)
    assert found.passed is False
    assert list(found.table["movement"]) == ["moved the same way", "no clear change", "no clear change"]
    assert found.sentence == (
        "Of what should not have moved, falls moved the same way, so something else may have moved both; "
        "rear passengers and breast cancer did not clearly change, as one would hope."
    )
    assert judge_controls(outcome, {"rear": fits["rear passengers"]}).passed is True
    assert judge_controls(outcome, {"up": its.fit(interrupted(level=9, seed=2), 36)}).passed is None


def test_a_control_that_could_have_moved_as_much_leaves_it_open() -> None:
    outcome = its.fit(interrupted(level=-10), 36)
    noisy = its.fit(interrupted(sd=20, seed=3), 36)
    found = judge_controls(outcome, {"rear": its.fit(interrupted(seed=3), 36), "noisy": noisy})
    assert set(found.table["movement"]) == {"no clear change"}
    assert found.passed is None
    assert found.sentence.endswith("An effect as large as the outcome's can't be ruled out in noisy.")


def test_controls_in_other_units_are_compared_by_shares() -> None:
    outcome = its.fit(interrupted(level=-10), 36)
    noisy, still = (1000 * interrupted(sd=sd, seed=3) for sd in (20, 1))
    assert judge_controls(outcome, {"noisy": its.fit(noisy, 36)}).passed is None
    assert judge_controls(outcome, {"still": its.fit(still, 36)}).passed is True


def test_an_outcome_that_did_not_change_has_nothing_to_rule_out() -> None:
    still = its.fit(interrupted(), 36)
    found = judge_controls(still, {"other": its.fit(interrupted(level=9, seed=2), 36)})
    assert found.passed is None
    assert found.sentence.startswith("The outcome itself did not clearly change")
    with pytest.raises(AnalysisError, match="there are no control outcomes"):
        judge_controls(still, {})


def test_a_movement_needs_an_interval_clear_of_zero() -> None:
    assert movement_of(Interval(-5, -6, -4), Interval(-5, -11, 1)) == "no clear change"


def test_rear_passengers_did_not_gain_with_drivers_from_the_seat_belt_law() -> None:
    data = pd.read_csv(HERE / "data" / "uk_seatbelts.csv")
    options = {
        "dummies": True,
        "impact": "level",
        "covariates": {"km": np.log(data["kms"]), "petrol": data["PetrolPrice"]},
    }
    drivers, rear = (its.fit(np.log(data[name]), 169, **options) for name in ("drivers", "rear"))  # type: ignore[arg-type]
    found = judge_controls(drivers, {"rear": rear})
    assert found.table.loc["rear", "movement"] == "moved the other way"
    assert found.passed is None


def test_a_comparator_that_repeats_a_season_is_refused() -> None:
    analysis = its.Analysis.of(
        interrupted(level=-10), 36, covariates={"wave": np.sin(2 * np.pi * np.arange(72.0) / 12)}, harmonics=1
    )
    with pytest.raises(AnalysisError, match="'wave' can't be told apart"):
        controlled(analysis, sites(1))


def test_units_whose_turn_cannot_come_are_listed_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = its.Analysis.of(interrupted(level=-10), 36)
    whole = controlled

    def failing(one: its.Analysis, comparators: dict[str, np.ndarray]) -> its.Controlled:
        if "site 3" not in comparators:
            raise AnalysisError("it can't be had.")
        return whole(one, comparators)

    monkeypatch.setattr("pipeline.its.comparator_checks.controlled", failing)
    table = placebo_in_space(analysis, sites(4)).table.set_index("unit")
    assert table.loc["site 3", "failure"] == "it can't be had."
    assert np.isnan(table.loc["site 3", "estimate"])


def test_stacked_columns_that_say_the_same_are_refused() -> None:
    columns = np.column_stack([np.ones(20), np.arange(20.0), np.arange(20.0)])
    sample = Sample(interrupted(20, 10), columns, np.arange(20.0))
    with pytest.raises(AnalysisError, match="the comparison's terms can't be told apart"):
        stacked_reml_ar1([sample, sample])


def test_harmonics_left_to_the_fit_are_those_of_the_treated_series() -> None:
    analysis = its.Analysis.of(interrupted(level=-10, season=4), 36, harmonics="auto")
    chosen, given = (
        controlled(each, sites(2, season=4)) for each in (analysis, analysis.choosing(harmonics=1))
    )
    assert chosen.average == given.average


def test_a_temporary_effect_is_compared_while_it_lasts() -> None:
    found = controlled(its.Analysis.of(interrupted(level=-10), 36, until=60), sites(2))
    assert found.effects.index[-3] == 59
