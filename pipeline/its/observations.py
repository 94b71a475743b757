"""The series as it was handed over, checked: values, calendar positions, and where the change came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import AnalysisError
from pipeline.its.inference import FloatArray
from pipeline.its.interventions import Intervention, Placed, place

if TYPE_CHECKING:
    import pandas as pd

FEWEST_POINTS = 8
"""No interval method is known to hold its level below this (Turner et al. 2021 go down to 12)."""

FEWEST_BEFORE = 3
"""Two points are a line; a third is the least from which a line can be doubted."""

LARGEST_VALUE = 1e100
"""Beyond this, squares of sums leave the range of floating-point numbers."""


@dataclass(frozen=True, eq=False)
class Observations:
    """A checked series of n periods.

    `values` and `usable` have shape (n,); so has `time`, the integer calendar positions, which increase.
    `start` is the row of the first point after the (first) change, `after` the row where its level and slope
    begin, and `until` the first row that no change affects any more, or n. `interventions` are the changes.
    """

    values: FloatArray
    usable: NDArray[np.bool_]
    time: NDArray[np.int64]
    interventions: tuple[Placed, ...]

    @property
    def start(self) -> int:
        """The row of the first point after the first change."""
        return self.interventions[0].start

    @property
    def after(self) -> int:
        """The row where the first change's level and slope begin."""
        return min(placed.after for placed in self.interventions)

    @property
    def until(self) -> int:
        """The first row past every change's last."""
        return max(placed.until for placed in self.interventions)

    @property
    def n_before(self) -> int:
        """How many usable points lie before the change."""
        return int(self.usable[: self.start].sum())

    @property
    def n_after(self) -> int:
        """How many usable points lie after the change and its transition."""
        return int(self.usable[self.after : self.until].sum())


def observe(y: ArrayLike, interventions: Sequence[Intervention], time: ArrayLike | None) -> Observations:
    """Gives the checked series with its changes in their places.

    Raises `AnalysisError` where the values, times, or an intervention can't be used.
    """
    values = numbers(y, "y")
    if np.isinf(values).any():
        raise AnalysisError(
            f"y has an infinite value at position {_first(np.isinf(values))}; correct it, or mark it as "
            "missing."
        )
    if (np.abs(values) > LARGEST_VALUE).any():
        where = _first(np.abs(values) > LARGEST_VALUE)
        raise AnalysisError(f"y has a value beyond {LARGEST_VALUE:g} at position {where}; use a larger unit.")
    usable = ~np.isnan(values)
    if usable.sum() < FEWEST_POINTS:
        raise AnalysisError(
            f"y has {usable.sum()} usable points, and an interrupted time series needs at least "
            f"{FEWEST_POINTS}; use shorter periods or a longer series."
        )
    spread = np.ptp(values[usable])
    if spread <= 1e-12 * np.abs(values[usable]).max():
        raise AnalysisError(
            "y has the same value throughout, so there is no variation to learn from; check the measure."
        )
    if spread < 1 / LARGEST_VALUE:
        raise AnalysisError(f"y varies by less than {1 / LARGEST_VALUE:g}; use a smaller unit.")
    positions = calendar(time, len(values))
    placed = place(interventions, positions)
    observed = Observations(values, usable, positions, placed)
    if observed.n_before < FEWEST_BEFORE:
        raise AnalysisError(
            f"only {observed.n_before} usable points lie before start (position {observed.start}), and a "
            f"trend needs at least {FEWEST_BEFORE}; move start or use a longer series."
        )
    for index, one in enumerate(placed):
        ends = min([one.until, *(later.start for later in placed[index + 1 :] if later.start > one.after)])
        found = int(usable[one.after : ends].sum())
        if found < one.points_needed:
            raise AnalysisError(
                f"only {found} usable points lie after the change (from position {one.after}), and this "
                f"impact needs at least {one.points_needed}; wait for more data, or choose another impact."
            )
    return observed


def calendar(time: ArrayLike | None, n: int) -> NDArray[np.int64]:
    """Gives the n calendar positions: `time` if it is increasing integers, or 0 to n−1 where it is None."""
    if time is None:
        return np.arange(n, dtype=np.int64)
    given = numbers(time, "time")
    if len(given) != n:
        raise AnalysisError(f"time has {len(given)} positions and y has {n} values; give one for each value.")
    whole = np.isfinite(given) & (np.abs(given) < 2**52) & (given == np.round(given))
    if not whole.all():
        raise AnalysisError(
            f"time is not a whole number at position {_first(~whole)}; give each period's place in the "
            "calendar as an integer."
        )
    positions = given.astype(np.int64)
    steps = np.diff(positions)
    if (steps == 0).any():
        row = _first(steps == 0) + 1
        raise AnalysisError(f"time {positions[row]} appears twice, at position {row}; give each period once.")
    if (steps < 0).any():
        raise AnalysisError(
            f"time goes backwards at position {_first(steps < 0) + 1}; sort the series by time first."
        )
    return positions


def covariate_columns(
    covariates: pd.DataFrame | Mapping[str, ArrayLike] | None, observed: Observations
) -> dict[str, FloatArray]:
    """Gives each covariate by name, shape (n,).

    A covariate may be missing only where y is. Raises `AnalysisError` for wrong lengths, and for values
    that are missing where y is not, infinite, or not numbers.
    """
    columns: dict[str, FloatArray] = {}
    for name, given in ({} if covariates is None else covariates).items():
        column = numbers(given, f"covariate '{name}'")
        if len(column) != len(observed.values):
            raise AnalysisError(
                f"covariate '{name}' has {len(column)} values and y has {len(observed.values)}; give one "
                "for each value of y."
            )
        unfit = np.isinf(column) | (np.abs(column) > LARGEST_VALUE) | (np.isnan(column) & observed.usable)
        if unfit.any():
            raise AnalysisError(
                f"covariate '{name}' is missing or infinite at position {_first(unfit)}, where y has a "
                "value; fill it in, or leave the covariate out."
            )
        columns[str(name)] = column
    return columns


def denominators(given: ArrayLike | None, observed: Observations) -> FloatArray | None:
    """Gives the denominator of each period, shape (n,), or None where there is none.

    Raises `AnalysisError` for a wrong length, and for what is missing or not positive where y has a value.
    """
    if given is None:
        return None
    found = numbers(given, "denominator")
    if len(found) != len(observed.values):
        raise AnalysisError(
            f"denominator has {len(found)} values and y has {len(observed.values)}; give one for each."
        )
    unfit = observed.usable & ~((found > 0) & (found <= LARGEST_VALUE))
    if unfit.any():
        raise AnalysisError(
            f"denominator is missing or not above zero at position {_first(unfit)}, where y has a value; "
            "mark y as missing there, or correct it."
        )
    return np.where(found > 0, found, np.nan)


def numbers(given: ArrayLike, name: str) -> FloatArray:
    """Gives `given` as floating-point numbers of shape (n,), whatever stands for missing as NaN."""
    try:
        convert = getattr(given, "to_numpy", None)
        raw = np.asarray(given) if convert is None else convert(dtype=float, na_value=np.nan)
        values = np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError):
        raise AnalysisError(
            f"{name} holds something that is not a number; convert or drop it first."
        ) from None
    if values.ndim != 1:
        raise AnalysisError(
            f"{name} must be one series, and this has {values.ndim} dimensions; pass one column."
        )
    return values


def _first(mask: NDArray[np.bool_]) -> int:
    return int(np.argmax(mask))
