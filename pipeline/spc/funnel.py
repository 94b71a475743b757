"""The funnel plot: sites beside each other, with limits that narrow as their numbers grow.

Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import pandas as pd

from pipeline.errors import AnalysisError
from pipeline.spc.funnel_limits import (
    Limits,
    Measure,
    Spread,
    between_variance,
    standard_error,
    winsorised,
)
from pipeline.spc.limits import TOLERANCE, Bools, Floats
from pipeline.spc.observed import numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TAILS = {"lower_998": 0.001, "lower_95": 0.025, "upper_95": 0.975, "upper_998": 0.999}
"""The limits that are drawn, and the chance of a site in control below each (Spiegelhalter 2005)."""
MOST = 1e12
"""Numbers beyond this are mistakes."""
FEWEST_SITES = 10
"""Sites under which overdispersion is hardly told from a few odd ones."""


@dataclass(frozen=True, eq=False)
class Funnel:
    """A funnel plot.

    points: one row a site: numerator, denominator, value, z (before overdispersion), lower_998, lower_95,
        upper_95, upper_998, and beyond (high-998, high-95, low-95, low-998 or None).
    target: what all are compared with. measure, limits: of which kind. reason: why those limits.
    dispersion: the mean squared winsorised z score, 1 if sites differ by chance alone (phi).
    between: the standard deviation between sites beyond chance (tau), 0 if there is none.
    per: values, limits and target are times this. spread: what the limits are made from.
    """

    points: pd.DataFrame
    target: float
    measure: Measure
    limits: Limits
    reason: str
    dispersion: float
    between: float
    per: float
    spread: Spread


def funnel(
    numerator: ArrayLike | pd.Series[float],
    denominator: ArrayLike | pd.Series[float],
    measure: Measure = "proportion",
    limits: Limits | Literal["auto"] = "auto",
    target: float | None = None,
    labels: ArrayLike | pd.Series[str] | None = None,
    per: float = 1.0,
) -> Funnel:
    """Gives the funnel plot of sites.

    Args:
        numerator, denominator: one of each a site, (sites,); of a `ratio` the numbers observed and expected.
            A site without both, or with a denominator of zero, has no value.
        measure: proportion (binomial), rate (Poisson, per unit of denominator) or ratio (observed over
            expected, Poisson).
        limits: `exact` binomial or Poisson limits, interpolated between whole numbers; `normal`
            approximations; or these widened for overdispersion, all alike (`multiplicative`) or as if sites
            differed by tau (`additive`). `auto` takes additive ones where there is overdispersion (tau above
            zero, of 10 sites or more), and exact ones elsewhere.
        target: what all are compared with; else Σnumerator / Σdenominator, or 1 for ratios.
        labels: the names of the sites, for the rows of `points`.
        per: values, limits and target are times this, as in 100 for percentages.

    Overdispersion is judged by z scores winsorised at a tenth at both ends, so that a few odd sites do not
    make limits wide for all; phi and tau are Spiegelhalter's (2005, equations 7 to 9). The limits of a site
    without numbers are NaN. Interpolated lower limits can be below zero, where no site can be.

    Raises:
        AnalysisError: if the numbers or an option can't be used as given.
    """
    if measure not in ("proportion", "rate", "ratio"):
        raise AnalysisError(f"measure is {measure!r}, and must be 'proportion', 'rate' or 'ratio'.")
    if limits not in ("auto", "exact", "normal", "multiplicative", "additive"):
        raise AnalysisError(
            f"limits is {limits!r}, and must be 'auto', 'exact', 'normal', 'multiplicative' or 'additive'."
        )
    if not 1e-100 < per < 1e100:
        raise AnalysisError(f"per is {per!r}, and must be more than zero, as in 100 or 1000.")
    events, sizes = _checked(numerator, denominator, measure)
    known = np.isfinite(events) & np.isfinite(sizes)
    aim = _target(target, events[known], sizes[known], measure, per)
    error = standard_error(aim, sizes, measure)
    value = events / sizes
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(value == aim, 0.0, (value - aim) / error)
    squares = winsorised(z[known]) ** 2
    phi = float(squares.mean())
    tau_squared = between_variance(phi, error[known])
    chosen, reason = _limits(limits, float(np.sqrt(tau_squared)) * per, int(known.sum()))
    spread = Spread(aim, measure, chosen, phi, tau_squared)
    columns = {name: spread.limit(tail, sizes) * per for name, tail in TAILS.items()}
    points = pd.DataFrame(
        {"numerator": events, "denominator": sizes, "value": value * per, "z": z, **columns},
        index=None if labels is None else pd.Index(list(np.asarray(labels)), name="site"),
    )
    points["beyond"] = _beyond(points, np.asarray(TOLERANCE * max(aim * per, 1e-300)))
    return Funnel(
        points=points,
        target=aim * per,
        measure=measure,
        limits=chosen,
        reason=reason,
        dispersion=phi,
        between=float(np.sqrt(tau_squared)) * per,
        per=per,
        spread=spread,
    )


def funnel_lines(chart: Funnel, sizes: Floats) -> pd.DataFrame:
    """Gives the limits of a funnel at any denominators, (sizes,), for drawing: a column each of `TAILS`."""
    return pd.DataFrame({name: chart.per * chart.spread.limit(tail, sizes) for name, tail in TAILS.items()})


def _checked(numerator: object, denominator: object, measure: Measure) -> tuple[Floats, Floats]:
    events, sizes = numbers("the numerators", numerator), numbers("the denominators", denominator)  # type: ignore[arg-type]
    if events.ndim != 1 or events.shape != sizes.shape:
        raise AnalysisError(
            f"There are {events.size} numerators and {sizes.size} denominators; give one of each a site."
        )
    for name, values in (("numerator", events), ("denominator", sizes)):
        wrong = np.flatnonzero(values < 0)
        if len(wrong):
            raise AnalysisError(f"The {name} at position {wrong[0]} is {values[wrong[0]]:g}, below zero.")
        wrong = np.flatnonzero(values > MOST)
        if len(wrong):
            at = wrong[0]
            raise AnalysisError(f"The {name} at position {at} is {values[at]:g}, more than can be counted.")
    sizes = np.where(sizes > 1e-100, sizes, np.nan)
    wrong = np.flatnonzero(events > sizes * (1 + TOLERANCE))
    if measure == "proportion" and len(wrong):
        at = wrong[0]
        raise AnalysisError(
            f"At position {at} the numerator is {events[at]:g} of {sizes[at]:g}, and proportions can't be "
            "more than 1; for rates use measure='rate'."
        )
    if not (np.isfinite(events) & np.isfinite(sizes)).any():
        raise AnalysisError("There is nothing to compare: no site has both a numerator and a denominator.")
    return events, sizes


def _target(given: float | None, events: Floats, sizes: Floats, measure: Measure, per: float) -> float:
    highest = 1.0 if measure == "proportion" else np.inf
    if given is not None:
        if not 0 < given / per < highest:
            raise AnalysisError(f"target is {given!r}, and must be above zero, and below 1 as a proportion.")
        return given / per
    return 1.0 if measure == "ratio" else float(events.sum() / sizes.sum())


def _limits(asked: str, tau: float, sites: int) -> tuple[Limits, str]:
    if asked != "auto":
        return cast(Limits, asked), f"The limits are {asked}, as asked."
    if sites < FEWEST_SITES:
        return "exact", f"The limits are exact, because {sites} sites are too few to tell more than chance."
    if tau == 0:
        return "exact", "The limits are exact: but for odd ones, sites vary no more than chance makes them."
    return "additive", (
        f"The limits are widened, because sites differ by more than chance (standard deviation {tau:.3g})."
    )


def _beyond(points: pd.DataFrame, slack: Floats) -> pd.Series[str]:
    value = points["value"]

    def over(limit: str) -> Bools:
        return np.asarray(value - points[limit] > slack)

    def under(limit: str) -> Bools:
        return np.asarray(points[limit] - value > slack)

    beyond = np.full(len(points), None, dtype=object)
    beyond[over("upper_95")] = "high-95"
    beyond[over("upper_998")] = "high-998"
    beyond[under("lower_95")] = "low-95"
    beyond[under("lower_998")] = "low-998"
    return pd.Series(beyond, index=points.index, dtype=object)
