"""What the report says, sentence by sentence: plain words chosen by rules from the results.

The only place where findings become prose; one module a subject, listed in SUBJECTS. A subject's `SAYS` are
the sentences that templates may use, as `say.name(...)`: functions whose first argument is the numbers.
Every number comes through `Numbers`; other people's words are escaped by `fill`. No sentence says more than
the interval behind it bears.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pipeline.report.numbers import Numbers
from pipeline.report.wording import (
    behind,
    brief,
    cautions,
    cells,
    changes,
    controls,
    doubts,
    effect,
    equity,
    lasted,
    lead,
    network,
    process,
    signals,
    sites,
    stability,
    standards,
    status,
    sure,
)

SUBJECTS = (
    behind,
    brief,
    cautions,
    cells,
    changes,
    controls,
    effect,
    equity,
    lasted,
    network,
    lead,
    process,
    signals,
    sites,
    sure,
    stability,
    standards,
    status,
    doubts,
)


def said(numbers: Numbers) -> dict[str, Callable[..., Any]]:
    """Gives every sentence that templates may use, by name, with the results already given."""
    return {
        sentence.__name__: partial(sentence, numbers) for subject in SUBJECTS for sentence in subject.SAYS
    }
