"""For whom: effects in each group, the gradient between groups, and whether the gap narrowed."""

from pipeline.equity.gap import Gap, gap
from pipeline.equity.gradient import Gradient, gradient, rest_differences
from pipeline.equity.inequality import Inequality, count_errors, poisson_index, ridits, slope_index

__all__ = [
    "Gap",
    "Gradient",
    "Inequality",
    "count_errors",
    "gap",
    "gradient",
    "poisson_index",
    "rest_differences",
    "ridits",
    "slope_index",
]
