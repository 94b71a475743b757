"""How sure are we? The checks of a study's main finding: each repeats the plan's fit with one thing changed.

They are made for the primary outcome, always; what can't be made says why, in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from pipeline import figures, results, series
from pipeline.errors import AnalysisError
from pipeline.evaluation import its as evaluated
from pipeline.evaluation.bench import Bench, axis_label
from pipeline.evaluation.comparators import compared
from pipeline.plan import FORECASTS, Measure, Plan, mid_sentence

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Analysis, Fit, LeaveOnePeriodOut, PlaceboInTime, SpecificationCurve
    from pipeline.its.interval import Scale

MOST_STARTS = 60
"""Fake starts tried, spread evenly: those next to each other overlap, and say nearly the same."""

MOST_PERIODS = 60
"""Periods left out, each by itself: those furthest from the fit, as none that it meets can move it far."""

IN_WORDS = {
    "reml-ar1": "autocorrelated (REML)",
    "averaged-ar1": "autocorrelated, averaged",
    "averaged-ar2": "the same over two lags",
    "ols": "least squares",
    "newey-west": "least squares, Newey–West",
    "prais-winsten": "Prais–Winsten",
    "arima": "ARIMA",
    "quasi-poisson": "Poisson, scaled",
    "negative-binomial": "negative binomial",
    "level": "a step",
    "slope": "a new trend",
    "level-and-slope": "a step and a new trend",
    "1 harmonic": "one wave a cycle",
    "2 harmonics": "two waves a cycle",
    "dummies": "each season its own",
    "linear": "a straight line",
}
"""Choices of a specification, in words for its chart."""

WITHHELD = (
    "Whether the finding rests on one period is not told: with and without it, a period's count could be "
    "worked out."
)
"""Of leaving periods out, under disclosure control."""

Check = TypeVar("Check")


@dataclass(frozen=True, eq=False)
class Checks:
    """What each check of a finding gave, or the sentence that says why it couldn't be made.

    `stand_in` names the model in which starts and periods were varied, where the plan's own is too slow.
    `comparators` is what they say (`comparators.compared`), or None where the plan names none.
    """

    specifications: SpecificationCurve | str
    placebo: PlaceboInTime | str
    left_out: LeaveOnePeriodOut | str
    stand_in: str | None = None
    comparators: dict[str, Any] | None = None


def check(plan: Plan, measure: Measure, data: pd.DataFrame) -> Checks:
    """Gives the checks of the plan's finding on one measure; `data`: the series of `series.read`."""
    from pipeline import its
    from pipeline.its.specification import SLOW

    if plan.its.model in FORECASTS:
        why = (
            f"The model {plan.its.model} carries the past on without a shape of the change, so there are no "
            "other choices of one to compare it with."
        )
        return Checks(why, why, why)
    analysis = evaluated.analysis(plan, measure, data)
    stand_in = "reml-ar1" if plan.its.model in SLOW else None
    quick = analysis.choosing(model=stand_in) if stand_in else analysis
    return Checks(
        specifications=_attempt(lambda: its.specification_curve(analysis)),
        placebo=_attempt(lambda: its.placebo_in_time(quick, most=MOST_STARTS)),
        left_out=WITHHELD
        if plan.rule
        else _attempt(lambda: its.leave_one_period_out(quick, most=MOST_PERIODS)),
        stand_in=stand_in,
        comparators=_compared(analysis, measure, data),
    )


def _compared(analysis: Analysis, measure: Measure, data: pd.DataFrame) -> dict[str, Any] | None:
    """What the measure's comparators say: of values, which is what they are, whatever the plan's model."""
    if not measure.comparators:
        return None
    values = replace(analysis, y=data["value"].to_numpy(dtype=float), denominator=None, per=None)
    return compared(values.choosing(model="reml-ar1"), series.comparator_columns(data))


def _attempt(made: Callable[[], Check]) -> Check | str:
    """What a check gives, or why it can't be made, as a sentence."""
    try:
        return made()
    except AnalysisError as refused:
        said = str(refused)
        return f"This check can't be made: {said[:1].lower()}{said[1:]}"


def sentences(checks: Checks) -> list[str]:
    """Gives what each check says, in the order in which they are shown."""
    each = (checks.specifications, checks.placebo, checks.left_out)
    said = [found if isinstance(found, str) else found.sentence for found in each]
    beside = checks.comparators
    if beside is not None:
        said += [beside["sentence"], *(each["sentence"] for each in beside.get("checks", ()))]
    return list(dict.fromkeys(said))


def results_of(measure: Measure, data: pd.DataFrame, checks: Checks) -> dict[str, Any]:
    """Gives the checks as plain values: `specifications`, `placebo` and `left_out` of the measure's part of
    its.json. Each says whether it was `made`, whether the finding `passed`, and a `sentence`."""
    periods = cast("pd.DatetimeIndex", data.index)
    found: dict[str, Any] = {
        "specifications": _or_why(checks.specifications, lambda it: _specifications(it, measure)),
        "placebo": _or_why(checks.placebo, lambda it: _placebo(it, measure, periods)),
        "left_out": _or_why(checks.left_out, lambda it: _left_out(it, periods)),
    }
    for name in ("placebo", "left_out"):
        found[name]["stand_in"] = checks.stand_in
    return {**found, "comparators": checks.comparators}


