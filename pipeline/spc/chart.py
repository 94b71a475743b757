"""A control chart of one series: its lines, its signals, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from pipeline.spc import doubts, meaning
from pipeline.spc.limits import KINDS, Bools, Floats, Kind, Lines, Options
from pipeline.spc.request import (
    check_aim,
    checked_baseline,
    checked_kind,
    checked_positions,
    checked_series,
)
from pipeline.spc.rules import RuleSet, Signals, above, below, slack
from pipeline.spc.rulesets import rule_set
from pipeline.spc.runs import Runs, runs_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False)
class Chart:
    """A control chart.

    points: one row a point: value, centre, lower, upper, lower_2sigma, upper_2sigma, phase (from 1), signals
        (a tuple of the names of all rules triggered), headline (the first of them by priority, or None),
        direction (improving, concerning, neutral-high, neutral-low, both, or None).
    phases: one row a phase (from 1): start and end (0-based positions of its first and last point), n (values
        present), centre, lower, upper (at its last point), and its runs analysis.
    variation: of the latest point that has a value. assurance: of the target against its limits.
    runs: Anhøj's runs analysis of the latest phase.
    kind, reason: the kind of chart, and why that one.
    rules, rule_sentences: the name of the rule set, and what each of its rules says, by priority.
    flags: the doubts a reader should know.
    """

    points: pd.DataFrame
    phases: pd.DataFrame
    variation: meaning.Variation
    assurance: meaning.Assurance | None
    runs: Runs
    kind: str
    reason: str
    rules: str
    rule_sentences: dict[str, str]
    flags: tuple[doubts.Flag, ...]
    target: float | None
    better: meaning.Better | None


def chart(
    y: ArrayLike | pd.Series[float],
    kind: str = "xmr",
    n: ArrayLike | pd.Series[float] | None = None,
    rules: str | RuleSet = "making-data-count",
    baseline: int | None = None,
    rebase: Iterable[int] = (),
    exclude: Iterable[int] = (),
    better: Literal["higher", "lower"] | None = None,
    target: float | None = None,
    screen: bool = False,
) -> Chart:
    """Gives the control chart of one series.

    Args:
        y: the values in time order, shape (time,); NaN (or None) where a period is missing.
        kind: `xmr`, or `auto` to choose by what is given.
        n: denominators; an XmR chart takes none.
        rules: the name of a rule set, or one made by `making_data_count(...)` with other lengths.
        baseline: the first so many positions make the limits of the first phase; each later phase takes its
            limits from all of its own points.
        rebase: 0-based positions at which a new phase starts, with lines, runs and patterns of its own.
        exclude: 0-based positions left out of the limits and the runs analysis (they are plotted, and may
            still be signals). Their neighbours are compared with each other; those of a missing value are
            not.
        better: the direction that is an improvement, if either is.
        target: the value that the service should reach.
        screen: leave moving ranges of 3.267 or more times their mean out of sigma, once.

    Raises:
        AnalysisError: if the series or an option can't be used as given, in one sentence.

    Example:
        >>> falling = chart([9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 4], baseline=12, better="lower")
        >>> falling.variation, falling.points["signals"].iloc[-1]
        ('improving-low', ('outside-limits',))

    Sources: Wheeler (1993); NHS England, Making Data Count; for each part, the docstring of its function.
    """
    values = checked_series(y)
    chosen, reason = checked_kind(kind, n)
    chosen_rules = rule_set(rules)
    baseline = checked_baseline(baseline)
    check_aim(better, target)
    kept = np.ones(len(values), dtype=bool)
    kept[checked_positions("exclude", exclude, first=0, size=len(values))] = False
    starts = [0, *checked_positions("rebase", rebase, first=1, size=len(values))]
    in_limits = kept.copy()
    if baseline is not None:
        in_limits[baseline : starts[1] if len(starts) > 1 else None] = False

    options = Options(screen=screen, sigma_per_moving_range=chosen_rules.sigma_per_moving_range)
    method = _Method(KINDS[chosen], chosen_rules, options)
    cuts = [slice(start, end) for start, end in pairwise([*starts, len(values)])]
    phases = [_phase(cut.start, values[cut], in_limits[cut], kept[cut], method) for cut in cuts]
    lines, signals = _joined(phases)
    judged = _judged_position(values, chosen_rules)
    high, low = _headline_sides(signals, judged)
    return Chart(
        points=_points_table(lines, starts, signals, chosen_rules, better),
        phases=_phases_table(phases),
        variation=meaning.variation(high, low, better),
        assurance=meaning.assurance(
            target, lines.lower[judged], lines.upper[judged], better, slack(lines)[judged]
        ),
        runs=phases[-1].runs,
        kind=chosen,
        reason=reason,
        rules=chosen_rules.name,
        rule_sentences={rule.name: rule.sentence for rule in chosen_rules.rules},
        flags=doubts.doubts([_as_doubted(phases, number, baseline) for number in range(len(phases))]),
        target=target,
        better=better,
    )


@dataclass(frozen=True)
class _Method:
    """How every phase is computed."""

    kind: Kind
    rules: RuleSet
    options: Options


@dataclass(frozen=True, eq=False)
class _Phase:
    """One phase computed: its lines, the values behind them, its signals by rule, and its runs."""

    start: int
    lines: Lines
    used: Floats
    signals: tuple[Signals, ...]
    runs: Runs


def _phase(start: int, values: Floats, in_limits: Bools, kept: Bools, method: _Method) -> _Phase:
    lines = method.kind(values, None, in_limits, method.options)
    side = above(lines, lines.centre).astype(np.int8) - below(lines, lines.centre).astype(np.int8)
    return _Phase(
        start=start,
        lines=lines,
        used=values[in_limits],
        signals=tuple(rule.find(lines) for rule in method.rules.rules),
        runs=runs_of(side[kept]),  # excluded points are left out of the runs, as in qicharts2
    )


def _joined(phases: Sequence[_Phase]) -> tuple[Lines, list[Signals]]:
    """Gives the lines, and each rule's signals, of all phases end to end."""
    lines = Lines(
        **{
            field.name: np.concatenate([getattr(phase.lines, field.name) for phase in phases])
            for field in fields(Lines)
        }
    )
    by_rule = zip(*(phase.signals for phase in phases), strict=True)
    signals = [
        Signals(
            high=np.concatenate([part.high for part in parts]),
            low=np.concatenate([part.low for part in parts]),
        )
        for parts in by_rule
    ]
    return lines, signals


