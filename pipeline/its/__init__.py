"""Interrupted time series: what a series did at a change and after it, against what was to be expected.

`fit` is the one call; what it gives back, a `Fit`, holds the tables, the doubts, and the series to draw.
How sure one can be of it is for the checks beside it: each gives a table, whether the finding passed, and a
sentence.
"""

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
from pipeline.its.event_time import EventTime, event_time_average
from pipeline.its.fitting import Fit, fit
from pipeline.its.flags import Flag
from pipeline.its.inference import Contrast
from pipeline.its.interval import Interval
from pipeline.its.leave_out import LeaveOnePeriodOut, leave_one_period_out
from pipeline.its.placebo import PlaceboInTime, placebo_in_time
from pipeline.its.pooling import Pooled, pool
from pipeline.its.sites import PooledSites, pool_sites
from pipeline.its.specification import SpecificationCurve, specification_curve
from pipeline.its.sustained import Sustained, did_it_last

__all__ = [
    "Analysis",
    "Check",
    "Choices",
    "Contrast",
    "ControlOutcomes",
    "Controlled",
    "EventTime",
    "Fit",
    "Flag",
    "Interval",
    "LeaveOnePeriodOut",
    "LeftOut",
    "PlaceboInSpace",
    "PlaceboInTime",
    "Pooled",
    "PooledSites",
    "SpecificationCurve",
    "Sustained",
    "TrendsBefore",
    "compare_trends_before",
    "controlled",
    "did_it_last",
    "event_time_average",
    "fit",
    "judge_controls",
    "leave_one_comparator_out",
    "leave_one_period_out",
    "placebo_in_space",
    "placebo_in_time",
    "pool",
    "pool_sites",
    "power",
    "specification_curve",
]
