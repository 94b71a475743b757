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

FEWEST_IN_A_PHASE = 5
"""The fewest counts of a phase, hidden or rounded, for its lines to be shown where one is hidden: with fewer,
and noughts beside them, it could be worked out from the mean."""
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
    for number, rows in points.groupby("phase").groups.items():
        in_phase = list(rows)
        if unknown[in_phase].sum() < FEWEST_IN_A_PHASE and hidden.to_numpy()[in_phase].any():
            points.loc[rows, list(CHART_LINES)] = np.nan
            phases.loc[number, ["centre", "lower", "upper"]] = np.nan
    return replace(made, points=points, phases=phases)


def _follow_sizes(points: pd.DataFrame, true: NDArray[np.float64], safe: NDArray[np.float64]) -> None:
    """Moves limits, in place, to where they are for the denominators that are shown."""
    wider = np.sqrt(np.asarray(true, dtype=float) / np.where(safe > 0, safe, np.nan))
    centre = points["centre"].to_numpy(dtype=float)
    for name in CHART_LINES[1:]:
        line = points[name].to_numpy(dtype=float)
        points[name] = np.where(line == 0, 0.0, centre + (line - centre) * wider)
