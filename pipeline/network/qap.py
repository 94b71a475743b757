"""Do two matrices of pairs go together? QAP: people (or sites) shuffled, rows and columns alike.

Cells of one row or column depend on each other, so no usual p-value holds. Shuffling whose rows and columns
are whose keeps that dependence, and breaks only the match between the matrices (Krackhardt 1988).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations as all_orders
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.errors import AnalysisError
from pipeline.its.inference import FloatArray
from pipeline.network.permutation import MOST_IN_FULL, PERMUTATIONS, TIED

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Association:
    """The correlation of two matrices over pairs, and its two-sided p-value; exact if all orders were tried.

    `correlation` is None where one of the matrices is constant.
    """

    correlation: float | None
    p_value: float | None
    is_exact: bool


def association(y: ArrayLike, x: ArrayLike, seed: int, permutations: int = PERMUTATIONS) -> Association:
    """Gives the correlation of two (n, n) matrices over their off-diagonal cells, tested by QAP.

    All orders of up to seven people or sites are tried. Raises AnalysisError for matrices that don't match.
    """
    one, other = _square(y, "y"), _square(x, "x")
    if one.shape != other.shape:
        raise AnalysisError(
            f"the matrices are of {len(one)} and {len(other)}; both must be of the same people."
        )
    off = ~np.eye(len(one), dtype=bool)
    centred = np.where(off, other - other[off].mean(), 0.0)
    scale = float(np.sqrt((centred**2).sum()) * one[off].std() * np.sqrt(off.sum()))
    if scale <= TIED * max(abs(one[off]).max(), abs(other[off]).max(), 1.0):
        return Association(None, None, True)
    orders, is_exact = _orders(len(one), seed, permutations)
    shuffled = np.array([(one[np.ix_(order, order)] * centred).sum() for order in orders]) / scale
    seen = float((one * centred).sum() / scale)
    as_large = np.count_nonzero(np.abs(shuffled) >= abs(seen) - TIED)
    p_value = as_large / len(orders) if is_exact else (1 + as_large) / (1 + len(orders))
    return Association(seen, float(p_value), is_exact)


def regression(
    y: ArrayLike, xs: Mapping[str, ArrayLike], seed: int, permutations: int = PERMUTATIONS
) -> pd.DataFrame:
    """Gives the regression of one (n, n) matrix on others over off-diagonal cells (MRQAP), a row a term.

    Where all are symmetric each pair counts once.

    Columns estimate, std_error, t (of least squares) and p_value, two-sided, by double semi-partialling
    (Dekker, Krackhardt & Snijders 2007): each matrix is freed of the others, what is left of it is shuffled,
    and its t compared. The intercept has no p-value. Raises AnalysisError for matrices that don't match, or
    that are combinations of each other.
    """
    import pandas as pd

    outcome = _square(y, "y")
    given = {name: _square(x, name) for name, x in xs.items()}
    if any(x.shape != outcome.shape for x in given.values()):
        raise AnalysisError("the matrices differ in size; all must be of the same people.")
    cells = ~np.eye(len(outcome), dtype=bool)
    if is_symmetric := all(np.array_equal(each, each.T) for each in (outcome, *given.values())):
        cells = np.triu(cells)
    target = outcome[cells]
    design = np.column_stack([np.ones(cells.sum()), *(x[cells] for x in given.values())])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise AnalysisError("one of the matrices is constant, or a combination of the others; take it out.")
    table = pd.DataFrame(
        np.column_stack(_least_squares(target, design)),
        index=["intercept", *given],
        columns=["estimate", "std_error", "t"],
    )
    orders, is_exact = _orders(len(outcome), seed, permutations)
    table["p_value"] = [np.nan] + [
        _semi_partial(target, design, column, cells, is_symmetric, orders, is_exact)
        for column in range(1, design.shape[1])
    ]
    return table


def _semi_partial(
    target: FloatArray,
    design: FloatArray,
    column: int,
    cells: NDArray[np.bool_],
    is_symmetric: bool,
    orders: NDArray[np.intp],
    is_exact: bool,
) -> float:
    others = np.delete(design, column, axis=1)
    left = np.zeros(cells.shape)
    left[cells] = design[:, column] - others @ np.linalg.lstsq(others, design[:, column])[0]
    if is_symmetric:
        left += left.T
    # By Frisch, Waugh and Lovell t is that of the residual alone, freed of the others once more.
    basis, _ = np.linalg.qr(others)
    spare = len(target) - design.shape[1]
    freed_target = target - basis @ (basis.T @ target)

    def statistic(order: NDArray[np.intp]) -> float:
        shuffled = left[np.ix_(order, order)][cells]
        freed = shuffled - basis @ (basis.T @ shuffled)
        size = float(freed @ freed)
        slope = float(freed @ freed_target) / size
        rest = float(freed_target @ freed_target) - slope**2 * size
        return slope * float(np.sqrt(size * spare / max(rest, 1e-300)))

    seen = statistic(np.arange(len(cells)))
    as_large = sum(abs(statistic(order)) >= abs(seen) * (1 - TIED) for order in orders)
    return float(as_large / len(orders) if is_exact else (1 + as_large) / (1 + len(orders)))


def _least_squares(target: FloatArray, design: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    import statsmodels.api as sm

    fitted = sm.OLS(target, design).fit()
    with np.errstate(divide="ignore"):
        return np.asarray(fitted.params), np.asarray(fitted.bse), np.asarray(fitted.params / fitted.bse)


def _orders(n: int, seed: int, permutations: int) -> tuple[NDArray[np.intp], bool]:
    """All orders of n, or so many drawn; and whether they are all."""
    if factorial(n) <= MOST_IN_FULL:
        return np.array(list(all_orders(range(n))), dtype=np.intp), True
    random = np.random.default_rng(seed)
    return np.argsort(random.random((permutations, n)), axis=1), False


def differences(values: ArrayLike) -> FloatArray:
    """Gives how far apart each pair is, (n, n), from values, (n,): to ask whether the tied are alike."""
    one = np.asarray(values, dtype=float)
    return np.asarray(np.abs(one[:, None] - one[None, :]), dtype=float)


def _square(given: ArrayLike, name: str) -> FloatArray:
    matrix = np.asarray(given, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 3:
        raise AnalysisError(f"{name} must be a square matrix of three or more, not {matrix.shape}.")
    if not np.isfinite(matrix[~np.eye(len(matrix), dtype=bool)]).all():
        raise AnalysisError(f"{name} has missing cells; give every pair a value.")
    return matrix
