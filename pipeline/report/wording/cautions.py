"""How figures are to be read: counted otherwise from a day on, not final yet, or doubted; what was checked.

Doubts are told in words that need no training; the exact ones, with their figures, are in the notebooks.
"""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.doubts import DOUBTS

SERIES = {
    **DOUBTS,
    "short-for-reml": "There are so few {every}s of data that the likely ranges may be somewhat too narrow.",
    "autocorrelation-left": "Neighbouring {every}s are alike, or unlike, in ways that the model does not "
    "fully describe, so the likely ranges are less exact than they look.",
    "unequal-spread": "The values scatter differently after the change than before it, and the model takes "
    "their scatter to be the same throughout, so the likely ranges are less exact than they look.",
    "near-random-walk": "The numbers drift so slowly that the likely ranges of a slope or of an average "
    "effect may be somewhat too narrow; that of the level change is not affected.",
    "differenced-errors": "What was to be expected hangs on the latest values before the change, and its "
    "likely range leaves out some of what is uncertain.",
    "no-overdispersion": "The counts vary no more than chance makes them, so a simpler model was used than "
    "the plan names.",
    "level-fixed": "Before the change the level hardly moved, so what was to be expected stays the same; if "
    "it began to drift later, that would be taken for an effect.",
    "poor-fit-before": "No average of comparators went the same way before the change, so what came after "
    "can’t be read as an effect.",
    "few-placebos": "There are so few places to compare with that even a large effect hardly stands out "
    "from chance.",
    "no-trend": "Averages before and after can’t tell whether the sites were already drawing apart, or how "
    "the effect grew or faded.",
}
"""Flags of a time series or of a comparison, by their codes; those not here have words of their own."""
CHART = {
    "few-points": "The chart, or a part of it, rests on so few {every}s that its lines will still move as "
    "data come in.",
    "no-limits": "A part of the chart has no limits: it has too few values to make them from.",
    "no-variation": "In a part of the chart all values are the same.",
    "short-baseline": "The plan’s baseline is longer than the part of the chart that it is for, so the whole "
    "part was used.",
    "overdispersion": "In a part of the chart, values vary more from {every} to {every} than chance makes "
    "counts vary, so the limits are too narrow and some signals may be false.",
    "rare-events": "More than half of the values in a part of the chart are nought; a chart of the time "
    "between events would see a change sooner.",
    "autocorrelation": "Neighbouring {every}s are alike, from a season, a slow drift or a shift: if nothing "
    "else is going on, many of the signals are false.",
    "alternation": "High and low {every}s tend to alternate, so the chart may miss signals.",
    "seasonality": "The values seem to go with the season, whose highs and lows may look like signals, or "
    "hide some.",
    "whole-phase": "How wide the limits are rests on every {every} of each part of the chart, also on those "
    "that its average leaves out.",
    "seasonally-adjusted": "The values are less their seasonal figures, which will move a little as data "
    "come in; the limits are wider to allow for that.",
    "latest-missing": "The latest {every} has no value, so the one before it that has a value is judged.",
}
"""Flags of a control chart, by their codes."""


def cautions(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what stands under a measure's chart where its contract warns of its figures; else nothing."""
    said = []
    for place in range(len(numbers.value(f"breaks.{measure}"))):
        key = f"breaks.{measure}[{place}]"
        said.append(
            fill(
                "From {when} on: {label}; figures before and after are not counted alike (dotted line).",
                when=numbers.show(f"{key}.at", every),
                label=numbers.show(f"{key}.label", "text"),
            )
        )
    if numbers.has("status.provisional"):
        since = numbers.show("status.provisional", every)
        said.append(fill("Figures from {since} on are provisional and may still change.", since=since))
    return Markdown(" ".join(said))


def series_doubts(numbers: Numbers, flags: str, every: str) -> list[Markdown]:
    """Gives the doubts about a time series or a comparison, whose flags are at the key `flags`."""
    return _in_plain_words(numbers, flags, SERIES, every)


def chart_doubts(numbers: Numbers, measure: str) -> list[Markdown]:
    """Gives the doubts about a measure's control chart."""
    key = f"spc.measures.{measure}"
    return _in_plain_words(numbers, f"{key}.flags", CHART, numbers.value(f"{key}.every"))


def _in_plain_words(numbers: Numbers, flags: str, words: dict[str, str], every: str) -> list[Markdown]:
    """Each doubt once, in the order of the flags; one without plain words in its own."""
    said = [
        fill(words[flag["code"]], every=every)
        if flag["code"] in words
        else numbers.show(f"{flags}[{place}].sentence", "text")
        for place, flag in enumerate(numbers.value(flags))
    ]
    return list(dict.fromkeys(said))


def outcome(numbers: Numbers, place: int) -> Markdown:
    """Gives what came of a rule of the contract: that it holds, or what breaks it."""
    key = f"data.findings[{place}]"
    found = numbers.value(key)
    if found["passed"]:
        return Markdown("holds")
    return fill(
        "{severity}: {count} against it",
        severity=found["severity"],
        count=numbers.show(f"{key}.count", "count"),
    )


SAYS = (cautions, series_doubts, chart_doubts, outcome)
