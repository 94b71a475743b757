"""What a chart is asked to be, checked: each thing that can't be done is refused in one sentence."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.spc.choice import chosen_kind
from pipeline.spc.kinds import KINDS, Kind
from pipeline.spc.limits import Observed, Options
from pipeline.spc.observed import LARGEST, is_subgrouped, observed, subgrouped, summed_up
from pipeline.spc.phases import Cuts, Method, cuts
from pipeline.spc.rules import RuleSet
from pipeline.spc.rulesets import rule_set
from pipeline.spc.season import Season, seasonally_adjusted

LEAST_PER, MOST_PER = 1e-9, 1e9
"""What values can be given per so many of; anything beyond is a mistake."""


@dataclass(frozen=True, eq=False)
class Request:
    """What is to be charted and how, found fit to be."""

    kind: str
    reason: str
    observed: Observed
    cuts: Cuts
    method: Method
    baseline: int | None
    season: Season | None = None

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The names of the rules, by priority."""
        return tuple(rule.name for rule in self.method.rules.rules)


@dataclass(frozen=True)
class Choices:
    """What the analyst chose, as given to `chart` and `chart_many`."""

    kind: str
    rules: str | RuleSet
    baseline: int | None
    rebase: Iterable[int]
    exclude: Iterable[int]
    screen: bool
    measure: str | None
    per: float
    centre: float | None
    non_negative: bool
    seasonal_period: int | None = None
    ordered: bool = True


def requested(y: Any, n: Any, choices: Choices, sd: Any = None) -> Request:
    """Gives the request for the chart of one series; AnalysisError on what can't be done.

    `sd`: the standard deviations of subgroups of which `y` are the means and `n` the sizes.
    """
    rules = rule_set(choices.rules)
    size = _points(y)
    chosen_cuts = checked_cuts(size, choices)
    first = chosen_cuts.slices()[0] if size else slice(0)
    first_phase = np.zeros(size, dtype=bool)
    first_phase[first] = chosen_cuts.in_limits[first]
    name, reason = chosen_kind(choices.kind, y, n, choices.measure, first_phase, summed_up=sd is not None)
    kind = KINDS[name]
    request = Request(
        kind=name,
        reason=reason,
        observed=checked_observed(y, n, kind, sd),
        cuts=chosen_cuts,
        method=checked_method(kind, rules, n, choices),
        baseline=checked_baseline(choices.baseline),
    )
    if choices.non_negative:
        _check_non_negative(request.observed)
    return request if choices.seasonal_period is None else _adjusted(request, choices.seasonal_period)


def _adjusted(request: Request, period: int) -> Request:
    """Gives the request for the chart of the same values less their seasonal figures."""
    kind = request.method.kind
    if not kind.adjustable:
        able = ", ".join(name for name, kind in KINDS.items() if kind.adjustable)
        raise AnalysisError(
            f"A {kind.title} chart can't be seasonally adjusted, since its limits come from the counts; "
            f"those that can are: {able}."
        )
    season = seasonally_adjusted(request.observed.value, request.cuts.starts, period)
    # Values less their season can be below zero where the values themselves can't.
    options = replace(request.method.options, sigma_factor=season.sigma_factor, non_negative=False)
    return replace(
        request,
        reason=f"{request.reason} Values are seasonally adjusted, with a period of {season.period} points.",
        observed=replace(request.observed, value=season.adjusted),
        method=replace(request.method, options=options),
        season=season,
    )


def _check_non_negative(seen: Observed) -> None:
    below = np.flatnonzero(seen.value < 0)
    if len(below):
        raise AnalysisError(
            f"non_negative was asked for, and the value at position {below[0]} is {seen.value[below[0]]:g}."
        )


