"""What control charts found as plain values: the measure's part of spc.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline import results
from pipeline.evaluation import shown
from pipeline.evaluation.bench import about, sign
from pipeline.evaluation.spc import Charted, dated, happened
from pipeline.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from pipeline.spc import Chart, Cusum, Ewma, RebaseAdvice

SEASONS = {"day": "%A", "week": "%V", "month": "%B", "quarter": "%B"}
"""How a season is named, by the length of a period; a quarter by its first month."""


def results_of(plan: Plan, made: Charted, alts: Mapping[str, str]) -> dict[str, Any]:
    """Gives what a measure's charts show.

    `alts`: the text alternative of each of its pictures, by the names of `spc_figures.save`. Points are named
    by the first days of their periods; those of times between events by the events' days, and numbered.
    """
    from pipeline.spc.icon_table import icon_row
    from pipeline.spc.icons import icons_of
    from pipeline.spc.kinds import KINDS

    chart, periods = made.chart, cast("pd.DatetimeIndex", made.data.index)
    row = icon_row(made.measure.label, chart, list(periods), unit=sign(made.measure))
    return {
        **about(made.measure),
        "every": plan.data.period.every if made.measure.is_regular else "event",
        "dated": dated(plan, made.measure),
        "kind": chart.kind,
        "centre_is": KINDS[chart.kind].centre.lower(),
        "reason": chart.reason,
        "rules": chart.rules,
        "rule_sentences": chart.rule_sentences,
        "target": chart.target,
        "variation": chart.variation,
        "phase_variation": chart.phase_variation,
        "assurance": chart.assurance,
        "latest": {"period": row.latest_at, "value": row.latest, "lower": row.lower, "upper": row.upper},
        "sentence": row.sentence,
        "icons": {what: {"name": icon.name, "alt": icon.alt} for what, icon in icons_of(chart).items()},
        "signals": int(_are_signals(chart).sum()),
        "signals_in_latest_phase": _signals_in_latest_phase(chart),
        "phases": _phases(chart, periods),
        "annotations": [{"row": day, "label": label} for _, day, label in happened(plan, made.data)],
        "hidden": shown.count(plan, made.measure, made.data),
        "signal_points": results.table(signals_table(made)),
        "signal_runs": results.table(signal_runs(made)),
        "rebase_advice": [_advice(found, periods) for found in made.advice],
        "season": _season(chart, periods, plan.data.period.every),
        "beside": None if made.beside is None else _beside(*made.beside, periods, alts["beside"]),
        "small_shifts": None
        if made.small_shifts is None
        else _small_shifts(made.small_shifts, periods, alts["small_shifts"]),
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in chart.flags],
        "alt": alts["chart"],
        "points": results.table(_by_day(chart.points, periods)),
    }


def icon_table(found: Sequence[Charted]) -> pd.DataFrame:
    """Gives a row a measure in words: latest value, usual range, target, and what they mean."""
    import pandas as pd

    from pipeline.spc.icon_table import COLUMNS, icon_row

    rows = [icon_row(made.measure.label, made.chart, unit=sign(made.measure)).cells() for made in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)).set_index(COLUMNS[0])


def signals_table(made: Charted) -> pd.DataFrame:
    """Gives every point that is part of a signal: when, its value, all its rules in words, what it means."""
    import pandas as pd

    is_signal = _are_signals(made.chart).to_numpy()
    points = made.chart.points[is_signal]
    sentences = made.chart.rule_sentences
    return pd.DataFrame(
        {
            "period": made.data.index[is_signal],
            "phase": points["phase"].to_numpy(),
            "value": points["value"].to_numpy(),
            "rules": ["; ".join(sentences[name] for name in names) for names in points["signals"]],
            "direction": points["direction"].to_numpy(),
        },
        index=pd.RangeIndex(1, len(points) + 1, name="row"),
    )


def signal_runs(made: Charted) -> pd.DataFrame:
    """Gives the signals run by run: neighbouring points that are signals for the same reasons, on a side."""
    import pandas as pd

    marked = _are_signals(made.chart).to_numpy()
    names = made.chart.points["signals"].to_numpy()[marked]
    points = signals_table(made).assign(place=marked.nonzero()[0], signals=names)
    alike = ["phase", "rules", "direction"]
    before = points.shift()
    follows = (points["place"] == before["place"] + 1) & (points[alike] == before[alike]).all(axis=1)
    runs = points.groupby((~follows).cumsum().to_numpy())
    found = runs.agg(
        start=("period", "first"),
        end=("period", "last"),
        points=("period", "size"),
        phase=("phase", "first"),
        low=("value", "min"),
        high=("value", "max"),
        signals=("signals", "first"),
        direction=("direction", "first"),
    )
    return found.set_index(pd.RangeIndex(1, len(found) + 1, name="row"))


def advice_in_words(made: Charted) -> list[str]:
    """Gives each place at which limits might be computed anew, with what speaks for and against it."""
    told = []
    for found in made.advice:
        day = f"{made.data.index[found.position]:%Y-%m-%d}"
        heading = (
            "new limits would be justified" if found.advised else "not all conditions for new limits hold"
        )
        told.append(f"**{day}**: {heading}. " + " ".join(each.sentence for each in found.conditions))
    return told


def _are_signals(chart: Chart) -> pd.Series[bool]:
    return chart.points["signals"].map(len) > 0


def _signals_in_latest_phase(chart: Chart) -> int:
    latest = chart.points["phase"] == chart.points["phase"].iloc[-1]
    return int((_are_signals(chart) & latest).sum())


def _phases(chart: Chart, periods: pd.DatetimeIndex) -> list[dict[str, Any]]:
    phases = chart.phases.copy()
    for end in ("start", "end"):
        phases[end] = [periods[int(place)] for place in phases[end]]
    return results.table(phases.rename_axis("row"))


def _advice(found: RebaseAdvice, periods: pd.DatetimeIndex) -> dict[str, Any]:
    return {
        "period": periods[found.position],
        "advised": found.advised,
        "cause": found.cause,
        "conditions": [
            {"row": condition.name, "holds": condition.holds, "sentence": condition.sentence}
            for condition in found.conditions
        ],
    }


def _season(chart: Chart, periods: pd.DatetimeIndex, every: str) -> list[dict[str, Any]] | None:
    """How far each season is above or below the level; None where the values are not adjusted."""
    season = chart.request.season
    if season is None:
        return None
    names = periods[: season.period].strftime(SEASONS[every])
    figures = season.figures * chart.request.method.per
    return [{"row": name, "figure": figure} for name, figure in zip(names, figures.tolist(), strict=True)]


def _beside(which: str, chart: Chart, periods: pd.DatetimeIndex, alt: str) -> dict[str, Any]:
    return {
        "which": which,
        "kind": chart.kind,
        "variation": chart.variation,
        "phase_variation": chart.phase_variation,
        "signals": int(_are_signals(chart).sum()),
        "signals_in_latest_phase": _signals_in_latest_phase(chart),
        "phases": _phases(chart, periods),
        "flags": [{"code": flag.code, "sentence": flag.sentence} for flag in chart.flags],
        "alt": alt,
        "points": results.table(_by_day(chart.points, periods)),
    }


def _small_shifts(chart: Ewma | Cusum, periods: pd.DatetimeIndex, alt: str) -> dict[str, Any]:
    from pipeline.spc import Ewma

    signals = chart.points["signal"].to_numpy().nonzero()[0]
    return {
        "method": "ewma" if isinstance(chart, Ewma) else "cusum",
        "centre": chart.centre,
        "sigma": chart.sigma,
        "signals": len(signals),
        "first": periods[signals[0]] if len(signals) else None,
        "side": chart.points["side"].iloc[signals[0]] if len(signals) else None,
        "latest": bool(chart.points["signal"].iloc[-1]),
        "alt": alt,
        "points": results.table(_by_day(chart.points, periods)),
    }


def _by_day(points: pd.DataFrame, periods: pd.DatetimeIndex) -> pd.DataFrame:
    return points.set_index(periods.strftime("%Y-%m-%d")).rename_axis("row")