def _judged_position(values: Floats, rules: RuleSet) -> int:
    """Gives the position of the point that the chart's variation and assurance are told from."""
    if rules.variation_from == "last row":
        return len(values) - 1
    return int(np.flatnonzero(np.isfinite(values))[-1])


def _headline_sides(signals: Sequence[Signals], at: int) -> tuple[bool, bool]:
    """Gives the sides of the first rule, by priority, that the point at this position triggers."""
    for rule in signals:
        if rule.high[at] or rule.low[at]:
            return bool(rule.high[at]), bool(rule.low[at])
    return False, False


def _points_table(
    lines: Lines,
    starts: list[int],
    signals: Sequence[Signals],
    rules: RuleSet,
    better: meaning.Better | None,
) -> pd.DataFrame:
    size = len(lines.value)
    names = np.array([rule.name for rule in rules.rules], dtype=object)
    marked = np.array([rule.high | rule.low for rule in signals])
    high = np.any([rule.high for rule in signals], axis=0)
    low = np.any([rule.low for rule in signals], axis=0)
    triggered = [tuple(names[marked[:, at]]) for at in range(size)]
    directions = [
        meaning.direction(
            *((bool(high[at]), bool(low[at])) if rules.says_both else _headline_sides(signals, at)), better
        )
        for at in range(size)
    ]
    columns: dict[str, object] = {field.name: getattr(lines, field.name) for field in fields(Lines)}
    columns["phase"] = np.searchsorted(starts, np.arange(size), side="right")
    # As objects, so that None stays None whatever pandas makes of strings.
    columns["signals"] = pd.Series(triggered, dtype=object)
    columns["headline"] = pd.Series([names[0] if names else None for names in triggered], dtype=object)
    columns["direction"] = pd.Series(directions, dtype=object)
    return pd.DataFrame(columns)


def _phases_table(phases: Sequence[_Phase]) -> pd.DataFrame:
    rows = [
        {
            "start": phase.start,
            "end": phase.start + len(phase.lines.value) - 1,
            "n": int(np.isfinite(phase.lines.value).sum()),
            "centre": phase.lines.centre[-1],
            "lower": phase.lines.lower[-1],
            "upper": phase.lines.upper[-1],
            "longest_run": phase.runs.longest_run,
            "longest_run_max": phase.runs.longest_run_max,
            "crossings": phase.runs.crossings,
            "crossings_min": phase.runs.crossings_min,
            "runs_signal": phase.runs.signal,
        }
        for phase in phases
    ]
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="phase"))


def _as_doubted(phases: Sequence[_Phase], number: int, baseline: int | None) -> doubts.Phase:
    phase = phases[number]
    return doubts.Phase(
        number=number + 1,
        value=phase.lines.value,
        used=phase.used,
        has_limits=bool(np.isfinite(phase.lines.upper).any()),
        baseline=baseline if number == 0 else None,
    )
