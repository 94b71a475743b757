"""The tables of a fit: its terms, its effects, and the series with what was fitted and expected."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.its.counts import CountEstimate
from pipeline.its.design import Design
from pipeline.its.effects import Effects, Scale, effects_from
from pipeline.its.estimators import Choice
from pipeline.its.inference import Contrasts, Estimate, FloatArray
from pipeline.its.interventions import in_transition
from pipeline.its.link import IDENTITY, Link
from pipeline.its.observations import Observations
from pipeline.its.possible import Bounds, without_more_than_all

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Found:
    """An estimate's tables, and the name of the model that was really fitted."""

    name: str
    link: Link
    terms: pd.DataFrame
    effects: Effects


def tables_of(
    choice: Choice,
    estimate: Estimate,
    observed: Observations,
    design: Design,
    bounds: Bounds,
    told_before: int | None = None,
) -> Found:
    """Gives the terms and effects of an estimate on a design, of an outcome within `bounds`.

    Effects are told in periods before position `told_before`, in all if it is None.
    """
    import pandas as pd

    model = choice.model
    contrasts = estimate.contrasts(np.eye(len(design.columns)))
    columns = {field.name: getattr(contrasts, field.name) for field in fields(contrasts)}
    scale = Scale(model.link, bounds.exposure, model.relative, observed.values)
    effects = effects_from(design, estimate, observed.after, observed.until, scale, told_before)
    effects = replace(effects, table=without_more_than_all(effects.table, bounds))
    name = estimate.took if isinstance(estimate, CountEstimate) else choice.name
    return Found(
        name, model.link, pd.DataFrame(columns, index=pd.Index(design.columns, name="term")), effects
    )


def ratios_of(found: Found) -> pd.DataFrame | None:
    """Gives terms under a log or logit link as ratios: of rates, or of odds."""
    if found.link == IDENTITY:
        return None
    return found.terms[["estimate", "lower", "upper"]].apply(np.exp)


def series_of(
    observed: Observations,
    design: Design,
    estimate: Estimate,
    residuals: FloatArray,
    link: Link,
    exposure: FloatArray | None,
) -> pd.DataFrame:
    """Gives the series over all n periods, with what was fitted, expected, and left."""
    import pandas as pd

    rows = np.arange(len(observed.values))
    # A transition period without a value, or of which nothing or everything was counted, has no indicator:
    # nothing is known of the first, and the second was what it was.
    unfitted = ~observed.usable & in_transition(observed.interventions, len(rows))
    columns: dict[str, FloatArray] = {"time": observed.time.astype(np.float64), "observed": observed.values}
    share = np.ones(len(rows)) if exposure is None else exposure
    average = np.full(len(rows), np.nanmean(share))
    start = observed.start
    bands: list[tuple[FloatArray, Contrasts]] = []
    for suffix, actual, without, size in (
        ("", design.matrix, design.without_change(), share),
        ("_trend", design.at_average(design.matrix), design.at_average(design.without_change()), average),
    ):
        fitted = size * link.mean(actual @ estimate.coefficients)
        columns["fitted" + suffix] = np.where(unfitted, observed.values / share * size, fitted)
        # Without seasonality or covariates both counterfactuals are one, and the limits are had once.
        same = bool(bands) and np.array_equal(bands[0][0], without[start:], equal_nan=True)
        band = bands[0][1] if same else estimate.contrasts(without[start:])
        bands.append((without[start:], band))
        for end, limit in (("", band.estimate), ("_lower", band.lower), ("_upper", band.upper)):
            columns["expected" + suffix + end] = np.full(len(rows), np.nan)
            columns["expected" + suffix + end][start:] = size[start:] * link.mean(limit)
    if link == IDENTITY:
        columns["adjusted"] = observed.values - columns["fitted"] + columns["fitted_trend"]
    else:
        ratio = np.divide(observed.values, columns["fitted"], out=np.ones(len(rows)), where=~unfitted)
        columns["adjusted"] = ratio * columns["fitted_trend"]
    for name, values in (("residual", residuals), ("innovation", estimate.innovations)):
        columns[name] = np.full(len(rows), np.nan)
        columns[name][observed.usable] = values
    table = pd.DataFrame(columns, index=pd.Index(rows, name="position"))
    table["time"] = observed.time
    return table
