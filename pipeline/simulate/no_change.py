"""no-change: a falls bundle after which nothing happened, to falls or to anything else."""

from __future__ import annotations

import numpy as np

from pipeline.simulate.made import Made, season, share

MONTHS, START = 60, 30
"""January 2019 to December 2023; the bundle is brought in in July 2021."""


def make(random: np.random.Generator) -> Made:
    """Gives four hospitals' monthly bed days, falls, admissions, and patients whose risk was assessed."""
    import pandas as pd

    months = pd.date_range("2019-01-01", periods=MONTHS, freq="MS")
    time = np.arange(MONTHS)
    bed_days = np.round(58_000 * np.exp(season(months, 0.03) + random.normal(0, 0.015, MONTHS))).astype(int)
    rate = np.exp(np.log(6.4 / 1000) - 0.002 * time + season(months, 0.06) + random.normal(0, 0.05, MONTHS))
    admissions = random.poisson(8_400, MONTHS)
    table = pd.DataFrame(
        {
            "month": months.strftime("%Y-%m-%d"),
            "bed_days": bed_days,
            "falls": random.poisson(bed_days * rate),
            "admissions": admissions,
            "assessed": random.binomial(admissions, share(0.9 + random.normal(0, 0.06, MONTHS))),
        }
    )
    nothing = {"absolute": 0.0, "relative": 0.0}
    truth = {
        "in_words": "Falls decline by 0.2% a month throughout, with slightly more in winter. The bundle "
        "changes nothing, not even how many are assessed.",
        "lasts": None,
        "measures": {"falls": nothing, "assessed": nothing},
    }
    return Made({"no-change": table}, truth)
