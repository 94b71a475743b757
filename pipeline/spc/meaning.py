"""What a chart means for the service: is the change good news, and can the target be met?"""

from __future__ import annotations

from typing import Literal

Better = Literal["higher", "lower"]
Variation = Literal[
    "common-cause",
    "improving-high",
    "improving-low",
    "concerning-high",
    "concerning-low",
    "neutral-high",
    "neutral-low",
]
Assurance = Literal["meets", "misses", "hit-or-miss"]
Direction = Literal["improving", "concerning", "neutral-high", "neutral-low", "both"]


def direction(high: bool, low: bool, better: Better | None) -> Direction | None:
    """Gives what it means that a point is in a high (or rising) pattern, a low (or falling) one, or both."""
    if high and low:
        return "both"
    if not high and not low:
        return None
    if better is None:
        return "neutral-high" if high else "neutral-low"
    return "improving" if high == (better == "higher") else "concerning"


def variation(high: bool, low: bool, better: Better | None) -> Variation:
    """Gives the kind of variation at a point, from the pattern of its headline.

    A point at which a rising pattern turns into a falling one is taken as low: what is happening now.
    """
    if not high and not low:
        return "common-cause"
    up = high and not low
    if better is None:
        return "neutral-high" if up else "neutral-low"
    if better == "higher":
        return "improving-high" if up else "concerning-low"
    return "concerning-high" if up else "improving-low"


def assurance(
    target: float | None, lower: float, upper: float, better: Better | None, tolerance: float
) -> Assurance | None:
    """Gives whether the process as it is will meet the target: always, never, or by chance.

    The target is compared with the limits at the latest point; on a limit (within `tolerance`) it is hit or
    miss. None where there is no target, no better direction, or no limits. NHS England, Making Data Count.
    """
    if target is None or better is None or not (lower <= upper):
        return None
    if target < lower - tolerance:
        return "meets" if better == "higher" else "misses"
    if target > upper + tolerance:
        return "misses" if better == "higher" else "meets"
    return "hit-or-miss"
