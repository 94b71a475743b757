"""How often 95% intervals hold the truth, and how wide they are: what `auto` gives, beside REML.

    python -m benchmarks.coverage --runs 8000

Series with AR(1) errors, a linear trend and a change of level and slope half-way, in every combination of
length and autocorrelation below. `auto` is applied to each series as `its.fit` applies it: REML, or the
average over the autocorrelation where `automatic.needs_averaging` says so. REML's own intervals have
Satterthwaite's degrees of freedom held within 2 and n − k. Errors do not depend on the coefficients, which
are therefore nought; power is found by moving the intervals.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from pipeline.its.ar1_shared import shared_design
from pipeline.its.automatic import needs_averaging
from pipeline.its.averaged_ar1 import average_ar1
from pipeline.its.inference import FloatArray
from pipeline.its.reml_many import reml_many

LENGTHS = (8, 12, 16, 24, 30, 48, 100)
AUTOCORRELATIONS = (-0.3, 0.0, 0.2, 0.4, 0.6, 0.8)
ESTIMANDS = ("level", "slope", "average", "final")
POWERFUL = 1.959963984540054 + 0.8416212335729143
"""An effect of this many standard errors is found four times in five, if the autocorrelation is known."""


@dataclass(frozen=True)
class Cell:
    """One length and autocorrelation: shares and ratios for each estimand, shape (4,)."""

    n: int
    rho: float
    covered: FloatArray
    covered_by_reml: FloatArray
    width: FloatArray
    power: FloatArray
    power_of_reml: FloatArray
    averaged: float


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=4000, help="series in each cell")
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS)
    parser.add_argument("--rho", type=float, nargs="+", default=AUTOCORRELATIONS, help="autocorrelations")
    parser.add_argument("--before", type=float, default=0.5, help="share of the points before the change")
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args()
    began = time.perf_counter()
    cells = [cell(n, rho, given.runs, given.seed, given.before) for n in given.lengths for rho in given.rho]
    print(report(cells, given.runs))
    print(f"\n{given.runs} series a cell, seed {given.seed}, {time.perf_counter() - began:.0f} s.")


def cell(n: int, rho: float, runs: int, seed: int, before: float = 0.5) -> Cell:
    """Gives one cell of the table from `runs` series, with the change after a share `before` of them."""
    when = np.arange(float(n))
    start = int(n * before)
    after = (when >= start).astype(float)
    matrix = np.column_stack([np.ones(n), when, after, (when - start) * after])
    last = n - start - 1
    rows = np.array([[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, last / 2], [0, 0, 1, last]], dtype=float)
    design = shared_design(matrix, np.ones(n - 1))
    true_error = _known_error(matrix, rows, rho)
    parts = []
    for block, first in enumerate(range(0, runs, 1000)):
        y = errors(
            min(1000, runs - first), n, rho, np.random.default_rng([seed, n, int(100 * rho + 100), block])
        )
        fits, posterior = reml_many(design, y), average_ar1(design, y)
        reml, averaged = fits.contrasts(rows), posterior.contrasts(rows)
        least = fits.satterthwaite(rows[:3]).min(axis=1)
        wanted = needs_averaging(n, fits.rho, least)
        b = len(y)
        lower = np.where(wanted[:, None], averaged.lower.reshape(4, b).T, reml.lower)
        upper = np.where(wanted[:, None], averaged.upper.reshape(4, b).T, reml.upper)
        parts.append(
            np.stack(
                [
                    (lower < 0) & (upper > 0),
                    (reml.lower < 0) & (reml.upper > 0),
                    upper - lower,
                    reml.upper - reml.lower,
                    lower + POWERFUL * true_error > 0,
                    reml.lower + POWERFUL * true_error > 0,
                    np.broadcast_to(wanted[:, None], (b, 4)),
                ]
            ).astype(float)
        )
    mean = np.concatenate(parts, axis=1).mean(axis=1)
    return Cell(n, rho, mean[0], mean[1], mean[2] / mean[3], mean[4], mean[5], float(mean[6, 0]))


def errors(b: int, n: int, rho: float, random: np.random.Generator) -> FloatArray:
    """Gives stationary AR(1) errors, shape (b, n)."""
    found = random.standard_normal((b, n))
    found[:, 0] /= np.sqrt(1 - rho**2)
    for row in range(1, n):
        found[:, row] += rho * found[:, row - 1]
    return found


def _known_error(matrix: FloatArray, rows: FloatArray, rho: float) -> FloatArray:
    """The standard errors that generalised least squares has when rho and sigma are known."""
    steps = np.arange(len(matrix))
    inside = np.power(rho, np.abs(steps[:, None] - steps)) if rho else np.eye(len(matrix))
    covariance = np.linalg.inv(matrix.T @ np.linalg.inv(inside / (1 - rho**2)) @ matrix)
    return np.asarray(np.sqrt(np.einsum("mk,kl,ml->m", rows, covariance, rows)))


def report(cells: list[Cell], runs: int) -> str:
    """Gives the tables as Markdown."""
    noise = 100 * float(np.sqrt(0.95 * 0.05 / runs))
    lines = [f"Coverage in per cent (Monte Carlo standard error {noise:.2f}); REML's in brackets.", ""]
    lines += ["| n | rho | averaged | " + " | ".join(ESTIMANDS) + " |", "|---|---|---|" + "---|" * 4]
    for one in cells:
        shares = [
            f"{100 * ours:.1f} ({100 * theirs:.1f})"
            for ours, theirs in zip(one.covered, one.covered_by_reml, strict=True)
        ]
        lines.append(f"| {one.n} | {one.rho:g} | {one.averaged:.0%} | " + " | ".join(shares) + " |")
    lines += ["", "By length: least and greatest coverage, and mean width over REML's (mean over rho).", ""]
    lines += ["| n | " + " | ".join(ESTIMANDS) + " |", "|---|" + "---|" * 4]
    for n in sorted({one.n for one in cells}):
        here = [one for one in cells if one.n == n]
        parts = []
        for index in range(4):
            covered = [100 * one.covered[index] for one in here]
            width = float(np.mean([one.width[index] for one in here]))
            parts.append(f"{min(covered):.1f} to {max(covered):.1f}, {width:.3f}")
        lines.append(f"| {n} | " + " | ".join(parts) + " |")
    lines += [
        "",
        "Power in per cent, where it would be 80 were the autocorrelation known; REML's in brackets.",
        "",
    ]
    lines += ["| n | rho | " + " | ".join(ESTIMANDS) + " |", "|---|---|" + "---|" * 4]
    for one in cells:
        if one.rho in (0.0, 0.4, 0.8):
            shares = [
                f"{100 * ours:.0f} ({100 * theirs:.0f})"
                for ours, theirs in zip(one.power, one.power_of_reml, strict=True)
            ]
            lines.append(f"| {one.n} | {one.rho:g} | " + " | ".join(shares) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
