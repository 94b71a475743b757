"""Several sites in two stages: each site's own series, start and model, then their effects pooled.

No site is ever compared with one that has already changed, so staggered starts do no harm here (Goodman-
Bacon 2021): each is set against its own trend before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.analysis import Analysis
from pipeline.its.effect_weights import contrast_of, effect_weights
from pipeline.its.inference import Contrast, FloatArray
from pipeline.its.interval import Scale
from pipeline.its.pooling import Pooled, Test, pool
from pipeline.its.tau_squared import Method

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit

Estimand = Literal["average", "level_change", "slope_change"]


@dataclass(frozen=True, eq=False)
class PooledSites:
    """Every site's effect, and what they come to together.

    `table`: index the site; columns start (position), n_before, n_after, rho, estimate, std_error, df,
    lower, upper, failure (why there is none, or empty). `periods` is how many periods after each start the
    average is over, or None for a change of level or slope. `scale` is that of the effects: "log" for
    models of counts. `fits` holds the fits by site.
    """

    table: pd.DataFrame
    pooled: Pooled
    estimand: Estimand
    periods: int | None
    scale: Scale
    fits: Mapping[str, Fit]
    sentence: str
    passed: bool | None = None


def pool_sites(
    analyses: Mapping[str, Analysis],
    *,
    estimand: Estimand = "average",
    periods: int | None = None,
    method: Method = "REML",
    test: Test = "hksj",
) -> PooledSites:
    """Gives each site's effect by its own analysis, and their pooled effect.

    The `estimand` is the average effect over the first `periods` periods after each site's start (by
    default as many as the site with the fewest has), or the change of level or of slope. Sites that can't
    be fitted are listed with the reason. Raises `AnalysisError` if none can, if the models are on
    different scales, or for an estimand that the sites don't have.
    """
    if estimand not in get_args(Estimand):
        raise AnalysisError(f"estimand is {estimand!r}; it must be one of {', '.join(get_args(Estimand))}.")
    fits, failures = _fitted(analyses)
    weights = {site: effect_weights(fit) for site, fit in fits.items()}
    scales = {each.scale for each in weights.values()}
    if len(scales) > 1:
        raise AnalysisError("the sites' models are on different scales; use the same model for every site.")
    scale = scales.pop()
    if estimand == "average":
        shared = min(int(each.since[-1]) + 1 for each in weights.values())
        periods = shared if periods is None else periods
        if not 1 <= periods <= shared:
            raise AnalysisError(
                f"periods is {periods}; it must be from 1 to {shared}, the most that every site has after "
                "its start."
            )
        found = {
            site: contrast_of(fits[site], each.average(0, periods - 1)) for site, each in weights.items()
        }
    else:
        periods = None
        found = {site: _term(fit, estimand) for site, fit in fits.items()}
    pooled = pool(
        np.array([each.estimate for each in found.values()]),
        np.array([each.std_error for each in found.values()]),
        list(found),
        method=method,
        test=test,
        scale=scale,
    )
    return PooledSites(
        table=_table(analyses, fits, found, failures),
        pooled=pooled,
        estimand=estimand,
        periods=periods,
        scale=scale,
        fits=fits,
        sentence=pooled.sentence + _left_out(failures),
    )


def _fitted(analyses: Mapping[str, Analysis]) -> tuple[dict[str, Fit], dict[str, str]]:
    fits: dict[str, Fit] = {}
    failures: dict[str, str] = {}
    for site, analysis in analyses.items():
        try:
            fits[site] = analysis.fit()
        except AnalysisError as refused:
            failures[site] = str(refused)
    if not fits:
        reason = next(iter(failures.values()), "there are no sites.")
        raise AnalysisError(f"no site can be analysed; the first says: {reason}")
    return fits, failures


def _term(fit: Fit, name: str) -> Contrast:
    weights: FloatArray = (fit.terms.index == name).astype(np.float64)
    if not weights.any():
        raise AnalysisError(f"the model has no {name}; choose another estimand or impact.")
    return contrast_of(fit, weights)


def _table(
    analyses: Mapping[str, Analysis],
    fits: Mapping[str, Fit],
    found: Mapping[str, Contrast],
    failures: Mapping[str, str],
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for site, analysis in analyses.items():
        row: dict[str, object] = {"start": analysis.start, "failure": failures.get(site, "")}
        if site in fits:
            fit, effect = fits[site], found[site]
            row |= {"n_before": fit.n_before, "n_after": fit.n_after, "rho": fit.rho}
            row |= {name: getattr(effect, name) for name in ("estimate", "std_error", "df", "lower", "upper")}
        rows.append(row)
    columns = [
        "start",
        "n_before",
        "n_after",
        "rho",
        "estimate",
        "std_error",
        "df",
        "lower",
        "upper",
        "failure",
    ]
    return pd.DataFrame(rows, index=pd.Index(list(analyses), name="site"), columns=columns)


def _left_out(failures: Mapping[str, str]) -> str:
    if not failures:
        return ""
    if len(failures) == 1:
        return f" One site could not be analysed and is left out: {next(iter(failures))}."
    return f" {len(failures)} sites could not be analysed and are left out: {', '.join(failures)}."
