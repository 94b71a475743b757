"""The rule sets that can be asked for by name; each lists its rules by priority for the headline."""

from __future__ import annotations

from pipeline.errors import AnalysisError
from pipeline.spc.limits import NHS_LIMIT_FACTOR
from pipeline.spc.plotthedots import turning_trend, two_of_three_within_limits
from pipeline.spc.rules import (
    SHIFT_LENGTH,
    TREND_LENGTH,
    Rule,
    RuleSet,
    outside_limits,
    shift,
    trend,
    two_of_three,
)

OUTSIDE_LIMITS = Rule("outside-limits", "a point outside the limits", outside_limits)


def making_data_count(shift_length: int = SHIFT_LENGTH, trend_length: int = TREND_LENGTH) -> RuleSet:
    """Gives the rules of NHS England's Making Data Count, with shifts and trends of other lengths if asked.

    The headline follows the order of the NHS's R package: outside the limits, trend, two of three, shift.
    Raises AnalysisError on lengths that are no pattern (a shift needs 2 points, a trend 3).
    """
    if shift_length < 2 or trend_length < 3:
        raise AnalysisError(
            f"A shift of {shift_length} and a trend of {trend_length} points were asked for; they need at "
            "least 2 and 3."
        )
    return RuleSet(
        name="making-data-count",
        sigma_per_moving_range=NHS_LIMIT_FACTOR / 3,
        rules=(
            OUTSIDE_LIMITS,
            Rule(
                "trend",
                f"{trend_length} or more points in a row all rising or all falling",
                lambda lines: trend(lines, trend_length),
            ),
            Rule(
                "two-of-three",
                "two of three points in a row close to or beyond a limit, all three on one side of the mean",
                two_of_three,
            ),
            Rule(
                "shift",
                f"{shift_length} or more points in a row on one side of the mean",
                lambda lines: shift(lines, shift_length),
            ),
        ),
    )


def nhsr_plotthedots() -> RuleSet:
    """Gives the rules of the R package NHSRplotthedots 0.2.2, to equal its charts.

    The package screens moving ranges by default, which here is `screen=True`.
    """
    return RuleSet(
        name="nhsr-plotthedots",
        sigma_per_moving_range=NHS_LIMIT_FACTOR / 3,
        says_both=False,
        variation_from="last row",
        rules=(
            OUTSIDE_LIMITS,
            Rule("trend", "7 or more points in a row all rising or all falling", turning_trend),
            Rule(
                "two-of-three",
                "two of three points in a row between 2 and 3 sigma, all three on one side of the mean",
                two_of_three_within_limits,
            ),
            Rule("shift", "7 or more points in a row on one side of the mean", shift),
        ),
    )


RULE_SETS: dict[str, RuleSet] = {rules.name: rules for rules in (making_data_count(), nhsr_plotthedots())}
"""Every rule set that can be asked for by name."""


def rule_set(rules: str | RuleSet) -> RuleSet:
    """Gives the rule set of that name, or the one given; raises AnalysisError on a name that is not known."""
    if isinstance(rules, RuleSet):
        return rules
    if rules not in RULE_SETS:
        known = ", ".join(RULE_SETS)
        raise AnalysisError(f"There is no rule set {rules!r}; those available are: {known}.")
    return RULE_SETS[rules]
