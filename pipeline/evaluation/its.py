"""A plan's interrupted time series: its choices handed to the statistics, the findings as plain results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline import figures, results, series
from pipeline.evaluation.bench import Bench, about, axis_label, naming
from pipeline.plan import Harmonics, Measure, Plan, mid_sentence

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Fit

CONFIDENCE = 0.95
"""The share of intervals that should hold the truth; the one level our methods are tried at."""


def fit(plan: Plan, measure: Measure, data: pd.DataFrame) -> Fit:
    """Gives the interrupted time series fit of one measure's series, as the plan asks for it.

    `data`: the series of `series.read`. Raises AnalysisError if the series can't bear the model.
    """
    from pipeline import its

    seasonality = plan.its.seasonality
    with naming(plan, measure):
        return its.fit(
            data["value"].to_numpy(),
            start=series.first_after(data.index, plan),
            model=plan.its.model,
            covariates=data[list(plan.its.covariates)] if plan.its.covariates else None,
            harmonics=seasonality.harmonics if isinstance(seasonality, Harmonics) else 0,
            dummies=seasonality == "dummies",
            period=plan.data.period.season,
            impact=plan.its.impact,
            phase_in=series.phase_in_length(data.index, plan),
            lag=plan.its.lag,
        )


def results_of(plan: Plan, measure: Measure, data: pd.DataFrame, fit: Fit, alt: str) -> dict[str, Any]:
    """Gives what a fit found as plain values: the measure's part of its.json."""
    import pandas as pd

    periods = cast("pd.DatetimeIndex", data.index)
    dates = {place: day.date().isoformat() for place, day in enumerate(periods)}
    effects = fit.effects.rename(index=dates)
    steps = range(1, len(effects) - 1)
    effects.insert(0, "after", pd.Series([*steps, None, None], index=effects.index, dtype=object))
    drawn = fit.series.set_index(periods.strftime("%Y-%m-%d"))
    last = len(effects) - 2
    horizons = [step for step in plan.its.horizons if step <= last]
    return {
        **about(measure),
        "model": fit.model,
        "reason": fit.reason,
        "impact": plan.its.impact,
        "first": periods[0],
        "last": periods[-1],
        "start": periods[fit.start],
        "before": fit.n_before,
        "after": fit.n_after,
        "missing": fit.n_missing,
        "confidence": CONFIDENCE,
        "rho": fit.rho,
        "sigma": fit.sigma,
        "df": fit.df,
        "terms": results.table(fit.terms.rename_axis("row")),
        "effects": results.table(effects.rename_axis("row")),
        "horizons": [effects.index[step - 1] for step in horizons or [1, last]],
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in fit.flags],
        "alt": alt,
        "series": results.table(drawn.rename_axis("row")),
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
        interventions=[plots.Mark(change, fit.start)],
        names=bench.names,
    )
    alt = alt_text(fit, measure.label, change=mid_sentence(change), when=f"{periods[fit.start]:%B %Y}")
    return figures.save(draw, bench.folder, f"its-{measure.id}", alt)


def save_residuals(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit) -> figures.Picture:
    """Saves the chart of a fit's residuals as residuals-<measure>, and gives it."""
    from pipeline.its import plots

    draw = plots.residuals(fit, dates=cast("pd.DatetimeIndex", data.index))
    alt = f"Residuals of the model for {measure.label}: over time, and their autocorrelation by lag."
    return figures.save(draw, bench.folder, f"residuals-{measure.id}", alt)
