"""What was found of a measure's groups as plain values: the measure's part of equity.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline import results
from pipeline.evaluation.bench import Bench, about
from pipeline.evaluation.equity import Found, asked
from pipeline.plan import Measure

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.equity import Gap, Inequality
    from pipeline.its import Fit, Interval

CONFIDENT = 0.05
"""The level at which a group differs from the others, after Holm's correction for their number."""


def results_of(bench: Bench, measure: Measure, found: Found, alts: dict[str, str]) -> dict[str, Any]:
    """Gives what was found of a measure's groups; `alts` has its pictures' text alternatives by name."""
    order = asked(bench.plan).order
    periods = cast("pd.DatetimeIndex", next(iter(found.groups.values())).index)
    return {
        **about(measure),
        "ordered": order is not None,
        "ends": list(asked(bench.plan).ends),
        "groups": [_group(name, found) for name in found.groups],
        "series": _series(found),
        "counted": _counted(measure, found),
        "rests": _rests(found),
        "slope": None if found.slope is None else _gap(found.slope, periods),
        "plain": None if found.plain is None else _gap(found.plain, periods),
        "sides": None if found.sides is None else [_side(*each) for each in _named(found.sides)],
        "gradient": None if found.gradient is None else _gradient(found.gradient.table),
        "ratio_by": None if found.gradient is None else found.gradient.method,
        "alts": alts,
    }


def _named(sides: tuple[Inequality, Inequality]) -> tuple[tuple[str, Inequality], ...]:
    return ("before", sides[0]), ("after", sides[1])


def _group(name: str, found: Found) -> dict[str, Any]:
    """A group's row: its average effect, and what its control chart shows of late."""
    fit, chart = found.fits[name], found.charts[name]
    average = fit.effects.loc["average"]
    return {
        "row": name,
        "model": fit.model,
        **{str(column): average[column] for column in fit.effects.columns},
        "variation": chart.variation,
        "signals": int(chart.points["signals"].map(len).gt(0).sum()),
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in fit.flags],
    }


def _series(found: Found) -> list[dict[str, Any]]:
    """Period by period and group by group: what was seen, what its model says, and its control chart."""
    import pandas as pd

    tables = []
    for name, data in found.groups.items():
        fit, points = found.fits[name].series, found.charts[name].points
        periods = cast("pd.DatetimeIndex", data.index).strftime("%Y-%m-%d")
        columns = {
            "row": name,
            "when": periods,
            **{column: fit[column].to_numpy() for column in ("observed", "fitted", "expected")},
            **{column: points[column].to_numpy() for column in ("value", "centre", "lower", "upper")},
        }
        tables.append(pd.DataFrame(columns))
    return results.table(pd.concat(tables).sort_values("when", kind="stable").set_index("row"))


def _counted(measure: Measure, found: Found) -> dict[str, int]:
    """How many groups there are, and in how many the measure clearly fell or rose, got better or worse."""
    from pipeline.its.interval import judged_effect

    effects = [judged_effect(fit)[0] for fit in found.fits.values()]
    fell, rose = sum(each.upper < 0 for each in effects), sum(each.lower > 0 for each in effects)
    better, worse = (fell, rose) if measure.better == "lower" else (rose, fell)
    known = measure.better is not None
    return {
        "groups": len(effects),
        "fell": fell,
        "rose": rose,
        "better": better if known else 0,
        "worse": worse if known else 0,
    }


def _rests(found: Found) -> list[dict[str, Any]]:
    """Each group's average effect on its difference from the others, tested together (Holm 1979)."""
    from statsmodels.stats.multitest import multipletests

    from pipeline.its.interval import average_effect

    if not found.rests:
        return []
    p_values = [_p_of_average(fit) for fit in found.rests.values()]
    adjusted = multipletests(p_values, method="holm")[1]
    return [
        {
            "row": name,
            **_interval(average_effect(fit.effects)),
            "p_value": p_value,
            "p_of_all": p_of_all,
            "differs": bool(p_of_all <= CONFIDENT),
        }
        for (name, fit), p_value, p_of_all in zip(found.rests.items(), p_values, adjusted, strict=True)
    ]


def _p_of_average(fit: Fit) -> float:
    import numpy as np

    rows = (fit.design.matrix - fit.design.without_change())[fit.after : fit.until]
    known = rows[~np.isnan(rows).any(axis=1)]
    return fit.estimate.contrasts(known.mean(axis=0, keepdims=True)).one(0).p_value


def _gap(gap: Gap, periods: pd.DatetimeIndex) -> dict[str, Any]:
    return {
        "verdict": gap.verdict,
        "sentence": gap.sentence,
        "sign": gap.sign,
        "model": gap.fit.model,
        "before": _interval(gap.before),
        "after": _interval(gap.after),
        "expected": gap.expected,
        "change": _interval(gap.change),
        "share": None if gap.share is None else _interval(gap.share),
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in gap.fit.flags],
        "series": results.table(_drawn(gap.fit, periods)),
    }


def _drawn(fit: Fit, periods: pd.DatetimeIndex) -> pd.DataFrame:
    """What a chart draws of a fit, by the first days of the periods."""
    columns = ["observed", "fitted", "expected", "expected_lower", "expected_upper"]
    return fit.series[columns].set_index(periods.strftime("%Y-%m-%d")).rename_axis("row")


def _side(name: str, found: Inequality) -> dict[str, Any]:
    return {
        "row": name,
        "slope": found.slope.estimate,
        "slope_lower": found.slope.lower,
        "slope_upper": found.slope.upper,
        "most": found.most,
        "least": found.least,
        "ratio": None if found.ratio is None else found.ratio.estimate,
        "ratio_lower": None if found.ratio is None else found.ratio.lower,
        "ratio_upper": None if found.ratio is None else found.ratio.upper,
    }


def _gradient(table: pd.DataFrame) -> list[dict[str, Any]]:
    periods = cast("pd.DatetimeIndex", table.index)
    return results.table(table.set_index(periods.strftime("%Y-%m-%d")).rename_axis("row"))


def _interval(found: Interval) -> dict[str, float]:
    return {"estimate": found.estimate, "lower": found.lower, "upper": found.upper}
