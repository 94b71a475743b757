"""Models of counts and proportions equal R's, or say why they can't be fitted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.counts import CountEstimate
from tests.its.outside import needed, shared

HERE = Path(__file__).parents[1] / "reference" / "its"
NAMES = {
    "(Intercept)": "intercept",
    "level": "level_change",
    "smokban": "level_change",
    "trend": "slope_change",
    "trend0": "slope_change",
}
MODELS: dict[str, dict[str, Any]] = {
    "poisson": {"model": "poisson"},
    "quasipoisson": {"model": "quasi-poisson"},
    "poisson_nw_lag1_adj": {"model": "quasi-poisson", "lag": 1},
    "poisson_nw_lag6_adj": {"model": "poisson", "lag": 6},
    "negbin": {"model": "negative-binomial"},
}
RELATIVE = 1e-6


def our_name(name: str) -> str:
    for theirs, ours in (("month_f", "season_"), ("sin", "sin_"), ("cos", "cos_")):
        if name.startswith(theirs):
            return ours + name.removeprefix(theirs)
    return NAMES.get(name, name)


def near(actual: object, expected: object, relative: float = RELATIVE) -> None:
    np.testing.assert_allclose(np.asarray(actual, float), np.asarray(expected, float), rtol=relative)


def check(fit: its.Fit, found: dict[str, Any], first_row: int) -> None:
    """Compares terms, effects at single rows, and the total with R's."""
    for name, row in found["coef"].items():
        estimate, error = row[:2] if isinstance(row, list) else (row["estimate"], row["se"])
        near(fit.terms.loc[our_name(name), ["estimate", "std_error"]], [estimate, error])
    assert isinstance(fit.estimate, CountEstimate)
    if "theta" in found:
        near(fit.estimate.theta, found["theta"])
    if "dispersion_pearson" in found:
        near(fit.estimate.dispersion, found["dispersion_pearson"])
    for row, figures in found["rate_ratio_vs_counterfactual"].items():
        effect = fit.effects.loc[int(row.removeprefix("row_")) - first_row]
        near(effect[["fitted", "expected"]], [figures["fitted"], figures["counterfactual"]])
        near(1 + effect["relative"], figures["rr"])
        if fit.model == "quasi-poisson":  # R's other models have normal intervals, and ours have t throughout
            near(1 + effect[["relative_lower", "relative_upper"]], figures["rr_ci_t"])
    total, sums = fit.effects.loc["cumulative"], found["post_sum"]
    near(total[["fitted", "expected"]], [sums["fitted"], sums["counterfactual"]])
    near(total["absolute"], sums["fitted_minus_cf"])
    margin = total["absolute_upper"] - total["absolute"]
    half = fit.contrast({"intercept": 1})
    near(margin / (half.upper - half.estimate) * half.std_error, sums["se_delta"])


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", ["p_n048", "nb_n048_size10", "plat_n060_rho0.6"])
def test_simulated_counts_equal_r(name: str, kind: str) -> None:
    data = pd.read_csv(HERE / "data" / f"{name}.csv")
    expected = json.loads((HERE / "counts" / f"{name}.json").read_text())
    fit = its.fit(data["y"], expected["T0"] - 1, time=data["time"], denominator=data["pop"], **MODELS[kind])
    if kind == "negbin" and fit.model != "negative-binomial":
        assert "no-overdispersion" in [flag.code for flag in fit.flags]
        assert expected["fits"][kind].get("theta", np.inf) > 1e4
        return
    check(fit, expected["fits"][kind], 1)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", ["vankilled", "driverskilled"])
