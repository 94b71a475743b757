"""A plan's control charts: its choices handed to the statistics, the findings as plain results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline import figures, results, series
from pipeline.evaluation.bench import Bench, about, axis_label, naming
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.spc import Chart


def chart(plan: Plan, measure: Measure, data: pd.DataFrame) -> Chart:
    """Gives the control chart of one measure's series, as the plan asks for it.

    `data`: the series of `series.read`. Raises AnalysisError if the series can't be charted so, and
    DataError if a date of the plan is not that of a period.
    """
    from pipeline import spc

    asked, has_denominator = plan.spc, measure.denominator is not None
    rules = spc.making_data_count(
        **{
            name: length
            for name, length in (("shift_length", asked.shift_length), ("trend_length", asked.trend_length))
            if length is not None
        }
    )
    with naming(plan, measure):
        return spc.chart(
            data["numerator" if has_denominator else "value"].to_numpy(),
            kind=asked.chart,
            n=data["denominator"].to_numpy() if has_denominator else None,
            rules=rules if asked.rules == "making-data-count" else asked.rules,
            baseline=asked.baseline.periods if asked.baseline else None,
            rebase=_phases(plan, data),
            exclude=[series.position_of(data.index, day, plan, "spc.exclude") for day in asked.exclude],
            better=measure.better,
            target=measure.target,
            screen=asked.screen,
            measure=measure.kind,
            per=measure.unit if has_denominator else 1.0,
            non_negative=measure.kind in ("count", "rate", "proportion"),
            seasonal_period=plan.data.period.season if asked.seasonally_adjusted else None,
        )


def _phases(plan: Plan, data: pd.DataFrame) -> tuple[int, ...]:
    """The positions at which limits are computed anew."""
    if plan.spc.rebase == "never":
        return ()
    if plan.spc.rebase == "at-interventions":
        return tuple(series.first_after(data.index, plan, change) for change in plan.interventions)
    return tuple(series.position_of(data.index, day, plan, "spc.rebase") for day in plan.spc.rebase)


def results_of(measure: Measure, data: pd.DataFrame, chart: Chart, alt: str) -> dict[str, Any]:
    """Gives what a chart shows as plain values: the measure's part of spc.json."""
    periods = cast("pd.DatetimeIndex", data.index)
    points = chart.points.set_index(periods.strftime("%Y-%m-%d"))
    phases = chart.phases.copy()
    phases["start"] = [periods[int(place)] for place in phases["start"]]
    phases["end"] = [periods[int(place)] for place in phases["end"]]
    latest = chart.points["phase"].iloc[-1]
    in_latest = chart.points["phase"] == latest
    return {
        **about(measure),
        "kind": chart.kind,
        "reason": chart.reason,
        "rules": chart.rules,
        "target": chart.target,
        "variation": chart.variation,
        "assurance": chart.assurance,
        "signals": int(chart.points["signals"].map(len).gt(0).sum()),
        "signals_in_latest_phase": int(chart.points.loc[in_latest, "signals"].map(len).gt(0).sum()),
        "phases": results.table(phases.rename_axis("row")),
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in chart.flags],
        "alt": alt,
        "points": results.table(points.rename_axis("row")),
    }


def save_chart(bench: Bench, measure: Measure, data: pd.DataFrame, chart: Chart) -> figures.Picture:
    """Saves a control chart as spc-<measure>, and gives it."""
    from pipeline.spc import plots

    periods = cast("pd.DatetimeIndex", data.index)
    start = periods[series.first_after(periods, bench.plan)]
    label = axis_label(bench.plan, measure)
    draw = plots.control_chart(chart, list(periods), label, [(start, bench.plan.intervention.label)])
    return figures.save(
        draw, bench.folder, f"spc-{measure.id}", plots.alt_text(chart, measure.label, list(periods))
    )
