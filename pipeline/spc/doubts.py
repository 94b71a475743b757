"""The doubts about a chart that its reader should know: each a named predicate, a code and a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.flag import Flag
from pipeline.spc.limits import Floats, mean_along
from pipeline.spc.season import Season

FEWEST_POINTS = 12
"""Limits from fewer points are trial limits (NHS-R Community, How many points are required)."""
LIMIT_DISTORTION = 0.2
"""Autocorrelation that makes limits this much too narrow or too wide is told."""
SEASONS = (12, 4, 7, 52)
"""Points in a year of months, quarters or weeks, and in a week of days."""
WIDENED = {"p": "p′", "u": "u′", "c": "u′"}
"""The kinds whose limits come from the size of counts, and those that allow for more variation."""


@dataclass(frozen=True, eq=False)
class Phase:
    """One phase, as the doubts see it: its number, its values (time,), and those that made its lines.

    extra_variation: how many times as much values vary as chance makes counts vary; NaN for other kinds.
    """

    number: int
    value: Floats
    used: Floats
    has_limits: bool
    baseline: int | None
    extra_variation: float = math.nan


@dataclass(frozen=True, eq=False)
class Drawn:
    """The chart as the doubts see it: how its limits are made, and its phases.

    wants_limits: whether it is of a kind that has them. from_ranges: whether they are made from the
    differences of neighbours, not from the size of counts. looks_at_order: whether its points have an order
    that can be doubted. period: that of the seasonal figures taken out, if any were.
    """

    phases: Sequence[Phase]
    wants_limits: bool = True
    from_ranges: bool = True
    counted: bool = False
    looks_at_order: bool = True
    kind: str = "xmr"
    partly_used: bool = False
    season: Season | None = None


def autocorrelation_at(phases: Sequence[Floats], lag: int) -> float:
    """Gives the autocorrelation at any lag of points about their phase's mean; NaN where it can't be told."""
    residuals = [values - mean_along(values) for values in phases]
    squares = sum(float(np.nansum(residual**2)) for residual in residuals)
    products = sum(float(np.nansum(residual[lag:] * residual[:-lag])) for residual in residuals)
    return products / squares if squares > 0 else math.nan


def few_points(phase: Phase, drawn: Drawn) -> Flag | None:
    """Tells a phase whose lines rest on fewer than 12 values."""
    n = int(np.isfinite(phase.used).sum())
    if n >= FEWEST_POINTS or not (phase.has_limits or (n and not drawn.wants_limits)):
        return None
    what, rest, then = (
        ("limits", "rest", "they are trial limits that will move")
        if drawn.wants_limits
        else ("median", "rests", "it will move")
    )
    return Flag(
        "few-points",
        f"The {what} of phase {phase.number} {rest} on {n} points; with fewer than {FEWEST_POINTS} {then} as "
        "data come in.",
    )


def no_limits(phase: Phase, drawn: Drawn) -> Flag | None:
    """Tells a phase that should have limits and has nothing to make them from."""
    if phase.has_limits or not drawn.wants_limits:
        return None
    why = (
        "it has no two neighbouring values to compare, or screening left none"
        if drawn.from_ranges
        else "too few of its values are there"
    )
    return Flag("no-limits", f"Phase {phase.number} has no limits: {why}.")


def overdispersion(phase: Phase, drawn: Drawn) -> Flag | None:
    """Tells counts that vary so much more than chance that limits made from their size are too narrow."""
    n = int(np.isfinite(phase.used).sum())
    if drawn.kind not in WIDENED or n < FEWEST_POINTS:
        return None
    if not phase.extra_variation > 1 + 2 * 0.91 / math.sqrt(n - 1):
        return None
    return Flag(
        "overdispersion",
        f"In phase {phase.number} values vary {phase.extra_variation:.1f} times as much from point to point "
        f"as chance alone makes counts vary, so that the limits are too narrow; a {WIDENED[drawn.kind]} "
        "chart allows for it.",
    )


def rare_events(phase: Phase, drawn: Drawn) -> Flag | None:
    """Tells counts of which more than half are zero, of which a chart of counts says little."""
    known = phase.value[np.isfinite(phase.value)]
    if not drawn.counted or len(known) < 2 or (known == 0).mean() <= 0.5:
        return None
    return Flag(
        "rare-events",
        f"More than half of the points of phase {phase.number} are zero; a t or g chart, of the time or the "
        "cases between events, would see a change sooner.",
    )


def no_variation(phase: Phase, drawn: Drawn) -> Flag | None:  # noqa: ARG001
    """Tells a phase in which every value is the same, whose limits have no width."""
    values = phase.value[np.isfinite(phase.value)]
    if len(values) < 2 or np.ptp(values) > 0:
        return None
    return Flag("no-variation", f"All {len(values)} values of phase {phase.number} are the same.")


def short_baseline(phase: Phase, drawn: Drawn) -> Flag | None:  # noqa: ARG001
    """Tells a baseline that is longer than the phase it is taken from."""
    if phase.baseline is None or phase.baseline <= len(phase.value):
        return None
    return Flag(
        "short-baseline",
        f"The baseline asks for {phase.baseline} points and phase {phase.number} has {len(phase.value)}, "
        "all of which were used.",
    )


def autocorrelation(drawn: Drawn) -> Flag | None:
    """Tells neighbouring points so alike, or unlike, that limits mislead.

    With lag-one autocorrelation r, moving ranges estimate sigma about √(1 - r) times its size (Maragah &
    Woodall 1992); told where that is 20% or more and r is beyond 2/√n.
    """
    n = sum(int(np.isfinite(phase.value).sum()) for phase in drawn.phases)
    r = autocorrelation_at([phase.value for phase in drawn.phases], 1)
    if not drawn.looks_at_order or n < FEWEST_POINTS or not abs(r) > 2 / math.sqrt(n):
        return None
    width = math.sqrt(1 - r)
    if abs(width - 1) < LIMIT_DISTORTION:
        return None
    if r < 0:
        told = f"Neighbouring points alternate (lag-one autocorrelation {r:.2f})"
        meant = (
            f"limits are about {width - 1:.0%} too wide, so that signals may be missed"
            if drawn.from_ranges
            else "runs on one side of the centre are rarer than by chance, so that shifts may be missed"
        )
        return Flag("alternation", f"{told}; {meant}.")
    told = f"Neighbouring points are alike (lag-one autocorrelation {r:.2f})"
    whence = "from a season, a slow drift or a shift"
    meant = (
        f"limits are about {1 - width:.0%} too narrow if the process is otherwise stable, so that false "
        "signals are likely"
        if drawn.from_ranges
        else "if the process is otherwise stable, false signals are likely, of runs above all"
    )
    return Flag("autocorrelation", f"{told}, {whence}; {meant}.")


def seasonality(drawn: Drawn) -> Flag | None:
    """Tells values that repeat after a year of months or quarters, or a week of days.

    Where the autocorrelation at that lag is over 0.3 and 2.6/√n, and above that of the lags on both sides,
    in a series of two and a half periods or more. Times between events don't stand on the calendar.
    """
    values = [phase.value for phase in drawn.phases]
    n = sum(int(np.isfinite(value).sum()) for value in values)
    on_calendar = drawn.looks_at_order and drawn.kind not in ("g", "t")
    if not on_calendar or drawn.season is not None or n < FEWEST_POINTS:
        return None
    for lag in SEASONS:
        r = autocorrelation_at(values, lag)
        beside = max(autocorrelation_at(values, lag - 1), autocorrelation_at(values, lag + 1))
        if n >= 2.5 * lag and r > max(0.3, 2.6 / math.sqrt(n), beside):
            return Flag(
                "seasonality",
                f"Values {lag} points apart are alike (autocorrelation {r:.2f}), as with a season; its highs "
                "and lows may look like signals, or hide some. Compare with the chart of seasonally adjusted "
                f"values (seasonal_period={lag}).",
            )
    return None


def whole_phase(drawn: Drawn) -> Flag | None:
    """Tells that the width of the limits of an I' chart rests on more points than were asked for."""
    if drawn.kind != "i'" or not drawn.partly_used:
        return None
    return Flag(
        "whole-phase",
        "The width of the limits of an I′ chart rests on all points of a phase, also on those after the "
        "baseline or left out; its mean does not.",
    )


def adjusted(drawn: Drawn) -> Flag | None:
    """Tells that the values are seasonally adjusted."""
    if drawn.season is None:
        return None
    return Flag(
        "seasonally-adjusted",
        f"The values are less their seasonal figures (of {drawn.season.period} seasons), "
        "which will move a little as data come in; limits are "
        f"{drawn.season.sigma_factor - 1:.0%} wider to allow for that.",
    )


def latest_missing(drawn: Drawn) -> Flag | None:
    """Tells that the last point has no value, so that the variation is that of an earlier one."""
    last = drawn.phases[-1].value
    if np.isfinite(last[-1]):
        return None
    return Flag("latest-missing", "The last point has no value; the latest point that has one is judged.")


def doubts(drawn: Drawn) -> tuple[Flag, ...]:
    """Gives every doubt about these phases, phase by phase, then those about the chart as a whole."""
    tests = (no_limits, few_points, no_variation, short_baseline, overdispersion, rare_events)
    of_phases = (test(phase, drawn) for phase in drawn.phases for test in tests)
    of_chart = (test(drawn) for test in (autocorrelation, seasonality, whole_phase, adjusted, latest_missing))
    return tuple(flag for flag in (*of_phases, *of_chart) if flag is not None)
