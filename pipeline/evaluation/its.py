"""A plan's interrupted time series: its choices handed to the statistics, the findings as plain results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline import figures, results, series
from pipeline import plan as plans
from pipeline.errors import AnalysisError
from pipeline.evaluation import cautions, each_change, forecast, shown
from pipeline.evaluation.bench import Bench, about, axis_label, naming, once, unit_in_words
from pipeline.evaluation.shown_fit import shown_fit
from pipeline.listing import listed
from pipeline.period_names import named
from pipeline.plan import COUNT_MODELS, FORECASTS, Harmonics, Measure, Plan, mid_sentence, season_of

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Analysis, Fit, Forecast, Intervention
    from pipeline.its.plots import Mark

CONFIDENCE = 0.95
"""The share of intervals that should hold the truth; the one level our methods are tried at."""


def fit(plan: Plan, measure: Measure, data: pd.DataFrame) -> Fit | Forecast:
    """Gives the interrupted time series fit of one measure's series, as the plan asks for it.

    `data`: the series of `series.read`. Models of counts are given the counts and their denominator; what
    they find is told per so many, as the measure is. Raises AnalysisError if the series can't bear the model.
    """
    if plan.its.model in FORECASTS:
        return forecast.fit(plan, measure, data)
    with naming(plan, measure):
        return analysis(plan, measure, data).fit()


def fit_or_refusal(plan: Plan, measure: Measure, data: pd.DataFrame) -> Fit | Forecast | str:
    """Gives the fit, or for a panel the sentence that says why the treated together have none.

    A panel may have too few periods for a time series, and still be compared with sites that had no change.
    Raises AnalysisError for a study without such sites, which has nothing else to go by.
    """
    try:
        return fit(plan, measure, data)
    except AnalysisError as refused:
        if plan.data.unit is None or any(change.units is None for change in plan.interventions):
            raise
        return str(refused).split(": ", 1)[-1]


def refusal(plan: Plan, measure: Measure, data: pd.DataFrame, why: str) -> dict[str, Any]:
    """Gives the part of its.json of a measure that has no fit: what its series is, and why."""
    periods, observed = cast("pd.DatetimeIndex", data.index), data["value"].notna()
    start = series.first_after(periods, plan, series.changes(plan, periods)[0])
    return {
        **about(measure),
        "refused": why,
        "first": periods[0],
        "last": periods[-1],
        "last_observed": periods[observed][-1],
        "start": periods[start],
        "settled": periods[start],
        "possible_until": None,
        "before": int(observed.iloc[:start].sum()),
        "after": int(observed.iloc[start:].sum()),
        "missing": int((~observed).sum()),
        "effects": [],
        "changes": [],
        "sustained": None,
        "flags": [],
        "series": [],
    }


def analysis(plan: Plan, measure: Measure, data: pd.DataFrame) -> Analysis:
    """Gives what the plan asks of one measure's series, for the fit and for the checks that vary it."""
    from pipeline import its

    asked = plan.its
    counts = _is_counted(plan, measure)
    first, *later = (_intervention(plan, change, data) for change in series.changes(plan, data.index))
    return its.Analysis.of(
        data["numerator" if counts and measure.is_ratio else "value"].to_numpy(),
        first.start,
        denominator=data["denominator"].to_numpy() if counts and measure.is_ratio else None,
        covariates=series.covariates(data) if asked.covariates else None,
        later=later,
        per=measure.unit,
        model=asked.model,
        harmonics=_harmonics(plan),
        dummies=asked.seasonality == "dummies",
        period=plan.data.period.season,
        impact=asked.impact,
        phase_in=first.phase_in,
        delay=first.delay,
        until=first.until,
        lag=asked.lag,
        order=asked.order,
        seasonal_order=_seasonal_order(plan),
        trend=asked.trend,
        kind=measure.kind,
        at_most=_at_most(measure, counts),
    )


def _seasonal_order(plan: Plan) -> tuple[int, int, int, int] | None:
    order = plan.its.seasonal_order
    return None if order is None else (*order, plan.data.period.season)


def _at_most(measure: Measure, counts: bool) -> float | None:
    """The greatest value there can be; of a share that is fitted as such, the fit knows it.

    Of a rate that is fitted as counts, it is what there can be for each one of the denominator.
    """
    if measure.kind == "proportion":
        return None if counts else measure.unit
    if measure.kind == "rate" and counts and measure.at_most is not None:
        return measure.at_most / measure.unit
    return measure.at_most


def _is_counted(plan: Plan, measure: Measure) -> bool:
    """True if the model takes counts and denominators, and not a value a period."""
    if plan.its.model == "auto":
        return measure.kind in ("count", "proportion")
    return plan.its.model in COUNT_MODELS


