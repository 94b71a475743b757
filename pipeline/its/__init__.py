"""Interrupted time series: what a series did at a change and after it, against what was to be expected.

`fit` is the one call; what it gives back, a `Fit`, holds the tables, the doubts, and the series to draw.
`fit_many` is the same for thousands of series at once. `structural` and `synthetic_control` find the
counterfactual without a shape of the change, from the past or from comparators.
"""

from pipeline.its.fit_result import Alternative, Fit
from pipeline.its.fitting import fit
from pipeline.its.inference import Contrast, Flag
from pipeline.its.influence import influence
from pipeline.its.interventions import Intervention
from pipeline.its.many import Fits, fit_many
from pipeline.its.seasons import choose_harmonics
from pipeline.its.structural import Structural, structural
from pipeline.its.synthetic_control import SyntheticControl, synthetic_control

__all__ = [
    "Alternative",
    "Contrast",
    "Fit",
    "Fits",
    "Flag",
    "Intervention",
    "Structural",
    "SyntheticControl",
    "choose_harmonics",
    "fit",
    "fit_many",
    "influence",
    "structural",
    "synthetic_control",
]
