"""Series as a planned study would give them, and the smallest change that its analysis finds in each.

Errors are simulated alone: adding a change moves an estimate by that change and leaves its interval's width
as it is, so that each series gives at once the smallest change that would have been found in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.ar1_shared import shared_design
from pipeline.its.automatic import needs_averaging
from pipeline.its.autoregression import quasi_difference
from pipeline.its.averaged_ar1 import average_ar1
from pipeline.its.estimators import choose
from pipeline.its.inference import NORMAL_QUANTILE, FloatArray
from pipeline.its.interventions import Impact
from pipeline.its.reml_many import reml_many
from pipeline.its.sample import Sample


@dataclass(frozen=True)
class Setting:
    """What a planned study will be like.

    `before` and `after` count periods; `rho` is the autocorrelation of errors and `sd` their standard
    deviation, in the outcome's units, about trend and season.
    """

    before: int
    after: int
    rho: float = 0.0
    sd: float = 1.0
    harmonics: int = 0
    period: int = 12
    dummies: bool = False
    impact: Impact = "level-and-slope"
    model: str = "auto"


def smallest_found(
    matrix: FloatArray, rows: dict[str, FloatArray], setting: Setting, simulations: int, seed: int
) -> FloatArray:
    """The smallest change found in each series, shape (terms, simulations, 2 signs of the errors)."""
    errors = _errors(len(matrix), setting, simulations, np.random.default_rng(seed))
    weights = np.array(list(rows.values()))
    if setting.model in ("auto", "reml-ar1", "averaged-ar1"):
        lower, upper = _limits_together(matrix, weights, errors, setting.model)
    else:
        lower, upper = _limits_one_by_one(matrix, weights, errors, setting.model)
    return np.stack([-lower, upper], axis=2)


def _limits_together(
    matrix: FloatArray, weights: FloatArray, errors: FloatArray, model: str
) -> tuple[FloatArray, FloatArray]:
    """Limits of every series' intervals, shape (terms, simulations), from one pass over all of them."""
    design, (b, n), m = shared_design(matrix, np.ones(len(matrix) - 1)), errors.shape, len(weights)
    if model == "averaged-ar1":
        averaged = average_ar1(design, errors).contrasts(weights)
        return averaged.lower.reshape(m, b), averaged.upper.reshape(m, b)
    fits = reml_many(design, errors)
    reml = fits.contrasts(weights)
    lower, upper = reml.lower.T.copy(), reml.upper.T.copy()
    if model == "auto":
        wanted = needs_averaging(n, fits.rho, fits.satterthwaite(weights).min(axis=1))
        if wanted.any():
            averaged = average_ar1(design, errors[wanted]).contrasts(weights)
            lower[:, wanted] = averaged.lower.reshape(m, -1)
            upper[:, wanted] = averaged.upper.reshape(m, -1)
    return lower, upper


def _limits_one_by_one(
    matrix: FloatArray, weights: FloatArray, errors: FloatArray, model: str
) -> tuple[FloatArray, FloatArray]:
    """The same, series by series; without an estimate there are no limits, and nothing is found."""
    estimator = choose(model).estimator
    time = np.arange(len(matrix), dtype=np.float64)
    lower, upper = np.full((2, len(weights), len(errors)), np.inf)
    lower *= -1
    for place, error in enumerate(errors):
        try:
            found = estimator(Sample(error, matrix, time)).contrasts(weights)
        except AnalysisError:
            continue
        lower[:, place], upper[:, place] = found.lower, found.upper
    return lower, upper


def _errors(n: int, setting: Setting, simulations: int, random: np.random.Generator) -> FloatArray:
    """Stationary AR(1) errors, shape (simulations, n)."""
    errors = random.normal(scale=setting.sd, size=(simulations, n))
    errors[:, 1:] *= np.sqrt(1 - setting.rho**2)
    for row in range(1, n):
        errors[:, row] += setting.rho * errors[:, row - 1]
    return errors


def known_smallest(
    matrix: FloatArray, rows: dict[str, FloatArray], setting: Setting, power: float
) -> FloatArray:
    """The smallest change found by generalised least squares with errors' correlation and size known."""
    from scipy.special import ndtri

    freed = quasi_difference(matrix, np.ones(len(matrix) - 1), setting.rho)
    inverse = np.linalg.inv(freed.T @ freed) * setting.sd**2 * (1 - setting.rho**2)
    weights = np.array(list(rows.values()))
    std_error = np.sqrt(np.sum((weights @ inverse) * weights, axis=1))
    known: FloatArray = (NORMAL_QUANTILE + float(ndtri(power))) * std_error
    return known
