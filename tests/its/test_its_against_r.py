"""Every Gaussian fit equals R's: nlme for REML, sandwich for Newey–West, and Prais–Winsten as in Stata."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from pipeline import its
from pipeline.its.design import Design, Terms, build
from pipeline.its.effects import effects_from
from pipeline.its.estimators import choose
from pipeline.its.inference import Estimate
from pipeline.its.observations import observe
from pipeline.its.sample import Sample
from tests.its.outside import needed, shared

HERE = Path(__file__).resolve().parents[1] / "reference" / "its"
SHARED = shared("reference", "its")

CASES = sorted(path.stem for path in (HERE / "expected").glob("*.json"))
AT_BOUNDARY = {
    "g_n024_rho0.8"
}  # the REML likelihood has no interior maximum, so R's stopping point is no answer
STOPPED_SHORT = {
    "nile_level_trend": 5e-6
}  # nlme ends 1.3e-6 from the zero of the likelihood's exact derivative
MODELS = {"ols": "ols", "gls_ar1_REML": "reml-ar1", "pw_regress_iterated": "prais-winsten"}
RELATIVE = 1e-6


class Case:
    """A series, its model as ours, and R's figures."""

    def __init__(self, name: str) -> None:
        self.name = name
        expected = json.loads((HERE / "expected" / f"{name}.json").read_text())
        self.formula: str = expected["formula"]
        self.fits: dict[str, Any] = expected["fits"]
        self.start: int = expected["T0"] - 1
        self.has_trend = "time" in self.formula
        self.options: dict[str, Any] = {}
        if name.startswith("uk_seatbelts"):
            data = pd.read_csv(HERE / "data" / "uk_seatbelts.csv")
            self.y = np.log(data["drivers"].to_numpy(dtype=float))
            if "month" in self.formula:
                self.options["dummies"] = True
            if "sin1" in self.formula:
                self.options["harmonics"] = 2
            if "lpp" in self.formula:
                self.options["covariates"] = {"lpp": np.log(data["PetrolPrice"]), "lkms": np.log(data["kms"])}
        elif name.startswith("nile"):
            self.y = pd.read_csv(HERE / "data" / "nile.csv")["flow"].to_numpy(dtype=float)
        else:
            self.y = pd.read_csv(HERE / "data" / f"{name}.csv")["y"].to_numpy(dtype=float)
            self.options["harmonics"] = int("sin1" in self.formula)
        self.options["impact"] = "level-and-slope" if "trend" in self.formula else "level"
        self.time = np.arange(1, len(self.y) + 1)

    def fit(self, model: str, lag: int | None = None) -> its.Fit:
        return its.fit(self.y, self.start, model=model, time=self.time, lag=lag, **self.options)


def our_name(name: str) -> str:
    known = {"(Intercept)": "intercept", "level": "level_change", "trend": "slope_change"}
    for theirs, ours in (("month_f", "season_"), ("month", "season_"), ("sin", "sin_"), ("cos", "cos_")):
        if name.startswith(theirs):
            return ours + name.removeprefix(theirs)
    return known.get(name, name)


def coefficients(found: dict[str, list[float]]) -> pd.DataFrame:
    columns = ["estimate", "std_error", "df", "p_value", "lower", "upper"]
    return pd.DataFrame({our_name(name): row for name, row in found.items()}, index=columns).T


def near(actual: object, expected: object, relative: float = RELATIVE) -> None:
    np.testing.assert_allclose(np.asarray(actual, float), np.asarray(expected, float), rtol=relative, atol=0)


def with_trend(names: list[str]) -> list[str]:
    return [name for name in names if Case(name).has_trend]


@pytest.mark.parametrize("name", with_trend(CASES))
def test_least_squares_equals_r(name: str) -> None:
    case = Case(name)
    fit = case.fit("ols")
    expected = coefficients(case.fits["ols"]["coef"])
    near(fit.terms.loc[expected.index, expected.columns], expected)
    near(fit.sigma, case.fits["ols"]["sigma"])
    near(fit.diagnostics.acf[:4], case.fits["ols"]["acf"][:4])


@pytest.mark.parametrize("name", with_trend(CASES))
def test_newey_west_equals_r_at_every_lag(name: str) -> None:
    case = Case(name)
    lags = [found for key, found in case.fits.items() if key.startswith("nw_lag")]
    assert len(lags) >= 5
    for found in lags:
        fit = case.fit("newey-west", found["lag"])
        expected = coefficients(found["coef"])
        near(fit.terms.loc[expected.index, expected.columns], expected)


@pytest.mark.parametrize("name", with_trend(CASES))
def test_prais_winsten_equals_its_definition(name: str) -> None:
    case = Case(name)
    fit = case.fit("prais-winsten")
    found = case.fits["pw_regress_iterated"]
    expected = coefficients(found["coef"])
    near(fit.rho, found["rho"], 1e-5)
    near(fit.terms.loc[expected.index, expected.columns], expected)
    assert fit.rho is not None
    near(fit.sigma * np.sqrt(1 - fit.rho**2), found["root_mse"])


