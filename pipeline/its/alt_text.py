"""The text alternative of the main chart: its kind, what it shows, and what is to be seen in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pipeline.its.fit_result import Fit


def alt_text(
    fit: Fit,
    label: str,
    *,
    unit: str = "",
    change: str = "the change",
    when: str = "",
    season: str = "season",
) -> str:
    """Gives two or three sentences that stand for `plots.counterfactual` where it can't be seen.

    `label` names the measure, `change` the intervention (a noun phrase, as in "the law"), `when` its date and
    `season` what repeats.
    """
    adjusted = f" adjusted for {season} and other influences" if len(fit.adjusted_for) > 1 else ""
    if fit.adjusted_for == ("season",):
        adjusted = f" adjusted for {season}"
    at = f" ({when})" if when else ""
    between = f", with {fit.after - fit.start} of phase-in between them" if fit.after > fit.start else ""
    return (
        f"Scatter chart over time of {label}{adjusted}: {fit.n_before} points before {change}{at} and "
        f"{fit.n_after} after{between}. A solid line is the fitted trend; a dashed line with a shaded band "
        f"is what was expected without {change}. {_finding(fit, unit)}"
    )


def _finding(fit: Fit, unit: str) -> str:
    size, low, high = _average(fit, "absolute")
    share, share_low, share_high = _average(fit, "relative")
    measure = f" {unit}" if unit else ""
    side = "higher" if size > 0 else "lower"
    scale = max(abs(size), (high - low) / 2)
    spoken = [spoken_number(value, scale) for value in (abs(size), low, high)]
    relative = "" if np.isnan(share) else f", {spoken_number(100 * abs(share), 100)}% {side}"
    if fit.link.name == "identity":
        likely = f"95% interval of the difference: {spoken[1]} to {spoken[2]}"
    else:  # a model of ratios is judged by the share (`interval.judged_effect`)
        ends = [spoken_number(100 * value, 100) for value in (share_low, share_high)]
        likely = f"95% interval: {ends[0]}% to {ends[1]}%"
    told = fit.told_before - fit.after
    over = f"over the first {told} periods after it" if fit.told_before < fit.until else "after it"
    return (
        f"On average {over}, the fitted trend is {spoken[0]}{measure} {side} than expected{relative} "
        f"({likely})."
    )


def _average(fit: Fit, kind: str) -> list[float]:
    """The average effect and the limits of its interval, in one of the two kinds that effects are told."""
    columns = [kind, f"{kind}_lower", f"{kind}_upper"]
    return [float(value) for value in fit.effects.loc["average", columns].to_numpy(dtype=float)]


def spoken_number(value: float, scale: float) -> str:
    """Gives `value` rounded to three significant figures of `scale`, with thousands marked.

    >>> spoken_number(-1234.5, 1234.5)
    '−1,230'
    >>> spoken_number(0.04567, 0.2)
    '0.046'
    """
    digits = 2 - int(np.floor(np.log10(scale))) if scale > 0 else 2
    rounded = round(value, digits)
    return f"{rounded:,.{max(digits, 0)}f}".replace("-", "−")
