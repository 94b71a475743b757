"""Interrupted time series: what a series did at a change and after it, against what was to be expected.

`fit` is the one call; what it gives back, a `Fit`, holds the tables, the doubts, and the series to draw.
`fit_many` is the same for thousands of series at once. `structural` and `synthetic_control` find the
counterfactual without a shape of the change, from the past or from comparators. How sure one can be of a
finding is for the checks beside it: each gives a table, whether the finding passed, and a sentence.
"""

from pipeline.flag import Flag
from pipeline.its import power
from pipeline.its.analysis import Analysis, Choices
from pipeline.its.check import Check
from pipeline.its.comparator_checks import (
    LeftOut,
    PlaceboInSpace,
    TrendsBefore,
    compare_trends_before,
    leave_one_comparator_out,
    placebo_in_space,
)
from pipeline.its.comparators import Controlled, controlled
from pipeline.its.control_outcomes import ControlOutcomes, judge_controls
from pipeline.its.difference_in_differences import DifferenceInDifferences, difference_in_differences
from pipeline.its.each_change import each_change
from pipeline.its.event_time import EventTime, event_time_average
from pipeline.its.fit_result import Alternative, Fit
from pipeline.its.fitting import fit
from pipeline.its.forecast import Forecast
from pipeline.its.inference import Contrast
from pipeline.its.interval import Interval
from pipeline.its.interventions import Intervention
from pipeline.its.leave_out import LeaveOnePeriodOut, leave_one_period_out
from pipeline.its.many import Fits, fit_many
from pipeline.its.placebo import PlaceboInTime, placebo_in_time
from pipeline.its.pooling import Pooled, pool
from pipeline.its.seasons import choose_harmonics
from pipeline.its.sites import PooledSites, pool_sites
from pipeline.its.specification import SpecificationCurve, specification_curve
from pipeline.its.structural import Structural, structural
from pipeline.its.sustained import Sustained, did_it_last
from pipeline.its.synthetic_control import SyntheticControl, synthetic_control

__all__ = [
    "Alternative",
    "Analysis",
    "Check",
    "Choices",
    "Contrast",
    "ControlOutcomes",
    "Controlled",
    "DifferenceInDifferences",
    "EventTime",
    "Fit",
    "Fits",
    "Flag",
    "Forecast",
    "Interval",
    "Intervention",
    "LeaveOnePeriodOut",
    "LeftOut",
    "PlaceboInSpace",
    "PlaceboInTime",
    "Pooled",
    "PooledSites",
    "SpecificationCurve",
    "Structural",
    "Sustained",
    "SyntheticControl",
    "TrendsBefore",
    "choose_harmonics",
    "compare_trends_before",
    "controlled",
    "did_it_last",
    "difference_in_differences",
    "each_change",
    "event_time_average",
    "fit",
    "fit_many",
    "judge_controls",
    "leave_one_comparator_out",
    "leave_one_period_out",
    "placebo_in_space",
    "placebo_in_time",
    "pool",
    "pool_sites",
    "power",
    "specification_curve",
    "structural",
    "synthetic_control",
]
