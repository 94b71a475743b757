"""The effect at each period after the change as a linear combination of a fit's terms.

Effects that lie apart in time come from the same few coefficients, so they move together. To say anything
about two of them at once (a ratio, a difference, an average over some periods) needs those weights, and the
estimator's own variance for whatever they add up to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.its.inference import Contrast, FloatArray
from pipeline.its.interval import Scale

if TYPE_CHECKING:
    from pipeline.its.fit_result import Fit


@dataclass(frozen=True, eq=False)
class EffectWeights:
    """Weights on the fit's terms, shape (m, k), for the m periods from `fit.after` to before `fit.until`.

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
    """Gives the weights of the fit's effects on the scale on which its model is linear."""
    rows = slice(fit.after, fit.until)
    # A covariate that is not known is the same in both, and no part of the effect.
    change = np.nan_to_num((fit.design.matrix - fit.design.without_change())[rows])
    time = fit.series["time"].to_numpy(dtype=float)[rows]
    scale: Scale = "absolute" if fit.link.name == "identity" else fit.link.name
    return EffectWeights(time - time[0], change, scale)


def contrast_of(fit: Fit, weights: FloatArray) -> Contrast:
    """Gives the linear combination of the fit's terms with these weights, shape (k,)."""
    return fit.estimate.contrasts(weights[None]).one(0)


def first_periods(fit: Fit, horizon: float) -> Contrast:
    """Gives the average effect over the first `horizon` periods after the change."""
    return contrast_of(fit, effect_weights(fit).average(0, horizon - 1))
