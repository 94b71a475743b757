"""A plan's panel: the sites that got a change, each from its own start, and those that got none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from pipeline import disclosure, series
from pipeline.errors import AnalysisError, DataError
from pipeline.evaluation import its, shown
from pipeline.plan import Intervention, Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Analysis

Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Tried(Generic[Found]):
    """What was found, or the sentence that says why there is nothing."""

    found: Found | None
    refused: str = ""


def tried(find: Callable[[], Found]) -> Tried[Found]:
    """Gives what `find` finds, or its refusal."""
    try:
        return Tried(find())
    except AnalysisError as refused:
        return Tried(None, str(refused))


@dataclass(frozen=True, eq=False)
class Panel:
    """One measure of a panel: the series by site and of the treated together, and who got what."""

    plan: Plan
    measure: Measure
    together: pd.DataFrame
    units: dict[str, pd.DataFrame]
    treated: tuple[str, ...]
    comparators: tuple[str, ...]

    @property
    def periods(self) -> pd.DatetimeIndex:
        """The first days of the periods, which all sites share."""
        return cast("pd.DatetimeIndex", self.together.index)

    def change_of(self, unit: str) -> Intervention:
        """The first change that a treated site got."""
        return series.starts_of(self.plan, unit)[0]

    def start_of(self, unit: str) -> int:
        """The position of a treated site's first period after its change."""
        return series.first_after(self.periods, self.plan, self.change_of(unit))

    @property
    def starts(self) -> dict[str, int]:
        """The start of every treated site."""
        return {unit: self.start_of(unit) for unit in self.treated}

    @property
    def is_staggered(self) -> bool:
        """True if the treated sites did not all start in the same period."""
        return len(set(self.starts.values())) > 1

    def before_second(self, unit: str) -> pd.DataFrame:
        """A site's series up to its second change, so that what is found is of the first."""
        later = [
            series.first_after(self.periods, self.plan, change)
            for change in series.starts_of(self.plan, unit)[1:]
        ]
        start = self.start_of(unit)
        return self.units[unit].iloc[: min((place for place in later if place > start), default=None)]

    def analysis(self, unit: str) -> Analysis:
        """A treated site's own interrupted time series, as the plan asks for it."""
        return its.analysis(self._plan_of(unit), self.measure, self.before_second(unit))

    def analysis_of_values(self, unit: str | None = None) -> Analysis:
        """The same of values with autocorrelated errors, for comparisons; of the treated together by default.

        Of a count, the treated together are their average, so that sites are compared with sites.
        """
        name = unit or self.treated[0]
        data = self.units[name] if unit else self.together
        if unit is None and self.measure.kind == "count":
            data = data.assign(value=data["value"] / len(self.treated))
        plan = self._plan_of(name)
        return its.analysis(
            plan.model_copy(update={"its": plan.its.model_copy(update={"model": "reml-ar1", "lag": None})}),
            self.measure,
            data,
        )

    @property
    def compared_with(self) -> dict[str, pd.Series[float]]:
        """The values of the sites that got no change, by name."""
        return {unit: self.units[unit]["value"] for unit in self.comparators}

    @property
    def shown(self) -> Panel:
        """The panel as it may be shown, for charts of its values; itself, where disclosure control is off."""
        rule = self.plan.rule
        if rule is None:
            return self
        units = disclosure.shown_parts(self.units, self.measure, rule)
        return replace(self, together=shown.series(self.plan, self.measure, self.together), units=units)

    @property
    def hides(self) -> bool:
        """True if a value of a site may not be shown."""
        return any(shown.count(self.plan, self.measure, data) for data in self.units.values())

    def _plan_of(self, unit: str) -> Plan:
        """The plan as far as a site is concerned: one change, its first."""
        return self.plan.model_copy(update={"interventions": (self.change_of(unit),)})


def read(plan: Plan, measure: Measure, folder: Path) -> Panel:
    """Reads the panel of a measure from a study's series; raises DataError if a start is outside the data."""
    units = series.read_by_unit(folder, measure.id)
    panel = Panel(
        plan=plan,
        measure=measure,
        together=series.read(folder, measure.id),
        units=units,
        treated=series.treated(plan, list(units)),
        comparators=series.comparators(plan, list(units)),
    )
    if not panel.treated:
        here = f"params/{plan.study}.yaml, interventions"
        raise DataError(f"{here}: none of the sites in the data got a change; mend `units` or data.filter.")
    _ = panel.starts
    return panel
