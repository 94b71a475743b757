"""The design matrix: trend, level and slope changes, transition, seasonality and covariates.

y = intercept + time + level_change·L + slope_change·S + ..., with T the time of the first point after the
change (and after its transition), L = 1[time ≥ T] and S = (time − T)·L. The level change is therefore the
change *at the first point after*. Wagner et al. (2002) and others count S from 1, and theirs is the change
a period earlier; Zhang et al. (2024) find one published study in ten misreading its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.inference import FloatArray
from pipeline.its.interventions import Placed
from pipeline.its.observations import Observations

Trend = Literal["linear", "none"]
Role = Literal["trend", "change", "season", "covariate"]

COLLINEAR = 1e-9
"""A column adds nothing if less than this share of it is its own, the rest that of those before it."""

SPARE_POINTS = 4
"""Fewest points that must be left over once every coefficient has one; with fewer, intervals mean nothing."""


@dataclass(frozen=True, eq=False)
class Design:
    """The columns of a model over all n periods, usable or not.

    `matrix` has shape (n, k), with NaN where a covariate is not known; `averages`, shape (k,), holds the
    value that stands for an average season and the average covariate (and is not used in other columns).
    """

    columns: tuple[str, ...]
    roles: tuple[Role, ...]
    matrix: FloatArray
    averages: FloatArray

    def without_change(self) -> FloatArray:
        """The matrix had nothing changed: every intervention column at zero."""
        return np.where(self._is("change"), 0.0, self.matrix)

    def at_average(self, matrix: FloatArray) -> FloatArray:
        """`matrix` with seasonality and covariates held at their averages, so that only the trend is left."""
        return np.where(self._is("season", "covariate"), self.averages, matrix)

    def names(self, *roles: Role) -> tuple[str, ...]:
        """The columns that have one of these roles."""
        return tuple(name for name, role in zip(self.columns, self.roles, strict=True) if role in roles)

    def _is(self, *roles: Role) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.array([role in roles for role in self.roles])


@dataclass(frozen=True)
class Terms:
    """What the model has beside the changes: the trend, and seasonality on a cycle of `period`."""

    harmonics: int = 0
    dummies: bool = False
    period: int = 12
    trend: Trend = "linear"


def build(observed: Observations, covariates: dict[str, FloatArray], terms: Terms) -> Design:
    """Gives the design of the interventions on a trend.

    Raises `AnalysisError` where seasonality is asked for that the period can't have, names clash, the
    columns are not independent, or too few points are left over.
    """
    _check_season(terms.harmonics, terms.dummies, terms.period)
    if terms.trend not in get_args(Trend):
        raise AnalysisError(f"trend is {terms.trend!r}; it must be one of {', '.join(get_args(Trend))}.")
    parts: list[tuple[str, Role, FloatArray, float]] = []
    time = observed.time.astype(np.float64)
    parts.append(("intercept", "trend", np.ones(len(time)), 1.0))
    if terms.trend == "linear":
        parts.append(("time", "trend", time, 0.0))
    for placed in observed.interventions:
        parts += [(name, "change", column, 0.0) for name, column in _changes(placed, time)]
    for placed in observed.interventions:
        parts += [(name, "change", column, 0.0) for name, column in _transition(placed, observed)]
    parts += [(name, "season", column, 0.0) for name, column in _harmonics(time, terms)]
    if terms.dummies:
        share = 1 / terms.period
        parts += [(name, "season", column, share) for name, column in _dummies(observed, terms.period)]
    for name, column in covariates.items():
        if name in [part[0] for part in parts]:
            raise AnalysisError(f"a covariate is called '{name}', as a term of the model is; rename it.")
        parts.append((name, "covariate", column, float(column[observed.usable].mean())))
    names, roles, columns, averages = zip(*parts, strict=True)
    design = Design(names, roles, np.column_stack(columns), np.array(averages))
    _check_identified(design, observed)
    return design


def _changes(placed: Placed, time: FloatArray) -> list[tuple[str, FloatArray]]:
    """The level and slope of one change, in force from its first row to its last."""
    rows = np.arange(len(time))
    in_force = (rows >= placed.after) & (rows < placed.until)
    columns = []
    if placed.impact != "slope":
        columns.append((f"level_change{placed.suffix}", in_force.astype(np.float64)))
    if placed.impact != "level":
        since = np.where(in_force, time - time[min(placed.after, len(time) - 1)], 0.0)
        columns.append((f"slope_change{placed.suffix}", since))
    return columns


def _transition(placed: Placed, observed: Observations) -> list[tuple[str, FloatArray]]:
    """One indicator for each transition period with a value; one without has nothing to be estimated from."""
    rows = [row for row in range(placed.start, placed.settled) if observed.usable[row]]
    first = observed.time[placed.start]
    of = f"_of{placed.suffix}" if placed.suffix else ""
    return [
        (
            f"phase_in_{observed.time[row] - first + 1}{of}",
            (np.arange(len(observed.time)) == row).astype(np.float64),
        )
        for row in rows
    ]


def _harmonics(time: FloatArray, terms: Terms) -> list[tuple[str, FloatArray]]:
    columns = []
    for k in range(1, terms.harmonics + 1):
        angle = 2 * np.pi * k * np.mod(time, terms.period) / terms.period
        if 2 * k < terms.period:  # at half the period the sine is zero at every whole time
            columns.append((f"sin_{k}", np.sin(angle)))
        columns.append((f"cos_{k}", np.cos(angle)))
    return columns


def _dummies(observed: Observations, period: int) -> list[tuple[str, FloatArray]]:
    """One indicator a season; they are counted from the first period, whose own season is dropped."""
    season = np.mod(observed.time - observed.time[0], period)
    return [(f"season_{k + 1}", (season == k).astype(np.float64)) for k in range(1, period)]


def _check_season(harmonics: int, dummies: bool, period: int) -> None:
    if isinstance(period, bool) or not isinstance(period, int | np.integer) or period < 1:
        raise AnalysisError(f"period must be a whole number of periods in a cycle, not {period!r}.")
    if isinstance(harmonics, bool) or not isinstance(harmonics, int | np.integer) or harmonics < 0:
        raise AnalysisError(f"harmonics must be a whole number, 0 or more, not {harmonics!r}.")
    if harmonics and dummies:
        raise AnalysisError("harmonics and dummies describe the same seasonality; ask for one of them.")
    if harmonics > period // 2:
        raise AnalysisError(
            f"harmonics is {harmonics}, and a cycle of {period} periods has at most {period // 2}; ask for "
            "fewer."
        )
    if dummies and period < 2:
        raise AnalysisError("dummies need a period of at least 2; set period to the length of the cycle.")


def _check_identified(design: Design, observed: Observations) -> None:
    used = design.matrix[observed.usable]
    n, k = used.shape
    if n - k < SPARE_POINTS:
        raise AnalysisError(
            f"the model has {k} coefficients for {n} usable points, and at least {SPARE_POINTS} points must "
            "be left over; use fewer covariates or seasonal terms, or a longer series."
        )
    length = np.linalg.norm(used, axis=0)
    scaled = used / np.where(length > 0, length, 1.0)
    own = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    if (own < COLLINEAR).any():
        name = design.columns[int(np.argmax(own < COLLINEAR))]
        raise AnalysisError(
            f"'{name}' can't be told apart from the other terms of the model (it doesn't vary, or it "
            "follows from those before it); leave it out."
        )
