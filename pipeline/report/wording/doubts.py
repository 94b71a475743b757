"""How sure can we be? The doubts that weigh most, in words that need no training."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers

DOUBTS = {
    "few-points": "There are so few {every}s of data that all this is a description, and no proof.",
    "few-before": "There are few {every}s of data from before the change, so what to expect is uncertain.",
    "few-after": "There are few {every}s of data since the change, so it is early to judge.",
    "rho-at-boundary": "The numbers drift so slowly that a change is hard to tell from the drift.",
    "impossible-throughout": "From the first {every} on, the earlier trend leads to what can’t be, so what "
    "we compare with means little.",
    "impossible-counterfactual": "The earlier trend can’t have gone on throughout: it would have led to what "
    "can’t be, so only the {every}s before that are compared.",
    "seasonality-unmodelled": "The numbers seem to have a season that was not allowed for.",
}
"""Flags of the time series that belong in the brief, gravest first, and how they are said there."""
MOST = 2
"""More doubts than this are for the section on them."""


def doubts(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives the gravest doubts about the primary finding, for the brief; nothing where there are none."""
    raised = {flag["code"] for flag in numbers.value(f"its.measures.{measure}.flags")}
    said = [fill(sentence, every=every) for code, sentence in DOUBTS.items() if code in raised]
    return Markdown(" ".join(said[:MOST]))


SAYS = (doubts,)
