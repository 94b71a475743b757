"""How figures are to be read: counted otherwise from a day on, or not final yet; and what was checked."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers


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


SAYS = (cautions, outcome)