def _or_why(found: Check | str, told: Callable[[Check], dict[str, Any]]) -> dict[str, Any]:
    if isinstance(found, str):
        return {"made": False, "passed": None, "sentence": found}
    return {"made": True, **told(found)}


def _specifications(curve: SpecificationCurve, measure: Measure) -> dict[str, Any]:
    from pipeline.its.specification_plot import specifications_alt

    fitted = curve.table[curve.table["failure"] == ""]
    n = len(fitted)
    return {
        "passed": curve.passed,
        "sentence": curve.sentence,
        "fitted": n,
        "failed": len(curve.table) - n,
        "same_way": round(curve.agree_in_sign * n),
        "alike": round(curve.agree_in_interval * n),
        **_ends(fitted["estimate"], curve.scale),
        "is_clear": curve.plan.is_clear,
        "choices": {
            name: list(dict.fromkeys(fitted[name].sort_values()))
            for name in ("model", "season", "impact", "trend", "covariates", "window")
        },
        "alt": specifications_alt(curve, mid_sentence(measure.label)),
        "table": results.table(curve.table.rename_axis("row")),
    }


def _placebo(found: PlaceboInTime, measure: Measure, periods: pd.DatetimeIndex) -> dict[str, Any]:
    from pipeline.its.placebo_plot import placebos_alt

    fakes = found.table[~found.table["is_real"] & (found.table["failure"] == "")]
    real = abs(found.table["statistic"].iloc[-1])
    dated = found.table.assign(row=[f"{periods[int(place)].date()}" for place in found.table["position"]])
    return {
        "passed": found.passed,
        "sentence": found.sentence,
        "horizon": found.horizon,
        "fakes": len(fakes),
        "as_large": int((fakes["statistic"].abs() >= real).sum()),
        "alarms": int(fakes["is_clear"].sum()),
        "false_alarms": found.false_alarms,
        "share_as_large": found.share_as_large,
        "scale": found.scale,
        "alt": placebos_alt(found, mid_sentence(measure.label)),
        "table": results.table(dated.set_index("row")),
    }


def _left_out(found: LeaveOnePeriodOut, periods: pd.DatetimeIndex) -> dict[str, Any]:
    table = found.table.set_axis([f"{periods[int(place)].date()}" for place in found.table.index])
    return {
        "passed": found.passed,
        "sentence": found.sentence,
        "tried": len(table),
        "of": found.of,
        **_ends(table["estimate"], found.scale),
        "most_influential": f"{periods[found.most_influential].date()}",
        "changing": list(table.index[table["changes"].to_numpy(dtype=bool)]),
        "table": results.table(table.rename_axis("row")),
    }


def _ends(estimates: pd.Series[float], scale: Scale) -> dict[str, Any]:
    """The lowest and the highest estimate: as they are, or as shares where they are logarithms."""
    low, high = estimates.min(), estimates.max()
    if scale != "absolute":
        low, high = np.expm1(low), np.expm1(high)
    return {"scale": scale, "lowest": float(low), "highest": float(high)}


def controls(plan: Plan, fits: Mapping[str, Fit]) -> dict[str, Any] | None:
    """Gives the judgement on outcomes that should not have moved; None where the plan has none.

    `fits` holds the fit of each measure by its id.
    """
    from pipeline import its

    others = {
        measure.id: fits[measure.id]
        for measure in plan.measures
        if measure.role == "control" and measure.id in fits
    }
    if not others or plan.primary.id not in fits:
        return None
    found = its.judge_controls(fits[plan.primary.id], others)
    return {
        "passed": found.passed,
        "sentence": found.sentence,
        "table": results.table(found.table.rename_axis("row")),
    }


def save_charts(bench: Bench, measure: Measure, data: pd.DataFrame, checks: Checks) -> list[figures.Picture]:
    """Saves the specification curve and the placebo in time, where they were made, and gives them."""
    from pipeline.its import placebo_plot, specification_plot

    label = axis_label(bench.plan, measure)
    alt = mid_sentence(measure.label)
    saved = []
    if not isinstance(curve := checks.specifications, str):
        names = {", ".join(bench.plan.its.covariates): "as in the plan"} | IN_WORDS
        draw = specification_plot.specifications(curve, label=label, names=names)
        said = specification_plot.specifications_alt(curve, alt)
        size = specification_plot.size_of(curve)
        saved.append(figures.save(draw, bench.folder, "sure-specifications", said, size))
    if not isinstance(found := checks.placebo, str) and np.isfinite(found.false_alarms):
        draw = placebo_plot.placebos(
            found,
            label=label,
            dates=cast("pd.DatetimeIndex", data.index),
            change=bench.plan.intervention.label,
        )
        saved.append(figures.save(draw, bench.folder, "sure-placebo", placebo_plot.placebos_alt(found, alt)))
    return saved
