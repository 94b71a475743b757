"""Control outcomes: measures that the change should not have moved, and whether they moved.

If something else happened at the same time, it would likely show in outcomes that share the main one's
causes but not its intervention (non-equivalent outcomes: Shadish, Cook & Campbell 2002).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.errors import AnalysisError
from pipeline.its.interval import Interval, average_effect, judged_effect
from pipeline.listing import listed

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit

Movement = Literal["moved the same way", "moved the other way", "no clear change"]

MEANINGS: dict[Movement, str] = {
    "moved the same way": "moved the same way, so something else may have moved both",
    "moved the other way": "moved the other way, so something else may have happened at the time",
    "no clear change": "did not clearly change, as one would hope",
}


@dataclass(frozen=True, eq=False)
class ControlOutcomes:
    """What the control outcomes did.

    `table`: index the control's name; columns estimate, lower, upper, relative (the average effect),
    movement. `passed` is False if any moved the same way as the outcome, True if none moved and none could
    have moved as much, and None if one moved the other way, if the interval of one holds an effect as large
    as the outcome's (as a share of what was expected; so also where there is no share), or if the outcome
    itself did not clearly move.
    """

    table: pd.DataFrame
    passed: bool | None
    sentence: str


def judge_controls(outcome: Fit, controls: Mapping[str, Fit]) -> ControlOutcomes:
    """Gives the judgement on each control outcome's fit, set against the outcome's own.

    Raises `AnalysisError` if there are no control outcomes.
    """
    import pandas as pd

    if not controls:
        raise AnalysisError("there are no control outcomes; give a measure that should not have moved.")
    main, _ = judged_effect(outcome)
    rows = {name: _judged(main, fit) for name, fit in controls.items()}
    table = pd.DataFrame(
        list(rows.values()),
        index=pd.Index(list(rows), name="control"),
        columns=["estimate", "lower", "upper", "relative", "movement"],
    )
    moved = {name: row[4] for name, row in rows.items()}
    wide = [name for name, fit in controls.items() if not _excludes(fit, outcome)]
    return ControlOutcomes(
        table, _passed(main, set(moved.values()), bool(wide)), _sentence(main, moved, wide)
    )


def movement_of(outcome: Interval, control: Interval) -> Movement:
    """Gives how a control moved, by its interval and the side of zero on which the outcome's effect lies."""
    if not control.is_clear:
        return "no clear change"
    return "moved the same way" if control.agrees_in_sign(outcome) else "moved the other way"


def _judged(main: Interval, fit: Fit) -> tuple[float, float, float, float, Movement]:
    effect = average_effect(fit.effects)
    relative = float(fit.effects.loc[["average"], "relative"].to_numpy(dtype=float)[0])
    return effect.estimate, effect.lower, effect.upper, relative, movement_of(main, judged_effect(fit)[0])


def _excludes(control: Fit, outcome: Fit) -> bool:
    """True if a control's interval, as a share, leaves the outcome's effect out.

    Shares compare what is counted in different units, and keep the order of the logarithms that models of
    counts are judged by.
    """
    columns = ["relative", "relative_lower", "relative_upper"]
    own, main = (fit.effects.loc["average", columns].to_numpy(dtype=float) for fit in (control, outcome))
    # A share that is not known is neither below nor above.
    return bool(main[0] < own[1] or main[0] > own[2])


def _passed(main: Interval, movements: set[Movement], any_wide: bool) -> bool | None:
    if not main.is_clear:
        return None
    if "moved the same way" in movements:
        return False
    return True if movements == {"no clear change"} and not any_wide else None


def _sentence(main: Interval, moved: Mapping[str, Movement], wide: list[str]) -> str:
    if not main.is_clear:
        return "The outcome itself did not clearly change, so control outcomes have nothing to rule out."
    parts = []
    for movement, said in MEANINGS.items():
        names = [name for name, found in moved.items() if found == movement]
        if names:
            parts.append(f"{listed(names)} {said}")
    unclear = [name for name in wide if moved[name] == "no clear change"]
    more = f" An effect as large as the outcome's can't be ruled out in {listed(unclear)}." if unclear else ""
    return f"Of what should not have moved, {'; '.join(parts)}.{more}"
