"""Which single period a finding rests on: the fit again, leaving out one period at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.effects import Scale, effects_from
from pipeline.its.estimators import MODELS
from pipeline.its.fit_result import Fit
from pipeline.its.inference import FloatArray
from pipeline.its.sample import Sample

if TYPE_CHECKING:
    import pandas as pd


def influence(fit: Fit) -> pd.DataFrame:
    """Gives what the average effect becomes without each period in turn.

    Index: the position of each period with a value; columns average, average_lower, average_upper, and moved:
    how far the average effect moves, in standard errors of the whole fit's (half-widths over 1.96). The
    model is that of the fit, whichever was chosen; a period whose term would be left without a value (a
    transition's) is not left out, and its row is blank.
    """
    import pandas as pd

    usable = np.flatnonzero(fit.series["observed"].notna().to_numpy())
    columns = np.full((len(usable), 4), np.nan)
    whole = fit.effects.loc["average", ["absolute", "absolute_lower", "absolute_upper"]].to_numpy(dtype=float)
    spread = (whole[2] - whole[1]) / 2 / 1.959963984540054
    for row in range(len(usable)):
        kept = np.delete(np.arange(len(usable)), row)
        found = _average(fit, kept)
        if found is not None:
            columns[row] = [*found, (found[0] - whole[0]) / spread]
    names = ["average", "average_lower", "average_upper", "moved"]
    return pd.DataFrame(columns, index=pd.Index(usable, name="position"), columns=names)


def _average(fit: Fit, kept: np.ndarray[tuple[int], np.dtype[np.int_]]) -> FloatArray | None:
    """The average effect and its limits from the rows `kept`, over the same periods as the whole fit's."""
    sample = _only(fit.sample, kept)
    if np.linalg.matrix_rank(sample.matrix) < sample.matrix.shape[1]:
        return None
    model = MODELS[fit.model]
    try:
        estimate = model.estimator(sample)
    except AnalysisError:
        return None
    effects = effects_from(fit.design, estimate, fit.after, fit.until, Scale(model.link, fit.exposure))
    row = effects.table.loc["average", ["absolute", "absolute_lower", "absolute_upper"]]
    return np.asarray(row.to_numpy(dtype=float))


def _only(sample: Sample, kept: np.ndarray[tuple[int], np.dtype[np.int_]]) -> Sample:
    return replace(
        sample,
        y=sample.y[kept],
        matrix=sample.matrix[kept],
        time=sample.time[kept],
        exposure=None if sample.exposure is None else sample.exposure[kept],
        before=None if sample.before is None else sample.before[kept],
    )
