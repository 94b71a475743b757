"""The limits of a funnel plot: exact ones, normal ones, and those widened for overdispersion.

Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import bdtr, bdtrik, gammaln, ndtri, pdtr, pdtrik, xlog1py, xlogy

from pipeline.spc.limits import Floats

Measure = Literal["proportion", "rate", "ratio"]
Limits = Literal["exact", "normal", "multiplicative", "additive"]

WINSORISED = 0.1
"""The share of z scores at each end that are drawn in to the ones next to them (Spiegelhalter 2005)."""


@dataclass(frozen=True)
class Spread:
    """How sites spread about the target: by chance alone, and beyond it (phi and tau squared)."""

    target: float
    measure: Measure
    limits: Limits
    dispersion: float
    between_variance: float

    def limit(self, tail: float, sizes: Floats) -> Floats:
        """Gives the limit below which a site in control is with chance `tail`, at denominators (sites,)."""
        if self.limits == "exact":
            if self.measure == "proportion":
                return binomial_limit(tail, sizes, self.target)
            return poisson_limit(tail, sizes * self.target) / sizes
        error = standard_error(self.target, sizes, self.measure)
        if self.limits == "multiplicative":
            error = error * np.sqrt(max(1.0, self.dispersion))
        if self.limits == "additive":
            error = np.sqrt(error**2 + self.between_variance)
        return np.asarray(self.target + float(ndtri(tail)) * error, dtype=float)


def standard_error(target: float, sizes: Floats, measure: Measure) -> Floats:
    """Gives the standard error of sites in control at denominators (sites,): binomial or Poisson."""
    variance = target * (1 - target) if measure == "proportion" else target
    return np.sqrt(variance / sizes)


def winsorised(z: Floats, share: float = WINSORISED) -> Floats:
    """Gives z scores with those beyond the quantiles at `share` of both ends put at them (type 7)."""
    return np.clip(z, *np.quantile(z, [share, 1 - share]))


def between_variance(phi: float, error: Floats) -> float:
    """Gives tau², the variance between sites beyond chance (Spiegelhalter 2005; DerSimonian & Laird 1986)."""
    error = error[error > 0]
    count = len(error)
    if count < 2 or count * phi < count - 1:
        return 0.0
    least = error.min()  # weights are relative to the largest, so that none overflows
    weights = (least / error) ** 2
    total = weights.sum()
    spread = total - (weights**2).sum() / total
    return float(least**2 * (count * phi - (count - 1)) / spread) if spread > 0 else 0.0


def binomial_limit(tail: float, sizes: Floats, target: float) -> Floats:
    """Gives the limit of a proportion at denominators (sites,), interpolated between whole numbers.

    It is (r - (P(R ≤ r) - tail) / P(R = r)) / n, with r the smallest number with P(R ≤ r) ≥ tail
    (Spiegelhalter 2005, appendix). Denominators are taken as whole.
    """
    if not 0 < target < 1:
        return np.where(np.isfinite(sizes), target, np.nan)
    n = np.where(np.isfinite(sizes), np.maximum(np.rint(sizes), 1.0), 1.0)
    r = _smallest(
        lambda k: np.asarray(bdtr(k, n, target), dtype=float), np.ceil(bdtrik(tail, n, target)), tail
    )
    mass = np.exp(
        gammaln(n + 1) - gammaln(r + 1) - gammaln(n - r + 1) + xlogy(r, target) + xlog1py(n - r, -target)
    )
    limit = (r - (bdtr(r, n, target) - tail) / mass) / n
    return np.where(np.isfinite(sizes), limit, np.nan)


def poisson_limit(tail: float, mean: Floats) -> Floats:
    """Gives the limit of a count, interpolated as in `binomial_limit` (Spiegelhalter 2005)."""
    m = np.where(np.isfinite(mean), mean, 1.0)
    r = _smallest(lambda k: np.asarray(pdtr(k, m), dtype=float), np.ceil(pdtrik(tail, m)), tail)
    mass = np.exp(xlogy(r, m) - m - gammaln(r + 1))
    limit = r - (pdtr(r, m) - tail) / np.where(mass > 0, mass, np.nan)
    return np.asarray(np.where(np.isfinite(mean), limit, np.nan), dtype=float)


def _smallest(cumulative: Callable[[Floats], Floats], guess: Floats, tail: float) -> Floats:
    """Gives the smallest whole number with a cumulative chance of `tail` or more, from a near guess."""
    r = np.maximum(np.nan_to_num(guess), 0.0)
    for _ in range(3):
        r = np.where(cumulative(r) < tail, r + 1, r)
    for _ in range(3):
        r = np.where((r > 0) & (cumulative(np.maximum(r - 1, 0.0)) >= tail), r - 1, r)
    return np.asarray(r, dtype=float)
