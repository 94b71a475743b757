"""The batch fit gives what the single fit gives, series by series, and refuses only what can't be fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline import its
from pipeline.errors import AnalysisError


def table(b: int = 40, n: int = 30, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    rho = random.uniform(-0.6, 0.99, size=b)
    errors = np.zeros((b, n))
    for row in range(n):
        errors[:, row] = rho * errors[:, row - 1] + random.normal(size=b)
    return 30 + 0.1 * np.arange(n) - 3 * (np.arange(n) >= n // 2) + errors


def same(many: its.Fits, series: int, single: its.Fit, within: float = 1e-8) -> None:
    columns = ["estimate", "std_error", "df", "lower", "upper"]
    close = {"rtol": within, "atol": within}
    ours = many.terms.loc[series]
    assert list(ours.index) == list(single.terms.index)
    size = np.abs(single.terms["estimate"]).max()
    if single.rho is not None and abs(single.rho) > 0.9999:
        # At the boundary degrees of freedom are a quotient of two roundings, for the single fit as well.
        columns, close = ["estimate"], {"rtol": 1e-6, "atol": 1e-6 * size}
    np.testing.assert_allclose(ours[columns], single.terms[columns], **close)
    assert many.rho[series] == pytest.approx(single.rho, abs=1e-8)
    if columns != ["estimate"]:
        assert many.sigma[series] == pytest.approx(single.sigma, rel=1e-8)
        effects = many.effects.loc[series]
        np.testing.assert_allclose(effects, single.effects.loc[effects.index], **close)


OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "seasonal": {"harmonics": 1},
    "dummies of a short cycle": {"dummies": True, "period": 4},
    "level only, after a transition": {"impact": "level", "phase_in": 2},
    "slope only": {"impact": "slope"},
    "without a trend": {"trend": "none"},
    "with gaps": {"time": np.cumsum([1, 1, 2, 1, 3, 1] * 5)},
}


@pytest.mark.parametrize("model", ["reml-ar1", "averaged-ar1"])
@pytest.mark.parametrize("what", OPTIONS)
def test_a_batch_equals_the_single_fits(what: str, model: Any) -> None:
    y = table(12)
    many = its.fit_many(y, 15, model, **OPTIONS[what])
    assert many.refused == {}
    for series in range(12):
        same(many, series, its.fit(y[series], 15, model, **OPTIONS[what]))


@pytest.mark.parametrize("model", ["reml-ar1", "averaged-ar1"])
def test_series_with_their_own_starts_and_missing_values_equal_the_single_fits(model: Any) -> None:
    y = table(9)
    y[2, [3, 4]] = np.nan
    y[5, 20] = np.nan
    starts = np.array([15, 15, 15, 12, 12, 15, 15, 18, 15])
    many = its.fit_many(y, starts, model)
    for series in range(9):
        same(many, series, its.fit(y[series], int(starts[series]), model))
    assert list(many.terms.index.get_level_values("series")) == sorted(4 * list(range(9)))


def test_a_summary_has_the_first_and_the_last_period_the_average_and_the_total() -> None:
    y = table(3)
    whole, brief = (its.fit_many(y, 15, "averaged-ar1", effects=effects) for effects in ("all", "summary"))
    assert list(brief.effects.loc[0].index) == [15, 29, "average", "cumulative"]
    np.testing.assert_allclose(
        brief.effects.loc[1], whole.effects.loc[1].loc[brief.effects.loc[1].index], rtol=1e-9
    )


def test_a_series_that_cannot_be_fitted_is_refused_alone() -> None:
    y = table(6)
    y[1] = 7.0
    y[2, 4] = np.inf
    y[3, :13] = np.nan
    y[4] = 2 * np.arange(30) + 1
    many = its.fit_many(y, 15)
    assert list(many.refused) == [1, 2, 3, 4]
    assert many.refused[1].startswith("y has the same value throughout")
    assert many.refused[3].startswith("only 2 usable points lie before start")
    assert np.isnan(many.rho[[1, 2, 3, 4]]).all()
    assert sorted(set(many.terms.index.get_level_values("series"))) == [0, 5]
    same(many, 5, its.fit(y[5], 15, "reml-ar1"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"Y": np.ones(30)}, "Y must be a table of \\(series, time\\), and has 1 dimensions"),
        ({"Y": [["a"]]}, "Y holds something that is not a number"),
        ({"start": 1.5}, "start must be one whole position, or one for each of the 6 series"),
        ({"start": [15, 15]}, "start must be one whole position"),
        ({"model": "ols"}, "model 'ols' has no batch fit"),
        ({"Y": np.ones((6, 30))}, "none of the series can be fitted; of the first: y has the same value"),
    ],
)
def test_it_refuses(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError, match=sentence):
        its.fit_many(**({"Y": table(6), "start": 15} | options))


def test_many_series_are_fitted_in_pieces_and_come_back_in_order() -> None:
    y = table(1203, n=16)
    many = its.fit_many(y, 8)
    same(many, 1202, its.fit(y[1202], 8, "reml-ar1"))
    assert np.array_equal(many.terms.index.get_level_values("series"), np.repeat(np.arange(1203), 4))
