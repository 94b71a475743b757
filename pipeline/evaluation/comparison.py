"""What the sites that got no change say: the controlled comparison, its checks, and what is left when short.

A panel long enough for a trend has a controlled interrupted time series; one that is not has a difference in
differences. Inference for one or few treated sites is by placebo in space, whichever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline import results
from pipeline.evaluation.panel import Panel, Tried, tried

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import (
        Controlled,
        DifferenceInDifferences,
        Interval,
        LeftOut,
        PlaceboInSpace,
        Pooled,
        TrendsBefore,
    )

MOST_REFITTED = 40
"""With more comparators than this, none is left out or taken for the treated in turn: that takes minutes."""
FEWEST_COMPARED = 2
WITHHELD = "its averages rest on so few periods that counts too small to show could be worked out from them."
NONE = "there are fewer than two sites without the change to compare with."


@dataclass(frozen=True, eq=False)
class Comparison:
    """The treated together against the comparators (or, starts differing, each against them, pooled)."""

    controlled: Tried[Controlled]
    apart: Tried[Pooled]
    difference: Tried[DifferenceInDifferences]
    trends: TrendsBefore | None = None
    left_out: LeftOut | None = None
    placebo: PlaceboInSpace | None = None

    def as_dict(self, *, with_units: bool = True) -> dict[str, Any]:
        """Gives the comparison as plain values, for pooled.json.

        Without units where disclosure is controlled: the mean of a unit's one period is its value.
        """
        return {
            "controlled": _controlled(self),
            "apart": _apart(self.apart),
            "difference": _difference(self.difference, with_units),
        }

    def lead(self) -> dict[str, Any] | None:
        """Gives the effect to lead with where there is one treated site, or no trend can be fitted."""
        if self.controlled.found is not None:
            found = self.controlled.found
            judged = judged_by_placebo(self)
            return {
                "design": "controlled",
                "judged_by": "placebo" if judged else "model",
                **_row(judged or found.average, _expected(found)),
                "sentence": self.placebo.sentence if judged and self.placebo else found.sentence,
            }
        if self.difference.found is not None and np.isfinite(self.difference.found.effect.lower):
            short = self.difference.found
            return {
                "design": "difference-in-differences",
                "judged_by": "placebo",
                **_row(short.effect, short.expected),
                "sentence": short.sentence,
            }
        return None


def compare(panel: Panel, *, single: bool) -> Comparison:
    """Gives what the comparators say of the treated; `single` adds the checks of a single treated site."""
    from pipeline import its

    others = panel.compared_with
    if len(others) < FEWEST_COMPARED:
        return Comparison(Tried(None, NONE), Tried(None, NONE), Tried(None, NONE))
    difference = (
        Tried(None, WITHHELD)
        if panel.hides
        else tried(
            lambda: its.difference_in_differences(
                {unit: panel.units[unit]["value"] for unit in panel.treated}, panel.starts, others
            )
        )
    )
    if panel.is_staggered:
        why = "the sites started at different times, so each is compared from its own start."
        return Comparison(Tried(None, why), tried(lambda: _each(panel, others)), difference)
    analysis = panel.analysis_of_values()
    found = tried(lambda: its.controlled(analysis, others))
    whole = Comparison(found, Tried(None, "the sites all started together."), difference)
    if found.found is None:
        return whole
    trends = its.compare_trends_before(found.found)
    if len(others) > MOST_REFITTED:
        return Comparison(found, whole.apart, difference, trends)
    left_out = tried(lambda: its.leave_one_comparator_out(analysis, others)).found
    placebo = tried(lambda: its.placebo_in_space(analysis, others)).found if single else None
    return Comparison(found, whole.apart, difference, trends, left_out, placebo)


def judged_by_placebo(comparison: Comparison) -> Interval | None:
    """Gives the effects that placebo in space does not reject at 5%, or None with too few comparators.

    Each placebo's statistic is in half-widths of its own interval; an effect t is rejected unless more than
    one in twenty of the units, the treated among them, have one at least as far from zero as the treated's
    is from t.
    """
    from pipeline.its import Interval
    from pipeline.its.inference import CONFIDENCE

    found, placebo = comparison.controlled.found, comparison.placebo
    if found is None or placebo is None:
        return None
    statistics = placebo.table.loc[~placebo.table["is_treated"], "statistic"].abs().dropna().to_numpy(float)
    needed = int(np.floor((1 - CONFIDENCE) * (len(statistics) + 1)))
    if needed < 1:
        return None
    average = found.average
    reach = float(np.sort(statistics)[::-1][needed - 1]) * (average.upper - average.lower) / 2
    return Interval(average.estimate, average.estimate - reach, average.estimate + reach)


def _each(panel: Panel, others: dict[str, pd.Series[float]]) -> Pooled:
    """Each treated site against the comparators from its own start, pooled."""
    from pipeline import its
    from pipeline.its.inference import NORMAL_QUANTILE

    found = {unit: its.controlled(panel.analysis_of_values(unit), others).average for unit in panel.treated}
    half = np.array([(each.upper - each.lower) / 2 for each in found.values()])
    return its.pool([each.estimate for each in found.values()], half / NORMAL_QUANTILE, list(found))


def _row(effect: Interval, expected: float) -> dict[str, Any]:
    ends = {"": effect.estimate, "_lower": effect.lower, "_upper": effect.upper}
    return {
        "expected": expected,
        **{f"absolute{end}": value for end, value in ends.items()},
        **{f"relative{end}": value / expected if expected > 0 else None for end, value in ends.items()},
    }


def _expected(found: Controlled) -> float:
    """What the treated would have been on average after the change, moving as the comparators moved."""
    return float(found.effects["expected"]["average"])


def _controlled(comparison: Comparison) -> dict[str, Any]:
    found = comparison.controlled.found
    if found is None:
        return {"refused": comparison.controlled.refused}
    return {
        "refused": None,
        "effect": _row(found.average, _expected(found)),
        "alone": _row(found.alone, _expected(found)),
        "rho": found.rho,
        "terms": results.table(found.table.rename_axis("row")),
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in found.flags],
        "passed": found.passed,
        "sentence": found.sentence,
        **{
            name: None if check is None else {"passed": check.passed, "sentence": check.sentence}
            for name, check in (
                ("trends_before", comparison.trends),
                ("left_out", comparison.left_out),
                ("placebo", comparison.placebo),
            )
        },
        "share_as_large": comparison.placebo.share_as_large if comparison.placebo else None,
    }


def _apart(tried_apart: Tried[Pooled]) -> dict[str, Any]:
    found = tried_apart.found
    if found is None:
        return {"refused": tried_apart.refused}
    return {
        "refused": None,
        "table": results.table(found.table.rename_axis("row")),
        "absolute": found.estimate.estimate,
        "absolute_lower": found.estimate.lower,
        "absolute_upper": found.estimate.upper,
        "sentence": found.sentence,
    }


def _difference(tried_difference: Tried[DifferenceInDifferences], with_units: bool) -> dict[str, Any]:
    found = tried_difference.found
    if found is None:
        return {"refused": tried_difference.refused}
    return {
        "refused": None,
        "effect": _row(found.effect, found.expected),
        "p_value": found.p_value,
        "sets": found.sets,
        "as_large": round(found.p_value * found.sets),
        "table": results.table(found.table.rename_axis("row")) if with_units else [],
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in found.flags],
        "sentence": found.sentence,
    }
