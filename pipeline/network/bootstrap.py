"""How sure a measure of a network is: people drawn again and again, the vertex bootstrap.

Snijders & Borgatti (1999): people are drawn with replacement, and bring their ties with them; between two
draws of one person, who has no tie to themselves, the ties of a pair drawn at random stand in. Here people
are drawn within their sites, so that sites keep their sizes, and the pair that stands in is of the same site.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pipeline.its.inference import NORMAL_QUANTILE, FloatArray
from pipeline.its.interval import Interval
from pipeline.network.measures import MEASURES, Measure, measure, parts
from pipeline.network.ties import Bools, Network

REPLICATES = 500
BLOCK = 100
"""Replicates made at once, so that arrays stay small."""

Draws = dict[Measure, FloatArray]


def bootstrap(networks: Sequence[Network], seed: int, replicates: int = REPLICATES) -> list[Draws]:
    """Gives each network's measures in every replicate, (replicates,), the same people drawn for all.

    `networks` are of the same people at several times, as `ties.in_both` gives them; that the same are drawn
    lets changes be judged by their differences, replicate by replicate.
    """
    random = np.random.default_rng(seed)
    sites = np.array(networks[0].sites)
    found: list[list[Draws]] = [[] for _ in networks]
    for first, last in pairwise([*range(0, replicates, BLOCK), replicates]):
        drawn = _draw(sites, last - first, random)
        senders, receivers = _stand_ins(sites, drawn, random)
        same = networks[0].same_site  # people are drawn place by place, so sites stand where they stood
        for place, each in enumerate(networks):
            resampled = each.ties[senders, receivers] & ~np.eye(len(sites), dtype=bool)
            of_all = parts(resampled, same)
            found[place].append({name: measure(of_all, name) for name in MEASURES})
    return [
        {name: np.concatenate([block[name] for block in blocks]) for name in MEASURES} for blocks in found
    ]


def interval(estimate: float, draws: FloatArray) -> Interval:
    """Gives the estimate with a normal 95% interval from the replicates' spread, as the source advises.

    Replicates in which the measure has no meaning are left out; with fewer than two the limits are NaN.
    """
    known = draws[np.isfinite(draws)]
    spread = NORMAL_QUANTILE * float(known.std(ddof=1)) if len(known) > 1 else float("nan")
    return Interval(estimate, estimate - spread, estimate + spread)


def _draw(sites: NDArray[np.str_], times: int, random: Generator) -> NDArray[np.intp]:
    """People drawn with replacement within each site, (times, n)."""
    drawn = np.empty((times, len(sites)), dtype=np.intp)
    for site in dict.fromkeys(sites.tolist()):
        members = np.flatnonzero(sites == site)
        drawn[:, members] = random.choice(members, size=(times, len(members)))
    return drawn


def _stand_ins(
    sites: NDArray[np.str_], drawn: NDArray[np.intp], random: Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Whose ties are taken, from whom and to whom, (times, n, n): the drawn's, or a pair's that stands in."""
    n = drawn.shape[1]
    senders = np.repeat(drawn[:, :, None], n, axis=2)
    receivers = np.repeat(drawn[:, None, :], n, axis=1)
    twice: Bools = np.triu(senders == receivers, k=1)
    where = np.argwhere(twice)
    for site in dict.fromkeys(sites.tolist()):
        members = np.flatnonzero(sites == site)
        here = where[sites[where[:, 1]] == site]
        if not len(here):
            continue
        one = random.integers(len(members), size=len(here))
        other = (one + random.integers(1, len(members), size=len(here))) % len(members)
        time, row, column = here.T
        senders[time, row, column] = receivers[time, column, row] = members[one]
        receivers[time, row, column] = senders[time, column, row] = members[other]
    return senders, receivers
