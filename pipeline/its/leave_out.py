"""Influence: what the average effect would be without each period in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.analysis import Analysis
from pipeline.its.interval import Interval, Scale, judged_effect, spoken_effect

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LeaveOnePeriodOut:
    """The average effect without each period.

    `table`: index the position of the period left out; columns time, estimate, lower, upper, shift (how far
    the estimate moves, as a share of half the plan's own interval), changes (the interval no longer agrees
    with the plan's about zero), failure. `most_influential` is the position whose absence moves it most.
    `of` is how many periods have a value, and could have been left out.
    Effects are on the scale by which the fit is judged (`judged_effect`): `scale`.
    """

    table: pd.DataFrame
    whole: Interval
    most_influential: int
    of: int
    passed: bool | None
    sentence: str
    scale: Scale = "absolute"


def leave_one_period_out(analysis: Analysis, *, most: int | None = None) -> LeaveOnePeriodOut:
    """Gives the fit repeated with each usable period missing; it passes if none alone makes the finding.

    Periods after the change keep their places, and the average is over the same ones. With `most`, only so
    many are left out: those furthest from the fit, each for its standard error. Raises `AnalysisError` if
    the analysis can't be fitted at all.
    """
    import pandas as pd

    fit = analysis.fit()
    whole, scale = judged_effect(fit)
    half = (whole.upper - whole.lower) / 2
    positions = np.flatnonzero(np.isfinite(analysis.y)).tolist()
    of = len(positions)
    if most is not None and len(positions) > most:
        distance = np.abs(fit.series["innovation"].to_numpy(dtype=float)[positions])
        positions = sorted(positions[place] for place in np.argsort(-distance, kind="stable")[:most])
    same = analysis.telling_as(fit)
    rows = [_row(same, position, whole, half) for position in positions]
    columns = ["time", "estimate", "lower", "upper", "shift", "changes", "failure"]
    table = pd.DataFrame(rows, index=pd.Index(positions, name="position"), columns=columns)
    shifts = np.abs(table["shift"].to_numpy(dtype=float))
    most = positions[int(np.nanargmax(shifts))]
    changing = [position for position, row in zip(positions, rows, strict=True) if row[5]]
    return LeaveOnePeriodOut(
        table=table,
        whole=whole,
        most_influential=most,
        of=of,
        passed=not changing,
        sentence=_sentence(table, whole, most, changing, scale),
        scale=scale,
    )


def _row(
    analysis: Analysis, position: int, whole: Interval, half: float
) -> tuple[int, float, float, float, float, bool, str]:
    time = int(analysis.time[position])
    try:
        found, _ = judged_effect(analysis.without(position).fit())
    except AnalysisError as refused:
        none = float("nan")
        return time, none, none, none, none, False, str(refused)
    shift = (found.estimate - whole.estimate) / half
    return time, found.estimate, found.lower, found.upper, shift, not found.concludes_as(whole), ""


def _sentence(table: pd.DataFrame, whole: Interval, most: int, changing: list[int], scale: Scale) -> str:
    estimates = table["estimate"].dropna().to_numpy(dtype=float)
    size = max(abs(whole.estimate), (whole.upper - whole.lower) / 2)
    low, high = (spoken_effect(float(end), size, scale) for end in (estimates.min(), estimates.max()))
    times = table["time"]
    ranged = (
        f"Leaving out one period at a time, the average effect lies between {low} and {high}; with all of "
        f"them it is {whole.spoken_on(scale)}. "
        f"The one at time {int(times.loc[[most]].iloc[0])} moves it most."
    )
    if not changing:
        return f"{ranged} No single period makes the finding."
    named = ", ".join(str(int(value)) for value in times.loc[changing[:5]])
    more = f" and {len(changing) - 5} more" if len(changing) > 5 else ""
    return f"{ranged} Without time {named}{more}, it would read otherwise."
