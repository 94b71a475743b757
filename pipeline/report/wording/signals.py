"""The signals of a control chart, a row for each run of periods that are signals for the same reasons."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipeline.period_names import to
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers

WAYS = {"improving": "the better", "concerning": "the worse", "both": "both ways"}


class Run(NamedTuple):
    """Neighbouring periods: when they were, their values from low to high, whether they are for the better,
    and why they are signals."""

    when: Markdown
    values: Markdown
    which_way: str
    why: Markdown


def signal_runs(numbers: Numbers, measure: str, style: str) -> list[Run]:
    """Gives the runs of signals in a chart's latest phase; `style` is that of its values."""
    key = f"spc.measures.{measure}"
    return [
        Run(
            _when(numbers, key, f"{key}.signal_runs[{run['row']}]"),
            _values(numbers, f"{key}.signal_runs[{run['row']}]", style),
            WAYS.get(run["direction"], "neither"),
            numbers.show(f"{key}.signal_runs[{run['row']}].signals", "list"),
        )
        for run in _runs(numbers, key)
    ]


def signal_rules(numbers: Numbers, measure: str) -> list[Markdown]:
    """Gives what the reasons in these runs mean, each once, in the order of the chart's rules."""
    key = f"spc.measures.{measure}"
    met = {name for run in _runs(numbers, key) for name in run["signals"]}
    return [
        fill("{name}: {meaning}", name=name, meaning=numbers.show(f"{key}.rule_sentences.{name}", "text"))
        for name in numbers.value(f"{key}.rule_sentences")
        if name in met
    ]


def _runs(numbers: Numbers, key: str) -> list[dict[str, Any]]:
    """The runs of the latest phase."""
    latest = numbers.value(f"{key}.phases")[-1]["row"]
    return [run for run in numbers.value(f"{key}.signal_runs") if run["phase"] == latest]


def _when(numbers: Numbers, key: str, run: str) -> Markdown:
    """A run's period, or its first and last and how many there are."""
    dated = numbers.value(f"{key}.dated")
    first = numbers.show(f"{run}.start", dated)
    if numbers.value(f"{run}.points") == 1:
        return first
    return fill(
        "{first} {to} {last} ({count} {every}s)",
        first=first,
        to=to(dated),
        last=numbers.show(f"{run}.end", dated),
        count=numbers.show(f"{run}.points", "count"),
        every=numbers.value(f"{key}.every"),
    )


def _values(numbers: Numbers, run: str, style: str) -> Markdown:
    found = numbers.value(run)
    low = numbers.show(f"{run}.low", style)
    if found["low"] == found["high"]:
        return low
    return fill("{low} to {high}", low=low, high=numbers.show(f"{run}.high", style))


SAYS = (signal_runs, signal_rules)
