"""A control chart of one series: its lines, its signals, and what they mean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from pipeline.flag import Flag
from pipeline.spc import doubts, meaning
from pipeline.spc.attributes import sigma_z
from pipeline.spc.judgement import Judged, judged
from pipeline.spc.kinds import KINDS
from pipeline.spc.limits import Bools
from pipeline.spc.phases import Cuts, Phase, computed, joined_lines
from pipeline.spc.request import Choices, Request, check_aim, requested
from pipeline.spc.rules import RuleSet
from pipeline.spc.runs import Runs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LINES = ("value", "centre", "lower", "upper", "lower_2sigma", "upper_2sigma")


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
    phase_variation: of the latest phase as a whole, against the limits of the phase before it; with one
        phase, of its points after the baseline, or the variation where there are none.
    request: what was charted and how, for those who chart it again.
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
    flags: tuple[Flag, ...]
    target: float | None
    better: meaning.Better | None
    phase_variation: meaning.Variation
    request: Request = field(repr=False)


def chart(
    y: ArrayLike | pd.Series[float] | Sequence[Sequence[float]],
    kind: str = "xmr",
    n: ArrayLike | pd.Series[float] | None = None,
    rules: str | RuleSet = "making-data-count",
    baseline: int | None = None,
    rebase: Iterable[int] = (),
    exclude: Iterable[int] = (),
    better: Literal["higher", "lower"] | None = None,
    target: float | None = None,
    screen: bool = False,
    measure: str | None = None,
    per: float = 1.0,
    centre: float | None = None,
    non_negative: bool = False,
    seasonal_period: int | None = None,
    ordered: bool = True,
    sd: ArrayLike | pd.Series[float] | None = None,
) -> Chart:
    """Gives the control chart of one series.

    Args:
        y: the values in time order, shape (time,); NaN (or None) where a period is missing. For `xbar` and
            `s` a list of several values for each point: (time, values), or lists that differ in length.
        kind: run, xmr (or i), mr, xbar, s, p, u, c, p', u', i', g, t; or `auto` to choose by what is given.
        n: denominators, shape (time,): the values are then y / n. p, u, p' and u' need them; run, xmr, mr
            and i' can have them; the others take none.
        rules: the name of a rule set, or one made by `making_data_count(...)`, `nelson(...)` or
            `western_electric(...)` with other lengths.
        baseline: the first so many positions make the limits of the first phase; each later phase takes its
            limits from all of its own points.
        rebase: 0-based positions at which a new phase starts, with lines, runs and patterns of its own.
        exclude: 0-based positions left out of the limits and the runs analysis (they are plotted, and may
            still be signals). Their neighbours are compared with each other; those of a missing value are
            not.
        better: the direction that is an improvement, if either is.
        target: the value that the service should reach.
        screen: leave moving ranges of 3.267 or more times their mean out of sigma, once.
        measure: count, rate, proportion, mean, value or time-between, to help `auto` choose.
        per: values are y / n times this, as in 100 for percentages.
        centre: a centre line that is given, not computed.
        non_negative: lines that would be below zero are at zero, for values that can't be negative.
        seasonal_period: chart the values less their seasonal figures (see `season`), in so many points a
            year or week; run, xmr, mr and i' charts only.
        ordered: False where points are not those of time (sites, say): only points outside the limits are
            then signals.

    Raises:
        AnalysisError: if the series or an option can't be used as given, in one sentence.

    Example:
        >>> falling = chart([9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 4], baseline=12, better="lower")
        >>> falling.variation, falling.points["signals"].iloc[-1]
        ('improving-low', ('outside-limits',))

    Sources: Wheeler (1993); NHS England, Making Data Count; for each part, the docstring of its function.
    """
    check_aim(better, target)
    choices = Choices(
        kind=kind,
        rules=rules,
        baseline=baseline,
        rebase=rebase,
        exclude=exclude,
        screen=screen,
        measure=measure,
        per=per,
        centre=centre,
        non_negative=non_negative,
        seasonal_period=seasonal_period,
        ordered=ordered,
    )
    request = requested(y, n, choices, sd)
    method = request.method
    phases = computed(request.observed, request.cuts, method)
    found = judged(phases, request.observed, request.cuts, method, better, target)
    return Chart(
        points=_points_table(phases, request.cuts, found, list(request.rule_names)),
        phases=_phases_table(phases),
        variation=meaning.one(found.variation),
        assurance=meaning.one(found.assurance),
        runs=phases[-1].runs.one(),
        kind=request.kind,
        reason=request.reason,
        rules=method.rules.name,
        rule_sentences={rule.name: rule.sentence for rule in method.rules.rules},
        flags=doubts.doubts(_as_doubted(phases, request)),
        target=target,
        better=better,
        phase_variation=meaning.one(found.phase_variation),
        request=request,
    )


def _points_table(phases: Sequence[Phase], cuts: Cuts, found: Judged, names: list[str]) -> pd.DataFrame:
    marked = np.array([signals.marked for signals in found.signals])
    rules = np.array(names, dtype=object)
    columns: dict[str, object] = {name: joined_lines(phases, name) for name in LINES}
    columns["phase"] = cuts.phase_of_points()
    # As objects, so that None stays None whatever pandas makes of strings.
    columns["signals"] = _objects(tuple(rules[of_point]) for of_point in marked.T)
    columns["headline"] = _objects(names[place] if place >= 0 else None for place in found.headline)
    columns["direction"] = _objects(meaning.DIRECTIONS[code] for code in found.direction)
    return pd.DataFrame(columns)


def _objects(values: Iterable[object]) -> pd.Series[Any]:
    return pd.Series(list(values), dtype=object)


def _phases_table(phases: Sequence[Phase]) -> pd.DataFrame:
    rows = []
    for phase in phases:
        runs = phase.runs.one()
        rows.append(
            {
                "start": phase.start,
                "end": phase.start + len(phase.lines.value) - 1,
                "n": int(np.isfinite(phase.lines.value).sum()),
                "centre": phase.lines.drawn("centre")[-1],
                "lower": phase.lines.drawn("lower")[-1],
                "upper": phase.lines.drawn("upper")[-1],
                "longest_run": runs.longest_run,
                "longest_run_max": runs.longest_run_max,
                "crossings": runs.crossings,
                "crossings_min": runs.crossings_min,
                "runs_signal": runs.signal,
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="phase"))


def _as_doubted(phases: Sequence[Phase], request: Request) -> doubts.Drawn:
    kind, cuts = KINDS[request.kind], request.cuts
    seen = [
        doubts.Phase(
            number=number + 1,
            value=phase.lines.value,
            used=phase.used,
            has_limits=bool(np.isfinite(phase.lines.upper).any()),
            baseline=request.baseline if number == 0 else None,
            extra_variation=_extra_variation(phase, cuts.in_limits[cut], request),
        )
        for number, (phase, cut) in enumerate(zip(phases, cuts.slices(), strict=True))
    ]
    return doubts.Drawn(
        phases=seen,
        wants_limits=request.kind != "run",
        from_ranges=request.kind in ("xmr", "p'", "u'", "i'", "t"),
        counted=request.kind in ("c", "u", "p", "u'", "p'"),
        looks_at_order=kind.independent and request.method.options.ordered,
        kind=request.kind,
        partly_used=not cuts.in_limits.all(),
        season=request.season,
    )


def _extra_variation(phase: Phase, in_limits: Bools, request: Request) -> float:
    if request.kind not in doubts.WIDENED:
        return math.nan
    lines = phase.lines
    return float(sigma_z(lines.value, lines.centre, lines.sigma, in_limits, request.method.options)[0])
