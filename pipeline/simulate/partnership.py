"""partnership: five of twenty-five trusts join at different dates; deaths fall, staff think better of them.

Beside it the ties of staff, in three yearly waves, before and after: at the partner trusts more ties come to
be returned, and no more people come to stand between others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.simulate.made import Floats, Made, Truth, effect, season, share

if TYPE_CHECKING:
    import pandas as pd

MONTHS = 72
"""January 2019 to December 2024."""
TRUSTS = tuple(f"T{number:02d}" for number in range(1, 26))
PARTNERS = {"T03": 33, "T08": 36, "T12": 39, "T17": 42, "T22": 45}
"""The month of joining, from October 2021 to October 2022, three months apart."""
DEATHS, DEATHS_SPREAD = -0.14, 0.02
"""Of the logarithm of the death rate: its mean over partners, and how much they differ."""
RECOMMENDED = 0.25
"""Of the log odds of recommending one's trust."""
SURVEYED = ("T03", "T08", "T12", "T17", "T22", "T05", "T10", "T15", "T20", "T25")
"""The trusts whose staff were asked whom they turn to: partners, and five others."""
STAFF = 12
WAVES = ("2021-06-01", "2022-06-01", "2023-06-01")
WITHIN, BETWEEN, RETURNED = -1.0, -4.2, 0.6
"""Log odds of naming someone, at one's own trust and elsewhere; what being named by them adds."""
PARTNERS_RETURN = 3.4
"""Log odds that being named adds at partner trusts by the last wave, and half of it in the one before."""


def make(random: np.random.Generator) -> Made:
    """Gives admissions, deaths and survey answers by month and trust; and staff's ties by wave."""
    import pandas as pd

    months = pd.date_range("2019-01-01", periods=MONTHS, freq="MS")
    time = np.arange(MONTHS)
    tables, effects = [], {}
    for trust in TRUSTS:
        size, level = random.uniform(2_800, 7_200), random.normal(np.log(0.030), 0.12)
        warmth, gain = random.normal(0.45, 0.15), DEATHS + random.normal(0, DEATHS_SPREAD)
        joined = time >= PARTNERS.get(trust, MONTHS)
        admissions = random.poisson(size, MONTHS)
        rate = np.exp(level - 0.001 * time + season(months, 0.12))
        noise = np.exp(random.normal(0, 0.02, MONTHS))
        responses = random.poisson(size / 25, MONTHS)
        mood = warmth + random.normal(0, 0.08, MONTHS)
        tables.append(
            pd.DataFrame(
                {
                    "month": months.strftime("%Y-%m-%d"),
                    "trust": trust,
                    "admissions": admissions,
                    "deaths": random.poisson(admissions * rate * noise * np.exp(gain * joined)),
                    "responses": responses,
                    "would_recommend": random.binomial(responses, share(mood + RECOMMENDED * joined)),
                }
            )
        )
        if joined.any():
            effects[trust] = {
                "deaths": effect(100 * (rate * np.exp(gain))[joined], 100 * rate[joined], admissions[joined]),
                "recommend": effect(
                    100 * share(np.full(joined.sum(), warmth + RECOMMENDED)),
                    100 * share(np.full(joined.sum(), warmth)),
                    responses[joined],
                ),
            }
    table = pd.concat(tables).sort_values(["month", "trust"], ignore_index=True)
    return Made({"partnership": table, "staff-ties": _ties(random)}, _truth(effects))


def _truth(effects: dict[str, dict[str, Truth]]) -> Truth:
    means = {
        measure: {
            key: float(np.mean([found[measure][key] for found in effects.values()]))
            for key in ("expected", "fitted", "absolute", "relative")
        }
        for measure in ("deaths", "recommend")
    }
    return {
        "in_words": f"Partners' death rates change by {DEATHS} on the logarithm from the month they join, "
        f"give or take {DEATHS_SPREAD}, and the log odds of recommending the trust by {RECOMMENDED}; the "
        "other twenty trusts go on. Staff at partner trusts return more ties; those at the others don't.",
        "lasts": True,
        "measures": means,
        "units": effects,
        "network": {"reciprocity": "rose at partner trusts", "brokered": "no planned change"},
    }


def _ties(random: np.random.Generator) -> pd.DataFrame:
    """One row for each person named, by wave; who names no one has one row without a name."""
    import pandas as pd

    people = [f"{trust}-{number:02d}" for trust in SURVEYED for number in range(1, STAFF + 1)]
    trust = np.repeat(np.array(SURVEYED), STAFF)
    is_partner = np.isin(trust, list(PARTNERS))
    base = np.where(trust[:, None] == trust[None, :], WITHIN, BETWEEN)
    base = base + random.normal(0, 0.35, len(people))[:, None] + random.normal(0, 0.35, len(people))[None, :]
    rows = []
    for wave, share_of_change in zip(WAVES, (0.0, 0.5, 1.0), strict=True):
        gain = PARTNERS_RETURN * share_of_change * (is_partner[:, None] & is_partner[None, :])
        named = _named(random, base, np.asarray(RETURNED + gain, dtype=float))
        for place, person in enumerate(people):
            chosen = [people[other] for other in np.flatnonzero(named[place])] or [""]
            rows += [(wave, person, trust[place], other) for other in chosen]
    return pd.DataFrame(rows, columns=["wave", "person", "trust", "named"])


def _named(random: np.random.Generator, base: Floats, returned: Floats) -> NDArray[np.bool_]:
    """Who names whom, (n, n): pairs are independent, and naming each other is likelier by `returned`.

    Where it grows, naming at all is made less likely, so that each is as likely to name the other as before
    (Holland & Leinhardt's p1 model 1981, pair by pair).
    """
    n = len(base)
    named = np.zeros((n, n), dtype=bool)
    for one in range(n):
        for other in range(one + 1, n):
            chances = _pair(base[one, other], base[other, one], returned[one, other])
            drawn = random.choice(4, p=chances)
            named[one, other], named[other, one] = drawn in (1, 3), drawn in (2, 3)
    return named


def _pair(there: float, back: float, returned: float) -> Floats:
    """The chances of no tie, one there, one back, both: each alone as likely as with RETURNED alone."""
    usual = np.exp([0.0, there, back, there + back + RETURNED])
    usual /= usual.sum()
    sent, got = usual[1] + usual[3], usual[2] + usual[3]
    odds = np.exp(returned)
    # The share with both, given both chances and the odds ratio (Plackett 1965).
    total = 1 + (sent + got) * (odds - 1)
    both = (total - np.sqrt(total**2 - 4 * odds * (odds - 1) * sent * got)) / (2 * (odds - 1))
    return np.array([1 - sent - got + both, sent - both, got - both, both])
