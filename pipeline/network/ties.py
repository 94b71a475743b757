"""Who turns to whom: a directed network of people, each at a site, from a list of ties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import AnalysisError

if TYPE_CHECKING:
    import networkx as nx

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """A network of n people.

    `people` and `sites`, (n,), name each person and where they work; `ties`, (n, n), is true at [i, j] where
    i names j. No one names themselves.
    """

    people: tuple[str, ...]
    sites: tuple[str, ...]
    ties: Bools

    @property
    def same_site(self) -> Bools:
        """True at [i, j] where i and j work at the same site, (n, n)."""
        place = np.array(self.sites)
        return np.asarray(place[:, None] == place[None, :])

    def among(self, people: Iterable[str]) -> Network:
        """Gives the network among some of the people, in this network's order."""
        wanted = set(people)
        kept = [place for place, name in enumerate(self.people) if name in wanted]
        return Network(
            tuple(self.people[place] for place in kept),
            tuple(self.sites[place] for place in kept),
            self.ties[np.ix_(kept, kept)],
        )

    def graph(self) -> nx.DiGraph[str]:
        """Gives the network to networkx, each person with the attribute `site`."""
        import networkx as nx

        made: nx.DiGraph[str] = nx.DiGraph()
        for name, site in zip(self.people, self.sites, strict=True):
            made.add_node(name, site=site)
        made.add_edges_from((self.people[i], self.people[j]) for i, j in np.argwhere(self.ties))
        return made


def network(ties: Iterable[tuple[str, str]], sites: Mapping[str, str]) -> Network:
    """Gives the network of these ties (from, to) among the people that `sites` has, sorted by site and name.

    A tie named twice counts once, and one to oneself not at all. Raises AnalysisError for a tie to or from
    someone who has no site, and for fewer than two people.
    """
    people = sorted(sites, key=lambda person: (sites[person], person))
    if len(people) < 2:
        raise AnalysisError("a network needs two people or more.")
    place = {person: position for position, person in enumerate(people)}
    matrix = np.zeros((len(people), len(people)), dtype=bool)
    for sender, receiver in ties:
        for person in (sender, receiver):
            if person not in place:
                raise AnalysisError(f"a tie names {person}, who has no site; add them to the people.")
        matrix[place[sender], place[receiver]] = True
    np.fill_diagonal(matrix, False)
    return Network(tuple(people), tuple(sites[person] for person in people), matrix)


def in_both(before: Network, after: Network) -> tuple[Network, Network]:
    """Gives both networks among the people who are in both, as changes are told of the same people.

    Raises AnalysisError if someone moved from one site to another, or fewer than two are in both.
    """
    common = set(before.people) & set(after.people)
    first, second = before.among(common), after.among(common)
    if len(common) < 2:
        raise AnalysisError("fewer than two people are in both waves, so no change can be told.")
    if moved := sorted(
        set(zip(first.people, first.sites, strict=True)) - set(zip(second.people, second.sites, strict=True))
    ):
        raise AnalysisError(
            f"{moved[0][0]} is at another site in the second wave; give each person one site throughout."
        )
    return first, second