def checked_observed(y: Any, n: Any, kind: Kind, sd: Any = None) -> Observed:
    """Gives one series as a chart of this kind needs it; AnalysisError if there is nothing to chart."""
    if sd is not None:
        if not kind.of_subgroups:
            raise AnalysisError(f"A {kind.title} chart takes no standard deviations; leave sd out.")
        seen = summed_up(y, n, sd)
    elif kind.of_subgroups:
        if n is not None:
            raise AnalysisError(f"A {kind.title} chart takes no denominators; leave n out.")
        seen = subgrouped(y)
    else:
        if is_subgrouped(y) or np.ndim(y) != 1:
            dimensions = np.ndim(y) if not is_subgrouped(y) else 2
            raise AnalysisError(f"A chart takes one series, and this has {dimensions} dimensions.")
        seen = observed(y, n, kind)
    if not np.isfinite(seen.value).any():
        raise AnalysisError(f"There is nothing to chart: none of the {len(seen.value)} points has a value.")
    return seen


def checked_cuts(size: int, choices: Choices) -> Cuts:
    """Gives where phases start and what enters the limits; AnalysisError on positions that are not there."""
    exclude = checked_positions("exclude", choices.exclude, first=0, size=size)
    rebase = checked_positions("rebase", choices.rebase, first=1, size=size)
    return cuts(size, checked_baseline(choices.baseline), rebase, exclude)


def checked_method(kind: Kind, rules: RuleSet, n: Any, choices: Choices) -> Method:
    """Gives how phases are computed; AnalysisError on numbers that are none."""
    per = _number("per", choices.per)
    if not LEAST_PER <= per <= MOST_PER:
        raise AnalysisError(
            f"per is {choices.per!r}, and must be more than zero, up to {MOST_PER:.0e}, as in 100 or 1000."
        )
    if per != 1.0 and n is None:
        raise AnalysisError(f"per is {choices.per!r}, and there are no denominators to give values per.")
    centre = None if choices.centre is None else _number("centre", choices.centre) / per
    if centre is not None and kind.domain != "any" and centre < 0:
        raise AnalysisError(f"centre is {choices.centre!r}, and a {kind.title} chart can't be below zero.")
    if centre is not None and kind.within_denominators and centre > 1:
        raise AnalysisError(f"centre is {choices.centre!r}, and a proportion can't be more than {per:g}.")
    options = Options(
        screen=choices.screen,
        sigma_per_moving_range=rules.sigma_per_moving_range,
        centre=centre,
        non_negative=choices.non_negative,
        ordered=choices.ordered,
    )
    return Method(kind, rules, options, per)


def checked_positions(name: str, positions: Iterable[int], first: int, size: int) -> list[int]:
    """Gives the positions in order; AnalysisError unless each is a whole number in first..size-1, once."""
    try:
        given = sorted(operator.index(position) for position in positions)
    except TypeError as error:
        raise AnalysisError(f"{name} must be a list of whole numbers, 0 for the first point.") from error
    for position in given:
        if not first <= position < size:
            raise AnalysisError(
                f"{name} has position {position}; in a series of {size} points it can be from {first} to "
                f"{size - 1}."
            )
    for one, next_one in pairwise(given):
        if one == next_one:
            raise AnalysisError(f"{name} has position {one} more than once; name it once.")
    return given


def checked_baseline(baseline: int | None) -> int | None:
    """Gives the baseline's number of points; AnalysisError if it is no whole number, or under 2."""
    if baseline is None:
        return None
    try:
        points = operator.index(baseline)
    except TypeError as error:
        raise AnalysisError(f"baseline is {baseline!r}, and must be a whole number of points.") from error
    if points < 2:
        raise AnalysisError(f"baseline is {points}, and limits need at least 2 points.")
    return points


def check_aim(better: object, target: object) -> None:
    """Raises AnalysisError unless `better` is higher, lower or None and `target` is a number or None."""
    if better not in ("higher", "lower", None):
        raise AnalysisError(f"better is {better!r}, and must be 'higher', 'lower' or None.")
    if target is not None:
        _number("target", target)


def _number(name: str, value: object) -> float:
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not np.isfinite(value) or abs(value) > LARGEST:  # type: ignore[arg-type, call-overload]
        raise AnalysisError(
            f"{name} is {value!r}, and must be a number{'' if name == 'per' else ' or None'}."
        )
    return float(value)  # type: ignore[arg-type]


def _points(y: Any) -> int:
    try:
        return len(y)
    except TypeError:
        return 0
