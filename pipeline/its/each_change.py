"""What each of several changes did by itself, the others as they were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.its.design import Design, Role
from pipeline.its.effects import Scale, effects_from
from pipeline.its.estimators import MODELS
from pipeline.its.fit_result import rates
from pipeline.its.interventions import Placed, place

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.its.fit_result import Fit


def each_change(fit: Fit, unit: float | None = None) -> pd.DataFrame:
    """Gives the average effect of each change of a fit: index 1 for the first, and so on; columns as in
    `fit.effects`.

    It sets what the fit says happened against the same without that change's level and slope, the others as
    they were, on average from the change's first period past its transition to its last (Linden 2015, for
    several interventions), or before the first period whose counterfactual can't be. With `unit`, counts are
    told as rates, for so many of the denominator.
    """
    import pandas as pd

    rows = {}
    for number, placed in enumerate(
        place(fit.interventions, fit.series["time"].to_numpy(dtype=int)), start=1
    ):
        found = _effects(fit, placed)
        if unit is not None and fit.exposure is not None:
            found = rates(found, fit.exposure, unit)
        rows[number] = found.loc["average"]
    return pd.DataFrame(rows).T.rename_axis("change")


def _effects(fit: Fit, placed: Placed) -> pd.DataFrame:
    """The effects of one change, as counts where there is a denominator."""
    link = fit.link
    scale = Scale(
        link, fit.exposure, MODELS[fit.model].relative, fit.series["observed"].to_numpy(dtype=float)
    )
    told = fit.told_before if fit.told_before > placed.after else None
    return effects_from(
        _only(fit.design, placed), fit.estimate, placed.after, placed.until, scale, told
    ).table


def _only(design: Design, placed: Placed) -> Design:
    """The design in which nothing but one change's level and slope counts as change."""
    own = {f"{term}_change{placed.suffix}" for term in ("level", "slope")}
    roles: tuple[Role, ...] = tuple(
        "trend" if role == "change" and name not in own else role
        for name, role in zip(design.columns, design.roles, strict=True)
    )
    return replace(design, roles=roles)
