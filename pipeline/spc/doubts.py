"""The doubts about a chart that its reader should know: each a named predicate, a code and a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.spc.limits import Floats, mean_along

FEWEST_POINTS = 12
"""Limits from fewer points are trial limits (NHS-R Community, How many points are required)."""
LIMIT_DISTORTION = 0.2
"""Autocorrelation that makes limits this much too narrow or too wide is told."""


@dataclass(frozen=True)
class Flag:
    """A doubt: a code for machines and a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Phase:
    """One phase, as the doubts see it: its number, its values (time,), and those that made its limits."""

    number: int
    value: Floats
    used: Floats
    has_limits: bool
    baseline: int | None


def lag_one_autocorrelation(phases: Sequence[Floats]) -> float:
    """Gives the autocorrelation of neighbouring points about their phase's mean; NaN where it can't be told.

    Neighbours of a missing point, and across phases, are not compared (Box & Jenkins 1970).
    """
    residuals = [values - mean_along(values) for values in phases]
    squares = sum(float(np.nansum(residual**2)) for residual in residuals)
    products = sum(float(np.nansum(residual[1:] * residual[:-1])) for residual in residuals)
    return products / squares if squares > 0 else math.nan


def few_points(phase: Phase) -> Flag | None:
    """Tells a phase whose limits rest on fewer than 12 values."""
    n = int(np.isfinite(phase.used).sum())
    if n >= FEWEST_POINTS or not phase.has_limits:
        return None
    return Flag(
        "few-points",
        f"The limits of phase {phase.number} rest on {n} points; with fewer than {FEWEST_POINTS} they are "
        "trial limits that will move as data come in.",
    )


def no_limits(phase: Phase) -> Flag | None:
    """Tells a phase that has no moving range to make limits from."""
    if phase.has_limits:
        return None
    return Flag(
        "no-limits",
        f"Phase {phase.number} has no limits: it has no two neighbouring values to compare, or "
        "screening left none.",
    )


def no_variation(phase: Phase) -> Flag | None:
    """Tells a phase in which every value is the same, whose limits have no width."""
    values = phase.value[np.isfinite(phase.value)]
    if len(values) < 2 or np.ptp(values) > 0:
        return None
    return Flag("no-variation", f"All {len(values)} values of phase {phase.number} are the same.")


def short_baseline(phase: Phase) -> Flag | None:
    """Tells a baseline that is longer than the phase it is taken from."""
    if phase.baseline is None or phase.baseline <= len(phase.value):
        return None
    return Flag(
        "short-baseline",
        f"The baseline asks for {phase.baseline} points and phase {phase.number} has {len(phase.value)}, "
        "all of which were used.",
    )


def autocorrelation(phases: Sequence[Phase]) -> Flag | None:
    """Tells neighbouring points so alike, or unlike, that limits from moving ranges mislead.

    With lag-one autocorrelation r, moving ranges estimate sigma about √(1 − r) times its size (Maragah &
    Woodall 1992); told where that is 20% or more and r is beyond 2/√n.
    """
    n = sum(int(np.isfinite(phase.value).sum()) for phase in phases)
    r = lag_one_autocorrelation([phase.value for phase in phases])
    if n < FEWEST_POINTS or not abs(r) > 2 / math.sqrt(n):
        return None
    width = math.sqrt(1 - r)
    if abs(width - 1) < LIMIT_DISTORTION:
        return None
    if r > 0:
        return Flag(
            "autocorrelation",
            f"Neighbouring points are alike (lag-one autocorrelation {r:.2f}), from a season, a slow drift "
            f"or a shift; limits are about {1 - width:.0%} too narrow if the process is otherwise stable, so "
            "that false signals are likely.",
        )
    return Flag(
        "autocorrelation",
        f"Neighbouring points alternate (lag-one autocorrelation {r:.2f}); limits are about {width - 1:.0%} "
        "too wide, so that signals may be missed.",
    )


def latest_missing(phases: Sequence[Phase]) -> Flag | None:
    """Tells that the last point has no value, so that the variation is that of an earlier one."""
    last = phases[-1].value
    if np.isfinite(last[-1]):
        return None
    return Flag("latest-missing", "The last point has no value; the latest point that has one is judged.")


def doubts(phases: Sequence[Phase]) -> tuple[Flag, ...]:
    """Gives every doubt about these phases, phase by phase, then those about the chart as a whole."""
    of_phases = (
        test(phase) for phase in phases for test in (no_limits, few_points, no_variation, short_baseline)
    )
    of_chart = (test(phases) for test in (autocorrelation, latest_missing))
    return tuple(flag for flag in (*of_phases, *of_chart) if flag is not None)
