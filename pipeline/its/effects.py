"""Effects against the counterfactual: what the fit says happened less what it says would have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.its.design import Design
from pipeline.its.inference import Contrasts, Estimate, FloatArray
from pipeline.its.link import IDENTITY, Link

if TYPE_CHECKING:
    import pandas as pd

Relative = Literal["linearised", "realised"]


@dataclass(frozen=True, eq=False)
class Scale:
    """How coefficients become effects.

    `exposure`, shape (n,), multiplies the link's mean. `relative` says how shares are had under the identity
    link: linearised (the delta method), or realised, from what was observed less the effect, which needs
    `observed`, shape (n,).
    """

    link: Link = IDENTITY
    exposure: FloatArray | None = None
    relative: Relative = "linearised"
    observed: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Effects:
    """The table of effects, and what in it couldn't be had.

    `undefined_relative` is true where some counterfactual isn't clearly positive, so that a share of it has
    no meaning; `unknown` counts the periods whose covariates aren't known; effects are told in periods before
    position `told_before`.
    """

    table: pd.DataFrame
    undefined_relative: bool
    unknown: int
    told_before: int


@dataclass(frozen=True, eq=False)
class Worlds:
    """Weights of the linear predictor as it was and without the change, shape (m, k), for m known rows.

    `exposure` has shape (m,), and so has `observed`, NaN where there is no value.
    """

    actual: FloatArray
    without: FloatArray
    exposure: FloatArray
    observed: FloatArray


def effects_from(
    design: Design,
    estimate: Estimate,
    after: int,
    until: int | None = None,
    scale: Scale | None = None,
    told_before: int | None = None,
) -> Effects:
    """Gives the effect at each row from `after` to before `until` (the end), on average, and in total.

    The counterfactual is the model with every intervention term at zero, seasonality and covariates as they
    were. Absolute effects are linear in the coefficients, and exact, or under a log or logit link by the
    delta method. Relative ones (a share: −0.2 is a fifth less) are, by model, linearised; realised; or, under
    a log or logit link, the ratio of sums less one, with limits from its logarithm. Intervals carry the
    estimator's own degrees of freedom. Periods whose covariates aren't known are left blank, and out of the
    average and the total; so are the effects in periods from `told_before`, whose counterfactual can't be.
    """
    import pandas as pd

    scale = Scale() if scale is None else scale
    end = len(design.matrix) if until is None else until
    known = ~np.isnan(design.matrix[after:end]).any(axis=1)
    if scale.exposure is not None:
        known &= ~np.isnan(scale.exposure[after:end])
    places = after + np.flatnonzero(known)
    before = end if told_before is None else min(told_before, end)
    told = places[places < before]
    worlds = _worlds(design, told, scale)
    columns, positive = (
        _linear(worlds, estimate, scale.relative)
        if scale.link.name == "identity"
        else _curved(worlds, estimate, scale.link)
    )
    labels = [*told.tolist(), "average", "cumulative"]
    table = pd.DataFrame(columns, index=pd.Index(labels, name="position"))
    rows = [*range(after, end), "average", "cumulative"]
    table = table.reindex(pd.Index(rows, name="position"))
    untold = _worlds(design, places[len(told) :], scale)
    for column, weights in (("expected", untold.without), ("fitted", untold.actual)):
        mean = scale.link.mean(weights @ estimate.coefficients)
        table.loc[places[len(told) :].tolist(), column] = untold.exposure * mean
    return Effects(table, not bool(positive.all()), int((~known).sum()), before)


def _worlds(design: Design, rows: NDArray[np.intp], scale: Scale) -> Worlds:
    n = len(design.matrix)
    exposure = np.ones(n) if scale.exposure is None else scale.exposure
    observed = np.full(n, np.nan) if scale.observed is None else scale.observed
    return Worlds(design.matrix[rows], design.without_change()[rows], exposure[rows], observed[rows])


def _linear(
    worlds: Worlds, estimate: Estimate, relative: Relative
) -> tuple[dict[str, FloatArray], NDArray[np.bool_]]:
    """Effects that are linear in the coefficients, and where a share of the counterfactual has a meaning."""
    actual, without = _with_summaries(worlds.actual), _with_summaries(worlds.without)
    change = estimate.contrasts(actual - without)
    expected, fitted = without @ estimate.coefficients, actual @ estimate.coefficients
    if relative == "realised":
        shares, positive = _realised(change, worlds, fitted)
    else:
        positive = estimate.contrasts(without).lower > 0
        shares = _linearised(estimate, actual - without, without, positive)
    return _columns(expected, fitted, change, shares), positive


def _curved(
    worlds: Worlds, estimate: Estimate, link: Link
) -> tuple[dict[str, FloatArray], NDArray[np.bool_]]:
    """Effects under a link: gradients of sums of means stand for the linear combinations."""
    values, gradients = [], []
    for rows in (worlds.actual, worlds.without):
        predictor = rows @ estimate.coefficients
        values.append(_with_summaries((worlds.exposure * link.mean(predictor))[:, None])[:, 0])
        gradients.append(_with_summaries((worlds.exposure * link.slope(predictor))[:, None] * rows))
    (fitted, expected), (fitted_slope, expected_slope) = values, gradients
    change = _shifted(estimate.contrasts(fitted_slope - expected_slope), fitted - expected)
    logs = fitted_slope / fitted[:, None] - expected_slope / expected[:, None]
    ratio = _shifted(estimate.contrasts(logs), np.log(fitted / expected))
    shares = (np.expm1(ratio.estimate), np.expm1(ratio.lower), np.expm1(ratio.upper))
    return _columns(expected, fitted, change, shares), np.ones(len(expected), dtype=np.bool_)


def _shifted(linear: Contrasts, value: FloatArray) -> Contrasts:
    """A linearised combination's interval, about the value itself."""
    move = value - linear.estimate
    return Contrasts(
        value, linear.std_error, linear.df, linear.lower + move, linear.upper + move, linear.p_value
    )


