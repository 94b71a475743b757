"""What the control chart says of the process."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers

VARIATION: dict[str, str] = {
    "common-cause": "The latest {every} shows common-cause variation only: nothing out of the ordinary.",
    "improving-high": "The latest {every} is part of a signal of improvement (high).",
    "improving-low": "The latest {every} is part of a signal of improvement (low).",
    "concerning-high": "The latest {every} is part of a signal of concern (high).",
    "concerning-low": "The latest {every} is part of a signal of concern (low).",
    "neutral-high": "The latest {every} is part of a signal (high).",
    "neutral-low": "The latest {every} is part of a signal (low).",
}
MISLED_BY = ("autocorrelation", "seasonality", "season")
"""Flags of a chart whose signals may well be false."""


def process_heading(numbers: Numbers, measure: str) -> Markdown:
    """Gives the question that the control chart answers."""
    phases = numbers.value(f"spc.measures.{measure}.phases")
    return Markdown("Is the new level stable?" if len(phases) > 1 else "Is the process stable?")


def process(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the control chart says of the process since its last phase began."""
    key = f"spc.measures.{measure}"
    phases = numbers.value(f"{key}.phases")
    phase = f"{key}.phases[{phases[-1]['row']}]"
    signals = numbers.value(f"{key}.signals_in_latest_phase")
    if len(phases) == 1:
        since = fill("Over the whole series")
    else:
        since = fill("Since {when}", when=numbers.show(f"{phase}.start", every))
    latest = fill(VARIATION[numbers.value(f"{key}.variation")], every=every)
    if not signals:
        return fill(
            "{since}, the process has stayed within its limits and shows no signal. {latest}",
            since=since,
            latest=latest,
        )
    counted = fill(
        "{since}, {signals} of {n} {every}s {are} part of a signal",
        since=since,
        signals=numbers.show(f"{key}.signals_in_latest_phase", "count"),
        n=numbers.show(f"{phase}.n", "count"),
        every=every,
        are="is" if signals == 1 else "are",
    )
    if any(flag["code"] in MISLED_BY for flag in numbers.value(f"{key}.flags")):
        return Markdown(f"{counted}, but many of these may be false: see the note below the chart. {latest}")
    return Markdown(f"{counted}, more than common causes would give. {latest}")


def level_shift(numbers: Numbers, measure: str) -> Markdown:
    """Gives how the centre line moved from the first phase to the last, or nothing with one phase."""
    key = f"spc.measures.{measure}.phases"
    phases = numbers.value(key)
    if len(phases) == 1:
        return Markdown("")
    return fill(
        "The average went from {before} to {after}.",
        before=numbers.show(f"{key}[{phases[-2]['row']}].centre"),
        after=numbers.show(f"{key}[{phases[-1]['row']}].centre"),
    )


SAYS = (process_heading, process, level_shift)
