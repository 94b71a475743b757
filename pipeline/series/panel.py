"""Who got which change: a panel's sites, those treated, their own starts, and those to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline import marked_yaml
from pipeline.errors import DataError
from pipeline.series.place import first_after

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.plan import Intervention, Plan


def treated(plan: Plan, units: Sequence[str]) -> tuple[str, ...]:
    """Gives the sites of `units` that got any change, in their order."""
    return tuple(unit for unit in units if starts_of(plan, unit))


def comparators(plan: Plan, units: Sequence[str]) -> tuple[str, ...]:
    """Gives the sites of `units` that got no change, in their order."""
    return tuple(unit for unit in units if not starts_of(plan, unit))


def starts_of(plan: Plan, unit: str) -> tuple[Intervention, ...]:
    """Gives the changes that a site got, the earliest first."""
    got = [change for change in plan.interventions if change.units is None or unit in change.units]
    return tuple(sorted(got, key=lambda change: change.start))


def changes(
    plan: Plan, periods: pd.Index[Any], among: Sequence[Intervention] | None = None
) -> tuple[Intervention, ...]:
    """Gives the changes that a series shows, the earliest first, one for each period that has any.

    `among` is every change of the plan unless given. In a panel, sites may have started in the same period.
    """
    asked = plan.interventions if among is None else among
    if plan.data.unit is None:
        return tuple(asked)
    first: dict[int, Intervention] = {}
    for change in sorted(asked, key=lambda change: change.start):
        first.setdefault(first_after(periods, plan, change), change)
    return tuple(first.values())


def check_units(plan: Plan, units: Sequence[str]) -> None:
    """Raises DataError if the plan names a site that the data don't have, or leaves none of them treated."""
    here = f"params/{plan.study}.yaml, interventions"
    for place, change in enumerate(plan.interventions, 1):
        for number, name in enumerate(change.units or (), 1):
            if name not in units:
                hint = marked_yaml.nearest(name, units) or f"; they have {_listed(units)}"
                raise DataError(
                    f"{here}[{place}].units[{number}]: the data have no {plan.data.unit} {name}{hint}"
                )


def _listed(units: Sequence[str], shown: int = 10) -> str:
    more = f" and {len(units) - shown} more" if len(units) > shown else ""
    return ", ".join(units[:shown]) + more
