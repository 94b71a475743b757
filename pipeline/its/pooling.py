"""Several sites' effects pooled: the average over sites like these, and where the next site's might lie.

Random effects by REML, with Hartung and Knapp's (2001) and Sidik and Jonkman's (2002) interval, whose
correction is never let fall below 1 (Röver, Knapp & Friede 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.its.inference import CONFIDENCE, NORMAL_QUANTILE, FloatArray
from pipeline.its.interval import Interval, Scale
from pipeline.its.observations import numbers
from pipeline.its.tau_squared import Method, generalised_q, tau_squared, tau_squared_interval

if TYPE_CHECKING:
    import pandas as pd

Test = Literal["hksj", "hksj-unfloored", "z"]


@dataclass(frozen=True, eq=False)
class Pooled:
    """The pooled effect of k sites.

    `table`: index the sites' names, then "pooled" and "prediction"; columns estimate, std_error, lower,
    upper (95%), weight (shares that add to 1; none for the last two). `prediction` is where the true effect
    of another site like these lies, 95 times in 100 (Higgins, Thompson & Spiegelhalter 2009; not a number
    for fewer than three sites). `tau2` is the variance of true effects between sites, `i2` its share of the
    variance of estimates, from `tau2` itself, and `h2` what that makes of it; `q` the test of equal effects.
    `passed` is always None: pooling sums up and checks nothing.
    """

    table: pd.DataFrame
    estimate: Interval
    std_error: float
    df: float
    p_value: float
    prediction: Interval
    tau2: float
    tau2_interval: tuple[float, float]
    i2: float
    h2: float
    q: float
    q_df: int
    q_p_value: float
    method: Method
    test: Test
    sentence: str
    passed: bool | None = None


def pool(
    effects: ArrayLike,
    std_errors: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    method: Method = "REML",
    test: Test = "hksj",
    scale: Scale = "absolute",
) -> Pooled:
    """Gives the pooled effect of k sites from their `effects` and `std_errors`, shape (k,).

    `test` is hksj (t on k − 1 degrees of freedom, correction at least 1), hksj-unfloored, or z. One site,
    and the method common, have z. `scale` is that of the effects, for the sentence. Raises `AnalysisError`
    where effects or standard errors can't be used.
    """
    from scipy.special import chdtrc, ndtr, stdtr, stdtrit

    y, errors = _checked(effects, std_errors, method, test)
    v, k = errors**2, len(y)
    labels = [f"site {number}" for number in range(1, k + 1)] if names is None else [str(n) for n in names]
    if len(labels) != k:
        raise AnalysisError(f"there are {k} effects and {len(labels)} names; give one name for each.")
    tau2 = tau_squared(y, v, method)
    weights = 1 / (v + tau2)
    mean = float(weights @ y / weights.sum())
    std_error = float(1 / np.sqrt(weights.sum()))
    used: Test = "z" if k == 1 or method == "common" else test
    df = float("inf")
    if used != "z":
        df = float(k - 1)
        correction = generalised_q(y, v, tau2) / df
        std_error *= float(np.sqrt(max(correction, 1.0) if used == "hksj" else correction))
    quantile = NORMAL_QUANTILE if used == "z" else float(stdtrit(df, (1 + CONFIDENCE) / 2))
    statistic = -abs(mean / std_error) if std_error > 0 else float("-inf") if mean else float("nan")
    estimate = _around(mean, quantile * std_error)
    reach = float(stdtrit(k - 2, (1 + CONFIDENCE) / 2)) if k > 2 else float("nan")
    prediction = _around(mean, reach * float(np.sqrt(tau2 + std_error**2)))
    q, typical = generalised_q(y, v, 0.0), _typical_variance(v)
    if method == "common":
        i2 = max(0.0, 1 - (k - 1) / q) if q > 0 else 0.0
        h2 = q / (k - 1) if k > 1 else 1.0
    else:
        i2, h2 = tau2 / (tau2 + typical), 1 + tau2 / typical
    return Pooled(
        table=_table(labels, y, errors, weights / weights.sum(), estimate, std_error, prediction),
        estimate=estimate,
        std_error=std_error,
        df=df,
        p_value=float(2 * (ndtr(statistic) if used == "z" else stdtr(df, statistic))),
        prediction=prediction,
        tau2=tau2,
        tau2_interval=tau_squared_interval(y, v),
        i2=i2,
        h2=h2,
        q=q,
        q_df=k - 1,
        q_p_value=float(chdtrc(k - 1, q)) if k > 1 else float("nan"),
        method=method,
        test=used,
        sentence=_sentence(estimate, prediction, tau2, i2, k, scale),
    )


def _checked(
    effects: ArrayLike, std_errors: ArrayLike, method: str, test: str
) -> tuple[FloatArray, FloatArray]:
    y, errors = numbers(effects, "effects"), numbers(std_errors, "std_errors")
    for name, value, known in (("method", method, get_args(Method)), ("test", test, get_args(Test))):
        if value not in known:
            raise AnalysisError(f"{name} is {value!r}; it must be one of {', '.join(known)}.")
    if len(y) != len(errors) or not len(y):
        raise AnalysisError(
            f"there are {len(y)} effects and {len(errors)} standard errors; give one of each for every site."
        )
    if not (np.isfinite(y).all() and np.isfinite(errors).all() and (errors > 0).all()):
        raise AnalysisError(
            "an effect is missing, or a standard error is not above zero; leave that site out and say so."
        )
    return y, errors


def _typical_variance(v: FloatArray) -> float:
    """Higgins and Thompson's (2002) typical within-site variance."""
    w = 1 / v
    spread = float(w.sum() ** 2 - (w**2).sum())
    return (len(v) - 1) * float(w.sum()) / spread if spread > 0 else float(v[0])


def _around(mean: float, margin: float) -> Interval:
    return Interval(mean, mean - margin, mean + margin)


def _table(
    names: list[str],
    y: FloatArray,
    errors: FloatArray,
    shares: FloatArray,
    estimate: Interval,
    std_error: float,
    prediction: Interval,
) -> pd.DataFrame:
    import pandas as pd

    margin = NORMAL_QUANTILE * errors
    none = float("nan")
    rows = [list(row) for row in zip(y, errors, y - margin, y + margin, shares, strict=True)]
    rows.append([estimate.estimate, std_error, estimate.lower, estimate.upper, none])
    rows.append([prediction.estimate, none, prediction.lower, prediction.upper, none])
    return pd.DataFrame(
        rows,
        index=pd.Index([*names, "pooled", "prediction"], name="site"),
        columns=["estimate", "std_error", "lower", "upper", "weight"],
    )


def _sentence(estimate: Interval, prediction: Interval, tau2: float, i2: float, k: int, scale: Scale) -> str:
    if k == 1:
        return f"There is one site, whose effect is {estimate.spoken_on(scale)}."
    text = f"Pooled over {k} sites, the effect is {estimate.spoken_on(scale)}"
    if tau2 == 0:
        return f"{text}; sites differ no more than chance would make them."
    differ = f"sites truly differ, which makes {i2:.0%} of the variance of their estimates"
    if np.isnan(prediction.lower):
        return f"{text}; {differ}."
    return (
        f"{text}; {differ}, and in another site like these it may lie anywhere {prediction.ranged_on(scale)}."
    )
