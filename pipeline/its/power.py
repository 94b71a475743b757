"""Before the study: how large a change must be for the planned analysis to find it.

Series are simulated with the errors that are expected, and analysed with the estimator that will be used,
its intervals, degrees of freedom and all. No effect needs to be added: adding a change to a series moves
its estimate by that change and leaves its interval's width alone, so that each simulated series gives at
once the smallest change that would have been found in it, and their distribution is the power curve. For
the same reason trend and season need not be simulated; what they cost is in the design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from pipeline.errors import AnalysisError
from pipeline.its.alt_text import spoken_number
from pipeline.its.design import Design, Terms, build
from pipeline.its.inference import NORMAL_QUANTILE, FloatArray
from pipeline.its.interventions import Placed
from pipeline.its.observations import Observations, calendar, numbers
from pipeline.its.power_simulation import Setting, known_smallest, smallest_found
from pipeline.its.reml_ar1 import reml_ar1
from pipeline.its.sample import Sample
from pipeline.listing import listed

if TYPE_CHECKING:
    import pandas as pd

SIMULATIONS = 1000
"""Series simulated; the Monte Carlo error that they leave is given with every figure."""

POWER = 0.8
STEPS = 60

TOO_OFTEN = 0.08
"""Intervals that exclude zero more often than this where nothing happened flatter the analysis's power."""


