"""A control chart in words, for readers who can't see it."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING

from pipeline.period_names import named, to
from pipeline.spc.kinds import KINDS
from pipeline.spc.labels import number, spoken

if TYPE_CHECKING:
    from pipeline.spc.chart import Chart

VARIATION = {
    "common-cause": "is within usual variation",
    "improving": "is part of a signal of improvement",
    "concerning": "is part of a signal of concern",
    "neutral": "is part of a signal of change",
}
ASSURANCE = {
    "meets": "the process will consistently meet the target",
    "misses": "the process will consistently miss the target",
    "hit-or-miss": "the process will meet or miss the target by chance",
}


def alt_text(
    chart: Chart,
    label: str,
    dates: Sequence[object] | None = None,
    every: str = "month",
    unit: str = "",
) -> str:
    """Gives the text alternative of a control chart: its kind, what it shows, and what is to be seen in it.

    `label` says what is counted. With `dates` (time,) it says when the points and the latest phase are: dates
    in the words for a day, week, month, quarter or year (`every`), numbers as they are. `unit` stands behind
    each value, as "%".
    """
    phases, points = chart.phases, chart.points
    last = phases.iloc[-1]
    observed = points["value"].notna()
    count = int(observed.sum())
    span = ""
    if dates is not None:
        span = f", {_date(dates[0], every)} {to(every)} {_date(dates[-1], every)}"
    parts = "" if len(phases) == 1 else f", in {len(phases)} phases"
    told = [f"{title(chart)}: {label}; {count} point{'' if count == 1 else 's'}{span}{parts}."]
    if chart.request.season is not None:
        told.append("Values are seasonally adjusted.")
    centre = KINDS[chart.kind].centre.lower()

    since = " in the latest phase" if len(phases) > 1 else ""
    if since and dates is not None:
        since += f", from {_date(dates[int(last['start'])], every)},"
    before = f"; the {centre} before was {spoken(phases.iloc[-2]['centre'], unit)}" if len(phases) > 1 else ""
    told.append(f"The {centre}{since} is {spoken(last['centre'], unit)}{_limits(chart, unit)}{before}.")

    of_phase = points.iloc[int(last["start"]) :]
    signals = int(of_phase["headline"].notna().sum())
    where = "the latest phase" if len(phases) > 1 else "the chart"
    of_points = f"{signals} of the {int(last['n'])} points" if signals else "No point"
    told.append(f"{of_points} of {where} {'is' if signals < 2 else 'are'} part of a signal.")
    if count:
        at = int(observed.to_numpy().nonzero()[0][-1])
        headline = points["headline"].iloc[at]
        is_signal = headline is not None and chart.variation != "common-cause"
        reason = f" ({chart.rule_sentences[headline]})" if is_signal else ""
        latest = spoken(points["value"].iloc[at], unit)
        told.append(f"The latest point, {latest}, {_variation(chart.variation)}{reason}.")
    if chart.target is not None:
        meant = f": {ASSURANCE[chart.assurance]}" if chart.assurance else ""
        told.append(f"The target is {number(chart.target)}{unit}{meant}.")
    return " ".join(told)


def title(chart: Chart) -> str:
    """Gives what the chart is, as in 'Control chart (XmR)' or 'Run chart'."""
    return "Run chart" if chart.kind == "run" else f"Control chart ({KINDS[chart.kind].title})"


def _limits(chart: Chart, unit: str) -> str:
    """Gives the limits of the latest phase, and where they stand if they are not level; nothing for runs."""
    if chart.kind == "run":
        return ""
    last = chart.phases.iloc[-1]
    if not last["lower"] <= last["upper"]:
        return ", no limits yet"
    of_phase = chart.points[["lower", "upper"]].iloc[int(last["start"]) :]
    level = bool((of_phase.max() - of_phase.min() <= 1e-9 * of_phase.abs().max()).all())
    where = "" if level else " at the latest point"
    return f", limits {spoken(last['lower'], unit)} to {spoken(last['upper'], unit)}{where}"


def _variation(variation: str) -> str:
    return VARIATION.get(variation) or VARIATION[variation.split("-")[0]]


def _date(date: object, every: str) -> str:
    import pandas as pd

    if isinstance(date, Real):
        return f"{float(date):g}"
    return named(pd.Timestamp(str(date)), every)
