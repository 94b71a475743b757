"""Could it be chance? Tests that shuffle what would not matter had nothing changed, or sites not differed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

import numpy as np

from pipeline.errors import AnalysisError
from pipeline.its.inference import FloatArray
from pipeline.network.bootstrap import BLOCK
from pipeline.network.measures import MEASURES, Measure, measure, parts
from pipeline.network.ties import Network

PERMUTATIONS = 1000
MOST_IN_FULL = 10_000
"""Up to so many ways of choosing sites, all are tried; beyond, some are drawn."""
TIED = 1e-9
"""Statistics nearer than this to each other count as equal."""


@dataclass(frozen=True)
class Tested:
    """A difference, and how often shuffling gives one as large in either direction."""

    difference: float
    p_value: float


def change(
    before: Network, after: Network, seed: int, permutations: int = PERMUTATIONS
) -> dict[Measure, Tested]:
    """Gives each measure's change, and its p-value from exchanging the two waves pair by pair.

    Had nothing changed, what two people named each other in the one wave could as well have been in the
    other; so each pair's two waves are exchanged or not at random, the pair's ties in both directions
    together. `before` and `after` are of the same people, in the same order.
    """
    random = np.random.default_rng(seed)
    n, same = len(before.people), before.same_site
    found: dict[Measure, list[FloatArray]] = {name: [] for name in MEASURES}
    for first, last in pairwise([*range(0, permutations, BLOCK), permutations]):
        swap = np.triu(random.random((last - first, n, n)) < 0.5, k=1)
        swap |= np.swapaxes(swap, 1, 2)
        one = parts(np.where(swap, after.ties, before.ties), same)
        other = parts(np.where(swap, before.ties, after.ties), same)
        for name in MEASURES:
            found[name].append(measure(other, name) - measure(one, name))
    seen = _differences(before, after)
    return {name: _tested(seen[name], np.concatenate(found[name])) for name in MEASURES}


def _differences(before: Network, after: Network) -> dict[Measure, float]:
    one, other = (parts(each.ties, each.same_site) for each in (before, after))
    return {name: float(measure(other, name) - measure(one, name)) for name in MEASURES}


def _tested(seen: float, shuffled: FloatArray) -> Tested:
    """The share of shuffles as far from zero as what was seen, which is counted as one of them."""
    known = shuffled[np.isfinite(shuffled)]
    if not np.isfinite(seen) or not len(known):
        return Tested(seen, float("nan"))
    as_large = np.count_nonzero(np.abs(known) >= abs(seen) - TIED)
    return Tested(seen, float((1 + as_large) / (1 + len(known))))


def by_site(before: Network, after: Network, name: Measure) -> dict[str, float]:
    """Gives each site's change in a measure, of its own people's ties (see `measures.parts`)."""
    sites = np.array(before.sites)
    one, other = (parts(each.ties, each.same_site) for each in (before, after))
    return {
        site: float(measure(other, name, sites == site) - measure(one, name, sites == site))
        for site in dict.fromkeys(before.sites)
    }


def between_groups(
    values: Sequence[float], in_group: Iterable[bool], seed: int, permutations: int = PERMUTATIONS
) -> Tested:
    """Gives the mean of some sites' `values` less that of the others, and its p-value from shuffling sites.

    Which sites are in the group is shuffled: in all ways where there are not too many, or at random. Sites
    without a value are left out. Raises AnalysisError if the group, or the others, have no site with a value.
    """
    y, group = np.asarray(values, dtype=float), np.asarray(list(in_group), dtype=bool)
    y, group = y[np.isfinite(y)], group[np.isfinite(y)]
    n, k = len(y), int(group.sum())
    if not 0 < k < n:
        raise AnalysisError("there must be sites with a value both in the group and outside it.")
    seen = float(y[group].mean() - y[~group].mean())
    if comb(n, k) <= MOST_IN_FULL:
        chosen = np.array([y[list(places)].sum() for places in combinations(range(n), k)])
        shuffled = chosen / k - (y.sum() - chosen) / (n - k)
        as_large = np.count_nonzero(np.abs(shuffled) >= abs(seen) - TIED)
        return Tested(seen, float(as_large / len(shuffled)))
    random = np.random.default_rng(seed)
    orders = np.argsort(random.random((permutations, n)), axis=1)
    chosen = y[orders[:, :k]].sum(axis=1)
    return _tested(seen, np.asarray(chosen / k - (y.sum() - chosen) / (n - k), dtype=float))
