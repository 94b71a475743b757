"""Which kind of chart fits a series: chosen by what is given, and told with its reason."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.spc.attributes import proportion, rate, sigma_z
from pipeline.spc.kinds import KINDS, kind_name
from pipeline.spc.limits import Bools, Floats, Observed, Options
from pipeline.spc.observed import is_subgrouped, numbers

Measure = Literal["count", "rate", "proportion", "mean", "value", "time-between"]
MEASURES: tuple[Measure, ...] = ("count", "rate", "proportion", "mean", "value", "time-between")

FEWEST_TO_JUDGE = 12
"""Points under which extra variation can't be told from chance well enough to choose by it."""


def chosen_kind(
    kind: str, y: Any, n: Any, measure: str | None, first_phase: Bools, summed_up: bool = False
) -> tuple[str, str]:
    """Gives the name of the kind of chart and why that one; AnalysisError on one that is not known.

    `auto` goes by what is given: subgroups, the kind of measure, denominators, rare events, and whether the
    points in `first_phase` (time,) vary more than chance makes counts vary. Later points don't change it.
    `summed_up`: the values are the means of subgroups, n their sizes.
    """
    if measure is not None and measure not in MEASURES:
        known = ", ".join(MEASURES)
        raise AnalysisError(f"There is no measure {measure!r}; those known are: {known}.")
    if kind != "auto":
        name = kind_name(kind)
        return name, f"{_article(name)}, as asked."
    if summed_up:
        return "xbar", f"{_article('xbar')}, because each point is the mean of several values."
    name, because = _chosen(y, n, measure, first_phase)
    return name, f"{_article(name)}, because {because}."


def _chosen(y: Any, n: Any, measure: str | None, first_phase: Bools) -> tuple[str, str]:
    if is_subgrouped(y):
        return "xbar", "each point has several values"
    values = numbers("the series", y)
    if n is not None:
        return _with_denominators(values, numbers("n", n), measure, first_phase)
    if measure == "time-between":
        if np.nanmin(values, initial=np.inf) > 0:
            return "t", "the values are times between events"
        return "g", "the values are what passed between events, and some are zero"
    if measure == "count" and _are_counts(values):
        widened, many = _extra_variation(Observed(values, np.ones_like(values)), first_phase, "u")
        if many:
            return "xmr", f"the counts vary {widened:.1f} times as much as chance alone would make them"
        return "c", f"the values are counts, and {_as_chance(values, first_phase)}"
    return "xmr", "the series has one value a period and no denominators"


def _with_denominators(values: Floats, n: Floats, measure: str | None, first_phase: Bools) -> tuple[str, str]:
    if n.shape != values.shape or not _are_counts(values) or measure in ("value", "mean"):
        return "i'", "the values have denominators and are not counts"
    known = np.isfinite(values) & (n > 0)
    within = bool((values[known] <= n[known]).all())
    if measure == "rate" or not within:
        name, what = (
            "u",
            "rates of events" if measure == "rate" else "counts that can exceed their denominators",
        )
    else:
        name, what = "p", "proportions" if measure == "proportion" else "counts within their denominators"
    sizes = np.where(n > 0, n, np.nan)
    widened, many = _extra_variation(Observed(values / sizes, sizes), first_phase, name)
    if many:
        return f"{name}'", (
            f"the values are {what}, and vary {widened:.1f} times as much as chance alone would make them"
        )
    return name, f"the values are {what}, and {_as_chance(values, first_phase)}"


def _extra_variation(observed: Observed, first_phase: Bools, name: str) -> tuple[float, bool]:
    """Gives how many times as much values vary as chance alone makes them, and whether that is clear.

    It is clear where it exceeds 1 by two of its standard errors, about 0.91 / √(k - 1) for k points.
    """
    plain = {"p": proportion, "u": rate}[name]
    lines = plain(observed, first_phase, Options())
    widened = float(sigma_z(observed.value, lines.centre, lines.sigma, first_phase, Options())[0])
    k = int((np.isfinite(observed.value) & first_phase).sum())
    return widened, k >= FEWEST_TO_JUDGE and widened > 1 + 2 * 0.91 / math.sqrt(k - 1)


def _as_chance(values: Floats, first_phase: Bools) -> str:
    """Why no more than chance is allowed for."""
    if int((np.isfinite(values) & first_phase).sum()) < FEWEST_TO_JUDGE:
        return f"fewer than {FEWEST_TO_JUDGE} points at first can't tell whether they vary more than chance"
    return "vary about as much as chance makes them"


def _are_counts(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return bool((known >= 0).all() and (known == np.rint(known)).all())


def _article(name: str) -> str:
    title = KINDS[name].title
    article = "An" if name in ("xmr", "xbar", "mr", "s", "i'") else "A"
    return f"{article} {title} chart"
