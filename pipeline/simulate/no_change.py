"""no-change: a falls bundle after which nothing happened, to falls or to anything else.

Falls decline throughout, so that a mere before and after would claim that the bundle helped. So many
hospitals are counted together that a change of a tenth could be told from none.
"""

from __future__ import annotations

import numpy as np

from pipeline.simulate.made import Made, season, share

MONTHS, START = 60, 30
"""January 2019 to December 2023; the bundle is brought in in July 2021."""
HOSPITALS, BED_DAYS, ADMISSIONS = 24, 14_500, 2_100
"""How many, and what each has in a month."""
TREND, NOISE = -0.004, 0.025
"""Of the logarithm of the rate of all hospitals together: a month's decline, and how much months differ."""


def make(random: np.random.Generator) -> Made:
    """Gives monthly bed days, falls, admissions, and patients whose risk was assessed, of all hospitals."""
    import pandas as pd

    months = pd.date_range("2019-01-01", periods=MONTHS, freq="MS")
    time = np.arange(MONTHS)
    usual = HOSPITALS * BED_DAYS
    bed_days = np.round(usual * np.exp(season(months, 0.03) + random.normal(0, 0.015, MONTHS))).astype(int)
    rate = 6.4 / 1000 * np.exp(TREND * time + season(months, 0.06) + random.normal(0, NOISE, MONTHS))
    admissions = random.poisson(HOSPITALS * ADMISSIONS, MONTHS)
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
        "in_words": f"Falls decline by {-100 * TREND:g}% a month throughout, with slightly more in winter. "
        "The bundle changes nothing, not even how many are assessed.",
        "lasts": None,
        "measures": {"falls": nothing, "assessed": nothing},
    }
    return Made({"no-change": table}, truth)
