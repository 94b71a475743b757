"""greener-theatres: carbon and money per operation fall and stay down; lists do not get shorter."""

from __future__ import annotations

import numpy as np

from pipeline.simulate.made import Made, ar1, effect

MONTHS, START = 72, 36
"""January 2019 to December 2024; the change is in January 2022."""
CARBON, CARBON_SAVED = 152.0, -31.0
"""Kilograms of carbon dioxide equivalent an operation."""
MONEY, MONEY_SAVED = 318.0, -24.0
"""Pounds of supplies an operation."""
RHO = 0.2


def make(random: np.random.Generator) -> Made:
    """Gives monthly operations, lists, carbon, and spending on supplies."""
    import pandas as pd

    months = pd.date_range("2019-01-01", periods=MONTHS, freq="MS")
    time = np.arange(MONTHS)
    is_after = time >= START
    lists = random.poisson(112, MONTHS) + 20
    cases = np.round(lists * (4.1 + ar1(random, MONTHS, RHO, 0.16))).astype(int)
    carbon = CARBON - 0.05 * time + CARBON_SAVED * is_after
    money = MONEY + 0.35 * time + MONEY_SAVED * is_after
    table = pd.DataFrame(
        {
            "month": months.strftime("%Y-%m-%d"),
            "lists": lists,
            "operations": cases,
            "carbon_kg": np.round(cases * (carbon + ar1(random, MONTHS, RHO, 2.4))).astype(int),
            "supplies_pounds": np.round(cases * (money + ar1(random, MONTHS, RHO, 3.0))).astype(int),
        }
    )
    truth = {
        "in_words": f"Each operation's carbon falls by {-CARBON_SAVED:.0f} kg and its supplies by "
        f"£{-MONEY_SAVED:.0f} in January 2022, and both stay down beside slight trends; operations a list do "
        "not change.",
        "lasts": True,
        "measures": {
            "carbon": effect(carbon[is_after], carbon[is_after] - CARBON_SAVED),
            "money": effect(money[is_after], money[is_after] - MONEY_SAVED),
            "list-length": {"absolute": 0.0, "relative": 0.0},
        },
    }
    return Made({"greener-theatres": table}, truth)
