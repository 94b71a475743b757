"""The design of a controlled comparison: several units' series in one regression.

Every unit has its own intercept and trend; what changes at the change, seasonality and covariates are
shared by all, with a difference on top for the treated unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.analysis import Analysis
from pipeline.its.design import Design, Role, Terms, build
from pipeline.its.inference import FloatArray
from pipeline.its.interventions import Intervention
from pipeline.its.observations import Observations, covariate_columns, observe
from pipeline.its.sample import Sample, check_not_exact

DIFFERENCE = "difference"

Column = tuple[str, str]
"""A term of the units' own designs and whose it is: a unit's, by number (0 is the treated), "comparators"
for what all share, or "difference" for what the treated unit has on top."""


@dataclass(frozen=True, eq=False)
class Stack:
    """The stacked model: a sample for each unit, the treated first, and the treated unit's rows of it.

    `design` holds the treated unit's rows of every column (named term:whose), and calls only the
    differences in level, slope and transition a change, so that effects are against the comparators.
    `after` is the position where the effect begins, and `until` the one past its end.
    """

    samples: tuple[Sample, ...]
    design: Design
    after: int
    until: int


def stacked(analysis: Analysis, named: Mapping[str, FloatArray]) -> Stack:
    """Gives the stacked model of a treated series and its comparators, each of shape (n,), by name.

    Raises `AnalysisError`, saying whose it is, for a series that can't be used.
    """
    designs = [_designed(analysis, "the treated series")]
    designs += [_designed(replace(analysis, y=y), f"comparator '{name}'") for name, y in named.items()]
    terms = dict.fromkeys(
        term
        for _, design in reversed(designs)
        for term in zip(design.columns, design.roles, strict=True)
        if term[1] != "trend"
    )
    columns: list[tuple[Column, Role]] = [
        ((name, str(unit)), "trend") for unit in range(len(designs)) for name in designs[0][1].names("trend")
    ]
    columns += [((name, "comparators"), "trend") for name, _ in terms]
    columns += [((name, DIFFERENCE), "change" if role == "change" else "trend") for name, role in terms]
    placed = [
        _placed(design, [column for column, _ in columns], str(unit))
        for unit, (_, design) in enumerate(designs)
    ]
    # A term that no unit's usable rows can tell (a transition period without a value) is left out.
    told = np.any(
        [
            np.any(matrix[observed.usable] != 0, axis=0)
            for matrix, (observed, _) in zip(placed, designs, strict=True)
        ],
        axis=0,
    )
    kept = [column for column, use in zip(columns, told, strict=True) if use]
    samples = [
        _sample(observed, matrix[:, told]) for matrix, (observed, _) in zip(placed, designs, strict=True)
    ]
    design = Design(
        columns=tuple(f"{name}:{whose}" for (name, whose), _ in kept),
        roles=tuple(role for _, role in kept),
        matrix=placed[0][:, told],
        averages=np.zeros(len(kept)),
    )
    return Stack(tuple(samples), design, designs[0][0].after, designs[0][0].until)


def _designed(analysis: Analysis, whose: str) -> tuple[Observations, Design]:
    """A unit's checked series and its own design; a refusal says whose it is."""
    choices = analysis.choices
    change = Intervention(
        analysis.start,
        choices.get("impact", "level-and-slope"),
        choices.get("phase_in", 0),
        choices.get("delay", 0),
        choices.get("until"),
    )
    terms = Terms(
        int(choices.get("harmonics", 0)),
        choices.get("dummies", False),
        choices.get("period", 12),
        choices.get("trend", "linear"),
    )
    try:
        observed = observe(analysis.y, [change], analysis.time)
        return observed, build(observed, covariate_columns(analysis.covariates, observed), terms)
    except AnalysisError as refused:
        raise AnalysisError(f"{whose}: {refused}") from None


def _placed(design: Design, columns: list[Column], unit: str) -> FloatArray:
    """A unit's own columns where the stack has them, and zero elsewhere; shape (n, columns)."""
    matrix = np.zeros((len(design.matrix), len(columns)))
    for place, (name, whose) in enumerate(columns):
        is_its_own = whose in (unit, "comparators") or (whose == DIFFERENCE and unit == "0")
        if is_its_own and name in design.columns:
            matrix[:, place] = design.matrix[:, design.columns.index(name)]
    return matrix


def _sample(observed: Observations, matrix: FloatArray) -> Sample:
    rows = observed.usable
    sample = Sample(observed.values[rows], matrix[rows], observed.time[rows].astype(np.float64))
    check_not_exact(replace(sample, matrix=sample.matrix[:, np.any(sample.matrix != 0, axis=0)]))
    return sample
