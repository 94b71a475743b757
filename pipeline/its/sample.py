"""What an estimator is given: the usable rows of a series and its design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import AnalysisError
from pipeline.its.inference import FloatArray

EXACT = 1e-11
"""Residuals smaller than this share of the series' own spread are rounding, not variation."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Outcome (n,), design (n, k) of full rank and times (n,) of the usable rows, and what else was given.

    `exposure`, shape (n,), is the denominator of counts; `lag` belongs to Newey and West's correction,
    `order` and `seasonal_order` to arima. `before`, shape (n,), is true before the first change.
    """

    y: FloatArray
    matrix: FloatArray
    time: FloatArray
    lag: int | None = None
    exposure: FloatArray | None = None
    order: tuple[int, int, int] | None = None
    seasonal_order: tuple[int, int, int, int] | None = None
    period: int = 1
    before: NDArray[np.bool_] | None = None

    @property
    def gaps(self) -> FloatArray:
        """Shape (n−1,): the distance in time from each row to the next."""
        return np.diff(self.time)

    @property
    def spare(self) -> int:
        """How many points are left over once every coefficient has one: n − k."""
        return int(self.matrix.shape[0] - self.matrix.shape[1])


def check_not_exact(sample: Sample) -> None:
    """Raises `AnalysisError` if the model fits to the last digit, and so leaves nothing to judge by."""
    basis = np.linalg.qr(sample.matrix)[0]
    centred = sample.y - sample.y.mean()
    residual = sample.y - basis @ (basis.T @ sample.y)
    residual -= basis @ (basis.T @ residual)
    if np.linalg.norm(residual) <= EXACT * max(np.linalg.norm(centred), 1e-3 * np.linalg.norm(sample.y)):
        raise AnalysisError(
            "the model fits y exactly, so there is no variation from which to judge uncertainty; check "
            "that y is not made from the terms of the model."
        )