@pytest.mark.parametrize("name", [name for name in with_trend(CASES) if name not in AT_BOUNDARY])
def test_reml_equals_nlme_with_satterthwaite_degrees_of_freedom_clamped(name: str) -> None:
    case = Case(name)
    fit = case.fit("reml-ar1")
    found = case.fits["gls_ar1_REML"]
    expected = coefficients(found["coef"])
    near(fit.rho, found["rho"], 1e-5)
    within = STOPPED_SHORT.get(name, RELATIVE)
    near(fit.sigma, found["sigma"], within)
    near(
        fit.terms.loc[expected.index, ["estimate", "std_error"]], expected[["estimate", "std_error"]], within
    )
    df = np.clip([found["satterthwaite_df"][theirs] for theirs in found["coef"]], 2, fit.df)
    near(fit.terms.loc[expected.index, "df"], df, within)
    margin = stdtrit(df, 0.975) * expected["std_error"]
    near(fit.terms.loc[expected.index, "upper"], expected["estimate"] + margin, within)


@pytest.mark.parametrize("kind", ["ols", "nw_lag1_adj", "gls_ar1_REML", "pw_regress_iterated"])
@pytest.mark.parametrize("name", with_trend(CASES))
def test_effects_against_the_counterfactual_equal_r(name: str, kind: str) -> None:
    if kind == "gls_ar1_REML" and name in AT_BOUNDARY:
        pytest.skip("the REML likelihood has no interior maximum for this series")
    case = Case(name)
    fit = case.fit(MODELS.get(kind, "newey-west"), 1 if kind == "nw_lag1_adj" else None)
    for row, figures in case.fits[kind]["effects"].items():
        fitted, expected, _, absolute, absolute_se, relative, relative_se = figures
        label = {"mean_over_post": "average", "sum_over_post": "cumulative"}.get(row)
        found = fit.effects.loc[label or int(row.removeprefix("row_")) - 1]
        near(found[["fitted", "expected", "absolute"]], [fitted, expected, absolute])
        near(100 * found["relative"], relative)
        if kind != "gls_ar1_REML":  # R gives its effects n − k degrees of freedom; ours are Satterthwaite's
            half_width = stdtrit(fit.df, 0.975)
            near((found["absolute_upper"] - found["absolute_lower"]) / 2 / half_width, absolute_se)
            near(100 * (found["relative_upper"] - found["relative_lower"]) / 2 / half_width, relative_se)


@pytest.mark.parametrize("name", [name for name in with_trend(CASES) if name not in AT_BOUNDARY])
def test_each_effect_of_reml_has_rs_standard_error_and_its_own_degrees_of_freedom(name: str) -> None:
    case = Case(name)
    fit = case.fit("reml-ar1")
    design = designed(case)
    within = STOPPED_SHORT.get(name, RELATIVE)
    for row, figures in case.fits["gls_ar1_REML"]["effects"].items():
        actual, without = weights_of(design, case, row)
        effect = fit.estimate.contrasts((actual - without)[None]).one(0)
        near(effect.std_error, figures[4], within)
        expected, change = without @ fit.estimate.coefficients, (actual - without) @ fit.estimate.coefficients
        gradient = (actual - without - change / expected * without) / expected
        share = fit.estimate.contrasts(gradient[None]).one(0)
        near(100 * share.std_error, figures[6], within)
        label = {"mean_over_post": "average", "sum_over_post": "cumulative"}.get(row)
        found = fit.effects.loc[label or int(row.removeprefix("row_")) - 1]
        near(found["absolute_upper"], effect.estimate + stdtrit(effect.df, 0.975) * effect.std_error)
        near(found["relative_upper"], found["relative"] + stdtrit(share.df, 0.975) * share.std_error)


def designed(case: Case) -> Design:
    observed = observe(case.y, [its.Intervention(case.start, case.options["impact"])], case.time)
    covariates = {name: np.asarray(column) for name, column in case.options.get("covariates", {}).items()}
    options = {key: value for key, value in case.options.items() if key in ("harmonics", "dummies")}
    return build(observed, covariates, Terms(**options))


def weights_of(design: Design, case: Case, row: str) -> tuple[np.ndarray, np.ndarray]:
    after = slice(case.start, None)
    actual, without = design.matrix[after], design.without_change()[after]
    if row == "mean_over_post":
        return actual.mean(axis=0), without.mean(axis=0)
    if row == "sum_over_post":
        return actual.sum(axis=0), without.sum(axis=0)
    place = int(row.removeprefix("row_")) - 1 - case.start
    return actual[place], without[place]


