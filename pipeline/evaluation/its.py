"""A plan's interrupted time series: its choices handed to the statistics, the findings as plain results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline import figures, results, series
from pipeline import plan as plans
from pipeline.evaluation.bench import Bench, about, axis_label, named, naming
from pipeline.plan import Harmonics, Measure, Plan, mid_sentence

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Analysis, Fit, Intervention

CONFIDENCE = 0.95
"""The share of intervals that should hold the truth; the one level our methods are tried at."""


COUNT_MODELS = ("poisson", "quasi-poisson", "negative-binomial", "binomial")


def fit(plan: Plan, measure: Measure, data: pd.DataFrame) -> Fit:
    """Gives the interrupted time series fit of one measure's series, as the plan asks for it.

    `data`: the series of `series.read`. Models of counts are given the counts and their denominator; what
    they find is told per so many, as the measure is. Raises AnalysisError if the series can't bear the model.
    """
    from pipeline import its

    asked = plan.its
    counts = _is_counted(plan, measure)
    with naming(plan, measure):
        found = its.fit(
            data["numerator" if counts and measure.is_ratio else "value"].to_numpy(),
            model=asked.model,
            denominator=data["denominator"].to_numpy() if counts and measure.is_ratio else None,
            covariates=series.covariates(data) if asked.covariates else None,
            harmonics=_harmonics(plan),
            dummies=asked.seasonality == "dummies",
            period=plan.data.period.season,
            lag=asked.lag,
            interventions=[_intervention(plan, change, data) for change in series.changes(plan, data.index)],
            trend=asked.trend,
            kind=measure.kind,
        )
        return found.per(measure.unit) if counts and measure.is_ratio else found


def analysis(plan: Plan, measure: Measure, data: pd.DataFrame) -> Analysis:
    """Gives what the plan asks of one measure's series around its first change, for checks that vary it."""
    from pipeline import its

    asked = plan.its
    counts = _is_counted(plan, measure)
    first = _intervention(plan, series.changes(plan, data.index)[0], data)
    return its.Analysis.of(
        data["numerator" if counts and measure.is_ratio else "value"].to_numpy(),
        first.start,
        denominator=data["denominator"].to_numpy() if counts and measure.is_ratio else None,
        covariates=series.covariates(data) if asked.covariates else None,
        model=asked.model,
        harmonics=_harmonics(plan),
        dummies=asked.seasonality == "dummies",
        period=plan.data.period.season,
        impact=asked.impact,
        phase_in=first.phase_in,
        delay=first.delay,
        until=first.until,
        lag=asked.lag,
        trend=asked.trend,
        kind=measure.kind,
    )


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


def results_of(plan: Plan, measure: Measure, data: pd.DataFrame, fit: Fit, alt: str) -> dict[str, Any]:
    """Gives what a fit found as plain values: the measure's part of its.json."""
    import pandas as pd

    periods = cast("pd.DatetimeIndex", data.index)
    dates = {place: day.date().isoformat() for place, day in enumerate(periods)}
    known = fit.effects["absolute"].notna()
    observed = data["value"].notna()
    seen = [place for place in fit.effects.index[known] if isinstance(place, int) and observed.iloc[place]]
    effects = fit.effects.rename(index=dates)
    steps = range(1, len(effects) - 1)
    effects.insert(0, "after", pd.Series([*steps, None, None], index=effects.index, dtype=object))
    drawn = fit.series.set_index(periods.strftime("%Y-%m-%d"))
    reached = [step for step in plan.its.horizons if step in steps and known.iloc[step - 1]]
    return {
        **about(measure),
        "model": fit.model,
        "reason": fit.reason,
        "impact": plan.its.impact,
        "first": periods[0],
        "last": periods[-1],
        "last_observed": periods[observed][-1],
        "start": periods[fit.start],
        "settled": periods[fit.after],
        "phase_in": fit.after - fit.start,
        "before": fit.n_before,
        "after": fit.n_after,
        "missing": fit.n_missing,
        "in_effects": int(known.iloc[:-2].sum()),
        "first_effect": dates[seen[0]],
        "last_effect": dates[seen[-1]],
        "confidence": CONFIDENCE,
        "rho": fit.rho,
        "sigma": fit.sigma,
        "df": fit.df,
        "terms": results.table(fit.terms.rename_axis("row")),
        "ratios": None if fit.ratios is None else results.table(fit.ratios.rename_axis("row")),
        "effects": results.table(effects.rename_axis("row")),
        "horizons": [effects.index[step - 1] for step in reached] or [dates[seen[0]], dates[seen[-1]]],
        "not_reached": [step for step in plan.its.horizons if step not in reached],
        "sustained": _sustained(plan, measure, fit),
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in fit.flags],
        "alt": alt,
        "series": results.table(drawn.rename_axis("row")),
    }


def _sustained(plan: Plan, measure: Measure, fit: Fit) -> dict[str, Any] | None:
    """Whether the effect lasted, by the plan's own measure of lasting; None where the plan has none."""
    from pipeline import its

    if plan.sustain is None:
        return None
    with naming(plan, measure):
        found = its.did_it_last(fit, plan.sustain.after, plan.sustain.keep)
    return {
        "verdict": found.verdict,
        "sentence": found.sentence,
        "rule": found.rule,
        "table": results.table(found.table.rename_axis("row")),
    }


def save_chart(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit) -> figures.Picture:
    """Saves the chart of a fit against its counterfactual as its-<measure>, and gives it."""
    from pipeline.its import plots
    from pipeline.its.alt_text import alt_text

    periods = cast("pd.DatetimeIndex", data.index)
    change, label = bench.plan.intervention.label, axis_label(bench.plan, measure)
    draw = plots.counterfactual(
        fit,
        label=label,
        dates=periods,
        interventions=[
            plots.Mark(each.label, placed.start)
            for each, placed in zip(bench.plan.interventions, fit.interventions, strict=True)
        ],
        names=bench.names,
    )
    alt = alt_text(
        fit,
        measure.label,
        change=mid_sentence(change),
        when=named(periods[fit.start], bench.plan.data.period.every),
    )
    return figures.save(draw, bench.folder, f"its-{measure.id}", alt)


def save_residuals(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit) -> figures.Picture:
    """Saves the chart of a fit's residuals as residuals-<measure>, and gives it."""
    from pipeline.its import plots

    draw = plots.residuals(fit, dates=cast("pd.DatetimeIndex", data.index))
    alt = f"Residuals of the model for {measure.label}: over time, and their autocorrelation by lag."
    return figures.save(draw, bench.folder, f"residuals-{measure.id}", alt)
