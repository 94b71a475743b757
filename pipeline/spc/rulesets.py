"""The rule sets that can be asked for by name; each lists its rules by priority for the headline."""

from __future__ import annotations

from pipeline.errors import AnalysisError
from pipeline.spc.anhoej import few_crossings, long_run
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
from pipeline.spc.zones import alternating, avoiding_centre, hugging_centre, some_beyond

OUTSIDE_LIMITS = Rule("outside-limits", "a point outside the limits", outside_limits, needs_order=False)
TWO_BEYOND = Rule(
    "two-of-three",
    "two of three points in a row beyond 2 sigma, on one side of the centre",
    lambda lines: some_beyond(lines, 2, of=3, sigmas=2),
)
FOUR_BEYOND = Rule(
    "four-of-five",
    "four of five points in a row beyond 1 sigma, on one side of the centre",
    lambda lines: some_beyond(lines, 4, of=5, sigmas=1),
)


WESTERN_ELECTRIC_SHIFT = 8
"""Successive points on one side of the centre (Western Electric 1956)."""
NELSON_SHIFT, NELSON_TREND = 9, 6
"""Successive points on one side of the centre, and rising or falling (Nelson 1984)."""


def shift_rule(length: int, centre: str = "centre") -> Rule:
    """Gives the rule of `length` points in a row on one side of the centre line."""
    return Rule(
        "shift",
        f"{length} or more points in a row on one side of the {centre}",
        lambda lines: shift(lines, length),
    )


def trend_rule(length: int) -> Rule:
    """Gives the rule of `length` points in a row that all rise, or all fall."""
    return Rule(
        "trend",
        f"{length} or more points in a row all rising or all falling",
        lambda lines: trend(lines, length),
    )


def making_data_count(shift_length: int = SHIFT_LENGTH, trend_length: int = TREND_LENGTH) -> RuleSet:
    """Gives the rules of NHS England's Making Data Count, with shifts and trends of other lengths if asked.

    The headline follows the order of the NHS's R package: outside the limits, trend, two of three, shift.
    Raises AnalysisError on lengths that are no pattern (a shift needs 2 points, a trend 3).
    """
    _check_lengths(shift_length, trend_length)
    return RuleSet(
        name="making-data-count",
        sigma_per_moving_range=NHS_LIMIT_FACTOR / 3,
        rules=(
            OUTSIDE_LIMITS,
            trend_rule(trend_length),
            Rule(
                "two-of-three",
                "two of three points in a row close to or beyond a limit, all three on one side of the mean",
                two_of_three,
            ),
            shift_rule(shift_length, "mean"),
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


def anhoej() -> RuleSet:
    """Gives Anhøj's rules: an unusually long run, unusually few crossings; and a point outside the limits.

    A run chart has no limits, so that the two runs rules are all of it; with limits, the three are used
    together (Anhøj & Wentzel-Larsen 2018, as in qicharts2). Points that were left out of the limits take no
    part in the runs.
    """
    return RuleSet(
        name="anhoej",
        rules=(
            OUTSIDE_LIMITS,
            Rule(
                "long-run",
                "more points in a row on one side of the centre than chance allows",
                long_run,
                sees_excluded=False,
            ),
            Rule(
                "few-crossings",
                "the centre is crossed less often than chance allows",
                few_crossings,
                sees_excluded=False,
            ),
        ),
    )


def western_electric(shift_length: int = WESTERN_ELECTRIC_SHIFT) -> RuleSet:
    """Gives the four rules of the Western Electric handbook (1956), in its order.

    Raises AnalysisError on a shift of fewer than 2 points.
    """
    _check_lengths(shift_length)
    return RuleSet("western-electric", (OUTSIDE_LIMITS, TWO_BEYOND, FOUR_BEYOND, shift_rule(shift_length)))


def nelson(shift_length: int = NELSON_SHIFT, trend_length: int = NELSON_TREND) -> RuleSet:
    """Gives the eight rules of Nelson (1984), in his order.

    Raises AnalysisError on lengths that are no pattern (a shift needs 2 points, a trend 3).
    """
    _check_lengths(shift_length, trend_length)
    return RuleSet(
        name="nelson",
        rules=(
            OUTSIDE_LIMITS,
            shift_rule(shift_length),
            trend_rule(trend_length),
            Rule(
                "alternating",
                "14 or more points in a row that go up and down by turns",
                lambda lines: alternating(lines, 14),
            ),
            TWO_BEYOND,
            FOUR_BEYOND,
            Rule(
                "hugging-centre",
                "15 or more points in a row within 1 sigma of the centre",
                lambda lines: hugging_centre(lines, 15),
            ),
            Rule(
                "avoiding-centre",
                "8 or more points in a row beyond 1 sigma, on either side",
                lambda lines: avoiding_centre(lines, 8),
            ),
        ),
    )


def _check_lengths(shift_length: int, trend_length: int = 3) -> None:
    if shift_length < 2 or trend_length < 3:
        raise AnalysisError(
            f"A shift of {shift_length} and a trend of {trend_length} points were asked for; they need at "
            "least 2 and 3."
        )


RULE_SETS: dict[str, RuleSet] = {
    rules.name: rules
    for rules in (making_data_count(), nhsr_plotthedots(), anhoej(), western_electric(), nelson())
}
"""Every rule set that can be asked for by name."""


def rule_set(rules: str | RuleSet) -> RuleSet:
    """Gives the rule set of that name, or the one given; raises AnalysisError on a name that is not known."""
    if isinstance(rules, RuleSet):
        return rules
    if rules not in RULE_SETS:
        known = ", ".join(RULE_SETS)
        raise AnalysisError(f"There is no rule set {rules!r}; those available are: {known}.")
    return RULE_SETS[rules]
