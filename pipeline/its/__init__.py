"""Interrupted time series: what a series did at a change and after it, against what was to be expected.

`fit` is the one call; what it gives back, a `Fit`, holds the tables, the doubts, and the series to draw.
"""

from pipeline.its.fitting import Fit, fit
from pipeline.its.flags import Flag
from pipeline.its.inference import Contrast

__all__ = ["Contrast", "Fit", "Flag", "fit"]