@pytest.mark.parametrize("kind", ["ols", "nw_lag1_adj", "gls_ar1_REML", "pw_regress_iterated"])
@pytest.mark.parametrize("name", [name for name in CASES if not Case(name).has_trend])
def test_models_without_a_trend_equal_r_through_the_same_estimators(name: str, kind: str) -> None:
    case = Case(name)
    full = designed(case)
    keep = [index for index, column in enumerate(full.columns) if column != "time"]
    design = replace(
        full,
        columns=tuple(full.columns[i] for i in keep),
        roles=tuple(full.roles[i] for i in keep),
        matrix=full.matrix[:, keep],
        averages=full.averages[keep],
    )
    lag = 1 if kind == "nw_lag1_adj" else None
    estimator = choose(MODELS.get(kind, "newey-west")).estimator
    estimate: Estimate = estimator(Sample(case.y, design.matrix, case.time.astype(float), lag))
    found = estimate.contrasts(np.eye(len(design.columns)))
    expected = coefficients(case.fits[kind]["coef"]).loc[list(design.columns)]
    near(found.estimate, expected["estimate"])
    near(found.std_error, expected["std_error"])
    effects = effects_from(design, estimate, case.start).table
    figures = case.fits[kind]["effects"]["mean_over_post"]
    near(effects.loc["average", "absolute"], figures[3])
    near(100 * effects.loc["average", "relative"], figures[5])


def test_at_the_boundary_everything_but_the_intercept_still_agrees_with_nlme() -> None:
    case = Case("g_n024_rho0.8")
    fit = case.fit("reml-ar1")
    expected = coefficients(case.fits["gls_ar1_REML"]["coef"])
    assert fit.rho is not None
    assert fit.rho > 0.98
    assert "rho-at-boundary" in [flag.code for flag in fit.flags]
    rows = ["time", "level_change", "slope_change"]
    near(fit.terms.loc[rows, ["estimate", "std_error"]], expected.loc[rows, ["estimate", "std_error"]], 1e-4)


PUBLISHED: dict[str, dict[str, Any]] = {
    "wv_antipsychotic": {"part": "trend0", "y": "marketshare", "start": 8},
    "deaths_temps_england_wales": {
        "part": "gls",
        "y": "deaths",
        "start": 168,
        "dummies": True,
        "covariates": ["temp"],
    },
    "prop99": {"part": "single", "y": "cigsale", "start": 19, "source": "prop99_california"},
    "nhs_ae": {"part": "pct_4hr", "y": "pct_4hr", "start": 24, "source": "nhs_ae_england_type1"},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_series_that_may_not_be_copied_agree_too(name: str) -> None:
    case = PUBLISHED[name]
    found = json.loads(needed(SHARED / "expected" / f"{name}.json").read_text())[case["part"]]
    data = pd.read_csv(SHARED / "data" / f"{case.get('source', name)}.csv")
    options: dict[str, Any] = {
        "time": np.arange(1, len(data) + 1),
        "dummies": case.get("dummies", False),
        "covariates": data[case.get("covariates", [])],
    }
    kinds = {key: {"model": model} for key, model in MODELS.items()}
    kinds |= {f"nw_lag{lag}_adj": {"model": "newey-west", "lag": lag} for lag in (1, 3)}
    for key, model in kinds.items():
        if name == "prop99" and key == "gls_ar1_REML":
            continue  # no interior maximum
        fit = its.fit(data[case["y"]], case["start"], **model, **options)
        columns = found[key].get("coef") or found[key]["coef_t"]
        expected = pd.DataFrame(columns).T
        names = [our_name(str(index)) for index in expected.index]
        near(fit.terms.loc[names, ["estimate", "std_error"]], expected[["estimate", "se"]], 3e-6)
        if "effects" in found[key]:
            near(fit.effects.loc["average", "absolute"], found[key]["effects"]["mean_over_post"]["abs"])


def test_the_published_californian_change_of_trend_and_the_doubt_that_reml_leaves() -> None:
    data = pd.read_csv(needed(SHARED / "data" / "prop99_california.csv"))
    fit = its.fit(data["cigsale"], 19, "newey-west", lag=1)
    after = fit.contrast({"time": 1, "slope_change": 1})
    # Linden 2015, Stata Journal: trend −1.779, level −20.058, trend after −3.274.
    found = [*fit.terms.loc[["time", "level_change"], "estimate"], after.estimate]
    np.testing.assert_allclose(found, [-1.779, -20.058, -3.274], atol=5e-4)
    auto = its.fit(data["cigsale"], 19)
    assert auto.model == "averaged-ar1"
    assert auto.alternative is not None
    assert auto.alternative.rho is not None
    assert auto.alternative.rho > 0.98
    assert "near-random-walk" in [flag.code for flag in auto.flags]
