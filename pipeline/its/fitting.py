"""The fit of one interrupted time series: from a series and a start to tables, doubts and charts' data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.its.automatic import Settled, settle
from pipeline.its.counts import CountEstimate
from pipeline.its.design import Design, Terms, Trend, build
from pipeline.its.diagnostics import diagnose
from pipeline.its.estimators import MODELS, Choice, check_kind, choose, refuse_unused
from pipeline.its.fit_result import Alternative, Fit
from pipeline.its.fit_tables import Found, ratios_of, series_of, tables_of
from pipeline.its.flags import Facts, absent_periods, doubts
from pipeline.its.inference import FloatArray
from pipeline.its.interventions import Impact, Intervention
from pipeline.its.link import IDENTITY, LOG, LOGIT, Link
from pipeline.its.observations import Observations, covariate_columns, denominators, observe
from pipeline.its.possible import Bounds, Impossible, first_impossible
from pipeline.its.sample import Sample, check_not_exact
from pipeline.its.seasons import choose_harmonics
from pipeline.its.transition import without_term

if TYPE_CHECKING:
    import pandas as pd


def fit(
    y: ArrayLike,
    start: int | None = None,
    model: str = "auto",
    time: ArrayLike | None = None,
    denominator: ArrayLike | None = None,
    covariates: pd.DataFrame | Mapping[str, ArrayLike] | None = None,
    harmonics: int | str = 0,
    period: int = 12,
    impact: Impact = "level-and-slope",
    phase_in: int = 0,
    lag: int | None = None,
    order: tuple[int, int, int] | None = None,
    seasonal_order: tuple[int, int, int, int] | None = None,
    *,
    dummies: bool = False,
    delay: int = 0,
    until: int | None = None,
    interventions: Sequence[Intervention] | None = None,
    trend: Trend = "linear",
    kind: str | None = None,
    at_most: float | None = None,
    told_before: int | None = None,
) -> Fit:
    """Gives the interrupted time series fit of `y`, shape (n,), NaN where a value is missing.

    `start` is the 0-based position in y of the first point after the change; `time`, shape (n,), each
    period's whole place in the calendar, 0 to n−1 by default, gaps allowed. `model` is one of
    `estimators.MODELS`, or auto, which goes by `kind` (`estimators.Kind`) and shows
    another estimate beside the one it takes. Models of counts and proportions take the counts as y, and
    their `denominator`, shape (n,); with `lag` their errors allow for autocorrelation, as newey-west's do.
    `covariates` are columns of n values by name. Seasonality is `harmonics` pairs of sines and cosines
    ("auto" chooses 0, 1 or 2 from the points before the change), or `dummies`, on a cycle of `period`.
    `impact` is level, slope, or level-and-slope; each of the `phase_in` periods from `start` gets an
    indicator of its own (`transition` has those that can have none), level and slope begin after them and
    `delay` periods later, and end before position `until`. Several changes are given as `interventions`,
    instead. `trend` is linear or none. `at_most` is the greatest value that there can be, against which the
    counterfactual is checked; of a rate with a denominator, for each one of the denominator. Effects are told
    before position `told_before`, or, if it is None, before the first period whose counterfactual can't be.

    Raises `AnalysisError`, one sentence on what, where and what to do, where the series can't be analysed
    as asked. Sources: Wagner et al. 2002 and Lopez Bernal et al. 2017 for segmented regression; each
    estimator names its own.
    """
    check_kind(kind)
    choice = Choice("auto", "") if model == "auto" else choose(model)
    given = {"denominator": denominator, "order": order, "seasonal_order": seasonal_order, "lag": lag}
    asked = f"auto for {f'a {kind}' if kind else 'a measure of no stated kind'}" if model == "auto" else model
    refuse_unused(asked, _uses(choice.name, kind), given)
    changes = _changes(start, impact, phase_in, delay, until, interventions)
    observed = observe(y, changes, time)
    exposure = denominators(denominator, observed)
    extra = covariate_columns(covariates, observed)
    if harmonics == "auto":
        harmonics = choose_harmonics(
            observed.values[: observed.start], observed.time[: observed.start], period
        )
    elif isinstance(harmonics, str):
        raise AnalysisError(f"harmonics is {harmonics!r}; it must be a number, or 'auto'.")
    termless = without_term(observed, exposure, _link(choice, kind, exposure))
    observed = replace(observed, usable=observed.usable & ~termless)
    design = build(observed, extra, Terms(harmonics, dummies, period, trend))
    sample = _sample(observed, design, exposure, lag, order, seasonal_order, period)
    settled = _settled(choice, sample, kind, design, observed)
    bounds = Bounds(kind, at_most, exposure)
    found, impossible = _found(settled, observed, design, bounds, told_before)
    return _fit(settled, found, observed, design, sample, changes, bounds, impossible)


def _uses(name: str, kind: str | None) -> frozenset[str]:
    """The options that a model, or what auto may take, has a use for."""
    if name != "auto":
        return MODELS[name].uses
    return frozenset({"denominator", "lag"}) if kind in ("count", "proportion") else frozenset()


def _link(choice: Choice, kind: str | None, exposure: FloatArray | None) -> Link:
    """The link of the model, or of what auto takes."""
    if choice.name != "auto":
        return choice.model.link
    if kind == "count":
        return LOG
    return LOGIT if kind == "proportion" and exposure is not None else IDENTITY


def _changes(
    start: int | None,
    impact: Impact,
    phase_in: int,
    delay: int,
    until: int | None,
    interventions: Sequence[Intervention] | None,
) -> tuple[Intervention, ...]:
    if interventions is None:
        if start is None:
            raise AnalysisError("start is missing; give the position of the first point after the change.")
        return (Intervention(start, impact, phase_in, delay, until),)
    if start is not None:
        raise AnalysisError("start and interventions were both given; put every start in interventions.")
    return tuple(interventions)


def _sample(
    observed: Observations,
    design: Design,
    exposure: FloatArray | None,
    lag: int | None,
    order: tuple[int, int, int] | None,
    seasonal_order: tuple[int, int, int, int] | None,
    period: int,
) -> Sample:
    usable = observed.usable
    return Sample(
        y=observed.values[usable],
        matrix=design.matrix[usable],
        time=observed.time.astype(np.float64)[usable],
        lag=lag,
        exposure=None if exposure is None else exposure[usable],
        order=order,
        seasonal_order=seasonal_order,
        period=period,
        before=(np.arange(len(usable)) < observed.start)[usable],
    )


def _settled(
    choice: Choice, sample: Sample, kind: str | None, design: Design, observed: Observations
) -> Settled:
    """The model, the estimate, and what stands beside it, if `auto` chose."""
    counts = (choice.name == "auto" and kind == "count") or (
        choice.name != "auto" and choice.model.link != IDENTITY
    )
    if not counts:
        check_not_exact(sample)
    if choice.name == "auto":
        rows = slice(observed.after, observed.until)
        change = (design.matrix - design.without_change())[rows]
        change = change[~np.isnan(change).any(axis=1)]
        changed = np.eye(len(design.columns))[[role == "change" for role in design.roles]]
        return settle(sample, kind, np.vstack([changed, change.mean(axis=0)]))
    return Settled(choice, choice.estimator(sample), None, None)


def _found(
    settled: Settled, observed: Observations, design: Design, bounds: Bounds, told_before: int | None
) -> tuple[Found, Impossible | None]:
    """The tables of the estimate, and the first of the periods told whose counterfactual can't be.

    Where no period comes before that one, effects are told of all, and the flag says what to make of them.
    """

    def tables(before: int | None) -> Found:
        return tables_of(settled.choice, settled.estimate, observed, design, bounds, before)

    found = tables(told_before)
    first = first_impossible(found.effects.table, bounds)
    if first is None or first.position >= found.effects.told_before:
        return found, None
    if told_before is not None or first.position == observed.after:
        return found, first
    return tables(first.position), first


def _fit(
    settled: Settled,
    found: Found,
    observed: Observations,
    design: Design,
    sample: Sample,
    changes: tuple[Intervention, ...],
    bounds: Bounds,
    impossible: Impossible | None,
) -> Fit:
    estimate = settled.estimate
    mean = found.link.mean(sample.matrix @ estimate.coefficients)
    residuals = sample.y - (mean if sample.exposure is None else mean * sample.exposure)
    # Residuals of counts spread as the counts do; Pearson's, which the innovations are, do not.
    compared = residuals if found.link == IDENTITY else estimate.innovations
    diagnostics = diagnose(estimate, compared, sample, sample.period)
    termless = int((~observed.usable & ~np.isnan(observed.values)).sum())
    absent = absent_periods(observed.time, len(sample.y) + termless)
    series = series_of(observed, design, estimate, residuals, found.link, bounds.exposure)
    if found.effects.told_before < observed.until:
        beyond = series.index >= found.effects.told_before
        series.loc[beyond, series.columns.str.startswith("expected")] = np.nan
    facts = Facts(
        model=found.name,
        n=len(sample.y),
        n_before=observed.n_before,
        n_after=observed.n_after,
        absent=absent,
        period=sample.period,
        has_season=bool(design.names("season")),
        rho=estimate.rho,
        diagnostics=diagnostics,
        effects=found.effects,
        robust=isinstance(estimate, CountEstimate) and estimate.lag is not None,
        start=observed.start,
        after=observed.after,
        impossible=impossible,
        termless=termless,
    )
    return Fit(
        terms=found.terms,
        effects=found.effects.table,
        series=series,
        rho=estimate.rho,
        flags=doubts(facts) + estimate.caveats,
        model=found.name,
        reason=settled.choice.reason,
        diagnostics=diagnostics,
        start=observed.start,
        after=observed.after,
        n_before=observed.n_before,
        n_after=observed.n_after,
        n_missing=absent,
        sigma=estimate.sigma,
        df=sample.spare,
        period=int(sample.period),
        adjusted_for=(("season",) if design.names("season") else ()) + design.names("covariate"),
        estimate=estimate,
        until=observed.until,
        told_before=found.effects.told_before,
        interventions=changes,
        sample=sample,
        design=design,
        kind=bounds.kind,
        link=found.link,
        ratios=ratios_of(found),
        exposure=bounds.exposure,
        alternative=_beside(settled, observed, design, bounds, found.effects.told_before),
    )


def _beside(
    settled: Settled, observed: Observations, design: Design, bounds: Bounds, told_before: int
) -> Alternative | None:
    if settled.beside is None or settled.beside_estimate is None:
        return None
    found = tables_of(settled.beside, settled.beside_estimate, observed, design, bounds, told_before)
    return Alternative(
        found.name, settled.beside.reason, found.terms, found.effects.table, settled.beside_estimate.rho
    )
