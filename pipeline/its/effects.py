"""Effects against the counterfactual: what the fit says happened less what it says would have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.its.design import Design
from pipeline.its.inference import Estimate, FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Effects:
    """The table of effects, and what in it couldn't be had.

    `undefined_relative` is true where some counterfactual isn't clearly positive, so that a share of it has
    no meaning; `unknown` counts the periods whose covariates aren't known.
    """

    table: pd.DataFrame
    undefined_relative: bool
    unknown: int


def effects_from(design: Design, estimate: Estimate, after: int) -> Effects:
    """Gives the effect at each row from `after` on, on average over them, and in total.

    The counterfactual is the model with every intervention term at zero, seasonality and covariates as they
    were. Absolute effects are linear in the coefficients, and exact; relative ones (a share: −0.2 is a
    fifth less) are by the delta method, with the estimator's own degrees of freedom for the linearised
    share. Periods whose covariates aren't known are left blank, and out of the average and the total.
    """
    import pandas as pd

    actual, without = design.matrix[after:], design.without_change()[after:]
    known = ~np.isnan(actual).any(axis=1)
    actual, without = _with_summaries(actual[known]), _with_summaries(without[known])
    change = estimate.contrasts(actual - without)
    expected = estimate.contrasts(without)
    positive = expected.lower > 0
    relative, margin_low, margin_high = _relative(estimate, actual - without, without, positive)
    table = pd.DataFrame(
        {
            "expected": expected.estimate,
            "fitted": actual @ estimate.coefficients,
            "absolute": change.estimate,
            "absolute_lower": change.lower,
            "absolute_upper": change.upper,
            "relative": relative,
            "relative_lower": relative + margin_low,
            "relative_upper": relative + margin_high,
        },
        index=pd.Index([*(after + np.flatnonzero(known)).tolist(), "average", "cumulative"], name="position"),
    )
    rows = [*range(after, len(design.matrix)), "average", "cumulative"]
    table = table.reindex(pd.Index(rows, name="position"))
    return Effects(table, not bool(positive.all()), int((~known).sum()))


def _with_summaries(rows: FloatArray) -> FloatArray:
    return np.vstack([rows, rows.mean(axis=0), rows.sum(axis=0)])


def _relative(
    estimate: Estimate,
    change: FloatArray,
    without: FloatArray,
    positive: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The relative effect, and its limits' distances from it; NaN where the counterfactual isn't positive."""
    expected = np.where(positive, without @ estimate.coefficients, np.nan)
    relative = change @ estimate.coefficients / expected
    divisor, share = np.where(positive, expected, 1.0), np.where(positive, relative, 0.0)
    # For a and c linear in the coefficients, the gradient of a/c is (a' − (a/c)·c')/c: linear again.
    linear = estimate.contrasts((change - share[:, None] * without) / divisor[:, None])
    return relative, linear.lower - linear.estimate, linear.upper - linear.estimate