def _harmonics(plan: Plan) -> int | str:
    seasonality = plan.its.seasonality
    if isinstance(seasonality, Harmonics):
        return seasonality.harmonics
    return "auto" if seasonality == "auto" and plan.data.period.season > 1 else 0


def _intervention(plan: Plan, change: plans.Intervention, data: pd.DataFrame) -> Intervention:
    """A change of the plan, placed on the series."""
    from pipeline.its import Intervention

    return Intervention(
        start=series.first_after(data.index, plan, change),
        impact=plan.its.impact,
        phase_in=series.phase_in_length(data.index, plan, change),
        delay=change.delay,
        until=series.end_of(data.index, plan, change),
    )


def results_of(
    plan: Plan, measure: Measure, data: pd.DataFrame, fit: Fit | Forecast, alt: str
) -> dict[str, Any]:
    """Gives what a fit found as plain values: the measure's part of its.json."""
    import pandas as pd

    true, fit = fit, shown_fit(plan, measure, data, fit)
    periods = cast("pd.DatetimeIndex", data.index)
    dates = {place: day.date().isoformat() for place, day in enumerate(periods)}
    known = fit.effects["absolute"].notna()
    observed = data["value"].notna()
    seen = [place for place in fit.effects.index[known] if isinstance(place, int) and observed.iloc[place]]
    effects = fit.effects.rename(index=dates)
    steps = range(1, len(effects) - 1)
    effects.insert(0, "after", pd.Series([*steps, None, None], index=effects.index, dtype=object))
    drawn = fit.series.set_index(periods.strftime("%Y-%m-%d"))
    if "fitted" not in drawn:  # a forecast has what was seen in its place, as in its effects
        drawn = drawn.assign(fitted=drawn["observed"])
    reached = [step for step in plan.its.horizons if step in steps and known.iloc[step - 1]]
    return {
        **about(measure),
        "refused": None,
        "model": fit.model,
        "reason": fit.reason,
        "first": periods[0],
        "last": periods[-1],
        "last_observed": periods[observed][-1],
        "start": periods[fit.start],
        "before": fit.n_before,
        "after": fit.n_after,
        "in_effects": int(known.iloc[:-2].sum()),
        "first_effect": dates[seen[0]],
        "last_effect": dates[seen[-1]],
        "confidence": CONFIDENCE,
        **_of_the_model(plan, periods, fit),
        "changes": each_change.results_of(plan, measure, data, true),
        "sustained": _sustained(plan, measure, true),
        "hidden": shown.count(plan, measure, data),
        "effects": results.table(effects.rename_axis("row")),
        "horizons": [effects.index[step - 1] for step in reached] or [dates[seen[0]], dates[seen[-1]]],
        "not_reached": [step for step in plan.its.horizons if step not in steps],
        "not_told": [step for step in plan.its.horizons if step in steps and step not in reached],
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in fit.flags],
        "alt": alt,
        "series": results.table(drawn.rename_axis("row")),
    }


def _of_the_model(plan: Plan, periods: pd.DatetimeIndex, fit: Fit | Forecast) -> dict[str, Any]:
    """What a model with a level and a slope has, and a forecast not; and a synthetic control's weights."""
    from pipeline import its

    if not isinstance(fit, its.Fit):
        return {
            "impact": None,
            "adjusted_for": [],
            "settled": periods[fit.start],
            "possible_until": None,
            "phase_in": 0,
            "missing": int(fit.series["observed"].isna().sum()),
            "rho": None,
            "terms": [],
            "ratios": None,
            "alternative": None,
            "weights": weights_of(fit),
        }
    return {
        "impact": plan.its.impact,
        "adjusted_for": list(fit.adjusted_for),
        "settled": periods[fit.after],
        "possible_until": periods[fit.told_before - 1] if fit.told_before < fit.until else None,
        "phase_in": fit.after - fit.start,
        "missing": fit.n_missing,
        "rho": fit.rho,
        "sigma": fit.sigma,
        "df": fit.df,
        "terms": results.table(fit.terms.rename_axis("row")),
        "ratios": None if fit.ratios is None else results.table(fit.ratios.rename_axis("row")),
        "alternative": _alternative(fit),
        "weights": None,
    }


def weights_of(fit: Forecast) -> list[dict[str, Any]] | None:
    """Gives the weight of each comparator in a synthetic control, the greatest first; None for others."""
    from pipeline import its

    if not isinstance(fit, its.SyntheticControl):
        return None
    ordered = fit.weights.sort_values(ascending=False, kind="stable").to_frame()
    return results.table(ordered.rename_axis("row"))


def tables(plan: Plan, measure: Measure, data: pd.DataFrame, fit: Fit | Forecast) -> list[pd.DataFrame]:
    """Gives the tables that a notebook shows of a fit: its terms, where it has them, and its effects."""
    from pipeline import its

    fit = shown_fit(plan, measure, data, fit)
    terms = [fit.terms.round(4)] if isinstance(fit, its.Fit) else []
    return [*terms, fit.effects.round(3)]


