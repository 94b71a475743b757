"""The charts of interrupted time series, as a study names its measures, changes and periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeline import figures
from pipeline.evaluation.bench import Bench, axis_label, named
from pipeline.plan import Measure, mid_sentence

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its import Fit, Forecast


def save(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit | Forecast) -> list[figures.Picture]:
    """Saves the chart of a fit against its counterfactual as its-<measure>, and, where the model has them,
    that of its residuals as residuals-<measure>; gives them in this order."""
    from pipeline import its

    if isinstance(fit, its.Fit):
        return [_save_fit(bench, measure, data, fit), _save_residuals(bench, measure, data, fit)]
    return [_save_forecast(bench, measure, data, fit)]


def _save_forecast(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Forecast) -> figures.Picture:
    from pipeline.its import forecast_plot

    periods = cast("pd.DatetimeIndex", data.index)
    change = bench.plan.intervention.label
    draw = forecast_plot.forecast(fit, label=axis_label(bench.plan, measure), dates=periods, change=change)
    when = named(periods[fit.start], bench.plan.data.period.every)
    alt = forecast_plot.forecast_alt(fit, measure.label, change=mid_sentence(change), when=when)
    return figures.save(draw, bench.folder, f"its-{measure.id}", alt)


def _save_fit(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit) -> figures.Picture:
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


def _save_residuals(bench: Bench, measure: Measure, data: pd.DataFrame, fit: Fit) -> figures.Picture:
    from pipeline.its import plots

    draw = plots.residuals(fit, dates=cast("pd.DatetimeIndex", data.index))
    alt = f"Residuals of the model for {measure.label}: over time, and their autocorrelation by lag."
    return figures.save(draw, bench.folder, f"residuals-{measure.id}", alt)