def test_seatbelt_counts_equal_r(name: str, kind: str) -> None:
    data = pd.read_csv(HERE / "data" / "uk_seatbelts.csv")
    expected = json.loads((HERE / "counts" / f"uk_seatbelts_{name}_glm.json").read_text())["fits"]
    y, denominator = (
        (data["VanKilled"], None) if name == "vankilled" else (data["DriversKilled"], data["kms"])
    )
    time = np.arange(1, 193)
    fit = its.fit(y, 169, time=time, denominator=denominator, impact="level", harmonics=2, **MODELS[kind])
    if kind == "negbin" and fit.model != "negative-binomial":
        assert expected[kind].get("theta", np.inf) > 1e4
        return
    check(fit, expected[kind], 1)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    ("file", "part", "start", "options"),
    [
        ("sicily", "model1_2_step", 36, {"impact": "level"}),
        ("sicily", "model3_step_harmonic2", 36, {"impact": "level", "harmonics": 2}),
        ("sicily", "model4b_step_slope_harmonic2_trend_37", 36, {"harmonics": 2}),
        ("nhs_ae", "breaches_glm_offset_attendances", 24, {"harmonics": 1}),
    ],
)
def test_published_counts_equal_r(
    file: str, part: str, start: int, options: dict[str, Any], kind: str
) -> None:
    expected = json.loads(needed(shared("reference", "its", "expected", f"{file}.json")).read_text())[part]
    source = {"nhs_ae": "nhs_ae_england_type1"}.get(file, file)
    data = pd.read_csv(shared("reference", "its", "data", f"{source}.csv"))
    y, population = ("aces", "stdpop") if file == "sicily" else ("breaches", "attendances")
    fit = its.fit(
        data[y],
        start,
        time=np.arange(1, len(data) + 1),
        denominator=data[population],
        **options,
        **MODELS[kind],
    )
    check(fit, without_season(expected[kind]) if file == "nhs_ae" else expected[kind], 1)


def without_season(found: dict[str, Any]) -> dict[str, Any]:
    """Leaves out sines and cosines, which there are counted from January and here from the first period."""
    kept = {name: row for name, row in found["coef"].items() if name[:3] not in ("sin", "cos")}
    return found | {"coef": kept}


def test_the_published_rate_ratio_of_the_sicilian_smoking_ban() -> None:
    data = pd.read_csv(needed(shared("reference", "its", "data", "sicily.csv")))
    time = np.arange(1, 60)
    fit = its.fit(
        data["aces"],
        36,
        "quasi-poisson",
        time=time,
        denominator=data["stdpop"],
        impact="level",
    )
    assert fit.ratios is not None
    assert fit.ratios.loc["level_change", "estimate"] == pytest.approx(0.894, abs=5e-4)


def test_a_transition_left_out_equals_r_on_the_scottish_emergency_departments() -> None:
    whole = json.loads(needed(shared("reference", "its", "expected", "scotland_ae.json")).read_text())
    expected = whole["transition_excluded_quasipoisson_offset_expected"]
    data = pd.read_csv(shared("reference", "its", "data", "scotland_ae_weekly_2020.csv"))
    data = data[data["Category"] == "All"].reset_index(drop=True)
    left_out = pd.to_datetime(data["Week_ending"]).between("2020-03-11", "2020-03-23")
    y = data["Count"].where(~left_out).astype(float)
    start = int(np.flatnonzero(left_out)[-1]) + 1
    for kind in ("poisson", "quasipoisson", "negbin"):
        fit = its.fit(y, start, time=np.arange(1, 27), denominator=data["Average_2018_2019"], **MODELS[kind])
        for name, row in expected[kind]["coef"].items():
            near(fit.terms.loc[our_name(name), ["estimate", "std_error"]], [row["estimate"], row["se"]])


