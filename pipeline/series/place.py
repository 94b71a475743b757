"""Where the plan's dates stand on a series: positions of periods, counted from 0."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.plan import Intervention, Plan

STEP = {
    "day": {"days": 1},
    "week": {"weeks": 1},
    "month": {"months": 1},
    "quarter": {"months": 3},
    "year": {"years": 1},
}
"""The length of a period."""


def first_after(periods: pd.Index[Any], plan: Plan, change: Intervention | None = None) -> int:
    """Gives the position of the first period that begins on or after the start of `change`.

    `change` is the plan's first unless given. Raises DataError if no period begins after it, or if none
    came before.
    """
    import pandas as pd

    change = change or plan.intervention
    position = int(periods.searchsorted(pd.Timestamp(change.start)))
    if position == 0 or position == len(periods):
        raise DataError(
            f"{_place(plan, change)}.start: {change.start} is outside the data, which run from "
            f"{periods[0].date()} to {periods[-1].date()}; mend one of them."
        )
    return position


def position_of(periods: pd.Index[Any], day: date, plan: Plan, field: str) -> int:
    """Gives the position of the period that begins on `day`; raises DataError naming `field` if none does."""
    import pandas as pd

    found = periods.get_indexer(pd.Index([pd.Timestamp(day)]))
    if found[0] < 0:
        every = plan.data.period.every
        raise DataError(
            f"params/{plan.study}.yaml, {field}: no {every} of the data begins on {day}; "
            f"give the first day of a {every}."
        )
    return int(found[0])


def step(plan: Plan) -> pd.DateOffset:
    """Gives the length of a period, to be added to the day that one begins."""
    import pandas as pd

    return pd.DateOffset(**STEP[plan.data.period.every])  # type: ignore[arg-type]


def phase_in_length(periods: pd.Index[Any], plan: Plan, change: Intervention | None = None) -> int:
    """Gives the number of transition periods: from the start up to, not including, the one at `until`.

    Raises DataError if the transition has no whole period, or is not over before the data end.
    """
    change = change or plan.intervention
    if change.phase_in is None:
        return 0
    length = _period_of(periods, change.phase_in.until) - first_after(periods, plan, change)
    if length < 1 or change.phase_in.until > periods[-1].date():
        raise DataError(
            f"{_place(plan, change)}.phase_in.until: {change.phase_in.until} leaves no whole "
            f"{plan.data.period.every} of transition inside the data; mend it or leave phase_in out."
        )
    return length


def end_of(periods: pd.Index[Any], plan: Plan, change: Intervention) -> int | None:
    """Gives the position of the first period after a temporary change, or None for one that stays.

    Raises DataError if the change ends before a whole period of it, or after the data.
    """
    if change.until is None:
        return None
    position = _period_of(periods, change.until)
    if position <= first_after(periods, plan, change) or change.until > periods[-1].date():
        raise DataError(
            f"{_place(plan, change)}.until: {change.until} leaves no whole {plan.data.period.every} of the "
            "change inside the data; mend it or leave it out."
        )
    return position


def _period_of(periods: pd.Index[Any], day: date) -> int:
    """The position of the period in which a day lies."""
    import pandas as pd

    return int(periods.searchsorted(pd.Timestamp(day), side="right")) - 1


def _place(plan: Plan, change: Intervention) -> str:
    return f"params/{plan.study}.yaml, interventions[{plan.interventions.index(change) + 1}]"
