"""What a counterfactual without a shape of the change gives: effects as in a `Fit`, and the series.

`structural` carries the past on, `synthetic_control` averages comparators; both set what was observed
against what was to be expected, period by period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.flag import Flag
from pipeline.its.inference import FloatArray

if TYPE_CHECKING:
    import pandas as pd


class Forecast(Protocol):
    """What both have in common, and what is drawn and reported; tables as in `Structural`."""

    @property
    def effects(self) -> pd.DataFrame:
        """Index the positions from the start on, then "average" and "cumulative"; columns as a `Fit`'s."""

    @property
    def series(self) -> pd.DataFrame:
        """Columns time, observed, expected, expected_lower, expected_upper."""

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The doubts."""

    @property
    def model(self) -> str:
        """Its name, as in a plan."""

    @property
    def reason(self) -> str:
        """Why it was taken, and what it rests on."""

    @property
    def start(self) -> int:
        """The position of the first point after the change."""

    @property
    def n_before(self) -> int:
        """Usable points before the change."""

    @property
    def n_after(self) -> int:
        """Usable points after it."""


def effects_table(
    expected: FloatArray,
    happened: FloatArray,
    absolute: tuple[FloatArray, FloatArray, FloatArray],
    known: NDArray[np.bool_],
    start: int,
) -> pd.DataFrame:
    """Gives a table of effects from what was expected and what happened, shape (m + 2,), the last two the
    average and the total; `absolute` is the effect with its limits, and `known`, shape (m,), says which of
    the m periods from position `start` on have a value.

    A relative effect is the effect over what happened less it, so that its limits are those of the effect.
    """
    import pandas as pd

    effect, lower, upper = absolute
    positive = (happened > effect) & (happened > 0)

    def share(limit: FloatArray) -> FloatArray:
        left = happened - limit
        ratio = np.where(left > 0, limit / np.where(left > 0, left, 1.0), np.inf)
        return np.where(positive & np.isfinite(limit), ratio, np.nan)

    table = pd.DataFrame(
        {
            "expected": expected,
            "fitted": happened,
            "absolute": effect,
            "absolute_lower": lower,
            "absolute_upper": upper,
            "relative": share(effect),
            "relative_lower": share(lower),
            "relative_upper": share(upper),
        },
        index=pd.Index([*(start + np.arange(len(known))).tolist(), "average", "cumulative"], name="position"),
    )
    table.loc[np.append(~known, [False, False]), [*table.columns[1:]]] = np.nan
    return table
