"""The doubts about a fit: each a named predicate that gives a code and a sentence in plain words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.flag import Flag
from pipeline.its.diagnostics import Diagnostics
from pipeline.its.effects import Effects
from pipeline.its.possible import Impossible

FEW_POINTS = 12
"""Turner et al. (2021): below this no method's intervals can be relied on."""
FEW_EITHER_SIDE = 8
"""Penfold & Zhang (2013): at least eight points before and eight after."""
SHORT_FOR_REML = 24
"""Fewest points from which the REML intervals hold near their level."""
BOUNDARY_RHO = 0.98
SPREAD_RATIO = 2.0
"""Standard deviations before and after may differ by this factor before it is worth a doubt."""
COUNT_MODELS = ("poisson", "quasi-poisson", "negative-binomial", "binomial")


@dataclass(frozen=True, eq=False)
class Facts:
    """What the doubts are judged from. `absent` counts calendar periods with no value; `period` is the
    cycle's length, and `termless` how many transition periods have no term of their own. `start` and
    `after` are the positions of the first period after the change, and of the first past its transition;
    `impossible` is the first period whose counterfactual can't be."""

    model: str
    n: int
    n_before: int
    n_after: int
    absent: int
    period: int
    has_season: bool
    rho: float | None
    diagnostics: Diagnostics
    effects: Effects
    start: int = 0
    after: int = 0
    robust: bool = False
    impossible: Impossible | None = None
    termless: int = 0


def doubts(facts: Facts) -> tuple[Flag, ...]:
    """Gives every doubt that applies, in the order in which they matter to a reader."""
    predicates = (
        few_points,
        short_for_reml,
        few_before,
        few_after,
        rho_at_boundary,
        seasonality_unmodelled,
        autocorrelation_left,
        unequal_spread,
        impossible_counterfactual,
        relative_undefined,
        missing_values,
        missing_covariates,
        transition_without_term,
    )
    return tuple(flag for predicate in predicates if (flag := predicate(facts)) is not None)


def few_points(facts: Facts) -> Flag | None:
    """Fewer than 12 usable points."""
    if facts.n >= FEW_POINTS:
        return None
    return Flag(
        "few-points",
        f"The series has only {facts.n} usable points; with fewer than {FEW_POINTS}, no method's intervals "
        "can be relied on, so read the results as a description.",
    )


def short_for_reml(facts: Facts) -> Flag | None:
    """A REML fit from fewer than 24 points."""
    if facts.model != "reml-ar1" or facts.n >= SHORT_FOR_REML:
        return None
    return Flag(
        "short-for-reml",
        f"With {facts.n} points the autocorrelation can't be estimated well, and in a series shorter than "
        f"{SHORT_FOR_REML} the intervals may be somewhat too narrow.",
    )


def few_before(facts: Facts) -> Flag | None:
    """Fewer than 8 usable points before the change."""
    if facts.n_before >= FEW_EITHER_SIDE:
        return None
    return Flag(
        "few-before",
        f"Only {_points(facts.n_before)} before the change: the earlier trend, and so what was to be "
        "expected, rests on very little.",
    )


def few_after(facts: Facts) -> Flag | None:
    """Fewer than 8 usable points after the change."""
    if facts.n_after >= FEW_EITHER_SIDE:
        return None
    return Flag(
        "few-after",
        f"Only {_points(facts.n_after)} after the change: a change of slope, and whether the effect lasts, "
        "can't be told well yet.",
    )


def rho_at_boundary(facts: Facts) -> Flag | None:
    """|rho| above 0.98."""
    if facts.rho is None or abs(facts.rho) <= BOUNDARY_RHO:
        return None
    if facts.rho < 0:
        says = (
            "almost perfect alternation from one period to the next, which usually means a fault in the data"
        )
    else:
        says = (
            "errors that can't be told from a random walk, so that a trend or a level can't be told from "
            "drift; the intercept and its standard error have no meaning, and other models should be shown "
            "beside this one"
        )
    return Flag("rho-at-boundary", f"The estimated autocorrelation is {facts.rho:.3f}: {says}.")


def seasonality_unmodelled(facts: Facts) -> Flag | None:
    """No seasonal terms, two cycles or more, and residuals that are alike a cycle apart."""
    left = facts.diagnostics.left_at(facts.period)
    if (
        facts.has_season
        or facts.period < 2
        or facts.n < 2 * facts.period
        or not left > facts.diagnostics.bound
    ):
        return None
    return Flag(
        "seasonality-unmodelled",
        f"Residuals {facts.period} periods apart are alike (autocorrelation {left:.2f}), which suggests a "
        "seasonal pattern, and the model has no seasonal terms.",
    )


