"""Transition periods that can have no term of their own: those in which nothing was counted, or everything.

A period's own term fits it exactly. Under a log or logit link the term of a period without events has no
lower end; on its way there the period ceases to bear on any other term. The fit without the period, and
without its term, is that limit, and exists.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.its.inference import FloatArray
from pipeline.its.interventions import in_transition
from pipeline.its.link import Link
from pipeline.its.observations import Observations


def without_term(observed: Observations, exposure: FloatArray | None, link: Link) -> NDArray[np.bool_]:
    """True for each period of a transition whose own term can't be estimated under `link`, shape (n,)."""
    values = observed.values
    at_limit = np.zeros(len(values), dtype=bool)
    if link.name in ("log", "logit"):
        at_limit |= values == 0
    if link.name == "logit" and exposure is not None:
        at_limit |= values == exposure
    return np.asarray(at_limit & in_transition(observed.interventions, len(values)))
