"""Control charts of many series at once: one pass over arrays, equal to `chart` series by series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import AnalysisError
from pipeline.spc import meaning
from pipeline.spc.judgement import Judged, judged
from pipeline.spc.kinds import KINDS, kind_name
from pipeline.spc.limits import Bools, Floats, Observed
from pipeline.spc.observed import numbers, observed, subgrouped
from pipeline.spc.phases import Cuts, Method, Phase, computed, joined_lines
from pipeline.spc.request import Choices, check_aim, checked_cuts, checked_method
from pipeline.spc.rules import RuleSet
from pipeline.spc.rulesets import rule_set

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BLOCK = 1024
"""Series charted at once: enough to spare the overhead, few enough to stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Charts:
    """Control charts of many series; arrays are (series, time) unless said otherwise.

    value, centre, lower, upper, lower_2sigma, upper_2sigma: as the columns of `Chart.points`.
    phase (time,): the number of the phase each point is in, from 1.
    signals (rules, series, time): which rules each point triggers; rule_names are those of the first axis.
    headline: the place in rule_names of the first by priority, -1 for none.
    direction: the place in `meaning.DIRECTIONS` of what that means, 0 for none.
    summary: one row a series: value, centre, lower, upper (at the latest point), signals (points that are
        one), variation, assurance, phase_variation, and Anhøj's runs analysis of the latest phase.
    """

    value: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    lower_2sigma: Floats
    upper_2sigma: Floats
    phase: NDArray[np.int64]
    signals: Bools
    rule_names: tuple[str, ...]
    headline: meaning.Codes
    direction: meaning.Codes
    summary: pd.DataFrame
    kind: str
    rules: str


LINES = ("value", "centre", "lower", "upper", "lower_2sigma", "upper_2sigma")


def chart_many(
    Y: ArrayLike | pd.DataFrame,
    kind: str = "xmr",
    n: ArrayLike | pd.DataFrame | None = None,
    rules: str | RuleSet = "making-data-count",
    baseline: int | None = None,
    rebase: Iterable[int] = (),
    exclude: Iterable[int] = (),
    better: Literal["higher", "lower"] | None = None,
    target: float | ArrayLike | None = None,
    screen: bool = False,
    per: float = 1.0,
    centre: float | None = None,
    non_negative: bool = False,
    ordered: bool = True,
) -> Charts:
    """Gives the control charts of many series of one length, all of one kind.

    Args:
        Y: the values, (series, time), NaN where missing; of subgroups (series, time, values). A data frame's
            index names the series.
        n: denominators, (series, time), or (time,) if they are the same for all.
        target: one for all, or one a series.
        kind, rules, baseline and the others: as in `chart`, the same for all series; `auto` would choose for
            each, and is refused.

    A series without any value is charted as nothing: its lines are NaN and its variation None. The doubts
    that `chart` tells are not looked for.

    Raises:
        AnalysisError: if the series or an option can't be used as given.
    """
    if kind == "auto":
        raise AnalysisError("Name the kind of the charts; auto chooses for one series at a time.")
    name = kind_name(kind)
    choices = Choices(
        kind=name,
        rules=rules,
        baseline=baseline,
        rebase=rebase,
        exclude=exclude,
        screen=screen,
        measure=None,
        per=per,
        centre=centre,
        non_negative=non_negative,
        ordered=ordered,
    )
    seen = _observed(Y, n, name)
    series, size = seen.value.shape
    targets = _targets(target, better, series)
    cuts = checked_cuts(size, choices)
    method = checked_method(KINDS[name], rule_set(rules), n, choices)
    blocks = [
        _block(part, cuts, method, better, None if targets is None else targets[rows])
        for rows, part in _parts(seen)
    ]
    arrays = {key: np.concatenate([block.arrays[key] for block in blocks]) for key in blocks[0].arrays}
    summary = pd.concat([block.summary for block in blocks], ignore_index=True)
    if isinstance(Y, pd.DataFrame):
        summary.index = Y.index
    return Charts(
        phase=cuts.phase_of_points(),
        signals=np.concatenate([block.signals for block in blocks], axis=1),
        rule_names=tuple(rule.name for rule in method.rules.rules),
        summary=summary,
        kind=name,
        rules=method.rules.name,
        **arrays,
    )


@dataclass(frozen=True, eq=False)
class _Block:
    """What a block of series shows."""

    arrays: dict[str, Any]
    signals: Bools
    summary: pd.DataFrame


def _block(
    seen: Observed, cuts: Cuts, method: Method, better: meaning.Better | None, target: Floats | None
) -> _Block:
    phases = computed(seen, cuts, method)
    found = judged(phases, seen, cuts, method, better, target)
    arrays: dict[str, Any] = {name: joined_lines(phases, name) for name in LINES}
    return _Block(
        arrays={**arrays, "headline": found.headline, "direction": found.direction},
        signals=np.array([signals.marked for signals in found.signals]),
        summary=_summary(arrays, phases, found),
    )


def _summary(arrays: dict[str, Floats], phases: list[Phase], found: Judged) -> pd.DataFrame:
    known = np.isfinite(arrays["value"]).any(axis=1)
    runs = phases[-1].runs
    any_useful = runs.useful > 0
    columns: dict[str, Any] = {
        name: np.take_along_axis(arrays[name], found.at[:, np.newaxis], axis=1)[:, 0]
        for name in ("value", "centre", "lower", "upper")
    }
    columns["signals"] = np.count_nonzero(found.headline >= 0, axis=1)
    variation, phase_variation = found.variation.copy(), found.phase_variation.copy()
    variation[~known] = phase_variation[~known] = None
    # As objects, so that None stays None whatever pandas makes of strings.
    columns["variation"] = pd.Series(variation, dtype=object)
    columns["assurance"] = pd.Series(found.assurance, dtype=object)
    columns["phase_variation"] = pd.Series(phase_variation, dtype=object)
    columns["longest_run"] = runs.longest_run
    columns["longest_run_max"] = np.where(any_useful, runs.longest_run_max, np.nan)
    columns["crossings"] = runs.crossings
    columns["crossings_min"] = np.where(any_useful, runs.crossings_min, np.nan)
    columns["runs_signal"] = runs.signal
    return pd.DataFrame(columns)


def _observed(Y: Any, n: Any, name: str) -> Observed:
    kind = KINDS[name]
    if kind.of_subgroups:
        if n is not None:
            raise AnalysisError(f"A {kind.title} chart takes no denominators; leave n out.")
        seen = subgrouped(Y, batch=True)
    else:
        if np.ndim(Y) != 2:
            raise AnalysisError(f"Charts of many series take an array (series, time), not {np.ndim(Y)}-D.")
        seen = observed(Y, n, kind)
    if 0 in seen.value.shape:
        raise AnalysisError("There is nothing to chart: there are no series, or they have no points.")
    return seen


def _targets(target: Any, better: object, series: int) -> Floats | None:
    check_aim(better, None)
    if target is None:
        return None
    targets = numbers("target", target)
    if targets.ndim > 1 or targets.size not in (1, series):
        raise AnalysisError(f"There are {series} series and {targets.size} targets; give one, or one each.")
    return np.array(np.broadcast_to(targets, (series,)))


def _parts(seen: Observed) -> Iterator[tuple[slice, Observed]]:
    for start in range(0, len(seen.value), BLOCK):
        rows = slice(start, start + BLOCK)
        yield (
            rows,
            Observed(
                seen.value[rows],
                None if seen.size is None else seen.size[rows],
                None if seen.sd is None else seen.sd[rows],
            ),
        )
