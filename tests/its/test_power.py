"""Power before the study: what is found, against theory, a brute-force count, and another seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.power import (
    Setting,
    minimum_detectable,
    minimum_detectable_by_length,
    noise_of,
)
from pipeline.its.power_plot import SIZE, power_alt, power_curve

from .drawing import both_sizes, words
from .simulated import ar1, interrupted

SETTING = Setting(before=24, after=24, rho=0.3, model="reml-ar1")


def test_independent_errors_and_least_squares_agree_with_theory() -> None:
    setting = Setting(before=40, after=40, sd=3, model="ols")
    found = minimum_detectable(setting, simulations=2000)
    X = np.column_stack([np.ones(80), np.arange(80), np.arange(80) >= 40, np.maximum(np.arange(80) - 40, 0)])
    errors = 3 * np.sqrt(np.diag(np.linalg.inv(X.T @ X)))[2:]
    expected = (1.959964 + 0.841621) * errors
    np.testing.assert_allclose(found.table["known"].iloc[:2], expected, rtol=1e-6)
    near = (1.9917 + 0.8464) * errors  # t on 76 degrees of freedom
    table = found.table.iloc[:2]
    assert (table["lower"].to_numpy() <= near).all()
    assert (near <= table["upper"].to_numpy()).all()
    assert found.table["false_alarms"].to_numpy() == pytest.approx([0.05] * 3, abs=0.015)


def test_what_is_found_equals_a_count_of_fits_with_the_change_in() -> None:
    found = minimum_detectable(SETTING, simulations=600)
    size = float(found.table.loc["level_change", "minimum_detectable"])
    errors = ar1(np.random.default_rng(99), (300, 48), 0.3)
    time = np.arange(48)
    wave = 5 * np.sin(time) * 0 + 70 - 0.4 * time
    hits = [
        its.fit(wave + size * (time >= 24) + e, 24, model="reml-ar1").terms.loc["level_change", "lower"] > 0
        for e in errors
    ]
    assert np.mean(hits) == pytest.approx(0.8, abs=0.07)


def test_another_seed_stays_within_the_error_that_is_stated() -> None:
    first, second = (minimum_detectable(SETTING, simulations=500, seed=seed).table for seed in (0, 1))
    margin = (first["upper"] - first["lower"]) / 2 + (second["upper"] - second["lower"]) / 2
    assert ((first["minimum_detectable"] - second["minimum_detectable"]).abs() <= margin).all()
    assert minimum_detectable(SETTING, simulations=200).table.equals(
        minimum_detectable(SETTING, simulations=200).table
    )


def test_many_at_once_are_the_same_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.its import power_simulation

    together = {
        model: minimum_detectable(replace(SETTING, model=model), simulations=120).table
        for model in ("reml-ar1", "averaged-ar1", "auto")
    }
    assert (together["auto"]["minimum_detectable"] > 0).all()
    monkeypatch.setattr(power_simulation, "_limits_together", power_simulation._limits_one_by_one)
    for model in ("reml-ar1", "averaged-ar1"):
        alone = minimum_detectable(replace(SETTING, model=model), simulations=120).table
        np.testing.assert_allclose(together[model], alone, rtol=1e-6)


def test_auto_averages_in_short_series() -> None:
    short = replace(SETTING, before=10, after=10)
    tables = [
        minimum_detectable(replace(short, model=model), simulations=150).table
        for model in ("auto", "averaged-ar1")
    ]
    assert tables[0].equals(tables[1])


def test_no_honest_method_beats_known_autocorrelation() -> None:
    table = minimum_detectable(SETTING, simulations=400).table
    assert (table["upper"] > table["known"]).all()


def test_units_scale_everything() -> None:
    one = minimum_detectable(SETTING, simulations=100).table
    ten = minimum_detectable(replace(SETTING, sd=10.0), simulations=100).table
    np.testing.assert_allclose(ten["minimum_detectable"], 10 * one["minimum_detectable"], rtol=1e-6)


def test_ignoring_autocorrelation_finds_too_easily_and_says_so() -> None:
    found = minimum_detectable(Setting(24, 24, rho=0.6, model="ols"), simulations=200)
    assert found.table["false_alarms"].max() > 0.15
    assert "where nothing happened, so it finds too easily" in found.sentence


def test_power_rises_with_size_and_reaches_what_was_asked_at_the_minimum() -> None:
    found = minimum_detectable(SETTING, simulations=200)
    curve = found.curve.query("term == 'level_change'").set_index("size")["power"]
    assert curve.is_monotonic_increasing
    minimum = found.table.loc["level_change", "minimum_detectable"]
    assert curve[curve.index < minimum].max() <= 0.8 <= curve[curve.index > minimum].min()
    assert found.sentence.startswith("With 24 periods before the change and 24 after it")
    assert "a period or an average effect of" in found.sentence


def test_longer_studies_find_smaller_changes() -> None:
    table = minimum_detectable_by_length(SETTING, [6, 24, 60], simulations=150)
    assert table.index.names == ["term", "after"]
    slopes = table.loc["slope_change", "minimum_detectable"]
    assert slopes.index.tolist() == [6, 24, 60]
    assert slopes.is_monotonic_decreasing


def test_season_costs_power() -> None:
    plain, seasonal = (
        minimum_detectable(replace(SETTING, harmonics=k), simulations=300).table for k in (0, 2)
    )
    assert seasonal.loc["level_change", "known"] > plain.loc["level_change", "known"]


def test_a_level_alone_has_no_slope() -> None:
    found = minimum_detectable(replace(SETTING, impact="level"), simulations=100)
    assert list(found.table.index) == ["level_change"]
    assert "would find a change of level of" in found.sentence


def test_an_estimator_that_never_settles_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AnalysisError("it does not settle.")

    monkeypatch.setattr(
        "pipeline.its.power_simulation.choose",
        lambda _: type("Choice", (), {"estimator": staticmethod(never)}),
    )
    found = minimum_detectable(replace(SETTING, model="prais-winsten"), simulations=100)
    assert np.isinf(found.table["minimum_detectable"]).all()
    assert found.sentence == "The analysis would rarely give an estimate at all in a series like this."
    assert "of the time" not in words(both_sizes(power_curve(found), SIZE)[0])


@pytest.mark.parametrize(
    ("setting", "options", "says"),
    [
        (replace(SETTING, rho=1.0), {}, "rho is 1.0; it must be between"),
        (replace(SETTING, sd=0.0), {}, "sd is 0.0; it must be above zero"),
        (SETTING, {"power": 1.0}, "power is 1.0; it must be between"),
        (SETTING, {"simulations": 10}, "simulations is 10; with fewer than 100"),
        (replace(SETTING, after=1), {}, "24 periods before and 1 after"),
        (replace(SETTING, before=5, after=2), {}, "at least 4 points must"),
    ],
)
def test_settings_that_cannot_be_are_refused(setting: Setting, options: dict[str, float], says: str) -> None:
    with pytest.raises(AnalysisError, match=says):
        minimum_detectable(setting, **options)  # type: ignore[arg-type]


def test_the_noise_of_a_baseline_is_remls() -> None:
    y = interrupted(400, 200, rho=0.5, sd=3, season=4, seed=3)
    sd, rho = noise_of(y, harmonics=1)
    assert sd == pytest.approx(3, abs=0.4)
    assert rho == pytest.approx(0.5, abs=0.1)
    with pytest.raises(AnalysisError, match="the baseline has 5 usable points for 4 coefficients"):
        noise_of(y[:5], harmonics=1)


def test_the_chart_gives_the_smallest_change_of_each_kind() -> None:
    found = minimum_detectable(SETTING, simulations=200)
    for figure in both_sizes(power_curve(found, unit="minutes"), SIZE):
        titles = " ".join(axes.get_title(loc="left") for axes in figure.axes)
        assert titles.count("80% of the time: ") == 3
        assert "minutes" in words(figure)
    assert power_alt(found).endswith(found.sentence)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.6])
@pytest.mark.parametrize("n", [24, 48, 96])
def test_intervals_exclude_zero_about_as_rarely_as_they_should(n: int, rho: float) -> None:
    found = minimum_detectable(Setting(n // 2, n // 2, rho=rho, model="reml-ar1"), simulations=4000)
    assert found.table["false_alarms"].max() < 0.1
