"""The specification curve: every defensible way to analyse the series, and how far they agree.

One model is one choice among several that a careful analyst could have made. Simonsohn, Simmons and Nelson
(2020) make them all, order them by what they find, and mark the one that the plan chose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Literal

from pipeline.errors import AnalysisError
from pipeline.its.analysis import Analysis
from pipeline.its.design import Trend
from pipeline.its.interval import Interval, Scale, judged_effect, spoken_effect
from pipeline.its.interventions import Impact

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit

Season = int | Literal["dummies"]
"""Pairs of sine and cosine, 0 for none; or an indicator a season."""

Window = tuple[int, int]
"""The positions of the first period that is used, and of the one after the last."""

AGREE_IN_SIGN = 0.95
AGREE_IN_INTERVAL = 0.8
"""A finding stands if at least these shares of specifications point its way, and conclude as it does."""

ALTERNATIVES: tuple[tuple[str, ...], ...] = (
    ("reml-ar1", "averaged-ar1", "ols", "newey-west", "prais-winsten"),
    ("quasi-poisson", "negative-binomial"),
)
"""Models that can stand for each other; any other model stands alone."""


SLOW = ("averaged-ar2", "arima")
"""A hundred times slower than the others, so each is tried once at most, with the plan's other choices."""


@dataclass(frozen=True)
class Specification:
    """One way to analyse the series."""

    model: str
    season: Season
    impact: Impact
    trend: Trend
    covariates: tuple[str, ...]
    window: Window


@dataclass(frozen=True, eq=False)
class SpecificationCurve:
    """What each specification finds for the average effect after the change.

    `table`, ordered by estimate, the failures last: model, season, impact, trend, covariates and window in
    words; estimate, lower, upper; is_plan; failure, the sentence that says why there is no estimate, or
    empty. Estimates are on the scale by which the plan's own is judged (`judged_effect`): `scale`.
    `agree_in_sign` and `agree_in_interval` are shares of those that could be fitted: of estimates on the
    plan's side of zero, and of intervals that exclude or include zero as the plan's own does.
    """

    table: pd.DataFrame
    plan: Interval
    agree_in_sign: float
    agree_in_interval: float
    passed: bool | None
    sentence: str
    scale: Scale = "absolute"


