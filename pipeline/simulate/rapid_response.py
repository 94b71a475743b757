"""rapid-response: daily measures through a crisis; three plan-do-study-act cycles, the last works."""

from __future__ import annotations

import numpy as np

from pipeline.simulate.made import Made, effect, share

DAYS = 168
CYCLES = (56, 84, 112)
"""Days of the three cycles: a checklist on one ward, a new rota, a rapid-response team on all wards."""
GAINS = (0.30, 0.0, 0.95)
"""What each adds to the log odds of a review within the hour."""
WEEKEND = -0.35


def make(random: np.random.Generator) -> Made:
    """Gives daily patients on oxygen, those reviewed within the hour, and hours to transfer."""
    import pandas as pd

    days = pd.date_range("2020-03-02", periods=DAYS, freq="D")
    time = np.arange(DAYS)
    weekend = (days.dayofweek >= 5).astype(float)
    surge = 34 + 30 * np.exp(-(((time - 45) / 24) ** 2)) + 14 * np.exp(-(((time - 130) / 20) ** 2))
    patients = np.maximum(random.poisson(surge), 8)
    without = -0.10 + WEEKEND * weekend
    change = sum((gain * (time >= start) for gain, start in zip(GAINS, CYCLES, strict=True)), np.zeros(DAYS))
    reviewed = random.binomial(patients, share(without + change + random.normal(0, 0.08, DAYS)))
    transfer = 5.2 + 0.4 * weekend + random.normal(0, 0.7, DAYS)
    table = pd.DataFrame(
        {
            "day": days.strftime("%Y-%m-%d"),
            "patients": patients,
            "reviewed_within_hour": reviewed,
            "hours_to_transfer": np.round(transfer, 2),
        }
    )
    after = slice(CYCLES[0], None)
    team = slice(CYCLES[2], None)
    reached, missed = 100 * share(without + change), 100 * share(without)
    before_team = 100 * share(without + change - GAINS[2] * (time >= CYCLES[2]))
    truth = {
        "in_words": "Log odds of a review within the hour: level, lower at weekends; the checklist adds "
        f"{GAINS[0]}, the rota nothing, the team {GAINS[2]}. Hours to transfer did not change.",
        "lasts": True,
        "measures": {
            "reviewed-within-hour": {
                **effect(reached[after], missed[after], patients[after]),
                "of_the_team": effect(reached[team], before_team[team], patients[team]),
            },
            "hours-to-transfer": {"absolute": 0.0, "relative": 0.0},
        },
        "cycles": {days[start].strftime("%Y-%m-%d"): gain for start, gain in zip(CYCLES, GAINS, strict=True)},
    }
    return Made({"rapid-response": table}, truth)
