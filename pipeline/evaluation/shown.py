"""What of a series may be shown: where disclosure control meets what notebooks display.

Statistics are worked out from true values. From there on, to tables, charts, texts and results, go copies in
which small cells are missing, the others follow rounded counts, and what would tell a cell all the same is
missing too: `shown_fit` makes them of fits, `shown_chart` of control charts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import disclosure
from pipeline.plan import Measure, Plan

if TYPE_CHECKING:
    import pandas as pd

HATCHED = "Hatched: withheld, to protect people."
"""What is written under a chart of sites or groups that withholds something."""


def series(plan: Plan, measure: Measure, data: pd.DataFrame) -> pd.DataFrame:
    """Gives a measure's series (of `series.read`) as it may be shown."""
    return data if plan.rule is None else disclosure.shown_series(data, measure, plan.rule)


def parts(plan: Plan, measure: Measure, data: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Gives the series of sites or groups, by name, as they may be shown beside that of all together."""
    return data if plan.rule is None else disclosure.shown_parts(data, measure, plan.rule)


def count(plan: Plan, measure: Measure, data: pd.DataFrame) -> int:
    """Gives in how many periods a measure is not shown."""
    return int(disclosure.small_cells(data, measure, plan.rule).sum()) if plan.rule else 0


def withheld(plan: Plan, true: pd.Series[float], safe: pd.Series[float]) -> tuple[int, ...]:
    """Gives the positions of the values that are there and may not be shown; charts mark them.

    A reader must see that something happened then that is not told, and not take it for a gap in the data.
    """
    if plan.rule is None:
        return ()
    hidden = true.notna().to_numpy() & safe.isna().to_numpy()
    return tuple(place for place, is_hidden in enumerate(hidden) if is_hidden)


def note(plan: Plan, measure: Measure, data: pd.DataFrame) -> str:
    """Gives the sentences that stand under a chart: of what it does not show, and of what it rounds."""
    hidden, every = count(plan, measure, data), plan.data.period.every
    where = f"1 {every}" if hidden == 1 else f"{hidden} {every}s"
    return _with_rule(plan, f"Hatched: {where}" if hidden else "")


def spoken(plan: Plan, measure: Measure, data: pd.DataFrame) -> str:
    """Gives the same for a chart's text alternative."""
    hidden = count(plan, measure, data)
    return _with_rule(plan, _points(hidden) if hidden else "")


def spoken_of(hidden: int) -> str:
    """Gives the sentence on so many points that the charts of sites or groups withhold; nothing for none.

    >>> spoken_of(2)
    '2 points are withheld, to protect people.'
    """
    return f"{_points(hidden)} withheld, to protect people." if hidden else ""


def _points(count: int) -> str:
    return "1 point is" if count == 1 else f"{count} points are"


def _with_rule(plan: Plan, hidden: str) -> str:
    """Says that so many are withheld, and why; and to what the others are rounded."""
    if plan.rule is None:
        return ""
    withheld = f"{hidden} withheld, to protect people (a count below {plan.rule.minimum})." if hidden else ""
    nearest = f"Points follow counts to the nearest {plan.rule.round_to}." if plan.rule.round_to > 1 else ""
    return f"{withheld} {nearest}".strip()
