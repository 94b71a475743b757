"""The effect at each period after the change as a linear combination of a fit's terms.

Effects that lie apart in time come from the same few coefficients, so they move together. To say anything
about two of them at once (a ratio, a difference, an average over some periods) needs those weights, and the
estimator's own variance for whatever they add up to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.inference import Contrast, FloatArray
from pipeline.its.interval import Scale

if TYPE_CHECKING:
    from pipeline.its.fitting import Fit

SAME = 1e-8
"""Effects from the weights and from the fit's own table agree to this share of the largest."""


@dataclass(frozen=True, eq=False)
class EffectWeights:
    """Weights on the fit's terms, shape (m, k), for the m periods from `fit.after` on.

    `since`, shape (m,), counts periods of the calendar from the first after the change, which is 0. `scale`
    says what the weights add up to: the effect itself, or that on the logarithm or the log odds for models
    that are linear there.
    """

    since: FloatArray
    rows: FloatArray
    scale: Scale

    def average(self, first: float, last: float) -> FloatArray:
        """The weights, shape (k,), of the average effect over periods with `first` ≤ `since` ≤ `last`."""
        chosen = (self.since >= first) & (self.since <= last)
        weights: FloatArray = self.rows[chosen].mean(axis=0)
        return weights


def effect_weights(fit: Fit) -> EffectWeights:
    """Gives the weights of the fit's effects, checked against its table of effects.

    Raises `AnalysisError` if the fit's effects are not made of its level and slope changes alone.
    """
    names = [str(name) for name in fit.terms.index]
    time = fit.series["time"].to_numpy(dtype=float)[fit.after :]
    since = time - time[0]
    rows = np.zeros((len(since), len(names)))
    for name, weights in (("level_change", np.ones(len(since))), ("slope_change", since)):
        if name in names:
            rows[:, names.index(name)] = weights
    return EffectWeights(since, rows, _scale(fit, rows @ fit.terms["estimate"].to_numpy(dtype=float)))


def contrast_of(fit: Fit, weights: FloatArray) -> Contrast:
    """Gives the linear combination of the fit's terms with these weights, shape (k,)."""
    return fit.estimate.contrasts(weights[None]).one(0)


def first_periods(fit: Fit, horizon: float) -> Contrast:
    """Gives the average effect over the first `horizon` periods after the change."""
    return contrast_of(fit, effect_weights(fit).average(0, horizon - 1))


def _scale(fit: Fit, linear: FloatArray) -> Scale:
    """The scale on which the weights give the effects that the fit reports."""
    from scipy.special import logit

    effects = fit.effects.iloc[: len(linear)]
    absolute, fitted, expected = (
        effects[name].to_numpy(dtype=float) for name in ("absolute", "fitted", "expected")
    )
    known = np.isfinite(absolute)
    if _same(linear, absolute, known):
        return "absolute"
    with np.errstate(invalid="ignore", divide="ignore"):
        if _same(linear, np.log(fitted / expected), known):
            return "log"
        if _same(linear, logit(fitted) - logit(expected), known):
            return "logit"
    raise AnalysisError(
        "the effects of this fit are not made of one level and one slope change, so its parts can't be "
        "compared; ask for impact level, slope or level-and-slope of one intervention."
    )


def _same(linear: FloatArray, effects: FloatArray, known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    apart = np.abs(linear - effects)[known]
    return bool(np.all(apart <= SAME * np.max(np.abs(effects[known]), initial=0.0)))
