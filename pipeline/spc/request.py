"""What a chart is asked to be, checked: each thing that can't be done is refused in one sentence."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.errors import AnalysisError
from pipeline.spc.limits import KINDS, Floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LARGEST = 1e100
"""Values beyond this are mistakes, and their squares could overflow."""


def checked_series(y: ArrayLike | pd.Series[float]) -> Floats:
    """Gives the values as (time,) floats with NaN where missing; AnalysisError if they can't be charted."""
    if np.ndim(y) != 1:
        raise AnalysisError(f"A chart takes one series, and this has {np.ndim(y)} dimensions.")
    try:
        values = np.asarray(pd.Series(y).to_numpy(dtype=float, na_value=np.nan), dtype=float)
    except (TypeError, ValueError) as error:
        raise AnalysisError("A chart needs numbers, and the series has values that are not.") from error
    too_large = np.flatnonzero(np.abs(values) > LARGEST)
    if len(too_large):
        raise AnalysisError(
            f"The value at position {too_large[0]} is infinite or over {LARGEST:.0e}; correct it, or "
            "mark it as missing."
        )
    if not np.isfinite(values).any():
        raise AnalysisError(f"There is nothing to chart: none of the {len(values)} points has a value.")
    return values


def checked_kind(kind: str, n: object) -> tuple[str, str]:
    """Gives the kind of chart and why that one; AnalysisError on a kind or denominators it can't use."""
    chosen = "xmr" if kind == "auto" else kind
    if chosen not in KINDS:
        known = ", ".join(["auto", *KINDS])
        raise AnalysisError(f"There is no chart of kind {kind!r}; those available are: {known}.")
    if n is not None:
        raise AnalysisError("An XmR chart takes no denominators; give it the rates, and leave n out.")
    if kind == "auto":
        return chosen, "An XmR chart, because the series has one value a period and no denominators."
    return chosen, "An XmR chart, as asked."


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
    is_number = isinstance(target, (int, float, np.number)) and bool(np.isfinite(target))
    if target is not None and not is_number:
        raise AnalysisError(f"target is {target!r}, and must be a number or None.")