@pytest.mark.parametrize("part", ["step_only", "time_step", "time_step_slope"])
def test_coal_mine_explosions_equal_r_and_have_no_negative_binomial_fit(part: str) -> None:
    expected = json.loads(needed(shared("reference", "more", "expected", "case", "coal.json")).read_text())[
        part
    ]
    data = pd.read_csv(shared("reference", "more", "data", "case", "coal_yearly.csv"))
    options: dict[str, Any] = {"time": data["time"], "trend": "none" if part == "step_only" else "linear"}
    options["impact"] = "level-and-slope" if part == "time_step_slope" else "level"
    for kind in ("poisson", "quasipoisson"):
        found = expected[kind]
        fit = its.fit(data["count"], 37, **MODELS[kind], **options)
        order = [our_name(name) for name in found["names"]]
        near(fit.terms.loc[order, "estimate"], found["estimate"])
        near(fit.terms.loc[order, "std_error"], found["se"])
        rows, effects = [row - 1 for row in found["effects"]["rows_1based"]], found["effects"]
        near(-fit.effects.loc[rows, "absolute"], effects["averted"])
        near(1 + fit.effects.loc[rows, "relative"], effects["rate_ratio"])
        total, ratio = fit.effects.loc["cumulative"], effects["ratio_total_fitted_over_counterfactual"]
        near(1 + total["relative"], ratio["estimate"])
        if kind == "quasipoisson":
            near(-fit.effects.loc[rows, "absolute_upper"], effects["averted_lower"])
            near(1 + fit.effects.loc[rows, "relative_upper"], effects["rr_upper"])
            near(
                -total[["absolute_upper", "absolute_lower"]],
                [effects["total_averted"][end] for end in ("lower", "upper")],
            )
            near(1 + total[["relative_lower", "relative_upper"]], [ratio["lower"], ratio["upper"]])
    # MASS reports theta = 10^16 for these, and that it converged.
    fallback = its.fit(data["count"], 37, model="negative-binomial", **options)
    assert fallback.model == "quasi-poisson"
    assert [flag.code for flag in fallback.flags][-1] == "no-overdispersion"


def test_proportions_equal_r() -> None:
    expected = json.loads(needed(shared("reference", "its", "expected", "nhs_ae.json")).read_text())
    found = expected["breaches_quasibinomial"]
    data = pd.read_csv(shared("reference", "its", "data", "nhs_ae_england_type1.csv"))
    fit = its.fit(
        data["breaches"],
        24,
        "binomial",
        time=np.arange(1, 37),
        denominator=data["attendances"],
        harmonics=1,
    )
    assert isinstance(fit.estimate, CountEstimate)
    # R stops when the deviance settles to eight digits, which leaves its estimates fewer.
    near(fit.estimate.dispersion, found["dispersion"], 1e-5)
    for name, row in without_season(found)["coef"].items():
        near(fit.terms.loc[our_name(name), ["estimate", "std_error"]], [row["estimate"], row["se"]], 1e-5)
    share = fit.per(100)
    assert share.effects.loc["average", "fitted"] == pytest.approx(
        100 * data["breaches"][24:].sum() / data["attendances"][24:].sum(), rel=1e-6
    )


