"""Many series as they were handed over, checked, and sorted into those that can share a design."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import AnalysisError
from pipeline.its.ar1_shared import SharedDesign
from pipeline.its.inference import FloatArray
from pipeline.its.observations import LARGEST_VALUE
from pipeline.its.sample import EXACT


def table_of(Y: ArrayLike) -> FloatArray:
    """Gives Y as numbers, (series, time). Raises `AnalysisError` for what is no such table."""
    try:
        table = np.asarray(Y, dtype=np.float64)
    except (TypeError, ValueError):
        raise AnalysisError("Y holds something that is not a number; convert or drop it first.") from None
    if table.ndim != 2 or not table.size:
        raise AnalysisError(f"Y must be a table of (series, time), and has {table.ndim} dimensions.")
    return table


def starts_of(start: int | ArrayLike, b: int) -> NDArray[np.int64]:
    """Gives the start of each of the b series. Raises `AnalysisError` for what is no position."""
    starts = np.asarray(start)
    if starts.dtype.kind not in "iu" or starts.shape not in ((), (b,)):
        raise AnalysisError(f"start must be one whole position, or one for each of the {b} series.")
    return np.broadcast_to(starts, (b,)).astype(np.int64)


def alike(table: FloatArray, starts: NDArray[np.int64]) -> list[tuple[NDArray[np.intp], int]]:
    """Gives the series that share a start and a pattern of missing values, and that start."""
    groups: dict[tuple[int, bytes], list[int]] = {}
    for one, pattern in enumerate(np.isnan(table)):
        groups.setdefault((int(starts[one]), pattern.tobytes()), []).append(one)
    return [(np.array(members, dtype=np.intp), first) for (first, _), members in groups.items()]


def unfit(values: FloatArray, refused: dict[int, str], place: int) -> str | None:
    """Gives why one series alone can't be fitted, noted in `refused`."""
    known = values[~np.isnan(values)]
    why = None
    if np.isinf(known).any() or (np.abs(known) > LARGEST_VALUE).any():
        why = "y has an infinite value; correct it, or mark it as missing."
    elif len(known) and np.ptp(known) <= 1e-12 * np.abs(known).max():
        why = "y has the same value throughout, so there is no variation to learn from; check the measure."
    if why is not None:
        refused[place] = why
    return why


def fits_exactly(design: SharedDesign, values: FloatArray) -> NDArray[np.bool_]:
    """Gives which series the design fits to the last digit."""
    residual = values - (values @ design.basis) @ design.basis.T
    residual -= (residual @ design.basis) @ design.basis.T
    spread = np.linalg.norm(values - values.mean(axis=1, keepdims=True), axis=1)
    floor = np.maximum(spread, 1e-3 * np.linalg.norm(values, axis=1))
    found: NDArray[np.bool_] = np.linalg.norm(residual, axis=1) <= EXACT * floor
    return found
