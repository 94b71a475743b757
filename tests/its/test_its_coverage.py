"""The coverage benchmark tries what `its.fit` does, and what it finds keeps its level."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import coverage
from pipeline import its
from pipeline.its.ar1_shared import shared_design
from pipeline.its.automatic import needs_averaging
from pipeline.its.reml_many import reml_many


def test_the_benchmark_chooses_as_auto_does() -> None:
    n, start = 36, 18
    y = coverage.errors(60, n, 0.2, np.random.default_rng(1))
    when = np.arange(float(n))
    after = (when >= start).astype(float)
    design = shared_design(np.column_stack([np.ones(n), when, after, (when - start) * after]), np.ones(n - 1))
    fits = reml_many(design, y)
    rows = np.array([[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, (n - start - 1) / 2]])
    wanted = needs_averaging(n, fits.rho, fits.satterthwaite(rows).min(axis=1))
    taken = [its.fit(row, start).model == "averaged-ar1" for row in y]
    assert taken == wanted.tolist()
    assert 5 < sum(taken) < 55


@pytest.mark.parametrize(("n", "rho"), [(12, 0.8), (24, 0.8), (48, 0.6)])
def test_intervals_hold_the_truth_as_often_as_promised(n: int, rho: float) -> None:
    found = coverage.cell(n, rho, 1500, seed=3)
    assert (found.covered > 0.93 - 0.017).all()  # three Monte Carlo standard errors
    assert f"| {n} | {rho:g} |" in coverage.report([found], 1500)


def test_autoregressive_errors_have_their_variance_from_the_start() -> None:
    found = coverage.errors(40_000, 3, 0.6, np.random.default_rng(0))
    np.testing.assert_allclose(found.var(axis=0), 1 / (1 - 0.36), rtol=0.03)
