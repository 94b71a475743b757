"""A control chart as it may be shown: small cells missing, lines and signals those of the true values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline import disclosure
from pipeline.evaluation import shown
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from pipeline.spc import Chart

CHART_LINES = ("centre", "lower", "upper", "lower_2sigma", "upper_2sigma")


def shown_chart(
    plan: Plan, measure: Measure, data: pd.DataFrame, made: Chart, safe: pd.DataFrame | None = None
) -> Chart:
    """Gives a control chart as it may be shown; itself, where disclosure control is off.

    Its lines and signals are those of the true values. `safe`: the series as it may be shown, where more is
    to be hidden than what is small in it.
    """
    if plan.rule is None:
        return made
    safe = shown.series(plan, measure, data) if safe is None else safe
    points = made.points.copy()
    true = data["value"].to_numpy(dtype=float)
    # Seasonally adjusted values differ from the true ones by the season's figure.
    points["value"] = points["value"] + (safe["value"].to_numpy(dtype=float) - true)
    phases = made.phases.copy()
    if "denominator" in data:
        sizes = data["denominator"].to_numpy(dtype=float)
        _follow_sizes(points, sizes, disclosure.rounded(sizes, plan.rule))
        ends = phases["end"].to_numpy(dtype=int)
        phases[["lower", "upper"]] = points[["lower", "upper"]].to_numpy()[ends]
    hidden = safe["value"].isna() & data["value"].notna()
    unknown = disclosure.unknown(data, measure, plan.rule, safe)
    made = replace(made, points=points, phases=phases)
    few = [
        number
        for number in phases.index
        for rows in [(points["phase"] == number).to_numpy()]
        if hidden.to_numpy()[rows].any() and unknown[rows].sum() < disclosure.FEWEST_UNKNOWN
    ]
    return without_lines(made, few)


def without_lines(made: Chart, numbers: list[int]) -> Chart:
    """Gives a chart whose phases of these numbers have no lines."""
    points, phases = made.points.copy(), made.phases.copy()
    points.loc[points["phase"].isin(numbers), list(CHART_LINES)] = np.nan
    phases.loc[numbers, ["centre", "lower", "upper"]] = np.nan
    return replace(made, points=points, phases=phases)


def with_one_more_hidden(charts: dict[str, Chart]) -> dict[str, Chart]:
    """Gives the charts of all sites, or of all groups, as they may be shown beside that of all together.

    Where just one of them has no lines, its mean could be had from the whole less the others: the one with
    the smallest mean goes without too.
    """
    shown = dict(charts)
    for place in range(len(next(iter(charts.values())).points) if len(charts) > 1 else 0):
        centre = {name: float(each.points["centre"].iloc[place]) for name, each in shown.items()}
        told = {name: value for name, value in centre.items() if np.isfinite(value)}
        if len(told) == len(centre) - 1:
            smallest = min(told, key=lambda name: told[name])
            points = shown[smallest].points
            shown[smallest] = without_lines(shown[smallest], [int(points["phase"].iloc[place])])
    return shown


def _follow_sizes(points: pd.DataFrame, true: NDArray[np.float64], safe: NDArray[np.float64]) -> None:
    """Moves limits, in place, to where they are for the denominators that are shown."""
    wider = np.sqrt(np.asarray(true, dtype=float) / np.where(safe > 0, safe, np.nan))
    centre = points["centre"].to_numpy(dtype=float)
    for name in CHART_LINES[1:]:
        line = points[name].to_numpy(dtype=float)
        points[name] = np.where(line == 0, 0.0, centre + (line - centre) * wider)
