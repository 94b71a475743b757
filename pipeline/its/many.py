"""Thousands of series at once: the same fits as one by one, without the loop.

Series that share a start and a pattern of missing values share a design, and are fitted together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import AnalysisError
from pipeline.its.ar1_shared import shared_design
from pipeline.its.averaged_ar1 import average_ar1, own_step
from pipeline.its.batch_input import alike, fits_exactly, starts_of, table_of, unfit
from pipeline.its.design import Design, Terms, Trend, build
from pipeline.its.inference import Contrasts, FloatArray
from pipeline.its.interventions import Impact, Intervention
from pipeline.its.observations import Observations, observe
from pipeline.its.reml_many import ManyAr1, reml_many

if TYPE_CHECKING:
    import pandas as pd

BatchModel = Literal["reml-ar1", "averaged-ar1"]
_TERMS = ("estimate", "std_error", "df", "lower", "upper", "p_value")
_EFFECTS = (
    "expected",
    "fitted",
    "absolute",
    "absolute_lower",
    "absolute_upper",
    "relative",
    "relative_lower",
    "relative_upper",
)
_BLOCK = 1000
"""Series in one piece, so that arrays over series and nodes stay small."""


@dataclass(frozen=True, eq=False)
class Fits:
    """What a batch found: b series, k terms, m rows of effects.

    `terms`: index (series, term); columns as in a single fit's terms. `effects`: index (series, position),
    the positions of the periods after the start asked for, then "average" and "cumulative"; columns as in a
    single fit's effects. `rho` and `sigma`, shape (b,), are NaN for a series that was `refused`, which gives
    the reason by the series' place; its rows in the tables are NaN.
    """

    terms: pd.DataFrame
    effects: pd.DataFrame
    rho: FloatArray
    sigma: FloatArray
    model: str
    refused: Mapping[int, str]


def fit_many(
    Y: ArrayLike,
    start: int | ArrayLike,
    model: BatchModel = "reml-ar1",
    time: ArrayLike | None = None,
    harmonics: int = 0,
    period: int = 12,
    impact: Impact = "level-and-slope",
    phase_in: int = 0,
    *,
    dummies: bool = False,
    trend: Trend = "linear",
    effects: Literal["all", "summary"] = "all",
) -> Fits:
    """Gives the fits of `Y`, shape (series, time), NaN where a value is missing; equal to `fit` to 1e-8.

    `start` is one position for all series, or one for each. Other arguments are `fit`'s. With `effects`
    "summary" only the first and last period after the start have rows, beside the average and the total,
    which for averaged-ar1 is several times faster. A series that can't be fitted is refused, and the others
    are not.

    Raises `AnalysisError` where the arguments can't be used for any series.
    """
    table = table_of(Y)
    starts = starts_of(start, len(table))
    if model not in ("reml-ar1", "averaged-ar1"):
        raise AnalysisError(f"model {model!r} has no batch fit; choose reml-ar1 or averaged-ar1, or use fit.")
    terms = Terms(harmonics, dummies, period, trend)
    pieces: list[_Piece] = []
    refused: dict[int, str] = {}
    for series, first in alike(table, starts):
        change = [Intervention(first, impact, phase_in)]
        good = series[[unfit(table[one], refused, int(one)) is None for one in series]]
        try:
            observed = observe(table[(good if len(good) else series)[0]], change, time)
            design = build(observed, {}, terms)
        except AnalysisError as error:
            refused |= {int(one): str(error) for one in good}
            continue
        pieces += [
            _piece(table, good[at : at + _BLOCK], observed, design, model, effects, refused)
            for at in range(0, len(good), _BLOCK)
        ]
    pieces = [piece for piece in pieces if len(piece.series)]
    if not pieces:
        raise AnalysisError(f"none of the series can be fitted; of the first: {refused[0]}")
    return _assembled(pieces, len(table), model, refused)


@dataclass(frozen=True, eq=False)
class _Piece:
    """Fits of a few series on one design: terms (b, k, 6), effects (b, m, 8), rho and sigma (b,)."""

    series: NDArray[np.intp]
    columns: tuple[str, ...]
    labels: tuple[int | str, ...]
    terms: FloatArray
    effects: FloatArray
    rho: FloatArray
    sigma: FloatArray


def _piece(
    table: FloatArray,
    series: NDArray[np.intp],
    observed: Observations,
    design: Design,
    model: BatchModel,
    effects: str,
    refused: dict[int, str],
) -> _Piece:
    usable = observed.usable
    matrix, values = design.matrix[usable], table[series][:, usable]
    gaps = np.diff(observed.time[usable]).astype(np.float64)
    shared = shared_design(matrix, gaps if model == "reml-ar1" else own_step(gaps))
    exact = fits_exactly(shared, values)
    refused |= {
        int(one): "the model fits y exactly, so there is nothing to judge by." for one in series[exact]
    }
    series, values = series[~exact], values[~exact]
    periods = np.arange(observed.after, observed.until)
    shown = periods if effects == "all" else np.unique(periods[[0, -1]])
    change = (design.matrix - design.without_change())[observed.after : observed.until]
    without = design.without_change()[observed.after : observed.until]
    picked = shown - observed.after
    worlds = _Worlds(
        change=np.vstack([change[picked], change.mean(axis=0)]),
        without=np.vstack([without[picked], without.mean(axis=0)]),
        periods=len(periods),
    )
    identity = np.eye(len(design.columns))
    if model == "reml-ar1":
        fits = reml_many(shared, values)
        found, rho, sigma = _linearised(fits, worlds), fits.rho, fits.sigma
        own = fits.contrasts(identity)
    else:
        posterior = average_ar1(shared, values)
        b = len(series)
        rho, sigma = posterior.mean_rho, posterior.marginal_sigma
        own = _by_series(posterior.contrasts(identity), b)
        effect = _by_series(posterior.contrasts(worlds.change), b)
        seen = table[series][:, periods]
        found = _realised(effect, posterior.coefficients, worlds, seen, change + without)
    terms = np.stack([getattr(own, name) for name in _TERMS], axis=2)
    labels = (*shown.tolist(), "average", "cumulative")
    return _Piece(series, design.columns, labels, terms, found, rho, sigma)


@dataclass(frozen=True, eq=False)
class _Worlds:
    """Weights of the effect and of the counterfactual: a row a period, and their average; shape (m, k)."""

    change: FloatArray
    without: FloatArray
    periods: int


def _linearised(fits: ManyAr1, worlds: _Worlds) -> FloatArray:
    """Effects with relative ones by the delta method, as `effects` has them; shape (b, m + 1, 8)."""
    effect, expected = fits.contrasts(worlds.change), fits.contrasts(worlds.without)
    positive = expected.lower > 0
    divisor = np.where(positive, expected.estimate, 1.0)
    share = np.where(positive, effect.estimate / divisor, 0.0)
    rows = (worlds.change - share[:, :, None] * worlds.without) / divisor[:, :, None]
    linear = fits.contrasts(rows)
    margins = (0.0, linear.lower - linear.estimate, linear.upper - linear.estimate)
    shares = [np.where(positive, share + margin, np.nan) for margin in margins]
    return _stacked(effect, expected.estimate, shares, worlds.periods)


def _realised(
    effect: Contrasts, coefficients: FloatArray, worlds: _Worlds, seen: FloatArray, actual: FloatArray
) -> FloatArray:
    """Effects with relative ones from what was observed less the effect; shape (b, m + 1, 8)."""
    expected = coefficients @ worlds.without.T
    happened = expected + effect.estimate
    happened[:, -1] = np.where(np.isnan(seen), coefficients @ actual.T, seen).mean(axis=1)
    positive = (happened > 0) & (effect.estimate < happened)
    shares = []
    for limit in (effect.estimate, effect.lower, effect.upper):
        left = happened - limit
        some = positive & (left > 0)
        share = np.where(some, limit / np.where(some, left, 1.0), np.inf)
        shares.append(np.where(positive, share, np.nan))
    return _stacked(effect, expected, shares, worlds.periods)


def _stacked(effect: Contrasts, expected: FloatArray, shares: list[FloatArray], periods: int) -> FloatArray:
    """The eight columns, with the total, which is the average times the periods, as a last row."""
    fitted = expected + effect.estimate
    absolute = np.stack([expected, fitted, effect.estimate, effect.lower, effect.upper], axis=2)
    found = np.concatenate([absolute, np.stack(shares, axis=2)], axis=2)
    total = found[:, -1:].copy()
    total[:, :, :5] *= periods
    return np.concatenate([found, total], axis=1)


def _by_series(flat: Contrasts, b: int) -> Contrasts:
    """Combinations laid out one after the other, each over all series, as arrays of shape (b, m)."""
    return Contrasts(*(getattr(flat, name).reshape(-1, b).T for name in _TERMS))


def _assembled(pieces: list[_Piece], b: int, model: str, refused: dict[int, str]) -> Fits:
    import pandas as pd

    series = np.concatenate([piece.series for piece in pieces])
    rho, sigma = np.full(b, np.nan), np.full(b, np.nan)
    rho[series] = np.concatenate([piece.rho for piece in pieces])
    sigma[series] = np.concatenate([piece.sigma for piece in pieces])
    tables = {}
    for name, labels, columns in (("terms", "columns", _TERMS), ("effects", "labels", _EFFECTS)):
        parts = []
        for piece in pieces:
            values, marks = getattr(piece, name), getattr(piece, labels)
            index = pd.MultiIndex.from_product(
                [piece.series, marks], names=["series", "term" if name == "terms" else "position"]
            )
            parts.append(pd.DataFrame(values.reshape(-1, len(columns)), index=index, columns=list(columns)))
        whole = pd.concat(parts) if len(parts) > 1 else parts[0]
        tables[name] = whole.sort_index(level="series", sort_remaining=False, kind="stable")
    return Fits(tables["terms"], tables["effects"], rho, sigma, model, dict(sorted(refused.items())))