@dataclass(frozen=True, eq=False)
class Detectable:
    """The smallest changes that the analysis would find.

    `table`: index level_change, slope_change (those that the impact has) and, unless it is the level,
    average, the average effect after the change; columns minimum_detectable, with lower and upper (its 95%
    Monte Carlo interval); known (what it would be were the autocorrelation known: no honest method does
    better); false_alarms (how often an interval excludes zero where nothing happened; 0.05 is nominal).
    `curve`: columns term, size (of a change) and power. `passed` is always None.
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    setting: Setting
    power: float
    simulations: int
    sentence: str
    passed: bool | None = None


def minimum_detectable(
    setting: Setting, *, power: float = POWER, simulations: int = SIMULATIONS, seed: int = 0
) -> Detectable:
    """Gives the smallest change found with probability `power`: its 95% interval excludes zero on its side.

    Errors are Gaussian and AR(1) in each of the `simulations`, and each is used with both its signs. The
    same setting and seed give the same figures. Raises `AnalysisError` for a setting that can't be analysed.
    """
    import pandas as pd

    _check(setting, power, simulations)
    design = _designed(setting)
    rows = _rows(design, setting)
    found = smallest_found(design.matrix, rows, setting, simulations, seed)
    spread = NORMAL_QUANTILE * np.sqrt(power * (1 - power) / simulations)
    known = known_smallest(design.matrix, rows, setting, power)
    records = []
    curves = []
    for place, name in enumerate(rows):
        thresholds = np.sort(found[place].ravel())
        levels = np.clip([power, power - spread, power + spread], 0, 1)
        minimum, lower, upper = np.quantile(thresholds, levels, method="inverted_cdf")
        alarms = float(np.mean(thresholds < 0) * 2)
        records.append((minimum, lower, upper, known[place], alarms))
        sizes = np.linspace(0, 2 * known[place] if not np.isfinite(minimum) else 1.8 * minimum, STEPS)
        shares = np.searchsorted(thresholds, sizes, side="left") / len(thresholds)
        curves.append(pd.DataFrame({"term": name, "size": sizes, "power": shares}))
    table = pd.DataFrame(
        records,
        index=pd.Index(list(rows), name="term"),
        columns=["minimum_detectable", "lower", "upper", "known", "false_alarms"],
    )
    sentence = _sentence(table, setting, power)
    return Detectable(table, pd.concat(curves, ignore_index=True), setting, power, simulations, sentence)


def minimum_detectable_by_length(
    setting: Setting,
    lengths: Sequence[int],
    *,
    power: float = POWER,
    simulations: int = 400,
    seed: int = 0,
) -> pd.DataFrame:
    """Gives the smallest changes found for each of `lengths`, periods after the change.

    Index term and periods after; columns as in `Detectable.table`.
    """
    import pandas as pd

    tables = {
        after: minimum_detectable(
            replace(setting, after=after), power=power, simulations=simulations, seed=seed
        ).table
        for after in lengths
    }
    return pd.concat(tables, names=["after"]).swaplevel().sort_index(level="after", sort_remaining=False)


def noise_of(baseline: ArrayLike, *, harmonics: int = 0, period: int = 12) -> tuple[float, float]:
    """Gives `sd` and `rho` of the errors of a series before the change, for a `Setting`.

    They are REML's, about a trend and `harmonics` on a cycle of `period`; missing values are allowed.
    Raises `AnalysisError` if there are too few points.
    """
    y = numbers(baseline, "baseline")
    time = calendar(None, len(y)).astype(np.float64)
    angles = [2 * np.pi * k * time / period for k in range(1, harmonics + 1)]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    if 2 * harmonics == period:  # at half the period the sine is zero at every whole time
        del waves[-2]
    columns = [np.ones(len(y)), time, *waves]
    usable = ~np.isnan(y)
    sample = Sample(y[usable], np.column_stack(columns)[usable], time[usable])
    if sample.spare < 4:
        raise AnalysisError(
            f"the baseline has {int(usable.sum())} usable points for {len(columns)} coefficients, and at "
            "least 4 must be left over; use a longer one or fewer harmonics."
        )
    estimate = reml_ar1(sample)
    return estimate.sigma, estimate.rho


def _check(setting: Setting, power: float, simulations: int) -> None:
    if not -1 < setting.rho < 1:
        raise AnalysisError(f"rho is {setting.rho}; it must be between −1 and 1.")
    if not setting.sd > 0:
        raise AnalysisError(f"sd is {setting.sd}; it must be above zero.")
    if not 0 < power < 1:
        raise AnalysisError(f"power is {power}; it must be between 0 and 1.")
    if simulations < 100:
        raise AnalysisError(f"simulations is {simulations}; with fewer than 100 the error is too large.")
    needed = _changed(setting).points_needed
    if setting.before < 3 or setting.after < needed:
        raise AnalysisError(
            f"the setting has {setting.before} periods before and {setting.after} after; an analysis needs "
            f"at least 3 and {needed}."
        )


def _changed(setting: Setting) -> Placed:
    return Placed(
        setting.before, setting.before, setting.before, setting.before + setting.after, setting.impact, ""
    )


def _designed(setting: Setting) -> Design:
    n = setting.before + setting.after
    observed = Observations(np.zeros(n), np.ones(n, dtype=np.bool_), calendar(None, n), (_changed(setting),))
    return build(observed, {}, Terms(setting.harmonics, setting.dummies, setting.period))


def _rows(design: Design, setting: Setting) -> dict[str, FloatArray]:
    """The weights of each term of the change, and of the average effect, by name."""
    unit = np.eye(len(design.columns))
    rows = {name: unit[design.columns.index(name)] for name in design.names("change")}
    if setting.impact == "level":
        return rows  # the average effect is the change of level
    change = design.matrix - design.without_change()
    return rows | {"average": change[setting.before :].mean(axis=0)}


NAMES = {
    "level_change": "a change of level of",
    "slope_change": "a change of slope of",
    "average": "an average effect of",
}


def _sentence(table: pd.DataFrame, setting: Setting, power: float) -> str:
    found = {str(name): float(row["minimum_detectable"]) for name, row in table.iterrows()}
    parts = [
        f"{NAMES[name]} {spoken_number(size, size)}" + (" a period" if name == "slope_change" else "")
        for name, size in found.items()
        if np.isfinite(size)
    ]
    if not parts:
        return "The analysis would rarely give an estimate at all in a series like this."
    text = (
        f"With {setting.before} periods before the change and {setting.after} after it, errors of standard "
        f"deviation {spoken_number(setting.sd, setting.sd)} and autocorrelation {setting.rho:.2f}, the "
        f"analysis would find {listed(parts, 'or')}, or more, {power:.0%} of the time."
    )
    alarms = float(table["false_alarms"].max())
    if alarms <= TOO_OFTEN:
        return text
    return (
        f"{text} But it would also find a change {alarms:.0%} of the time where nothing happened, so it "
        "finds too easily; choose a model that allows for the autocorrelation."
    )