def specification_curve(
    analysis: Analysis,
    *,
    models: Sequence[str] | None = None,
    seasons: Sequence[Season] | None = None,
    impacts: Sequence[Impact] | None = None,
    trends: Sequence[Trend] | None = None,
    covariates: Sequence[tuple[str, ...]] | None = None,
    windows: Sequence[Window] | None = None,
) -> SpecificationCurve:
    """Gives the specification curve of every combination of the choices given.

    By default: every model that can stand for the plan's (averaged-ar2 once, with the plan's other choices,
    and so arima if it is the plan's);
    one, two harmonics or dummies (and none, if the plan has none); the plan's impact, level-and-slope and
    level; a linear trend, and none where the plan has none or the trend before could be zero; all covariates
    and none; all periods, and all but the first third of those before the change. Effects are averages over
    the periods that the plan's own tells them of. Combinations that can't be fitted are listed with the
    reason, and so are those whose counterfactual is impossible in those periods, where the plan's own is
    not: nobody would defend them. Raises `AnalysisError` if the plan's own can't be fitted.
    """
    fit = analysis.fit()
    plan = plan_of(analysis, fit)
    chosen = product(
        models or _models(plan),
        seasons if seasons is not None else _seasons(plan, fit),
        impacts or dict.fromkeys([plan.impact, "level-and-slope", "level"]),
        trends or _trends(plan, fit),
        covariates if covariates is not None else dict.fromkeys([plan.covariates, ()]),
        windows or [plan.window, (analysis.start // 3, len(analysis.y))],
    )
    every = dict.fromkeys([plan, *(Specification(*each) for each in chosen)])
    if models is None and plan.model in (*ALTERNATIVES[0], *SLOW):
        every[replace(plan, model=SLOW[0])] = None
    analysis = analysis.telling_as(fit)
    possible = impossible(fit) is None or fit.told_before < fit.until
    rows = [_row(analysis, each, plan, possible) for each in every]
    return _curve(rows, *judged_effect(fit))


def plan_of(analysis: Analysis, fit: Fit) -> Specification:
    """Gives the specification that an analysis makes, with the model that `auto` took."""
    choices = analysis.choices
    pairs = sum(name.startswith("cos_") for name in fit.design.names("season"))
    return Specification(
        model=fit.model,
        season="dummies" if choices.get("dummies") else pairs,
        impact=choices.get("impact", "level-and-slope"),
        trend=choices.get("trend", "linear"),
        covariates=tuple(analysis.covariates),
        window=(0, len(analysis.y)),
    )


def specified(analysis: Analysis, by: Specification) -> Analysis:
    """Gives the analysis as a specification has it."""
    return (
        analysis.adjusting_for(by.covariates)
        .choosing(
            model=by.model,
            harmonics=0 if by.season == "dummies" else by.season,
            dummies=by.season == "dummies",
            impact=by.impact,
            trend=by.trend,
        )
        .between(*by.window)
    )


def _models(plan: Specification) -> tuple[str, ...]:
    if plan.model in SLOW:
        return ALTERNATIVES[0]
    return next((family for family in ALTERNATIVES if plan.model in family), (plan.model,))


def _trends(plan: Specification, fit: Fit) -> list[Trend]:
    """A trend that is clearly there is never left out."""
    if plan.trend == "none":
        return ["none", "linear"]
    before = fit.contrast({"time": 1.0})
    return ["linear", "none"] if before.lower <= 0 <= before.upper else ["linear"]


def _seasons(plan: Specification, fit: Fit) -> list[Season]:
    """Seasonality that is known is never left out; what can't be seen in two cycles is never added."""
    most = fit.period // 2
    if plan.season == 0 and len(fit.series) < 2 * fit.period:
        return [0]
    found: list[Season] = [count for count in (1, 2) if count <= most]
    if plan.season == 0:
        return [0, *found]
    return list(dict.fromkeys([plan.season, *found, "dummies"]))


def _row(analysis: Analysis, by: Specification, plan: Specification, possible: bool) -> dict[str, object]:
    try:
        fit = specified(analysis, by).fit()
        found, failure = astuple(judged_effect(fit)[0]), (impossible(fit) or "") if possible else ""
    except AnalysisError as refused:
        found, failure = (), str(refused)
    if failure:
        found = (float("nan"),) * 3
    return {
        **in_words(by, len(analysis.y)),
        **dict(zip(("estimate", "lower", "upper"), found, strict=True)),
        "is_plan": by == plan,
        "failure": failure,
    }


def impossible(fit: Fit) -> str | None:
    """Gives the sentence that says that a fit's counterfactual can't be, or None where it can."""
    return next((flag.sentence for flag in fit.flags if flag.code.startswith("impossible-")), None)


def in_words(by: Specification, n: int) -> dict[str, str]:
    """Gives each choice of a specification in words, by name; `n` is the length of the whole series."""
    pairs = "1 harmonic" if by.season == 1 else f"{by.season} harmonics"
    season = {"dummies": "dummies", 0: "none"}.get(by.season, pairs)
    first, stop = by.window
    dropped = [f"without the first {first}"] * (first > 0) + [f"without the last {n - stop}"] * (stop < n)
    return {
        "model": by.model,
        "season": season,
        "impact": by.impact,
        "trend": by.trend,
        "covariates": ", ".join(by.covariates) or "none",
        "window": " and ".join(dropped) or "all periods",
    }


def _curve(rows: list[dict[str, object]], plan: Interval, scale: Scale) -> SpecificationCurve:
    import pandas as pd

    table = pd.DataFrame(rows).sort_values(["estimate", "lower"], kind="stable", ignore_index=True)
    figures = table[["estimate", "lower", "upper"]].dropna().to_numpy(dtype=float)
    others = [Interval(*(float(value) for value in row)) for row in figures]
    in_sign = sum(each.agrees_in_sign(plan) for each in others) / len(others)
    in_interval = sum(each.concludes_as(plan) for each in others) / len(others)
    passed = in_interval >= AGREE_IN_INTERVAL and (in_sign >= AGREE_IN_SIGN or not plan.is_clear)
    sentence = _sentence(others, plan, len(rows), scale)
    return SpecificationCurve(table, plan, in_sign, in_interval, passed, sentence, scale)


def _sentence(others: list[Interval], plan: Interval, asked: int, scale: Scale) -> str:
    fitted = len(others)
    size = max(abs(each.estimate) for each in others)
    low, high = (spoken_effect(end([each.estimate for each in others]), size, scale) for end in (min, max))
    same_way = sum(each.agrees_in_sign(plan) for each in others)
    alike = sum(each.concludes_as(plan) for each in others)
    conclusion = "an interval clear of zero on that side" if plan.is_clear else "an interval that holds zero"
    failed = (
        f" ({asked - fitted} more could not be fitted, or expected what can't be)" if fitted < asked else ""
    )
    return (
        f"Of {fitted} defensible ways to analyse the series{failed}, {same_way} point the same way as the "
        f"plan's own, and {alike} give {conclusion}, as it does. Their average effects range from {low} to "
        f"{high}; the plan's is {plan.spoken_on(scale)}."
    )
