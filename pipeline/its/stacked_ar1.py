"""One regression for several series at once, each with AR(1) errors of its own, by exact REML.

The series share their coefficients' design, one autocorrelation and one error variance (as
`nlme::gls(corAR1(form = ~ time | unit))`); errors of different series are independent. The inverse
correlation matrix is then block-diagonal, and everything that the likelihood needs of a block is a sum over
its neighbouring rows, so the moments of the stack are sums of the moments of its series.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.ar1_likelihood import Moments, highest, moments_of, profile_at
from pipeline.its.autoregression import quasi_difference
from pipeline.its.inference import FloatArray
from pipeline.its.reml_ar1 import Ar1Estimate
from pipeline.its.sample import Sample

COLLINEAR = 1e-9
"""A column of the stack adds nothing if less than this share of it is its own."""


def stacked_reml_ar1(samples: Sequence[Sample]) -> Ar1Estimate:
    """Gives the REML estimate from the samples, whose designs have the same k columns.

    Each sample has its own rows and times, gaps allowed. Degrees of freedom are Satterthwaite's, within 2
    and n − k, n the rows of all samples. Raises `AnalysisError` if the stacked columns are not independent.
    """
    matrix = np.vstack([sample.matrix for sample in samples])
    y = np.concatenate([sample.y for sample in samples])
    stops = np.cumsum([len(sample.y) for sample in samples])[:-1]
    basis, triangle = np.linalg.qr(matrix)
    own = np.abs(np.diag(triangle)) / np.linalg.norm(matrix, axis=0)
    if not (own >= COLLINEAR).all():
        raise AnalysisError(
            "the comparison's terms can't be told apart (a comparator, a season or a covariate repeats "
            "another); leave one of them out."
        )
    spare = len(y) - matrix.shape[1]
    projected = basis.T @ y
    residuals = y - basis @ projected
    blocks = np.split(np.column_stack([basis, residuals]), stops)
    gaps = [sample.gaps for sample in samples]
    moments = _together(
        [moments_of(block, gap, spare) for block, gap in zip(blocks, gaps, strict=True)], spare
    )
    rho = highest(moments)
    at = profile_at(moments, rho)
    sigma2 = at.squares[0] / spare
    turn = 1 - rho**2  # the derivative of rho in atanh rho
    errors = np.split(residuals - basis @ at.correction, stops)
    return Ar1Estimate(
        rho=rho,
        sigma=float(np.sqrt(sigma2)),
        coefficients=np.linalg.solve(triangle, projected + at.correction),
        innovations=np.concatenate(
            [quasi_difference(error, gap, rho) for error, gap in zip(errors, gaps, strict=True)]
        ),
        spare=spare,
        triangle=triangle,
        inverse=at.inverse,
        inverse_slope=at.inverse_slope * turn,
        pull=at.squares[1] / at.squares[0] * turn,
        peak=2 * rho * turn * at.slope - at.curvature * turn**2,
    )


def _together(parts: Sequence[Moments], spare: int) -> Moments:
    """The moments of the stack: rows of different series are never neighbours."""
    gaps = np.unique(np.concatenate([part.gaps for part in parts]))
    wide = parts[0].whole.shape[0]
    counts, steps, ends = (
        np.zeros(len(gaps)),
        np.zeros((len(gaps), wide, wide)),
        np.zeros((len(gaps), wide, wide)),
    )
    for part in parts:
        where = np.searchsorted(gaps, part.gaps)
        counts[where] += part.counts
        steps[where] += part.steps
        ends[where] += part.ends
    whole: FloatArray = np.sum([part.whole for part in parts], axis=0)
    return Moments(gaps, counts, whole, steps, ends, spare)