def _columns(
    expected: FloatArray,
    fitted: FloatArray,
    change: Contrasts,
    shares: tuple[FloatArray, FloatArray, FloatArray],
) -> dict[str, FloatArray]:
    return {
        "expected": expected,
        "fitted": fitted,
        "absolute": change.estimate,
        "absolute_lower": change.lower,
        "absolute_upper": change.upper,
        "relative": shares[0],
        "relative_lower": shares[1],
        "relative_upper": shares[2],
    }


def _with_summaries(rows: FloatArray) -> FloatArray:
    return np.vstack([rows, rows.mean(axis=0), rows.sum(axis=0)])


def _linearised(
    estimate: Estimate, change: FloatArray, without: FloatArray, positive: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Relative effects by the delta method; NaN where the counterfactual isn't clearly positive."""
    expected = np.where(positive, without @ estimate.coefficients, np.nan)
    relative = change @ estimate.coefficients / expected
    divisor, share = np.where(positive, expected, 1.0), np.where(positive, relative, 0.0)
    # For a and c linear in the coefficients, the gradient of a/c is (a' − (a/c)·c')/c: linear again.
    linear = estimate.contrasts((change - share[:, None] * without) / divisor[:, None])
    return relative, relative + linear.lower - linear.estimate, relative + linear.upper - linear.estimate


def _realised(
    change: Contrasts, worlds: Worlds, fitted: FloatArray
) -> tuple[tuple[FloatArray, FloatArray, FloatArray], NDArray[np.bool_]]:
    """Relative effects E/(happened − E) at the estimate and at both limits of E, which is exact.

    The share rises with E, so its limits are those of E carried over, and cover as often. What happened is
    the observed sum in the average and the total, the fitted value at a single period. Where the upper limit
    leaves nothing of what was expected, the share has no upper limit: infinity.
    """
    happened = fitted.copy()
    seen = np.where(np.isnan(worlds.observed), fitted[: len(worlds.observed)], worlds.observed)
    happened[-2], happened[-1] = seen.mean(), seen.sum()
    positive = (happened > 0) & (change.estimate < happened)

    def share(effect: FloatArray) -> FloatArray:
        left = happened - effect
        some = positive & (left > 0)
        found = np.where(some, effect / np.where(some, left, 1.0), np.inf)
        return np.where(positive, found, np.nan)

    return (share(change.estimate), share(change.lower), share(change.upper)), positive