def autocorrelation_left(facts: Facts) -> Flag | None:
    """Successive innovations more alike, or less, than chance would make them."""
    left = facts.diagnostics.left_at(1)
    if not abs(left) > facts.diagnostics.bound:
        return None
    then = {
        "ols": "this model takes them for independent, so its intervals are too narrow"
        if left > 0
        else "this model takes them for independent, so its intervals may be too wide",
        "newey-west": "the standard errors allow for it, though not fully in a short series",
        "averaged-ar2": "the model's autocorrelation of two periods doesn't describe them fully",
    }
    for name in COUNT_MODELS:
        then[name] = then["newey-west"] if facts.robust else then["ols"]
    says = then.get(facts.model, "the model's autocorrelation of one period doesn't describe them fully")
    return Flag(
        "autocorrelation-left", f"Successive residuals are related (autocorrelation {left:.2f}): {says}."
    )


def unequal_spread(facts: Facts) -> Flag | None:
    """A spread after the change that is twice, or half, that before it, beyond chance."""
    found = facts.diagnostics
    if 1 / SPREAD_RATIO < found.spread_ratio < SPREAD_RATIO or np.isnan(found.spread_ratio):
        return None
    if found.spread_ratio_lower <= 1 <= found.spread_ratio_upper:
        return None
    more = "more" if found.spread_ratio > 1 else "less"
    return Flag(
        "unequal-spread",
        f"Values scatter {more} about the fit after the change than before (standard deviation "
        f"{found.spread_ratio:.2g} times as large), and the model takes the spread for the same throughout.",
    )


def impossible_counterfactual(facts: Facts) -> Flag | None:
    """A counterfactual below zero, for what can't be, or above the most there can be."""
    found = facts.impossible
    if found is None:
        return None
    side = "below zero" if found.is_below else f"above {found.most:,.10g}, the most there can be,"
    when = found.position - facts.start + 1
    beyond = (
        f"What was to be expected is {side} from period {when} after the change (position {found.position})"
    )
    if found.position == facts.after:
        return Flag(
            "impossible-throughout",
            f"{beyond}: the trend before it can't have gone on at all, so no effect can be relied on; a "
            "model without a trend, or of counts, may do better.",
        )
    return Flag(
        "impossible-counterfactual",
        f"{beyond}: the trend before it can't have gone on that long, so effects are told for the periods "
        "before that alone.",
    )


def relative_undefined(facts: Facts) -> Flag | None:
    """A counterfactual that isn't clearly positive."""
    if not facts.effects.undefined_relative:
        return None
    return Flag(
        "relative-undefined",
        "What was to be expected is not clearly above zero in some periods, so a relative effect has no "
        "meaning there and is left blank.",
    )


def missing_values(facts: Facts) -> Flag | None:
    """Periods without a value."""
    if not facts.absent:
        return None
    share = facts.absent / (facts.n + facts.absent)
    return Flag(
        "missing-values",
        f"{facts.absent} of {facts.n + facts.absent} periods have no value ({share:.0%}); the fit keeps "
        "their places in time, and assumes that they are missing for reasons unrelated to the outcome.",
    )


def missing_covariates(facts: Facts) -> Flag | None:
    """Periods after the change whose covariates aren't known."""
    count = facts.effects.unknown
    if not count:
        return None
    verb = "period" if count == 1 else "periods"
    return Flag(
        "missing-covariates",
        f"{count} {verb} after the change have no covariate values, and are left out of the average and "
        "total effects.",
    )


def transition_without_term(facts: Facts) -> Flag | None:
    """Transition periods in which nothing was counted, or everything, under a log or logit link."""
    count = facts.termless
    if not count:
        return None
    where, left = ("1 period", "it") if count == 1 else (f"{count} periods", "them")
    everything = " or everything" if facts.model == "binomial" else ""
    return Flag(
        "transition-without-term",
        f"In {where} of the transition nothing{everything} was counted, so that what was special then can't "
        f"be estimated; the fit leaves {left} out, and is otherwise the same.",
    )


def absent_periods(time: np.ndarray[tuple[int], np.dtype[np.int64]], usable: int) -> int:
    """Gives how many calendar periods have no value: missing rows, and steps that the times leave out.

    A series whose times never step by 1 (every tenth year, say) has its own step, and leaves out none.
    """
    span = int(time[-1] - time[0]) + 1
    steps = np.diff(time)
    return (span if (steps == 1).mean() > 0.5 else len(time)) - usable


def _points(count: int) -> str:
    return f"{count} usable point lies" if count == 1 else f"{count} usable points lie"
