"""What a fit gives back: tables, doubts, and the series to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.flag import Flag
from pipeline.its.design import Design
from pipeline.its.diagnostics import Diagnostics
from pipeline.its.inference import Contrast, Estimate, FloatArray
from pipeline.its.interventions import Intervention
from pipeline.its.link import IDENTITY, Link
from pipeline.its.sample import Sample

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Alternative:
    """Another estimate of the same series, shown beside the one that was taken; tables as in `Fit`."""

    model: str
    reason: str
    terms: pd.DataFrame
    effects: pd.DataFrame
    rho: float | None


@dataclass(frozen=True, eq=False)
class Fit:
    """What a fit found.

    `terms`: index intercept, time, level_change, slope_change, then transition, seasonal and covariate
    terms; columns estimate, std_error, df, lower, upper, p_value. `level_change` is the change at the first
    point after the change (and its transition); `intercept` is the value at time 0. A second intervention's
    terms end in _2. Models of counts and proportions have their terms on the scale of the `link`; `ratios`
    then has the same as ratios (of rates, or of odds), columns estimate, lower, upper, and is None elsewhere.
    `effects`: index the position of each period after, then "average" and "cumulative"; columns expected,
    fitted, absolute, absolute_lower, absolute_upper, relative, relative_lower, relative_upper. A relative
    effect of −0.2 is a fifth less; an upper limit of infinity says that nothing need have been expected at
    all. `series`: index position; columns time, observed, fitted, expected with _lower and _upper (from the
    start to `told_before`); fitted_trend and expected_trend with _lower and _upper, the same with
    seasonality and covariates at their averages, and at the average denominator; adjusted, the observed
    freed of them alike; residual; innovation.
    `rho` is the autocorrelation of successive errors, or None where the model has none; `sigma` the errors'
    standard deviation (for counts, that of Pearson residuals); `df` the points left over, n − k. `start` is
    the position of the first point after the first change, `after` that of the first past its transition,
    and `until` that past the last that any change affects. Effects are told in periods before position
    `told_before`: `until`, or the first period whose counterfactual can't be. `adjusted_for` names the
    seasonality and covariates that `adjusted` is free of. `alternative` is the estimate shown beside what
    `auto` took. `exposure`, shape (n,), is the denominator of a model of counts or proportions; effects and
    series are then counts, and `per` gives rates.
    """

    terms: pd.DataFrame
    effects: pd.DataFrame
    series: pd.DataFrame
    rho: float | None
    flags: tuple[Flag, ...]
    model: str
    reason: str
    diagnostics: Diagnostics
    start: int
    after: int
    n_before: int
    n_after: int
    n_missing: int
    sigma: float
    df: int
    period: int
    adjusted_for: tuple[str, ...]
    estimate: Estimate
    until: int
    told_before: int
    interventions: tuple[Intervention, ...]
    sample: Sample
    design: Design
    kind: str | None = None
    link: Link = IDENTITY
    ratios: pd.DataFrame | None = None
    exposure: FloatArray | None = None
    alternative: Alternative | None = None

    def contrast(self, weights: Mapping[str, float]) -> Contrast:
        """Gives the linear combination of terms with these weights by name; terms not named weigh nothing.

        `fit.contrast({"time": 1, "slope_change": 1})` is the slope after the change (on the link's scale).
        Raises `AnalysisError` for a term that the model does not have.
        """
        columns = [str(name) for name in self.terms.index]
        for name in weights:
            if name not in columns:
                raise AnalysisError(f"the model has no term '{name}'; its terms are {', '.join(columns)}.")
        row = np.array([[float(weights.get(name, 0.0)) for name in columns]])
        return self.estimate.contrasts(row).one(0)

    def per(self, unit: float) -> Fit:
        """Gives the fit with rates for counts: events for each `unit` of the denominator (100: a percentage).

        The average effect is then that of the rate over all of the denominator after the change. The row
        "cumulative" stays a count, of events averted or added. Raises `AnalysisError` where the model has no
        denominator.
        """
        if self.exposure is None:
            raise AnalysisError(f"{self.model} was fitted without a denominator, so it has no rates.")
        series, beside = self.series.copy(), self.alternative
        typical = np.full(len(series), np.nanmean(self.exposure))
        for name in series.columns:
            if name not in ("time", "innovation"):
                size = typical if "trend" in name or name == "adjusted" else self.exposure
                series[name] = series[name].to_numpy(dtype=float) * unit / size
        if beside is not None:
            beside = replace(beside, effects=rates(beside.effects, self.exposure, unit))
        return replace(
            self, effects=rates(self.effects, self.exposure, unit), series=series, alternative=beside
        )


def rates(counted: pd.DataFrame, exposure: FloatArray, unit: float) -> pd.DataFrame:
    """Gives effects of counts as effects on rates: events for each `unit` of the denominator.

    `exposure` has shape (n,), a row for each period.
    """
    effects = counted.copy()
    rows = [row for row in effects.index if isinstance(row, int)]
    of_rows = np.append(exposure[rows], np.nan)
    known = effects.loc[rows, "absolute"].notna().to_numpy()
    of_rows[-1] = of_rows[:-1][known].sum()
    for name in effects.columns:
        if not name.startswith("relative"):
            counts = effects.loc[[*rows, "cumulative"], name].to_numpy(dtype=float)
            effects.loc[[*rows, "average"], name] = counts * unit / of_rows
    return effects
