"""Networks of the reference set, and networks made up for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.network import Network, network

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "reference" / "net" / "cases.json").read_text()
)


def made(case: dict[str, Any]) -> tuple[Network, list[int]]:
    """Gives a case's network, and the case's people's places in it."""
    ties = [(f"{sender:0>4}", f"{receiver:0>4}") for sender, receiver in case["ties"]]
    if not case["directed"]:
        ties += [(receiver, sender) for sender, receiver in ties]
    names = [f"{name:0>4}" for name in case["people"]]
    found = network(ties, dict(zip(names, case["sites"], strict=True)))
    return found, [found.people.index(name) for name in names]


def random_network(
    random: np.random.Generator, sizes: list[int], effects: tuple[np.ndarray, np.ndarray], returned: float
) -> Network:
    """Gives a network with people's own inclinations to name and be named, and to name who names them.

    Pairs are independent (Holland & Leinhardt's p1 model 1981); ties within a site are likelier.
    """
    sites = np.repeat([f"s{number}" for number in range(len(sizes))], sizes)
    n = len(sites)
    odds = -3.5 + 2.2 * (sites[:, None] == sites[None, :]) + effects[0][:, None] + effects[1][None, :]
    upper = np.triu_indices(n, 1)
    there, back = np.exp(odds[upper]), np.exp(odds.T[upper])
    both = there * back * np.exp(returned)
    total = 1 + there + back + both
    drawn = random.random(len(there)) * total
    ties = np.zeros((n, n), dtype=bool)
    is_both = drawn < both
    ties[upper] = is_both | ((drawn >= both) & (drawn < both + there))
    ties.T[upper] = is_both | ((drawn >= both + there) & (drawn < both + there + back))
    people = tuple(f"p{number:03d}" for number in range(n))
    return Network(people, tuple(sites.tolist()), ties)


def two_waves(
    random: np.random.Generator, sizes: list[int], returned: tuple[float, float] = (1.5, 1.5)
) -> tuple[Network, Network]:
    """Gives two waves of the same people, whose inclinations stay; nothing changes but how ties are returned."""
    n = sum(sizes)
    effects = (random.normal(0, 0.5, n), random.normal(0, 0.5, n))
    first, second = (random_network(random, sizes, effects, each) for each in returned)
    return first, second
