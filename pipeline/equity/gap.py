"""Did the gap narrow? An interrupted time series on the gap itself, and what its interval bears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipeline.equity.inequality import in_words
from pipeline.its.fitting import fit
from pipeline.its.inference import FloatArray
from pipeline.its.interval import Interval, average_effect
from pipeline.its.observations import numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pipeline.its.fit_result import Fit

Verdict = Literal["narrowed", "widened", "reversed", "opened", "unclear", "no-gap"]

ENDS = ("most deprived", "least deprived")


@dataclass(frozen=True, eq=False)
class Gap:
    """What became of a gap.

    Everything is in terms of the gap's `size`: `sign` times the series given, so that it is positive before
    the change. `fit` is the interrupted time series of the size; `before` its average before the change,
    `after` and `expected` those after it, as fitted and had nothing changed; `change` is after less expected,
    and `share` the same as a share of what was expected, or None where that is not clearly above zero.
    """

    fit: Fit
    sign: int
    before: Interval
    after: Interval
    expected: float
    change: Interval
    share: Interval | None
    verdict: Verdict
    sentence: str


def gap(series: ArrayLike, start: int, *, ends: Sequence[str] = ENDS, unit: str = "", **options: Any) -> Gap:
    """Gives what became of the gap at a change, from its `series`, shape (n,): least minus most deprived.

    `start` and `options` are those of `its.fit`; `ends` and `unit` those of `gap_of`. Raises AnalysisError as
    `its.fit` does.
    """
    values = numbers(series, "series")
    sign = sign_of(values[:start])
    return gap_of(fit(sign * values, start, **options), sign, ends=ends, unit=unit)


def sign_of(before: ArrayLike) -> int:
    """Gives 1 or −1: by which a gap's series, as it was before the change, becomes its size."""
    known = np.asarray(before, dtype=float)
    return -1 if known[np.isfinite(known)].sum() < 0 else 1


def gap_of(found: Fit, sign: int, *, ends: Sequence[str] = ENDS, unit: str = "") -> Gap:
    """Gives what became of a gap from the fit of its size; `sign` is what made the series its size.

    `ends` names the two ends of the gradient, and `unit` what the gap counts, for the sentence. Narrowed or
    widened: the 95% interval of the average effect on the size excludes zero. Reversed: it narrowed past
    zero, and is clearly the other way round. Where there was no clear gap before, it opened, or there is
    none to speak of.
    """
    rows = found.design.matrix
    before, after = (
        _average(found, rows[part]) for part in (slice(0, found.start), slice(found.after, found.until))
    )
    change = average_effect(found.effects)
    verdict = judge(before, after, change)
    return Gap(
        fit=found,
        sign=sign,
        before=before,
        after=after,
        expected=float(found.effects["expected"].loc["average"]),
        change=change,
        share=_share(found),
        verdict=verdict,
        sentence=_sentence(verdict, sign, before, after, change, ends, unit),
    )


def judge(before: Interval, after: Interval, change: Interval) -> Verdict:
    """Gives what became of a gap whose size was `before` and is `after`, `change` more than expected.

    >>> judge(Interval(8, 7, 9), Interval(5, 4, 6), Interval(-3, -4, -2))
    'narrowed'
    >>> judge(Interval(8, 7, 9), Interval(7, 5, 9), Interval(-1, -3, 1))
    'unclear'
    """
    if not before.is_clear:
        return "opened" if change.is_clear and after.is_clear else "no-gap"
    if not change.is_clear:
        return "unclear"
    if change.estimate > 0:
        return "widened"
    return "reversed" if after.upper < 0 else "narrowed"


def _average(found: Fit, rows: FloatArray) -> Interval:
    """The average of the fit over some of its periods; those without covariates are left out."""
    known = rows[~np.isnan(rows).any(axis=1)]
    return Interval.of(found.estimate.contrasts(known.mean(axis=0, keepdims=True)).one(0))


def _share(found: Fit) -> Interval | None:
    columns = ["relative", "relative_lower", "relative_upper"]
    share = [float(value) for value in found.effects.loc["average", columns].to_numpy(dtype=float)]
    return Interval(*share) if np.isfinite(share).all() else None


LEADS: dict[Verdict, str] = {
    "narrowed": "The gap narrowed",
    "widened": "The gap widened",
    "reversed": "The gap turned round",
    "opened": "A gap opened",
    "unclear": "There is no clear change in the gap",
    "no-gap": "There was no clear gap before the change, and no clear one opened",
}


def _sentence(
    verdict: Verdict,
    sign: int,
    before: Interval,
    after: Interval,
    change: Interval,
    ends: Sequence[str],
    unit: str,
) -> str:
    """The verdict in words, with the gap before and after, and its change with the interval."""
    size = f"{before.spoken(unit)} before the change ({in_words(sign, ends)})"
    return (
        f"{LEADS[verdict]}: it was on average {size} and {after.spoken(unit)} after it; against what the "
        f"earlier course would have given, its size changed by {change.spoken(unit)}."
    )
