"""How alike successive residuals are, on the calendar, before and after the model's own allowance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.its.autoregression import correlation_interval
from pipeline.its.inference import CONFIDENCE, NORMAL_QUANTILE, Estimate, FloatArray
from pipeline.its.sample import Sample


@dataclass(frozen=True, eq=False)
class Diagnostics:
    """What the residuals say.

    `autocorrelation` is the errors' lag-one autocorrelation with its 95% interval: the estimator's, or, if
    it has none, that of the residuals. `lags` and `acf`, shape (m,), are of the innovations, what the
    model's own autocorrelation does not explain; those of independent errors lie within ±`bound` 95 times
    in 100. `ljung_box` is their joint test
    (Ljung & Box 1978) over `ljung_box_lags`: a description, not a gate. `spread_ratio` is the innovations'
    standard deviation after the change over that before, with its 95% interval if they are normal.
    """

    autocorrelation: float
    autocorrelation_lower: float
    autocorrelation_upper: float
    lags: FloatArray
    acf: FloatArray
    bound: float
    ljung_box: float
    ljung_box_lags: int
    ljung_box_p_value: float
    spread_ratio: float
    spread_ratio_lower: float
    spread_ratio_upper: float

    def left_at(self, lag: int) -> float:
        """The innovations' autocorrelation at `lag`, or NaN beyond the lags that were looked at."""
        return float(self.acf[lag - 1]) if 1 <= lag <= len(self.acf) else float("nan")


def diagnose(estimate: Estimate, residuals: FloatArray, sample: Sample, period: int) -> Diagnostics:
    """Gives the diagnostics of a fit; `residuals`, shape (n,), are those of the sample's rows."""
    from scipy.special import chdtrc

    n, time = len(residuals), sample.time
    spread = _spread_ratio(estimate.innovations, sample)
    lags = np.arange(1, min(max(10, 2 * period), n // 2) + 1)
    acf = autocorrelations(estimate.innovations, time, lags)
    if estimate.rho is None or estimate.rho_interval is None:
        lag_one = float(autocorrelations(residuals, time, lags[:1])[0])
        lower, upper = correlation_interval(lag_one, 1 / np.sqrt(n - 3))
    else:
        lag_one, (lower, upper) = estimate.rho, estimate.rho_interval
    tested = min(max(2, n // 5), 2 * period if period > 1 else 10, len(lags))
    statistic = n * (n + 2) * float(np.sum(acf[:tested] ** 2 / (n - lags[:tested])))
    freedom = tested - (estimate.rho is not None)
    return Diagnostics(
        autocorrelation=lag_one,
        autocorrelation_lower=lower,
        autocorrelation_upper=upper,
        lags=lags.astype(np.float64),
        acf=acf,
        bound=NORMAL_QUANTILE / float(np.sqrt(n)),
        ljung_box=statistic,
        ljung_box_lags=tested,
        ljung_box_p_value=float(chdtrc(freedom, statistic)),
        spread_ratio=spread[0],
        spread_ratio_lower=spread[1],
        spread_ratio_upper=spread[2],
    )


def _spread_ratio(innovations: FloatArray, sample: Sample) -> tuple[float, float, float]:
    """The ratio of standard deviations, after over before, with its interval from the F distribution.

    Each side is lent half of the coefficients. Not a number where a side has too few points.
    """
    from scipy.special import fdtri

    if sample.before is None:
        return float("nan"), float("nan"), float("nan")
    before, after = innovations[sample.before], innovations[~sample.before]
    lent = sample.matrix.shape[1] / len(innovations)
    spare_before, spare_after = len(before) * (1 - lent), len(after) * (1 - lent)
    if min(spare_before, spare_after) < 2 or not (before @ before > 0):
        return float("nan"), float("nan"), float("nan")
    ratio = float(np.sqrt(after @ after / spare_after / (before @ before / spare_before)))
    tail = (1 - CONFIDENCE) / 2
    high, low = fdtri(spare_after, spare_before, 1 - tail), fdtri(spare_after, spare_before, tail)
    return ratio, float(ratio / np.sqrt(high)), float(ratio / np.sqrt(low))


def autocorrelations(
    values: FloatArray, time: FloatArray, lags: np.ndarray[tuple[int], np.dtype[np.int_]]
) -> FloatArray:
    """Gives the autocorrelation of `values`, shape (n,), at each of `lags` in calendar time.

    Only pairs that lie exactly a lag apart count, so that values on either side of a gap are not taken for
    neighbours; with no gaps it is the usual estimate, sum(v_t·v_(t−lag))/sum(v²), of values whose mean is
    zero by construction.
    """
    n, power = len(values), float(values @ values)
    found = np.zeros(len(lags))
    for index, lag in enumerate(lags):
        partner = np.minimum(np.searchsorted(time, time + lag), n - 1)
        paired = time[partner] == time + lag
        products = float(values[paired] @ values[partner[paired]])
        found[index] = products / (int(paired.sum()) + lag) * n / power
    return found
