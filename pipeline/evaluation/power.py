"""What a planned study could find: its setting, from its plan and the data before the change, or as given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import disclosure, figures, series
from pipeline import plan as plans
from pipeline.errors import DataError, DisclosureError
from pipeline.plan import Harmonics, Plan
from pipeline.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.power import Detectable
    from pipeline.its.power_simulation import Setting

SIMULATED = ("auto", "reml-ar1", "averaged-ar1", "ols", "newey-west", "prais-winsten")
"""The models that can be tried: for a continuous outcome, and quick."""


@dataclass(frozen=True)
class Planned:
    """The setting of a planned study, where it came from, and the measure's usual level before the change.

    `notes` are sentences on what was taken from where; `level` is None where there are no data.
    """

    setting: Setting
    notes: tuple[str, ...]
    level: float | None = None


def given(options: Mapping[str, Any]) -> Planned:
    """Gives the setting of a study that there is no plan of; `options` are those of a `Setting`, by name."""
    from pipeline.its.power_simulation import Setting

    return Planned(Setting(**{name: value for name, value in options.items() if value is not None}), ())


def planned(project: Project, study: str, options: Mapping[str, Any]) -> Planned:
    """Gives the setting of a listed study: by its plan and its primary outcome before the change.

    `options` (those of a `Setting`, by name) go before what the plan and the data say. Data after the change
    are counted, and their values not looked at. Raises PlanError for a plan that can't be used, DataError
    where nothing is given and the series isn't there yet, and AnalysisError for a series that is too short.
    """
    import numpy as np

    from pipeline.its.power_simulation import Setting

    plan = plans.load(project, study)
    asked = {name: value for name, value in options.items() if value is not None}
    model, notes = _model(plan, asked)
    folder = project.results(study, "series")
    usual: dict[str, Any] = {"model": model, "impact": plan.its.impact, "period": plan.data.period.season}
    level = None
    try:
        data = series.read(folder, plan.primary.id)
    except DataError:
        if not {"before", "after", "sd"} <= set(asked):
            raise DataError(
                f"{study} has no series yet to take the noise from; run `lasting run {study}` first, or give "
                "--before, --after and --noise."
            ) from None
        notes.append("There are no data yet: everything is as given.")
        usual["harmonics"] = _harmonics(plan, None)
    else:
        start = series.first_after(data.index, plan)
        _refuse_told(plan, data.iloc[:start])
        baseline = data["value"].to_numpy(dtype=float)[:start]
        usual["harmonics"] = _harmonics(plan, baseline)
        usual |= _noise(baseline, usual["harmonics"], usual["period"])
        usual |= {"before": start, "after": len(data) - start}
        level = float(np.nanmean(baseline))
        notes.append(
            f"Noise and autocorrelation are those of {plan.primary.id} in the {start} "
            f"{plan.data.period.every}s before the change; covariates of the plan are not used."
        )
    return Planned(Setting(**(usual | asked)), tuple(notes), level)


def _refuse_told(plan: Plan, before: pd.DataFrame) -> None:
    """Raises DisclosureError if the usual level before the change would tell a hidden count."""
    if plan.rule is None:
        return
    hidden = disclosure.small_cells(before, plan.primary, plan.rule)
    unknown = disclosure.unknown(before, plan.primary, plan.rule)
    if hidden.any() and unknown.sum() < disclosure.FEWEST_UNKNOWN:
        raise DisclosureError(
            f"params/{plan.study}.yaml, measure {plan.primary.id}: so few counts before the change are "
            "above nought that a hidden one could be worked out from their mean; give --before, --after and "
            "--noise without STUDY."
        )


def _model(plan: Plan, asked: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The model that is tried, and a sentence where it isn't the plan's."""
    if "model" in asked:
        return str(asked["model"]), []
    if plan.its.model in SIMULATED:
        return plan.its.model, []
    return "auto", [f"The plan's model, {plan.its.model}, can't be tried so often; auto for values is."]


def _harmonics(plan: Plan, baseline: Any) -> int:
    """Waves a cycle: the plan's, a season's worth for dummies, or those that the data before show."""
    import numpy as np

    from pipeline import its

    seasonality, season = plan.its.seasonality, plan.data.period.season
    if isinstance(seasonality, Harmonics):
        return seasonality.harmonics
    if seasonality == "dummies":
        return season // 2
    if seasonality == "none" or season == 1 or baseline is None:
        return 0
    return its.choose_harmonics(baseline, np.arange(len(baseline)), season)


def _noise(baseline: Any, harmonics: int, period: int) -> dict[str, float]:
    from pipeline.its.power import noise_of

    sd, rho = noise_of(baseline, harmonics=harmonics, period=period)
    return {"sd": sd, "rho": min(max(rho, -0.98), 0.98)}


def detectable(planned: Planned, after: tuple[int, ...], power: float) -> list[Detectable]:
    """Gives the smallest changes found with probability `power`, for each number of periods after.

    Raises AnalysisError for a setting that can't be analysed.
    """
    from pipeline.its.power import minimum_detectable

    lengths = after or (planned.setting.after,)
    return [minimum_detectable(replace(planned.setting, after=length), power=power) for length in lengths]


def save_chart(found: Detectable, target: Path) -> None:
    """Writes the power curve to `target`, as SVG or PNG by its ending."""
    from pipeline.its.power_plot import SIZE, power_curve

    figures.write(power_curve(found), target, SIZE)
