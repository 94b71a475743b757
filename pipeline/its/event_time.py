"""The average course of several sites, each counted from its own start.

At every period from the start, what a site saw less what it expected is averaged over the sites that have
that period. Starts may be staggered: a site's expectation comes from its own periods before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.inference import NORMAL_QUANTILE
from pipeline.its.interval import Interval
from pipeline.its.pooling import pool

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit

FEWEST_SITES = 2


@dataclass(frozen=True, eq=False)
class EventTime:
    """The average course.

    `table`: index the period from each site's own start (0 is the first after it, −1 the last before);
    columns sites (how many have it), estimate, lower, upper (what was seen less what was expected,
    averaged over sites; limits hold for one period at a time). `of_sites` counts the sites. `passed` is
    always None.
    """

    table: pd.DataFrame
    of_sites: int
    sentence: str
    passed: bool | None = None


def event_time_average(fits: Mapping[str, Fit], *, share: float = 0.5) -> EventTime:
    """Gives the average over sites of observed less expected, at each period from the site's own start.

    Before the start what is expected is the fit itself, after it the counterfactual. A site's difference
    carries the spread of single observations and, after the start, the uncertainty of its counterfactual;
    sites are pooled by random effects. Periods that fewer than `share` of the sites have, or fewer than
    two, are left out; transition periods belong to neither side. Raises `AnalysisError` for fewer than two
    sites, or a share that is none.
    """
    import pandas as pd

    if len(fits) < FEWEST_SITES:
        raise AnalysisError(f"an average course needs at least {FEWEST_SITES} sites, not {len(fits)}.")
    if not 0 < share <= 1:
        raise AnalysisError(f"share is {share!r}; it must be above 0 and at most 1.")
    gaps = pd.concat([_gaps(fit) for fit in fits.values()], ignore_index=True)
    rows = {}
    for period, found in gaps.groupby("period"):
        if len(found) >= max(FEWEST_SITES, share * len(fits)):
            pooled = pool(found["gap"], found["std_error"]).estimate
            rows[period] = (len(found), pooled.estimate, pooled.lower, pooled.upper)
    table = pd.DataFrame(
        list(rows.values()),
        index=pd.Index(list(rows), name="period", dtype=int),
        columns=["sites", "estimate", "lower", "upper"],
    )
    return EventTime(table, len(fits), _sentence(table, len(fits)))


def _gaps(fit: Fit) -> pd.DataFrame:
    """One row a period: where it lies from the site's own start, observed less expected, its error."""
    import pandas as pd

    series = fit.series
    time, observed, fitted, expected, lower, upper = (
        series[name].to_numpy(dtype=float)
        for name in ("time", "observed", "fitted", "expected", "expected_lower", "expected_upper")
    )
    residual = observed - fitted
    spread = float(np.sqrt(np.nansum(residual**2) / fit.df))
    rows = np.arange(len(time))
    before, after = rows < fit.start, rows >= fit.after
    drift = np.where(after, (upper - lower) / 2 / NORMAL_QUANTILE, 0.0)
    gap = np.where(before, residual, observed - expected)
    origin = np.where(before, time[fit.start], time[fit.after])
    told = (before | after) & np.isfinite(gap)
    return pd.DataFrame(
        {
            "period": (time - origin)[told].astype(int),
            "gap": gap[told],
            "std_error": np.sqrt(spread**2 + drift**2)[told],
        }
    )


def _sentence(table: pd.DataFrame, sites: int) -> str:
    after = table[table.index >= 0]
    if after.empty:
        return "Too few sites have periods after their start to average."
    first, last = (_interval(after, place) for place in (0, -1))
    text = (
        f"Counted from each site's own start, {sites} sites were on average {first.spoken()} from what was "
        "expected in the first period"
    )
    if len(after) == 1:
        return f"{text}."
    count, periods = int(after["sites"].iloc[-1]), int(after.index[-1]) + 1
    return f"{text}, and {last.spoken()} after {periods} periods, which {count} of them have."


def _interval(table: pd.DataFrame, place: int) -> Interval:
    return Interval(*(float(table[name].iloc[place]) for name in ("estimate", "lower", "upper")))
