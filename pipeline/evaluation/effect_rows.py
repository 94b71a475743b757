"""Effects pooled on a model's own scale, told as differences and shares of what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.evaluation.panel import Panel

if TYPE_CHECKING:
    from pipeline.its import Fit, Interval, PooledSites


def row_of(panel: Panel, found: PooledSites, effect: Interval, unit: str | None = None) -> dict[str, Any]:
    """Gives an effect as a row like those of a fit's effects: absolute and relative, with limits.

    It is that at the site `unit`, or at the average site: a change of the logarithm or of the log odds is
    applied to what the sites expected on average over the periods that the effect is of.
    """
    fits = [found.fits[unit]] if unit else list(found.fits.values())
    expected = float(np.mean([_expected(fit, found.periods) for fit in fits]))
    unit_size = panel.measure.unit if panel.measure.is_ratio else 1.0
    ends = {"": effect.estimate, "_lower": effect.lower, "_upper": effect.upper}
    differences = {end: _difference(found.scale, value, expected, unit_size) for end, value in ends.items()}
    shares = {end: differences[end] / expected if expected > 0 else None for end in ends}
    return {
        "row": unit or "average site",
        "expected": expected,
        **{f"absolute{end}": value for end, value in differences.items()},
        **{f"relative{end}": value for end, value in shares.items()},
    }


def interval_of(found: PooledSites, unit: str) -> Interval:
    """Gives a site's own effect, on the model's scale."""
    from pipeline.its import Interval

    return Interval(*(float(found.table[end][unit]) for end in ("estimate", "lower", "upper")))


def _expected(fit: Fit, periods: int | None) -> float:
    """What was expected on average over the first `periods` after the change, all of them if None."""
    rows = fit.effects["expected"].iloc[:-2]
    return float(rows.iloc[: periods or len(rows)].mean())


def _difference(scale: str, value: float, expected: float, unit: float) -> float:
    if scale == "absolute":
        return value
    if scale == "log":
        return float(expected * np.expm1(value))
    odds = expected / unit / (1 - expected / unit) * np.exp(value)
    return float(unit * odds / (1 + odds) - expected)
