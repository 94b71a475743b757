"""For whom: effects in each group, the gradient between groups, and whether the gap narrowed."""

from pipeline.equity.gap import ENDS, Gap, gap, gap_of, sign_of
from pipeline.equity.gradient import Gradient, gradient, rest_differences
from pipeline.equity.inequality import Inequality, count_errors, poisson_index, ridits, slope_index

__all__ = [
    "ENDS",
    "Gap",
    "Gradient",
    "Inequality",
    "count_errors",
    "gap",
    "gap_of",
    "gradient",
    "poisson_index",
    "rest_differences",
    "ridits",
    "sign_of",
    "slope_index",
]
