"""A plan's panel: each site's own effect, the effects pooled, and what comparators say, as plain results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline import results
from pipeline.evaluation.bench import about
from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.effect_rows import interval_of, row_of
from pipeline.evaluation.panel import Panel, Tried, tried
from pipeline.evaluation.shown_fit import refuse_solvable

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import EventTime, Fit, PooledSites

FEWEST_POOLED = 2


def sites(panel: Panel) -> Tried[PooledSites]:
    """Gives each treated site's own effect and what they come to together, or why there are none.

    Raises DisclosureError if a site's hidden counts could be worked out from its own.
    """
    from pipeline import its

    pooled = tried(lambda: its.pool_sites({unit: panel.analysis(unit) for unit in panel.treated}))
    for unit, fit in pooled.found.fits.items() if pooled.found else ():
        refuse_solvable(panel.plan, panel.measure, panel.before_second(unit), fit, unit)
    return pooled


def course(panel: Panel, found: Tried[PooledSites]) -> Tried[EventTime]:
    """Gives the average course from each site's own start, or why there is none.

    It is told period by period, and so is made of values as they may be shown.
    """
    from pipeline import its

    if found.found is None:
        return Tried(None, found.refused)
    safe = panel.shown.units
    fits = {unit: _following(fit, safe[unit]["value"]) for unit, fit in found.found.fits.items()}
    return tried(lambda: its.event_time_average(fits))


def _following(fit: Fit, values: pd.Series[float]) -> Fit:
    """A fit beside whose line stand other values than those it was made of."""
    observed = values.to_numpy(dtype=float)[: len(fit.series)]
    return replace(fit, series=fit.series.assign(observed=observed))


def is_pooled(found: Tried[PooledSites]) -> bool:
    """True if there are effects of several sites to pool."""
    return found.found is not None and len(found.found.fits) >= FEWEST_POOLED


def results_of(
    panel: Panel,
    found: Tried[PooledSites],
    average: Tried[EventTime],
    comparison: Comparison,
    alts: dict[str, str],
) -> dict[str, Any]:
    """Gives what a panel shows of a measure as plain values: its part of pooled.json."""
    return {
        **about(panel.measure),
        "treated": list(panel.treated),
        "comparators": list(panel.comparators),
        "count": len(panel.treated),
        "compared": len(panel.comparators),
        "staggered": panel.is_staggered,
        "starts": [
            {
                "row": unit,
                "start": panel.periods[start],
                "change": panel.change_of(unit).label,
                "before": int(panel.units[unit]["value"].iloc[:start].notna().sum()),
                "after": int(panel.units[unit]["value"].iloc[start:].notna().sum()),
            }
            for unit, start in panel.starts.items()
        ],
        "lead": lead(panel, found, comparison),
        "sites": _sites(panel, found),
        "pooled": _pooled(panel, found),
        "event_time": _event_time(average),
        **comparison.as_dict(with_units=panel.plan.rule is None),
        "beside": _beside(panel) if "comparison" in alts else [],
        "alts": alts,
    }


def lead(panel: Panel, found: Tried[PooledSites], comparison: Comparison) -> dict[str, Any] | None:
    """Gives the effect that a report should lead with, and by which design it was found.

    Several sites are led by their pooled effect, a single one by its comparison with others; None leaves it
    to the series of the treated together.
    """
    if is_pooled(found):
        assert found.found is not None
        return {
            "design": "pooled",
            **row_of(panel, found.found, found.found.pooled.estimate),
            "sentence": found.found.sentence,
        }
    return comparison.lead()


def _sites(panel: Panel, found: Tried[PooledSites]) -> list[dict[str, Any]]:
    if found.found is None:
        return []
    pooled = found.found
    weights = pooled.pooled.table["weight"]
    rows = []
    for unit, line in pooled.table.iterrows():
        name = str(unit)
        row: dict[str, Any] = {
            "row": name,
            "failure": line["failure"] or None,
            "weight": None,
            "effect": None,
        }
        if name in pooled.fits:
            fit = pooled.fits[name]
            row |= {
                "model": fit.model,
                "before": fit.n_before,
                "after": fit.n_after,
                "rho": fit.rho,
                "weight": float(weights[name]),
                "estimate": float(line["estimate"]),
                "std_error": float(line["std_error"]),
                "lower": float(line["lower"]),
                "upper": float(line["upper"]),
                "effect": row_of(panel, pooled, interval_of(pooled, name), name),
                "flags": [flag.code for flag in fit.flags],
            }
        rows.append(row)
    return rows


def _pooled(panel: Panel, found: Tried[PooledSites]) -> dict[str, Any]:
    if found.found is None:
        return {"refused": found.refused}
    pooled = found.found.pooled
    return {
        "refused": None,
        "scale": found.found.scale,
        "estimand": found.found.estimand,
        "periods": found.found.periods,
        "sites": len(found.found.fits),
        "left_out": len(panel.treated) - len(found.found.fits),
        "estimate": pooled.estimate.estimate,
        "lower": pooled.estimate.lower,
        "upper": pooled.estimate.upper,
        "std_error": pooled.std_error,
        "df": pooled.df,
        "p_value": pooled.p_value,
        "effect": row_of(panel, found.found, pooled.estimate),
        "prediction": row_of(panel, found.found, pooled.prediction),
        "tau2": pooled.tau2,
        "tau2_lower": pooled.tau2_interval[0],
        "tau2_upper": pooled.tau2_interval[1],
        "i2": pooled.i2,
        "q": pooled.q,
        "q_df": pooled.q_df,
        "q_p_value": pooled.q_p_value,
        "sentence": found.found.sentence,
    }


def _beside(panel: Panel) -> list[dict[str, Any]]:
    """The treated and the average of the comparators, period by period, each less its mean before."""
    import pandas as pd

    start = panel.start_of(panel.treated[0])
    safe = panel.shown
    own = np.asarray(safe.analysis_of_values().y, dtype=float)
    others = pd.DataFrame(safe.compared_with).to_numpy(dtype=float)
    return [
        {"row": period, "treated": here, "others": there}
        for period, here, there in zip(
            panel.periods,
            own - np.nanmean(own[:start]),
            np.nanmean(others - np.nanmean(others[:start], axis=0), axis=1),
            strict=True,
        )
    ]


def _event_time(average: Tried[EventTime]) -> dict[str, Any]:
    if average.found is None:
        return {"refused": average.refused}
    return {
        "refused": None,
        "sentence": average.found.sentence,
        "table": results.table(average.found.table.rename_axis("row")),
    }
