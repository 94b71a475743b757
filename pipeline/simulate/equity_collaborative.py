"""equity-collaborative: long waits fall for everyone, and the gap by deprivation narrows by less."""

from __future__ import annotations

import numpy as np

from pipeline.equity import slope_index
from pipeline.simulate.made import Floats, Made, Truth, effect, share

MONTHS, START = 48, 24
"""April 2021 to March 2025; the collaborative starts in April 2023."""
PROVIDERS = {"North": 310, "South": 260, "East": 210, "West": 170, "Vale": 120, "Moor": 70, "Isle": 14}
"""Patients waiting in each quintile, about: the smallest has counts below five."""
QUINTILES = (1, 2, 3, 4, 5)
"""Of deprivation; 1 is the most deprived fifth."""
BEFORE = (-0.40, -0.62, -0.83, -1.02, -1.20)
"""Log odds of a wait over 18 weeks, by quintile."""
CHANGE = -0.45
"""Of the log odds, the same for all: the shares of those who waited longest fall most, but so do all."""
SIZES = (1.25, 1.1, 1.0, 0.9, 0.75)


def make(random: np.random.Generator) -> Made:
    """Gives patients waiting and waiting over 18 weeks by month, provider and quintile of deprivation."""
    import pandas as pd

    months = pd.date_range("2021-04-01", periods=MONTHS, freq="MS")
    time = np.arange(MONTHS)
    common, change = -0.003 * (time - START), CHANGE * (time >= START)
    tables = []
    expected, reached, people = (np.zeros((len(QUINTILES), MONTHS)) for _ in range(3))
    for provider, size in PROVIDERS.items():
        # What a provider is like, and a month at a provider, moves all of its quintiles alike.
        level, monthly = random.normal(0, 0.12), random.normal(0, 0.04, MONTHS)
        for place, quintile in enumerate(QUINTILES):
            waiting = random.poisson(size * SIZES[place], MONTHS)
            odds = BEFORE[place] + level + common
            tables.append(
                pd.DataFrame(
                    {
                        "month": months.strftime("%Y-%m-%d"),
                        "provider": provider,
                        "imd_quintile": quintile,
                        "waiting": waiting,
                        "over_18_weeks": random.binomial(waiting, share(odds + change + monthly)),
                    }
                )
            )
            people[place] += waiting
            expected[place] += waiting * share(odds)
            reached[place] += waiting * share(odds + change)
    keys = ["month", "provider", "imd_quintile"]
    table = pd.concat(tables).sort_values(keys, ignore_index=True)
    after = slice(START, None)
    truth = _truth(100 * expected[:, after], 100 * reached[:, after], people[:, after])
    return Made({"equity-collaborative": table}, truth)


def _truth(expected: Floats, reached: Floats, people: Floats) -> Truth:
    """The truth over the months after, from expected numbers and patients by quintile and month, (5, m)."""
    slopes = [
        float(np.mean([slope_index(*month).slope.estimate for month in by_month]))
        for by_month in (zip((waits / people).T, people.T, strict=True) for waits in (expected, reached))
    ]
    return {
        "in_words": f"Log odds of waiting over 18 weeks change by {CHANGE} in every quintile, from April "
        "2023 on. So all quintiles improve; the slope index narrows, by a smaller share than the average.",
        "lasts": True,
        "measures": {"over-18-weeks": _effect(expected.ravel(), reached.ravel(), people.ravel())},
        "strata": {
            str(quintile): _effect(expected[place], reached[place], people[place])
            for place, quintile in enumerate(QUINTILES)
        },
        "slope": {
            "expected": slopes[0],
            "fitted": slopes[1],
            "absolute": slopes[1] - slopes[0],
            "relative": slopes[1] / slopes[0] - 1,
        },
    }


def _effect(expected: Floats, reached: Floats, people: Floats) -> Truth:
    return effect(reached / people, expected / people, people)
