"""Linear combinations of coefficients: estimate, standard error, degrees of freedom, interval and p-value.

Everything that is reported (a term, an effect, a counterfactual) is a linear combination of coefficients,
or is made linear by the delta method, so this is all that an estimator has to supply. Degrees of freedom
differ by combination for some estimators, and others have no t distribution at all, so each supplies its
own `contrasts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.flag import Flag

FloatArray = NDArray[np.float64]

CONFIDENCE = 0.95
"""Ninety-five per cent intervals only: the small-sample methods here are calibrated for no other level."""

NORMAL_QUANTILE = 1.959963984540054
"""The standard normal's 97.5% point."""


@dataclass(frozen=True)
class Contrast:
    """One linear combination of coefficients, with its 95% interval and two-sided p-value."""

    estimate: float
    std_error: float
    df: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Several linear combinations: each field is an array of shape (m,)."""

    estimate: FloatArray
    std_error: FloatArray
    df: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray

    def one(self, index: int) -> Contrast:
        """The combination at `index`, as plain numbers."""
        return Contrast(
            float(self.estimate[index]),
            float(self.std_error[index]),
            float(self.df[index]),
            float(self.lower[index]),
            float(self.upper[index]),
            float(self.p_value[index]),
        )


class Estimate(Protocol):
    """What every estimator gives back."""

    @property
    def coefficients(self) -> FloatArray:
        """Shape (k,), in the order of the design's columns."""

    @property
    def rho(self) -> float | None:
        """The autocorrelation of successive errors, or None if the estimator has no such parameter."""

    @property
    def rho_interval(self) -> tuple[float, float] | None:
        """The 95% interval of `rho`."""

    @property
    def sigma(self) -> float:
        """The errors' marginal standard deviation, in the outcome's units."""

    @property
    def innovations(self) -> FloatArray:
        """Shape (n,): the residuals freed of the autocorrelation that the estimator models."""

    @property
    def caveats(self) -> tuple[Flag, ...]:
        """The doubts that only the estimator itself can know of."""

    def contrasts(self, rows: FloatArray) -> Contrasts:
        """Gives the linear combinations of coefficients whose weights are `rows`, shape (m, k)."""


@dataclass(frozen=True, eq=False)
class LinearEstimate:
    """Coefficients with one covariance matrix, and t intervals on the same degrees of freedom throughout."""

    coefficients: FloatArray
    covariance: FloatArray
    df: float
    sigma: float
    innovations: FloatArray
    rho: float | None = None
    rho_interval: tuple[float, float] | None = None
    caveats: tuple[Flag, ...] = ()

    def contrasts(self, rows: FloatArray) -> Contrasts:
        """Gives the linear combinations of coefficients whose weights are `rows`, shape (m, k)."""
        variance = np.sum((rows @ self.covariance) * rows, axis=1)
        return t_contrasts(rows @ self.coefficients, variance, np.full(len(rows), self.df))


def t_contrasts(estimate: FloatArray, variance: FloatArray, df: FloatArray) -> Contrasts:
    """Gives 95% intervals and two-sided p-values from t distributions; all arguments have shape (m,).

    Where the variance is zero (the effect at a moment the model fixes at zero) the interval is the estimate
    itself, and the p-value is not a number.
    """
    from scipy.special import stdtr, stdtrit

    std_error = np.sqrt(np.maximum(variance, 0.0))
    margin = stdtrit(df, 0.5 + CONFIDENCE / 2) * std_error
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(std_error > 0, np.abs(estimate) / std_error, np.nan)
    return Contrasts(
        estimate=estimate,
        std_error=std_error,
        df=df,
        lower=estimate - margin,
        upper=estimate + margin,
        p_value=2 * stdtr(df, -statistic),
    )
