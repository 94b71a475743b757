"""A chart computed, phase by phase: one series of shape (time,), or a batch of shape (series, time).

Nothing carries over from one phase to the next: lines, patterns and runs are those of the phase alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pipeline.spc.anhoej import sides_of
from pipeline.spc.kinds import Kind
from pipeline.spc.limits import Bools, Floats, Lines, Observed, Options
from pipeline.spc.rules import RuleSet, Signals
from pipeline.spc.runs import RunsOfMany, runs_of


@dataclass(frozen=True)
class Method:
    """How every phase is computed; values and lines are per so many of the denominator."""

    kind: Kind
    rules: RuleSet
    options: Options
    per: float = 1.0

    @property
    def sees_patterns(self) -> bool:
        """Whether patterns over time mean something: moving ranges, and sites, make them by themselves."""
        return self.kind.independent and self.options.ordered


@dataclass(frozen=True, eq=False)
class Cuts:
    """Where phases start, and the points (time,) that enter the limits, and those kept for the runs."""

    starts: tuple[int, ...]
    in_limits: Bools
    kept: Bools

    def slices(self) -> list[slice]:
        """Gives the points of each phase."""
        return [slice(start, end) for start, end in pairwise([*self.starts, len(self.kept)])]

    def phase_of_points(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Gives the number of the phase that each point is in, from 1; (time,)."""
        return np.searchsorted(self.starts, np.arange(len(self.kept)), side="right").astype(np.int64)


@dataclass(frozen=True, eq=False)
class Phase:
    """One phase computed: its lines, the values behind them, its signals by rule, and its runs."""

    start: int
    lines: Lines
    used: Floats
    signals: tuple[Signals, ...]
    runs: RunsOfMany


def cuts(size: int, baseline: int | None, rebase: Sequence[int], exclude: Sequence[int]) -> Cuts:
    """Gives where phases start and what enters their limits, for a series of `size` points.

    A baseline is that of the first phase; each later phase takes its limits from all of its own points.
    """
    kept = np.ones(size, dtype=bool)
    kept[list(exclude)] = False
    in_limits = kept.copy()
    if baseline is not None:
        in_limits[baseline : rebase[0] if rebase else None] = False
    return Cuts((0, *rebase), in_limits, kept)


def computed(observed: Observed, cuts: Cuts, method: Method) -> list[Phase]:
    """Gives every phase of a series or a batch."""
    return [
        phase(cut.start, observed.part(cut), cuts.in_limits[cut], cuts.kept[cut], method)
        for cut in cuts.slices()
    ]


def phase(start: int, observed: Observed, in_limits: Bools, kept: Bools, method: Method) -> Phase:
    """Gives one phase: its lines from the points `in_limits`, its runs from those `kept`."""
    lines = drawn(observed, in_limits, method)
    # Excluded points are left out of the runs, as in qicharts2.
    without = lines if kept.all() else lines.without(~kept)
    runs = runs_of(sides_of(without))
    nothing = np.zeros(lines.value.shape, dtype=bool)
    return Phase(
        start=start,
        lines=lines,
        used=lines.value[..., in_limits],
        signals=tuple(
            rule.find(lines if rule.sees_excluded else without)
            if method.sees_patterns or not rule.needs_order
            else Signals(nothing, nothing)
            for rule in method.rules.rules
        ),
        runs=runs if method.sees_patterns else replace(runs, signal=np.zeros_like(runs.signal)),
    )


def drawn(observed: Observed, in_limits: Bools, method: Method) -> Lines:
    """Gives the lines of one phase, per so many of the denominator."""
    lines = method.kind.lines(observed, in_limits, method.options)
    options = method.options
    if options.non_negative or options.sigma_factor != 1.0:
        lowest = max(lines.lowest, 0.0) if options.non_negative else lines.lowest
        lines = replace(lines, sigma=lines.sigma * options.sigma_factor, lowest=lowest)
    return lines if method.per == 1.0 else lines.times(method.per)


def joined_lines(phases: Sequence[Phase], name: str) -> Floats:
    """Gives a line, or the values, over all phases: (..., time)."""
    if len(phases) == 1:
        return phases[0].lines.drawn(name)
    return np.concatenate([phase.lines.drawn(name) for phase in phases], axis=-1)


def joined_signals(phases: Sequence[Phase]) -> list[Signals]:
    """Gives the signals over all phases, one for each rule."""
    if len(phases) == 1:
        return list(phases[0].signals)
    by_rule = zip(*(phase.signals for phase in phases), strict=True)
    return [_joined(parts) for parts in by_rule]


def _joined(parts: Sequence[Signals]) -> Signals:
    undirected = [part.undirected for part in parts if part.undirected is not None]
    return Signals(
        high=np.concatenate([part.high for part in parts], axis=-1),
        low=np.concatenate([part.low for part in parts], axis=-1),
        undirected=np.concatenate(undirected, axis=-1) if undirected else None,
    )
