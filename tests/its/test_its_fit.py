"""What a fit of one series says, whatever the estimator: terms, effects, gaps, transitions, contrasts."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its import prais_winsten
from pipeline.its.ar1_likelihood import BOUNDARY, moments_of, profile_at
from pipeline.its.least_squares import default_lag, newey_west, ordinary
from pipeline.its.reml_ar1 import FEWEST_DF, reml_ar1
from pipeline.its.sample import Sample

MODELS = ["reml-ar1", "averaged-ar1", "averaged-ar2", "ols", "newey-west", "prais-winsten"]


def simulated(n: int = 48, start: int = 24, rho: float = 0.4, seed: int = 7) -> np.ndarray:
    random = np.random.default_rng(seed)
    errors = np.zeros(n)
    shocks = random.normal(size=n + 50)
    carried = 0.0
    for row, shock in enumerate(shocks):
        carried = rho * carried + shock
        if row >= 50:
            errors[row - 50] = carried
    time = np.arange(n)
    after = time >= start
    return 50 + 0.2 * time - 4 * after - 0.1 * (time - start) * after + errors


def test_terms_and_effects_have_the_promised_shape() -> None:
    fit = its.fit(simulated(), start=24)
    assert list(fit.terms.index) == ["intercept", "time", "level_change", "slope_change"]
    assert list(fit.terms.columns) == ["estimate", "std_error", "df", "lower", "upper", "p_value"]
    assert list(fit.effects.index) == [*range(24, 48), "average", "cumulative"]
    assert list(fit.effects.columns) == [
        "expected",
        "fitted",
        "absolute",
        "absolute_lower",
        "absolute_upper",
        "relative",
        "relative_lower",
        "relative_upper",
    ]
    assert fit.flags == ()
    assert (fit.n_before, fit.n_after, fit.n_missing, fit.df) == (24, 24, 0, 44)


def test_auto_takes_reml_and_shows_the_average_beside_it() -> None:
    y = simulated(n=100, start=50, rho=0.1)
    fit = its.fit(y, start=50)
    assert fit.model == "reml-ar1"
    assert fit.reason.startswith("Generalised least squares")
    assert fit.alternative is not None
    assert fit.alternative.model == "averaged-ar1"
    np.testing.assert_array_equal(fit.alternative.effects, its.fit(y, 50, "averaged-ar1").effects)
    named = its.fit(y, start=50, model="ols")
    assert named.reason == "The model ols was asked for by name."
    assert named.alternative is None


@pytest.mark.parametrize(
    ("y", "why"),
    [
        (simulated(n=20, start=10), "With 20 points, fewer than 24,"),
        (
            100 + np.cumsum(simulated(n=40, start=20, rho=0.9)),
            "The autocorrelation that fits best is 1.000, at",
        ),
        (
            simulated(n=48, start=24, rho=0.75, seed=1),
            "The autocorrelation that fits best is uncertain (its 48",
        ),
    ],
    ids=["short", "at the edge", "uncertain"],
)
def test_auto_averages_where_reml_is_known_to_fail(y: np.ndarray, why: str) -> None:
    fit = its.fit(y, start=len(y) // 2)
    assert fit.model == "averaged-ar1"
    assert fit.reason.startswith(why)
    assert fit.alternative is not None
    assert fit.alternative.model == "reml-ar1"


def test_the_level_change_is_the_effect_at_the_first_point_after() -> None:
    fit = its.fit(simulated(), start=24)
    np.testing.assert_allclose(
        fit.effects.loc[24, ["absolute", "absolute_lower", "absolute_upper"]].to_numpy(float),
        fit.terms.loc["level_change", ["estimate", "lower", "upper"]].to_numpy(float),
        rtol=1e-12,
    )


@pytest.mark.parametrize("model", MODELS)
def test_the_total_effect_is_the_average_times_the_periods(model: str) -> None:
    effects = its.fit(simulated(), start=24, model=model).effects
    columns = ["absolute", "absolute_lower", "absolute_upper"]
    np.testing.assert_allclose(
        effects.loc["cumulative", columns].to_numpy(float),
        24 * effects.loc["average", columns].to_numpy(float),
    )
    assert effects.loc["cumulative", "relative"] == pytest.approx(effects.loc["average", "relative"])
    assert effects.loc[range(24, 48), "absolute"].mean() == pytest.approx(effects.loc["average", "absolute"])


def test_a_contrast_gives_the_slope_after_the_change() -> None:
    fit = its.fit(simulated(), start=24)
    slope = fit.contrast({"time": 1, "slope_change": 1})
    terms = fit.terms["estimate"]
    assert slope.estimate == pytest.approx(terms["time"] + terms["slope_change"])
    assert 2 <= slope.df <= fit.df
    assert slope.lower < slope.estimate < slope.upper


def test_a_contrast_of_an_unknown_term_is_refused() -> None:
    with pytest.raises(AnalysisError, match="the model has no term 'level'; its terms are intercept, time"):
        its.fit(simulated(), start=24).contrast({"level": 1})


def test_impacts_bring_their_own_terms() -> None:
    y = simulated()
    assert "slope_change" not in its.fit(y, start=24, impact="level").terms.index
    slope = its.fit(y, start=24, impact="slope")
    assert "level_change" not in slope.terms.index
    first = slope.effects.loc[24]
    assert (first["absolute"], first["absolute_lower"], first["absolute_upper"]) == (0, 0, 0)


def test_transition_periods_get_indicators_and_effects_begin_after_them() -> None:
    y = simulated()
    fit = its.fit(y, start=24, phase_in=3)
    assert list(fit.terms.index)[4:] == ["phase_in_1", "phase_in_2", "phase_in_3"]
    assert fit.effects.index[0] == 27
    assert (fit.start, fit.after, fit.n_after) == (24, 27, 21)
    spoiled = y.copy()
    spoiled[24:27] += [100, -50, 30]
    again = its.fit(spoiled, start=24, phase_in=3, model="ols")
    plain = its.fit(y, start=24, phase_in=3, model="ols")
    np.testing.assert_allclose(again.effects, plain.effects, rtol=1e-9)


def test_a_transition_period_without_a_value_has_no_indicator_and_no_fitted_value() -> None:
    y = simulated()
    y[25] = np.nan
    fit = its.fit(y, start=24, phase_in=3)
    assert [name for name in fit.terms.index if name.startswith("phase_in")] == ["phase_in_1", "phase_in_3"]
    assert np.isnan(fit.series.loc[25, "fitted"])


def test_a_slope_change_counts_calendar_time_across_a_gap() -> None:
    time = np.concatenate([np.arange(20), np.arange(24, 48)])
    y = 10 + 0.5 * time - 3.0 * (time >= 24) + 0.25 * (time - 24) * (time >= 24) + np.sin(time * 1.7) * 1e-3
    fit = its.fit(y, start=20, time=time)
    assert fit.terms.loc["level_change", "estimate"] == pytest.approx(-3, abs=2e-3)
    assert fit.terms.loc["slope_change", "estimate"] == pytest.approx(0.25, abs=2e-4)
    assert fit.n_missing == 4


@pytest.mark.parametrize("model", MODELS)
def test_a_missing_value_equals_a_period_left_out_of_the_calendar(model: str) -> None:
    y = simulated()
    y[[5, 6, 30]] = np.nan
    kept = ~np.isnan(y)
    whole = its.fit(y, start=24, model=model)
    left_out = its.fit(y[kept], start=22, time=np.flatnonzero(kept), model=model)
    np.testing.assert_allclose(whole.terms, left_out.terms, rtol=1e-10)
    assert list(whole.effects.index[:24]) == list(range(24, 48))
    assert whole.n_missing == left_out.n_missing == 3


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.35, 0.9, 0.999])
def test_reml_likelihood_and_derivatives_equal_dense_matrices_with_gaps(rho: float) -> None:
    random = np.random.default_rng(3)
    time = np.cumsum(random.choice([1, 1, 1, 2, 5], size=30)).astype(float)
    matrix = np.column_stack([np.ones(30), time, time >= time[15]]).astype(float)
    y = random.normal(size=30)
    basis = np.linalg.qr(matrix)[0]
    moments = moments_of(np.column_stack([basis, y - basis @ (basis.T @ y)]), np.diff(time), 27)

    def dense(rho: float) -> float:
        inside = np.power(rho, np.abs(time[:, None] - time[None, :])) if rho else np.eye(30)
        inverse = np.linalg.inv(inside)
        precision = basis.T @ inverse @ basis
        residual = y - basis @ np.linalg.solve(precision, basis.T @ inverse @ y)
        squares = residual @ inverse @ residual
        return -(27 * np.log(squares) + np.linalg.slogdet(precision)[1] + np.linalg.slogdet(inside)[1]) / 2

    found = moments.likelihood(np.array([rho, 0.2]))
    assert found[0] - found[1] == pytest.approx(dense(rho) - dense(0.2), rel=1e-8, abs=1e-8)
    step = 1e-4 * (1 - rho**2)
    at = profile_at(moments, rho)
    assert at.slope == pytest.approx((dense(rho + step) - dense(rho - step)) / (2 * step), rel=1e-5, abs=1e-5)
    slopes = [profile_at(moments, rho + side * step).slope for side in (-1, 1)]
    assert at.curvature == pytest.approx((slopes[1] - slopes[0]) / (2 * step), rel=1e-5)


def test_reml_equals_generalised_least_squares_at_its_own_rho_with_gaps() -> None:
    y = simulated()
    y[[3, 10, 11, 12, 40]] = np.nan
    fit = its.fit(y, start=24, model="reml-ar1")
    assert fit.rho is not None
    rows = np.flatnonzero(~np.isnan(y)).astype(float)
    matrix = np.column_stack([np.ones(len(rows)), rows, rows >= 24, (rows - 24) * (rows >= 24)])
    inverse = np.linalg.inv(np.power(fit.rho, np.abs(rows[:, None] - rows[None, :])))
    covariance = np.linalg.inv(matrix.T @ inverse @ matrix)
    estimate = covariance @ matrix.T @ inverse @ y[~np.isnan(y)]
    np.testing.assert_allclose(fit.terms["estimate"], estimate, rtol=1e-9)
    np.testing.assert_allclose(fit.terms["std_error"], fit.sigma * np.sqrt(np.diag(covariance)), rtol=1e-9)


def test_reml_finds_negative_autocorrelation() -> None:
    fit = its.fit(simulated(n=100, start=50, rho=-0.6), start=50)
    assert fit.rho is not None
    assert -0.8 < fit.rho < -0.4
    assert fit.diagnostics.autocorrelation_lower < fit.rho < fit.diagnostics.autocorrelation_upper


def test_newey_west_of_a_regular_series_equals_statsmodels() -> None:
    from statsmodels.regression.linear_model import OLS

    y = simulated()
    time = np.arange(48.0)
    matrix = np.column_stack([np.ones(48), time, time >= 24])
    theirs = OLS(y, matrix).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True)
    ours = newey_west(Sample(y, matrix, time)).contrasts(np.eye(3))
    np.testing.assert_allclose(ours.std_error, theirs.bse, rtol=1e-10)


def test_newey_west_does_not_take_points_across_a_gap_for_neighbours() -> None:
    random = np.random.default_rng(5)
    y = random.normal(size=40)
    near = np.arange(40.0)
    far = near + 1000 * (near >= 20)
    matrix = np.ones((40, 1))
    lagged = newey_west(Sample(y, matrix, near, 4)).contrasts(np.eye(1)).std_error
    apart = newey_west(Sample(y, matrix, far, 4)).contrasts(np.eye(1)).std_error
    residuals = y - y.mean()
    across = sum(
        2 * (1 - lag / 5) * (residuals[20 : 20 + lag] @ residuals[20 - lag : 20]) for lag in range(1, 5)
    )
    expected = np.sqrt(lagged**2 - across / 40**2 * 40 / 39)
    np.testing.assert_allclose(apart, expected, rtol=1e-10)


def test_the_default_lag_follows_newey_and_west() -> None:
    assert [default_lag(n) for n in (8, 24, 48, 100, 192)] == [2, 2, 3, 4, 4]


def test_independent_errors_make_newey_west_at_lag_nought_robust_only() -> None:
    y = simulated(rho=0)
    time = np.arange(48.0)
    sample = Sample(y, np.column_stack([np.ones(48), time]), time, 0)
    plain = ordinary(sample).contrasts(np.eye(2))
    robust = newey_west(sample).contrasts(np.eye(2))
    np.testing.assert_allclose(plain.estimate, robust.estimate)
    assert not np.allclose(plain.std_error, robust.std_error)


def test_seasonal_dummies_are_counted_from_the_first_period() -> None:
    y = simulated() + 3 * (np.arange(48) % 4 == 2)
    fit = its.fit(y, start=24, dummies=True, period=4)
    assert list(fit.terms.index)[4:] == ["season_2", "season_3", "season_4"]
    assert fit.terms.loc["season_3", "estimate"] == pytest.approx(3, abs=1)
    later = its.fit(y, start=24, dummies=True, period=4, time=np.arange(7, 55))
    np.testing.assert_allclose(fit.terms.iloc[1:], later.terms.iloc[1:], rtol=1e-8)


def test_a_harmonic_at_half_the_period_has_no_sine() -> None:
    fit = its.fit(simulated(), start=24, harmonics=2, period=4)
    assert list(fit.terms.index)[4:] == ["sin_1", "cos_1", "cos_2"]


def test_adjusted_points_and_trends_are_free_of_season_and_covariates() -> None:
    time = np.arange(48)
    cold = np.cos(time)
    y = simulated() + 5 * np.sin(2 * np.pi * time / 12) + 2 * cold
    fit = its.fit(y, start=24, harmonics=1, covariates={"cold": cold})
    assert fit.adjusted_for == ("season", "cold")
    trend = fit.series["fitted_trend"].to_numpy()
    np.testing.assert_allclose(np.diff(trend[:24], n=2), 0, atol=1e-9)
    np.testing.assert_allclose(
        fit.series["adjusted"] - fit.series["fitted_trend"], fit.series["observed"] - fit.series["fitted"]
    )
    assert fit.series["expected"].notna().sum() == 24


def test_a_covariate_may_be_missing_where_the_outcome_is_and_its_effect_is_then_left_blank() -> None:
    y = simulated()
    y[[3, 40]] = np.nan
    cold = np.cos(np.arange(48.0))
    cold[[3, 40]] = np.nan
    fit = its.fit(y, start=24, covariates=pd.DataFrame({"cold": cold}))
    assert fit.effects.loc[40].isna().all()
    assert fit.effects.loc["average"].notna().all()
    assert fit.effects.loc[range(24, 48), "absolute"].mean() == pytest.approx(
        fit.effects.loc["average", "absolute"]
    )
    assert "missing-covariates" in [flag.code for flag in fit.flags]


def test_pandas_missing_values_and_integers_are_taken_as_they_are() -> None:
    y = simulated().round()
    column = pd.Series(y, dtype="Int64")
    column[4] = pd.NA
    y[4] = np.nan
    np.testing.assert_array_equal(its.fit(column, start=24).terms, its.fit(y, start=24).terms)


def test_residual_autocorrelation_has_an_interval_for_every_model() -> None:
    for model in MODELS:
        found = its.fit(simulated(), start=24, model=model).diagnostics
        assert -1 < found.autocorrelation_lower < found.autocorrelation < found.autocorrelation_upper < 1
        assert 0 <= found.ljung_box_p_value <= 1


def test_the_same_series_gives_the_same_digits_twice() -> None:
    one, two = (its.fit(simulated(), start=24) for _ in range(2))
    pd.testing.assert_frame_equal(one.terms, two.terms, check_exact=True)
    pd.testing.assert_frame_equal(one.effects, two.effects, check_exact=True)


def test_rho_carries_ten_digits_under_rounding_of_the_data() -> None:
    y = simulated()
    moved = y * (1 + 1e-15 * np.random.default_rng(1).normal(size=48))
    rho, again = its.fit(y, start=24).rho, its.fit(moved, start=24).rho
    assert rho == pytest.approx(again, rel=1e-11)


def test_a_likelihood_without_a_peak_gives_the_fewest_degrees_of_freedom() -> None:
    time = np.arange(12.0)
    estimate = reml_ar1(Sample(np.cumsum(np.cumsum(time % 5)), np.ones((12, 1)), time))
    assert estimate.rho == pytest.approx(np.tanh(BOUNDARY), rel=1e-12)
    flat = replace(estimate, peak=0.0)
    assert flat.rho_interval == (-1.0, 1.0)
    assert flat.contrasts(np.eye(1)).df.tolist() == [FEWEST_DF]


def test_prais_winsten_that_does_not_settle_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prais_winsten, "MOST_ITERATIONS", 2)
    with pytest.raises(AnalysisError, match="prais-winsten doesn't settle on one autocorrelation"):
        its.fit(simulated(), start=24, model="prais-winsten")


def test_importing_the_package_loads_neither_pandas_nor_scipy_nor_statsmodels() -> None:
    program = (
        "import sys, pipeline.its; print([m for m in ('pandas', 'scipy', 'statsmodels') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
