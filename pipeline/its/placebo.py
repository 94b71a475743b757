"""Placebo in time: what the same analysis finds at dates when nothing happened.

The periods before the change are analysed as though the change had come at each of many earlier dates. If
such fake changes often look as large as the real one, or are often called effects, so might this one have
been without the change (Bertrand, Duflo & Mullainathan 2004; Abadie, Diamond & Hainmueller 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.analysis import Analysis
from pipeline.its.effect_weights import effect_weights, first_periods
from pipeline.its.interval import Interval, Scale

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit

FEWEST_BEFORE = 8
"""Fewest periods before a fake start, as before a real one (Penfold & Zhang 2013)."""

LONGEST_HORIZON = 12
SHORTEST_HORIZON = 4
"""Effects are averaged over no more, and no fewer, periods than these."""

FEWEST_PLACEBOS = 9
"""With fewer, even the largest effect of all is among the largest fifth or more."""

RARE = 0.1
"""A real effect stands out if at most this share of all starts, itself among them, gives one as large."""

OFTEN = 0.2
"""Intervals that exclude zero at more than this share of fake starts call for a word of caution."""


@dataclass(frozen=True, eq=False)
class PlaceboInTime:
    """What the analysis finds at fake starts, and where the real effect ranks among them.

    `table`: one row a start, in order of time; columns position, time, is_real, estimate, lower, upper (the
    average effect over the first `horizon` periods, on the scale on which the model is linear), statistic
    (estimate over its standard error), is_clear (the interval excludes zero), failure. `share_as_large` is
    the share of starts, the real one among them, whose statistic is at least as large as the real one's;
    `false_alarms` that of fake starts whose interval excludes zero. Fake starts overlap, so neither is a
    p-value. `scale` is that of the effects: "log" for models of counts. `passed` says whether a clear effect
    stands out; None where there are too few fake starts.
    """

    table: pd.DataFrame
    horizon: int
    share_as_large: float
    false_alarms: float
    passed: bool | None
    sentence: str
    scale: Scale = "absolute"


def placebo_in_time(
    analysis: Analysis, *, horizon: int | None = None, most: int | None = None
) -> PlaceboInTime:
    """Gives the analysis repeated at every earlier start that the periods before the change allow.

    With `most`, at no more starts than that, evenly spread.

    Each uses the periods before the real change only, at least 8 before its own start, and no more after it
    than the real one has: what would have been known had the study been done then. Effects are
    averages over the first `horizon` periods: by default as many as follow the change, but no more than a
    third of those before it, nor than 12, and no fewer than 4. Raises `AnalysisError` if the real one can't
    be fitted, or the horizon is not a number of periods that it has.
    """
    fit = analysis.fit()
    if horizon is None:
        horizon = max(min(fit.n_after, fit.start // 3, LONGEST_HORIZON), SHORTEST_HORIZON)
    if isinstance(horizon, bool) or not 1 <= horizon <= len(analysis.y) - fit.after:
        raise AnalysisError(
            f"horizon is {horizon!r}; it must be from 1 to the {len(analysis.y) - fit.after} periods after "
            "the change."
        )
    transition, follow_up = fit.after - fit.start, len(analysis.y) - fit.start
    starts = np.arange(FEWEST_BEFORE, fit.start - horizon - transition + 1)
    if most is not None and len(starts) > most:
        starts = starts[np.linspace(0, len(starts) - 1, most).round().astype(np.intp)]
    rows = [
        _row(analysis.between(0, min(start + follow_up, fit.start)).starting_at(start), horizon)
        for start in starts.tolist()
    ]
    rows.append({**_found(fit, horizon), "is_real": True})
    return _placebos(rows, horizon, effect_weights(fit).scale)


def _row(fake: Analysis, horizon: int) -> dict[str, object]:
    try:
        return {**_found(fake.fit(), horizon), "is_real": False}
    except AnalysisError as refused:
        return {
            "position": fake.start,
            "time": int(fake.time[fake.start]),
            **dict.fromkeys(("estimate", "lower", "upper", "statistic"), float("nan")),
            "is_clear": False,
            "failure": str(refused),
            "is_real": False,
        }


def _found(fit: Fit, horizon: int) -> dict[str, object]:
    effect = first_periods(fit, horizon)
    return {
        "position": fit.start,
        "time": int(fit.series["time"].to_numpy()[fit.start]),
        "estimate": effect.estimate,
        "lower": effect.lower,
        "upper": effect.upper,
        "statistic": effect.estimate / effect.std_error if effect.std_error > 0 else float("nan"),
        "is_clear": Interval.of(effect).is_clear,
        "failure": "",
    }


def _placebos(rows: list[dict[str, object]], horizon: int, scale: Scale) -> PlaceboInTime:
    import pandas as pd

    columns = [
        "position",
        "time",
        "is_real",
        "estimate",
        "lower",
        "upper",
        "statistic",
        "is_clear",
        "failure",
    ]
    table = pd.DataFrame(rows, columns=columns)
    statistics = np.abs(table["statistic"].to_numpy(dtype=float))
    usable = np.isfinite(statistics)
    fakes = int(usable[:-1].sum())
    as_large = int((statistics[:-1][usable[:-1]] >= statistics[-1]).sum())
    alarms = int(table["is_clear"].to_numpy(dtype=bool)[:-1].sum())
    real = Interval(*(float(table[name].iloc[-1]) for name in ("estimate", "lower", "upper")))
    share = (as_large + 1) / (fakes + 1)
    return PlaceboInTime(
        table=table,
        horizon=horizon,
        share_as_large=share,
        false_alarms=alarms / fakes if fakes else float("nan"),
        passed=share <= RARE if fakes >= FEWEST_PLACEBOS and real.is_clear else None,
        sentence=_sentence(real.spoken_on(scale), horizon, as_large, alarms, fakes),
        scale=scale,
    )


def _sentence(real: str, horizon: int, as_large: int, alarms: int, fakes: int) -> str:
    effect = f"the real effect over the first {horizon} periods, {real}"
    if fakes < FEWEST_PLACEBOS:
        return (
            f"The periods before the change allow only {fakes} fake starts, and at least {FEWEST_PLACEBOS} "
            f"are needed to say whether {effect}, stands out."
        )
    several = f"{as_large} give an effect" if as_large != 1 else "1 gives an effect"
    compared = (
        f"Of {fakes} fake starts before the change, {several} at least as large, for its uncertainty, as"
    )
    called = "1 is" if alarms == 1 else f"{alarms} are"
    verdict = (
        "more often than it should be: its intervals are too narrow for this series, or other things happened"
        if alarms > OFTEN * fakes
        else "about as rarely as it should be"
    )
    return f"{compared} {effect}. {called} called an effect where nothing happened, {verdict}."
