"""One analysis as the plan asks for it, and its variations: other choices, a window, another start.

The checks of a finding repeat the plan's own fit with one thing changed. An `Analysis` holds what that fit
takes, so that each check says only what it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import AnalysisError
from pipeline.its.design import Trend
from pipeline.its.estimators import MODELS
from pipeline.its.fit_result import Fit
from pipeline.its.fitting import fit
from pipeline.its.inference import FloatArray
from pipeline.its.interventions import Impact, Intervention
from pipeline.its.observations import calendar, numbers

if TYPE_CHECKING:
    import pandas as pd


OPTIONS: tuple[Literal["lag", "order", "seasonal_order"], ...] = ("lag", "order", "seasonal_order")
"""Choices that only some models have a use for."""


class Choices(TypedDict, total=False):
    """The choices that `its.fit` takes beside the data; those left out have its defaults."""

    model: str
    harmonics: int | str
    dummies: bool
    period: int
    impact: Impact
    phase_in: int
    lag: int | None
    order: tuple[int, int, int] | None
    seasonal_order: tuple[int, int, int, int] | None
    delay: int
    until: int | None
    trend: Trend
    kind: str | None
    at_most: float | None
    told_before: int | None


@dataclass(frozen=True, eq=False)
class Analysis:
    """A series of n periods, the position of the first point after the change, and the choices made.

    `y`, `time` and each covariate have shape (n,), as has `denominator` where there is one. `later` holds
    the changes that came after the first, in order. With a denominator effects are told for each `per` of
    it, where that is given (`Fit.per`).
    """

    y: FloatArray
    start: int
    time: NDArray[np.int64]
    denominator: FloatArray | None
    covariates: Mapping[str, FloatArray]
    choices: Choices
    later: tuple[Intervention, ...] = ()
    per: float | None = None

    @classmethod
    def of(
        cls,
        y: ArrayLike,
        start: int,
        *,
        time: ArrayLike | None = None,
        denominator: ArrayLike | None = None,
        covariates: pd.DataFrame | Mapping[str, ArrayLike] | None = None,
        later: Sequence[Intervention] = (),
        per: float | None = None,
        **choices: Unpack[Choices],
    ) -> Analysis:
        """Gives the analysis that `its.fit` would make of the same arguments, the changes `later` included.

        Raises `AnalysisError` for values that are not numbers, or of different lengths; everything else is
        checked when it is fitted.
        """
        values = numbers(y, "y")
        given = {} if covariates is None else covariates
        return cls(
            y=values,
            start=start,
            time=calendar(time, len(values)),
            denominator=None if denominator is None else numbers(denominator, "denominator"),
            covariates={str(name): numbers(column, f"covariate '{name}'") for name, column in given.items()},
            choices=choices,
            later=tuple(later),
            per=per,
        )

    def fit(self) -> Fit:
        """Gives the fit; raises `AnalysisError` where it can't be had."""
        found = fit(
            self.y,
            None if self.later else self.start,
            time=self.time,
            denominator=self.denominator,
            covariates=self.covariates,
            interventions=self._changes() if self.later else None,
            **self.choices,
        )
        return found if self.per is None or self.denominator is None else found.per(self.per)

    def _changes(self) -> tuple[Intervention, ...]:
        """The first change, with what was chosen for it, and the later ones with the same impact."""
        chosen = self.choices
        impact = chosen.get("impact", "level-and-slope")
        first = Intervention(
            self.start, impact, chosen.get("phase_in", 0), chosen.get("delay", 0), chosen.get("until")
        )
        return (first, *(replace(each, impact=impact) for each in self.later))

    def choosing(self, **changed: Unpack[Choices]) -> Analysis:
        """The same with some choices changed, and without options that only another model takes."""
        merged: Choices = {**self.choices, **changed}
        model = merged.get("model", "auto")
        uses = MODELS[model].uses if model in MODELS else frozenset(OPTIONS)
        for option in OPTIONS:
            if option not in uses:
                merged.pop(option, None)
        return replace(self, choices=merged)

    def adjusting_for(self, names: tuple[str, ...]) -> Analysis:
        """The same with only these of its covariates; raises `AnalysisError` for one that it doesn't have."""
        for name in names:
            if name not in self.covariates:
                raise AnalysisError(
                    f"there is no covariate '{name}'; there is {', '.join(self.covariates) or 'none'}."
                )
        return replace(self, covariates={name: self.covariates[name] for name in names})

    def starting_at(self, start: int) -> Analysis:
        """The same with another first point after the change; a temporary impact keeps its length."""
        until = self.choices.get("until")
        if until is None:
            return replace(self, start=start)
        moved: Choices = {**self.choices, "until": until + start - self.start}
        return replace(self, start=start, choices=moved)

    def as_fitted(self, found: Fit) -> Analysis:
        """The same with the number of harmonics that a fit of it took, where it was left to the fit."""
        if self.choices.get("harmonics") != "auto":
            return self
        pairs = sum(name.startswith("cos_") for name in found.design.names("season"))
        return replace(self, choices={**self.choices, "harmonics": pairs})

    def telling_as(self, found: Fit) -> Analysis:
        """The same with effects told over the periods that a fit of it tells them of."""
        return self.choosing(told_before=found.told_before)

    def between(self, first: int, stop: int) -> Analysis:
        """The same on the periods from position `first` up to, not including, `stop`."""
        rows = slice(first, stop)
        choices: Choices = {**self.choices}
        if (until := choices.get("until")) is not None:
            choices["until"] = until - first if until <= stop else None
        if (told_before := choices.get("told_before")) is not None:
            choices["told_before"] = told_before - first if told_before <= stop else None
        return replace(
            self,
            choices=choices,
            later=tuple(_moved(each, first, stop) for each in self.later if each.start < stop),
            y=self.y[rows],
            start=self.start - first,
            time=self.time[rows],
            denominator=None if self.denominator is None else self.denominator[rows],
            covariates={name: column[rows] for name, column in self.covariates.items()},
        )

    def without(self, position: int) -> Analysis:
        """The same with the value at `position` missing."""
        y = self.y.copy()
        y[position] = np.nan
        return replace(self, y=y)


def _moved(change: Intervention, first: int, stop: int) -> Intervention:
    """A change placed on the periods from `first` up to, not including, `stop`."""
    until = change.until if change.until is None or change.until <= stop else None
    return replace(change, start=change.start - first, until=None if until is None else until - first)