def _alternative(fit: Fit) -> dict[str, Any] | None:
    """The estimate that stands beside what `auto` took: its average effect, told as the measure is."""
    beside = fit.alternative
    if beside is None:
        return None
    return {
        "model": beside.model,
        "reason": beside.reason,
        "rho": beside.rho,
        "terms": results.table(beside.terms.rename_axis("row")),
        "effects": results.table(beside.effects.loc[["average", "cumulative"]].rename_axis("row")),
    }


def _sustained(plan: Plan, measure: Measure, fit: Fit | Forecast) -> dict[str, Any] | None:
    """Whether the effect lasted, by the plan's own measure of lasting; None where the plan has none."""
    from pipeline import its

    if plan.sustain is None or not isinstance(fit, its.Fit):
        return None
    if plan.data.unit and len(fit.interventions) > 1:
        return None  # while sites join, what they show together grows by that alone
    with naming(plan, measure):
        found = its.did_it_last(fit, plan.sustain.after, plan.sustain.keep)
    return {
        "verdict": found.verdict,
        "passed": found.passed,
        "sentence": found.sentence,
        "rule": found.rule,
        "table": results.table(found.table.rename_axis("row")),
    }


def save_charts(
    bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit | Forecast
) -> list[figures.Picture]:
    """Saves the chart of a fit against its counterfactual as its-<measure>, and, where the model has them,
    that of its residuals as residuals-<measure>; gives them in this order."""
    from pipeline import its

    fit = shown_fit(bench.plan, measure, data, fit)
    if isinstance(fit, its.Fit):
        return [_save_fit(bench, measure, data, fit), _save_residuals(bench, measure, data, fit)]
    return [_save_forecast(bench, measure, data, fit)]


def _save_forecast(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Forecast) -> figures.Picture:
    from pipeline.its import forecast_plot

    periods = cast("pd.DatetimeIndex", data.index)
    change = bench.plan.intervention.label
    draw = forecast_plot.forecast(
        fit,
        label=axis_label(bench.plan, measure),
        dates=periods,
        change=change,
        annotations=_noted(bench, measure, periods),
    )
    when = named(periods[fit.start], bench.plan.data.period.every)
    alt = forecast_plot.forecast_alt(fit, measure.label, change=mid_sentence(change), when=when)
    alt += cautions.spoken(bench, measure, periods)
    return figures.save(draw, bench.folder, f"its-{measure.id}", alt)


def _noted(bench: Bench, measure: Measure, periods: pd.DatetimeIndex) -> list[Mark]:
    """What the contract warns of, as charts mark it: at the first period that begins on the day or after."""
    from pipeline.its import plots

    return [
        plots.Mark(label, int(periods.searchsorted(day)))
        for day, label in cautions.marked(bench, measure, periods)
    ]


def _save_fit(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit) -> figures.Picture:
    from pipeline.its import plots
    from pipeline.its.alt_text import alt_text

    periods = cast("pd.DatetimeIndex", data.index)
    label = axis_label(bench.plan, measure)
    draw = plots.counterfactual(
        fit,
        label=label,
        dates=periods,
        interventions=[
            plots.Mark(said, placed.start)
            for said, placed in zip(_labels(bench.plan, periods), fit.interventions, strict=True)
        ],
        annotations=_noted(bench, measure, periods),
        names={**bench.names, "season": season_of(bench.plan.data.period.every)},
        note=shown.note(bench.plan, measure, data),
        withheld=shown.withheld(bench.plan, data["value"], fit.series["observed"]),
    )
    alt = alt_text(
        fit,
        measure.label,
        unit=unit_in_words(measure),
        change=_all_changes(bench.plan),
        when=named(periods[fit.start], bench.plan.data.period.every),
        season=season_of(bench.plan.data.period.every),
    )
    alt += cautions.spoken(bench, measure, periods)
    said = f"{alt} {shown.spoken(bench.plan, measure, data)}".strip()
    return figures.save(draw, bench.folder, f"its-{measure.id}", said)


def _all_changes(plan: Plan) -> str:
    """What changed, as it stands in a sentence: each change once, in order."""
    return listed(dict.fromkeys(mid_sentence(change.label) for change in plan.interventions))


def _labels(plan: Plan, periods: pd.DatetimeIndex) -> list[str]:
    """What is written at each start: where sites got the same change in turn, its name at the first."""
    return once([change.label for change in series.changes(plan, periods)])


def _save_residuals(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit) -> figures.Picture:
    from pipeline.its import plots

    draw = plots.residuals(fit, dates=cast("pd.DatetimeIndex", data.index))
    alt = f"Residuals of the model for {measure.label}: over time, and their autocorrelation by lag."
    return figures.save(draw, bench.folder, f"residuals-{measure.id}", alt)
