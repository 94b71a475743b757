"""What phases show, judged: headlines, directions, variation and assurance, for one series or a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.spc import meaning
from pipeline.spc.limits import Bools, Floats, Observed
from pipeline.spc.phases import Cuts, Method, Phase, joined_lines, joined_signals, phase
from pipeline.spc.rules import RuleSet, Signals


@dataclass(frozen=True, eq=False)
class Judged:
    """The signals of each rule, headlines and directions (..., time), and what the series mean, (...).

    at: the position of the point that variation and assurance are told from.
    """

    signals: list[Signals]
    headline: meaning.Codes
    direction: meaning.Codes
    at: NDArray[np.int64]
    variation: meaning.Names
    assurance: meaning.Names
    phase_variation: meaning.Names


def judged(
    phases: Sequence[Phase],
    observed: Observed,
    cuts: Cuts,
    method: Method,
    better: meaning.Better | None,
    target: float | Floats | None,
) -> Judged:
    """Gives what these phases show and mean."""
    signals = joined_signals(phases)
    values, centre = joined_lines(phases, "value"), joined_lines(phases, "centre")
    is_high = np.asarray(values >= centre)
    at = judged_positions(values, method.rules)
    last = at[..., np.newaxis]
    rules = method.rules
    sides = (
        meaning.sides_of_all(signals, values.shape)
        if rules.says_both
        else meaning.sides_of_headline(signals, values.shape)
    )
    now = [_at(found, last) for found in signals]
    lines = {name: _take(joined_lines(phases, name), last) for name in ("lower", "upper", "slack")}
    variation = meaning.variations(
        meaning.sides_of_headline(now, at.shape), np.asarray(_take(is_high, last)), better
    )
    whole = _phase_variation(phases, signals, observed, cuts, method, better)
    return Judged(
        signals=signals,
        headline=meaning.headlines(signals, values.shape),
        direction=meaning.directions(sides, is_high, better),
        at=at,
        variation=variation,
        assurance=meaning.assurances(target, lines["lower"], lines["upper"], better, lines["slack"]),
        phase_variation=variation if whole is None else whole,
    )


def judged_positions(values: Floats, rules: RuleSet) -> NDArray[np.int64]:
    """Gives the position of the point that a chart's meaning is told from: (..., time) → (...).

    The latest that has a value, or the last row where the rule set says so or no point has one.
    """
    size = values.shape[-1]
    known = np.isfinite(values)
    if rules.variation_from == "last row" or known[..., -1].all():
        return np.full(values.shape[:-1], size - 1, dtype=np.int64)
    latest = size - 1 - np.argmax(known[..., ::-1], axis=-1)
    return np.asarray(np.where(known.any(axis=-1), latest, size - 1), dtype=np.int64)


def _phase_variation(
    phases: Sequence[Phase],
    signals: Sequence[Signals],
    observed: Observed,
    cuts: Cuts,
    method: Method,
    better: meaning.Better | None,
) -> meaning.Names | None:
    """Gives the variation of the latest phase against the limits of the one before.

    With one phase, of its points after the baseline; where there are none, None, since points judged
    by limits of their own are told from the latest.
    """
    if len(phases) > 1:
        *_, before, latest = cuts.slices()
        both = slice(before.start, latest.stop)
        in_limits = cuts.in_limits[both].copy()
        in_limits[latest.start - both.start :] = False
        extended = phase(both.start, observed.part(both), in_limits, cuts.kept[both], method)
        signals, values = extended.signals, extended.lines.value
        is_high = np.asarray(values >= extended.lines.centre)
        begin = latest.start - both.start
    else:
        values = phases[0].lines.value
        is_high = np.asarray(values >= phases[0].lines.centre)
        if not (cuts.kept & ~cuts.in_limits).any():
            return None
        begin = int(np.flatnonzero(cuts.kept & ~cuts.in_limits)[0])
    sides = meaning.sides_of_headline(signals, values.shape)
    part = meaning.Sides(sides.high[..., begin:], sides.low[..., begin:], sides.undirected[..., begin:])
    return meaning.variation_of_phase(part, is_high[..., begin:], better)


def _take(values: Floats | Bools, last: NDArray[np.int64]) -> Floats:
    return np.asarray(np.take_along_axis(values, last, axis=-1)[..., 0])


def _at(found: Signals, last: NDArray[np.int64]) -> Signals:
    undirected = None if found.undirected is None else _take(found.undirected, last).astype(bool)
    return Signals(_take(found.high, last).astype(bool), _take(found.low, last).astype(bool), undirected)
