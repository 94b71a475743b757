"""What was observed, checked: values, denominators or subgroups, as arrays that a chart can be drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.errors import AnalysisError
from pipeline.spc.kinds import Kind
from pipeline.spc.limits import TOLERANCE, Floats, Observed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LARGEST = 1e100
"""Values beyond this are mistakes, and their squares could overflow."""
SMALLEST = 1e-100
"""Denominators and times below this are mistakes too."""


def numbers(name: str, values: ArrayLike | pd.Series[float]) -> Floats:
    """Gives `values` as floats of their shape, NaN where missing; AnalysisError if they are no numbers."""
    try:
        if np.ndim(values) == 1:
            floats = pd.Series(values).to_numpy(dtype=float, na_value=np.nan)
        else:
            floats = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise AnalysisError(f"A chart needs numbers, and {name} has values that are not.") from error
    too_large = np.argwhere(np.abs(floats) > LARGEST)
    if len(too_large):
        whose = "" if name == "the series" else f" of {name}"
        raise AnalysisError(
            f"The value{whose} at position {_place(too_large[0])} is infinite or over {LARGEST:.0e}; correct "
            "it, or mark it as missing."
        )
    return np.asarray(floats, dtype=float)


def observed(
    y: ArrayLike | pd.Series[float],
    n: ArrayLike | pd.Series[float] | None,
    kind: Kind,
) -> Observed:
    """Gives what a chart of this kind is drawn from: one series, or with 2-D `y` (series, time) a batch.

    With denominators the values are y / n; a denominator of zero, or missing, makes its point missing.
    Raises AnalysisError on values that the kind can't have.
    """
    values = numbers("the series", y)
    sizes = _denominators(values, n, kind)
    _check_domain(values, sizes, kind)
    if sizes is None:
        return Observed(values)
    return Observed(numbers("y / n", values / sizes), sizes)


def subgrouped(y: Sequence[Sequence[float]] | ArrayLike, batch: bool = False) -> Observed:
    """Gives the means, sizes and standard deviations of subgroups.

    `y` is (time, values), NaN where missing, or a sequence of sequences that may differ in length; a batch
    is (series, time, values). Raises AnalysisError on anything else.
    """
    shape_wanted = "a batch of series of" if batch else "a series of"
    values = numbers("the series", rectangular(y) if not batch else y)
    if values.ndim != 2 + batch:
        raise AnalysisError(
            f"This chart takes {shape_wanted} subgroups, several values for each point, and was given "
            f"{values.ndim} dimension{'' if values.ndim == 1 else 's'}; for single values use xmr."
        )
    present = ~np.isnan(values)
    size = present.sum(axis=-1).astype(float)
    mean = np.where(present, values, 0.0).sum(axis=-1) / np.where(size > 0, size, np.nan)
    squares = np.where(present, (values - mean[..., np.newaxis]) ** 2, 0.0).sum(axis=-1)
    return Observed(mean, size, np.sqrt(squares / np.where(size > 1, size - 1, np.nan)))


def summed_up(mean: Any, n: Any, sd: Any) -> Observed:
    """Gives subgroups from their means, sizes and standard deviations, (time,) each.

    A subgroup without a mean, or of no size, is missing; one of a single value has no standard deviation.
    Raises AnalysisError if the three don't fit each other.
    """
    if n is None:
        raise AnalysisError("Means with their standard deviations need the sizes of their subgroups as n.")
    values, size, spread = numbers("the series", mean), numbers("n", n), numbers("sd", sd)
    if values.ndim != 1 or not values.shape == size.shape == spread.shape:
        raise AnalysisError("Means, sizes and standard deviations of subgroups must be one each for a point.")
    for name, wrong in (("n", (size < 0) | (size != np.rint(size)) & np.isfinite(size)), ("sd", spread < 0)):
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            found = (size if name == "n" else spread)[at]
            raise AnalysisError(f"The {name} at position {at} is {found:g}, which no subgroup can have.")
    present = np.isfinite(values) & (size > 0)
    unknown = present & (size > 1) & np.isnan(spread)
    if unknown.any():
        at = int(np.flatnonzero(unknown)[0])
        raise AnalysisError(f"The subgroup at position {at} has {size[at]:g} values and no sd; give it.")
    return Observed(
        np.where(present, values, np.nan),
        np.where(present, size, 0.0),
        np.where(present & (size > 1), spread, np.nan),
    )


def is_subgrouped(y: Any) -> bool:
    """True if each point of the series has several values."""
    try:
        return np.ndim(y) == 2
    except ValueError:  # subgroups that differ in length
        return True


def rectangular(y: Any) -> Any:
    """Gives subgroups of differing length as one array, filled up with NaN."""
    if isinstance(y, np.ndarray | pd.DataFrame):
        return y
    try:
        groups = [[np.nan if value is None else float(value) for value in group] for group in y]
    except (TypeError, ValueError):
        return y
    width = max((len(group) for group in groups), default=0)
    return np.array([group + [np.nan] * (width - len(group)) for group in groups]).reshape(len(groups), width)


def _denominators(values: Floats, n: Any, kind: Kind) -> Floats | None:
    if n is None:
        if kind.denominators == "needed":
            raise AnalysisError(f"A {kind.title} chart needs denominators; give them as n.")
        return None
    if kind.denominators == "none":
        raise AnalysisError(f"A {kind.title} chart takes no denominators; leave n out.")
    sizes = numbers("n", n)
    if sizes.shape[-1:] != values.shape[-1:] or sizes.ndim > values.ndim or not sizes.ndim:
        raise AnalysisError(
            f"The series has {values.shape[-1]} points and n has {sizes.size}; give one denominator for "
            "each point."
        )
    wrong = np.argwhere((sizes < 0) | ((sizes > 0) & (sizes < SMALLEST)))
    if len(wrong):
        raise AnalysisError(
            f"The denominator at position {_place(wrong[0])} is {sizes[tuple(wrong[0])]:g}; it must be more "
            "than zero, or zero where there was nothing to count."
        )
    return np.array(np.broadcast_to(np.where(sizes > 0, sizes, np.nan), values.shape))


def _check_domain(values: Floats, sizes: Floats | None, kind: Kind) -> None:
    """Raises AnalysisError on the first value that a chart of this kind can't have."""
    if kind.domain != "any":
        least = SMALLEST if kind.domain == "above zero" else 0.0
        wrong = np.argwhere(values < least)
        if len(wrong):
            found = f"The value at position {_place(wrong[0])} is {values[tuple(wrong[0])]:g}"
            wanted = "more than zero" if least else "zero or more"
            raise AnalysisError(f"{found}, and a {kind.title} chart takes values of {wanted}.")
    if kind.within_denominators and sizes is not None:
        wrong = np.argwhere(values > sizes * (1 + TOLERANCE))
        if len(wrong):
            at = tuple(wrong[0])
            found = f"At position {_place(wrong[0])} the count is {values[at]:g} of {sizes[at]:g}"
            raise AnalysisError(
                f"{found}; a {kind.title} chart takes proportions, none more than 1. For rates use u."
            )


def _place(index: Any) -> str:
    return ", ".join(str(int(place)) for place in index)
