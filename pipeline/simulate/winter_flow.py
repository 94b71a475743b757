"""winter-flow: four-hour waits in an A&E with strong winters; the bundle helps, and the effect fades."""

from __future__ import annotations

import numpy as np

from pipeline.simulate.made import Made, effect, season, share

MONTHS, START, PHASE_IN = 84, 48, 2
"""October 2018 to September 2025; the bundle starts in October 2022 and is phased in over two months."""
TREND, WINTER, SPRING, NOISE = 0.004, 0.35, 0.08, 0.05
LEVEL, FADING = -0.50, 0.014
"""Log odds: the change at the first month after the phase-in, and how much of it is lost each month."""


def make(random: np.random.Generator) -> Made:
    """Gives monthly attendances, waits over four hours, and patients who left without being seen."""
    import pandas as pd

    months = pd.date_range("2018-10-01", periods=MONTHS, freq="MS")
    time = np.arange(MONTHS)
    settled = START + PHASE_IN
    attendances = np.round(
        9_200 * np.exp(season(months, -0.04) + 0.0008 * time + random.normal(0, 0.02, MONTHS))
    ).astype(int)
    without = -1.45 + TREND * (time - START) + season(months, WINTER, SPRING)
    change = np.where(time >= settled, LEVEL + FADING * (time - settled), 0.0)
    change[START:settled] = LEVEL / 2
    disturbance = random.normal(0, NOISE, MONTHS)
    waits = random.binomial(attendances, share(without + change + disturbance))
    left = random.binomial(attendances, share(-3.2 + season(months, 0.15) + random.normal(0, 0.05, MONTHS)))
    table = pd.DataFrame(
        {
            "month": months.strftime("%Y-%m-%d"),
            "attendances": attendances,
            "over_four_hours": waits,
            "left_before_being_seen": left,
        }
    )
    after = slice(settled, None)
    truth = {
        "in_words": "Log odds of a wait over four hours: a line and yearly waves before; from December 2022 "
        f"{LEVEL} at first, less by {FADING} each further month, so that it has nearly gone after three "
        "years; half of it in the two months of phase-in. Leaving before being seen did not change.",
        "lasts": False,
        "measures": {
            "long-waits": effect(
                100 * share(without + change)[after], 100 * share(without)[after], attendances[after]
            ),
            "left-before-being-seen": {"absolute": 0.0, "relative": 0.0},
        },
    }
    return Made({"winter-flow": table}, truth)
