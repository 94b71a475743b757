"""Did it last? The effect late after the change against the effect soon after it.

Early is the first half of the window of `after` periods that the plan calls lasting; late is the last
quarter of the periods beyond that window. Both are averages of the fit's effects, so they share its
coefficients, and their ratio's interval is drawn from the coefficients' estimated joint distribution.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.effect_weights import EffectWeights, contrast_of, effect_weights
from pipeline.its.inference import CONFIDENCE, FloatArray
from pipeline.its.interval import Interval, Scale
from pipeline.its.verdict import (
    PASSED,
    Span,
    Verdict,
    rule_in_words,
    spans_of,
    too_early_in_words,
    verdict_in_words,
    verdict_of,
)

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit

DRAWS = 20_000
"""Draws for the ratio's interval: a limit then lies within about 0.1 points of its 2.5%."""

PROPORTIONAL = 1e-9
"""Early and late effects whose squared correlation is closer to 1 than this are one quantity, not two."""


@dataclass(frozen=True, eq=False)
class Sustained:
    """Whether the effect lasted.

    `table`: index early, late, ratio; columns estimate, lower, upper, first_period, last_period (counted
    from 1, the first after the change). `chance` is the share of draws in which at least the plan's share
    of the early effect was kept. `scale` is that of the effects: "log" for a model of counts, whose ratio
    is then one of logarithms.
    """

    table: pd.DataFrame
    verdict: Verdict
    passed: bool | None
    sentence: str
    rule: str
    chance: float
    scale: Scale


def did_it_last(
    fit: Fit, after: int = 12, keep: float = 0.8, *, draws: int = DRAWS, seed: int = 0
) -> Sustained:
    """Gives the verdict on whether the effect lasted: beyond `after` periods, at least `keep` of it.

    The two effects are drawn `draws` times from a bivariate t distribution with the fit's covariance, and
    the degrees of freedom of the contrast that decides, late less `keep` times early; the ratio's limits are
    percentiles (a parametric bootstrap). The same fit and seed give the same figures. Raises
    `AnalysisError` for an `after` or a `keep` that makes no sense, or a fit whose effects aren't made of one
    level and one slope change.
    """
    if isinstance(after, bool) or not isinstance(after, int | np.integer) or after < 2:
        raise AnalysisError(f"after is {after!r}; it must be a whole number of periods, 2 or more.")
    if not 0 < keep <= 1:
        raise AnalysisError(f"keep is {keep!r}; it must be above 0 and at most 1.")
    weights = effect_weights(fit)
    last = _last_period(fit, weights)
    early_span, late_span = spans_of(after, last)
    rule = rule_in_words(after, keep)
    early_row = weights.average(early_span[0] - 1, early_span[1] - 1)
    early = Interval.of(contrast_of(fit, early_row))
    if late_span is None:
        table = _table([("early", early, early_span)])
        sentence = too_early_in_words(after, last)
        return Sustained(table, "too early", None, sentence, rule, float("nan"), weights.scale)
    rows = np.array([early_row, weights.average(late_span[0] - 1, late_span[1] - 1)])
    late = Interval.of(contrast_of(fit, rows[1]))
    ratios = _ratios(fit, rows, keep, draws, seed)
    limits = np.quantile(ratios, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    share = late.estimate / early.estimate if early.estimate else float("nan")
    ratio = Interval(share, float(limits[0]), float(limits[1]))
    chance = float(np.mean(ratios >= keep))
    is_fixed = _is_fixed(*_covariance(fit, rows))
    verdict = verdict_of(early, late, ratio, chance, keep, is_fixed)
    return Sustained(
        table=_table([("early", early, early_span), ("late", late, late_span), ("ratio", ratio, late_span)]),
        verdict=verdict,
        passed=PASSED.get(verdict),
        sentence=verdict_in_words(
            verdict, (early, early_span), (late, late_span), ratio, keep, weights.scale, is_fixed
        ),
        rule=rule,
        chance=chance,
        scale=weights.scale,
    )


def _last_period(fit: Fit, weights: EffectWeights) -> int:
    """The last period with a value that effects are told of, counted from 1 at the first after the change."""
    seen = np.isfinite(fit.series["observed"].to_numpy(dtype=float)[fit.after : fit.told_before])
    return int(weights.since[: len(seen)][seen].max()) + 1


def _covariance(fit: Fit, rows: FloatArray) -> tuple[float, float, float]:
    """Variances of the two combinations, and their covariance, from the variance of their sum."""
    spread = fit.estimate.contrasts(np.vstack([rows, rows.sum(axis=0)])).std_error ** 2
    return float(spread[0]), float(spread[1]), float(spread[2] - spread[0] - spread[1]) / 2


def _is_fixed(first: float, second: float, shared: float) -> bool:
    return first == 0 or second == 0 or 1 - shared**2 / (first * second) < PROPORTIONAL


def _ratios(fit: Fit, rows: FloatArray, keep: float, draws: int, seed: int) -> FloatArray:
    """Draws of late over early, shape (draws,)."""
    first, second, shared = _covariance(fit, rows)
    deciding = contrast_of(fit, rows[1] - keep * rows[0])
    random = np.random.default_rng(seed)
    deviates = random.normal(size=(2, draws))
    if np.isfinite(deciding.df):
        deviates /= np.sqrt(random.chisquare(deciding.df, size=draws) / deciding.df)
    early, late = (contrast_of(fit, row).estimate for row in rows)
    along = shared / np.sqrt(first) if first > 0 else 0.0
    early_draws = early + np.sqrt(first) * deviates[0]
    late_draws = late + along * deviates[0] + np.sqrt(max(second - along**2, 0.0)) * deviates[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios: FloatArray = np.nan_to_num(late_draws / early_draws, nan=0.0)
    return ratios


def _table(rows: list[tuple[str, Interval, Span]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        [(*astuple(interval), *span) for _, interval, span in rows],
        index=pd.Index([name for name, _, _ in rows], name="effect"),
        columns=["estimate", "lower", "upper", "first_period", "last_period"],
    )
