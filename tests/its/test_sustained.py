"""Did it last? Each verdict where it is true; the ratio's interval holds the truth as often as it says."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.interval import Interval
from pipeline.its.sustained import DRAWS, did_it_last
from pipeline.its.verdict import spans_of, verdict_of

from .simulated import ar1, interrupted

EARLY, LATE = 2.5, 32.5
"""Middles of periods 1 to 6 and 31 to 36, counted from 0, where 36 periods follow the change."""


def judged(level: float, slope: float, **changed: float) -> its.Sustained:
    options = {"sd": 0.5, "seed": 3} | changed
    y = interrupted(level=level, slope=slope, **options)  # type: ignore[arg-type]
    return did_it_last(its.fit(y, 36))


def test_an_effect_that_stays_lasted() -> None:
    found = judged(-10, 0)
    assert (found.verdict, found.passed) == ("lasted", True)
    assert found.sentence.startswith("The effect lasted: on average it was −")
    assert found.table.loc["ratio", "lower"] >= 0.8


def test_an_effect_that_shrinks_faded() -> None:
    found = judged(-10, 0.2)
    assert (found.verdict, found.passed) == ("faded", False)
    assert found.table.loc["ratio", "estimate"] == pytest.approx(
        (10 - 0.2 * LATE) / (10 - 0.2 * EARLY), abs=0.15
    )
    assert "points the other way" not in found.sentence


def test_an_effect_that_turns_faded_and_says_so() -> None:
    found = judged(-5, 0.5)
    assert found.verdict == "faded"
    assert found.sentence.endswith("The late effect points the other way.")


def test_an_effect_that_gets_larger_grew() -> None:
    assert judged(-10, -0.5).verdict == "grew"


def test_an_effect_that_was_not_there_at_first_grew() -> None:
    found = judged(0, -0.5, sd=2.5, seed=4)
    assert not Interval(*found.table.loc["early", ["estimate", "lower", "upper"]]).is_clear
    assert (found.verdict, found.passed) == ("grew", True)
    assert "of the early effect" not in found.sentence


def test_an_effect_known_less_well_likely_lasted() -> None:
    found = judged(-10, 0, sd=1.0, seed=4)
    assert (found.verdict, found.passed) == ("likely lasted", True)
    assert 0.8 <= found.chance < 0.975


def test_an_effect_that_could_have_gone_either_way_is_unclear() -> None:
    found = judged(-10, 0.05, sd=2.5, seed=1)
    assert (found.verdict, found.passed) == ("unclear", None)
    assert found.sentence.startswith("Whether the effect lasted is unclear")


def test_a_short_series_is_too_early() -> None:
    found = did_it_last(its.fit(interrupted(48, 36, level=-10), 36))
    assert (found.verdict, found.passed) == ("too early", None)
    assert found.sentence.endswith(
        "the series goes to period 12 after the change, and the plan asks what happens beyond period 12."
    )
    assert list(found.table.index) == ["early"]


def test_periods_without_a_value_do_not_make_it_late_enough() -> None:
    y = interrupted(50, 36, level=-10)
    y[48:] = np.nan
    assert did_it_last(its.fit(y, 36)).verdict == "too early"


def test_nothing_is_no_effect_to_last() -> None:
    found = judged(0, 0, sd=2.0)
    assert (found.verdict, found.passed) == ("no effect to last", None)


@pytest.mark.parametrize("impact", ["level", "slope"])
def test_an_impact_model_that_sets_the_ratio_cannot_say(impact: str) -> None:
    y = interrupted(level=-10) if impact == "level" else interrupted(slope=-0.8)
    fit = its.fit(y, 36, impact=impact)
    found = did_it_last(fit)
    assert (found.verdict, found.passed) == ("unclear", None)
    assert "the data can't say" in found.sentence


def test_the_rule_is_printed_with_the_plans_numbers() -> None:
    rule = did_it_last(its.fit(interrupted(level=-10), 36), after=10, keep=0.7).rule
    assert "periods 1 to 5" in rule
    assert "beyond period 10" in rule
    assert "at or above 70%" in rule


def test_early_and_late_count_from_the_end_of_the_transition() -> None:
    y = interrupted(level=-10)
    y[36:39] += 20
    found = did_it_last(its.fit(y, 36, phase_in=3))
    assert found.table.loc["late", "last_period"] == 33
    assert found.table.loc["early", "estimate"] == pytest.approx(-10, abs=2.5)


def test_spans_round_up() -> None:
    assert spans_of(12, 13) == ((1, 6), (13, 13))
    assert spans_of(5, 11) == ((1, 3), (10, 11))
    assert spans_of(12, 4) == ((1, 4), None)


def test_the_same_fit_gives_the_same_figures() -> None:
    fit = its.fit(interrupted(level=-10), 36)
    first, second = did_it_last(fit), did_it_last(fit)
    assert first.table.equals(second.table)
    other = did_it_last(fit, seed=1).table.loc["ratio", ["lower", "upper"]]
    np.testing.assert_allclose(
        first.table.loc["ratio", ["lower", "upper"]].to_numpy(float), other.to_numpy(float), atol=0.02
    )


def test_senseless_windows_and_shares_are_refused() -> None:
    fit = its.fit(interrupted(level=-10), 36)
    with pytest.raises(AnalysisError, match="after is 1; it must be a whole number"):
        did_it_last(fit, after=1)
    with pytest.raises(AnalysisError, match=r"keep is 1\.2; it must be above 0"):
        did_it_last(fit, keep=1.2)


def test_a_ratio_at_the_threshold_counts_as_kept() -> None:
    early, late = Interval(-10, -11, -9), Interval(-9, -10, -8)
    assert verdict_of(early, late, Interval(0.9, 0.8, 0.99), 0.975, 0.8, False) == "lasted"


def coverage(runs: int, n: int, start: int, rho: float, level: float, slope: float, seed: int) -> float:
    errors = ar1(np.random.default_rng(seed), (runs, n), rho)
    time = np.arange(n)
    since = np.maximum(time - start, 0)
    signal = 100 + 0.1 * time + level * (time >= start) + slope * since
    early, late = spans_of(12, n - start)
    assert late is not None
    middle = [(span[0] + span[1]) / 2 - 1 for span in (early, late)]
    truth = (level + slope * middle[1]) / (level + slope * middle[0])
    held = 0
    for row in errors:
        ratio = did_it_last(its.fit(signal + row, start), draws=4000).table.loc["ratio"]
        held += int(ratio["lower"] <= truth <= ratio["upper"])
    return held / runs


def test_the_interval_of_the_ratio_covers_the_truth() -> None:
    assert 0.90 <= coverage(300, 72, 36, 0.3, -10, 0.1, seed=11) <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
@pytest.mark.parametrize(("n", "start"), [(48, 24), (96, 48)])
def test_the_interval_of_the_ratio_covers_the_truth_throughout(n: int, start: int, rho: float) -> None:
    assert DRAWS >= 10_000
    assert 0.92 <= coverage(2000, n, start, rho, -12, 0.1, seed=12) <= 0.985