def counts(dispersion: float = 1.0, n: int = 48, mean: float = 60.0, seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    rate = mean * np.exp(-0.3 * (np.arange(n) >= n // 2))
    if dispersion == 1:
        return random.poisson(rate).astype(float)
    size = rate / (dispersion - 1)
    return random.negative_binomial(size, size / (size + rate)).astype(float)


def log_likelihood(y: np.ndarray, mean: np.ndarray, theta: float) -> float:
    return float(
        np.sum(gammaln(y + theta) - gammaln(theta) - gammaln(y + 1))
        + np.sum(theta * np.log(theta / (theta + mean)) + y * np.log(mean / (theta + mean)))
    )


def test_a_negative_binomial_fit_is_at_the_top_of_its_likelihood() -> None:
    y = counts(dispersion=6)
    fit = its.fit(y, 24, "negative-binomial")
    assert isinstance(fit.estimate, CountEstimate)
    theta, best = fit.estimate.theta, fit.terms["estimate"].to_numpy()
    assert theta is not None
    matrix = fit.design.matrix
    top = log_likelihood(y, np.exp(matrix @ best), theta)
    for index in range(4):
        for side in (-1, 1):
            moved = best + side * 1e-3 * np.eye(4)[index] / np.abs(matrix[:, index]).max()
            assert log_likelihood(y, np.exp(matrix @ moved), theta) < top
    for factor in (0.99, 1.01):
        assert log_likelihood(y, np.exp(matrix @ best), theta * factor) < top


def test_counts_that_only_seem_to_vary_have_no_negative_binomial_fit() -> None:
    y = np.tile([59.0, 61.0, 60.0, 58.0, 62.0, 60.0], 8)
    fit = its.fit(y, 24, "negative-binomial")
    assert fit.model == "quasi-poisson"
    assert "no-overdispersion" in [flag.code for flag in fit.flags]
    assert its.fit(y, 24, kind="count").model == "quasi-poisson"


def test_a_rate_that_runs_to_zero_is_refused() -> None:
    y = np.where(np.arange(48) >= 47, 5.0, 0.0)
    y[:24] = counts()[:24]
    with pytest.raises(AnalysisError, match="the model of counts has no maximum for this series"):
        its.fit(y, 24, "quasi-poisson", impact="level-and-slope")


def test_auto_goes_by_the_kind_of_measure() -> None:
    plain = its.fit(counts(), 24, kind="count")
    assert plain.model == "quasi-poisson"
    assert "Poisson regression" in plain.reason
    assert plain.alternative is not None
    assert "Newey–West errors, lag 3" in plain.alternative.reason
    assert its.fit(counts(), 24, kind="count", lag=2).alternative is not None
    gross = its.fit(counts(dispersion=40, mean=600), 24, kind="count")
    assert gross.model == "negative-binomial"
    assert "the rate itself varies" in gross.reason
    share = its.fit(counts(), 24, kind="proportion", denominator=np.full(48, 400.0))
    assert share.model == "binomial"
    assert its.fit(counts(), 24, kind="rate").model == "reml-ar1"
    assert its.fit(counts(), 24, kind="time-between").model == "reml-ar1"
    assert its.fit(counts() / 4, 24, kind="proportion").model == "reml-ar1"


def test_auto_allows_for_autocorrelation_where_it_is_seen_or_asked_for() -> None:
    random = np.random.default_rng(12)
    drift = np.zeros(60)
    for row in range(1, 60):
        drift[row] = 0.8 * drift[row - 1] + 0.1 * random.normal()
    y = random.poisson(200 * np.exp(drift)).astype(float)
    fit = its.fit(y, 30, kind="count")
    assert "with Newey–West errors, lag 3, as successive residuals are alike" in fit.reason
    assert fit.alternative is not None
    assert fit.alternative.reason == "The same model with independent errors."
    theirs, ours = fit.alternative.terms["std_error"], fit.terms["std_error"]
    assert (ours["slope_change"], theirs["slope_change"]) == (
        its.fit(y, 30, "quasi-poisson", lag=3).terms.loc["slope_change", "std_error"],
        its.fit(y, 30, "quasi-poisson").terms.loc["slope_change", "std_error"],
    )
    assert "with Newey–West errors, lag 2, as asked" in its.fit(counts(), 24, kind="count", lag=2).reason


def test_rates_are_counts_over_their_denominator() -> None:
    beds = np.linspace(300, 500, 48)
    y = counts()
    y[30] = np.nan
    fit = its.fit(y, 24, "quasi-poisson", denominator=beds)
    rates = fit.per(1000)
    row = fit.effects.loc[40] * 1000 / beds[40]
    near(rates.effects.loc[40, "absolute_lower"], row["absolute_lower"])
    near(rates.effects.loc[40, "relative"], fit.effects.loc[40, "relative"])
    total = fit.effects.loc["cumulative", "absolute"]
    near(rates.effects.loc["average", "absolute"], total * 1000 / beds[24:].sum())
    near(rates.effects.loc["cumulative", "absolute"], total)
    near(rates.series.loc[3, "observed"], 1000 * y[3] / beds[3])
    shape = rates.series["fitted_trend"].to_numpy()[:24]
    near(np.diff(np.log(shape), 2), np.zeros(22) + np.diff(np.log(shape), 2)[0], 1e2)
    with pytest.raises(AnalysisError, match="ols was fitted without a denominator"):
        its.fit(y, 24, "ols").per(100)


def test_ratios_are_the_exponentials_of_the_terms() -> None:
    fit = its.fit(counts(), 24, "poisson")
    assert fit.ratios is not None
    near(fit.ratios.loc["level_change", "upper"], np.exp(fit.terms.loc["level_change", "upper"]))
    assert its.fit(counts(), 24, "ols").ratios is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"y": -counts()}, "y is negative at time 0, and a model of counts is for counts"),
        ({"y": counts() * (np.arange(48) < 24)}, "every count after the change is zero"),
        ({"y": counts() * (np.arange(48) >= 24)}, "every count before the change is zero"),
        ({"denominator": np.zeros(48)}, "denominator is missing or not above zero at position 0"),
        ({"denominator": np.ones(47)}, "denominator has 47 values and y has 48"),
        ({"model": "binomial"}, "binomial needs a denominator"),
        ({"model": "binomial", "denominator": np.full(48, 70.0)}, "y is above the denominator at time"),
        ({"model": "binomial", "denominator": counts()}, "y equals the denominator throughout"),
        ({"lag": -1}, "lag is -1; it must be a whole number from 0 to 47"),
        ({"model": "auto", "kind": "counts"}, "kind is 'counts'; it must be one of count, rate"),
    ],
)
def test_it_refuses(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        its.fit(**({"y": counts(), "start": 24, "model": "quasi-poisson"} | options))


@pytest.mark.parametrize("model", ["quasi-poisson", "negative-binomial", "binomial"])
def test_a_transition_period_with_no_events_is_fitted_without_a_term_of_its_own(model: str) -> None:
    random = np.random.default_rng(4)
    y = random.poisson(random.gamma(4, 5, 60)).astype(float)
    people = None if model != "binomial" else np.full(60, 90.0)
    options: dict[str, Any] = {"model": model, "denominator": people, "phase_in": 2}
    near_nought, nought = y.copy(), y.copy()
    near_nought[36], nought[36] = 1e-4, 0.0
    # The limit of its own term: with next to no events the others are all but the same.
    limit, fit = its.fit(near_nought, 36, **options), its.fit(nought, 36, **options)
    assert fit.model == limit.model == model
    assert list(fit.terms.index) == [name for name in limit.terms.index if name != "phase_in_1"]
    near(fit.terms, limit.terms.drop(index="phase_in_1"), 1e-3)
    near(fit.effects, limit.effects, 1e-3)
    assert fit.series.loc[36, ["observed", "fitted", "adjusted"]].tolist() == [0, 0, 0]
    assert fit.n_missing == 0
    flags = {flag.code: flag.sentence for flag in fit.flags}
    assert "In 1 period of the transition nothing" in flags["transition-without-term"]
    assert "missing-values" not in flags
    assert "transition-without-term" not in [flag.code for flag in limit.flags]


def test_so_is_one_of_which_everything_was_counted_and_a_transition_of_nothing_else() -> None:
    random = np.random.default_rng(5)
    people = random.integers(40, 60, 60).astype(float)
    y = random.binomial(people.astype(int), 0.3).astype(float)
    y[[36, 37]] = people[36], 0
    fit = its.fit(y, 36, denominator=people, phase_in=2, kind="proportion", harmonics=1)
    assert not [name for name in fit.terms.index if name.startswith("phase_in")]
    near(fit.series["fitted"][[36, 37]], [people[36], 0])
    assert "In 2 periods of the transition nothing or everything" in fit.flags[-1].sentence
    assert fit.effects.index[0] == 38
