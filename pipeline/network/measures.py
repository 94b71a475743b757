"""What a network is like, as shares: of ties that there are, are returned, closed, outward, brokered.

Every measure here is a sum over people of one thing over a sum of another, so that the same few lines of
arrays serve a whole network, the people of one site, and thousands of resampled networks at once. They
equal networkx and igraph where those have them; what is not such a share comes from networkx (`shape`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.its.inference import FloatArray

if TYPE_CHECKING:
    from pipeline.network.ties import Network

Measure = Literal["density", "reciprocity", "transitivity", "outward", "brokered"]
MEASURES: tuple[Measure, ...] = ("density", "reciprocity", "transitivity", "outward", "brokered")
LABELS: dict[Measure, str] = {
    "density": "Ties there are, of all there could be",
    "reciprocity": "Ties that are returned",
    "transitivity": "Contacts of one person who know each other",
    "outward": "Ties between sites less ties within (E–I index)",
    "brokered": "Two-step paths without a direct tie",
}

Parts = dict[Measure, tuple[FloatArray, FloatArray]]


def parts(ties: NDArray[Any], same_site: NDArray[Any]) -> Parts:
    """Gives each measure's numerator and denominator by person, (..., n), from ties, (..., n, n).

    density: ties sent, of those that could be. reciprocity: ties returned, of ties sent; over all people
    2M/(2M + A) for M mutual and A one-way pairs. transitivity: pairs of a person's contacts who are in
    contact themselves, of all such pairs, whatever the direction. outward: ties to other sites less ties
    within one's own, of ties sent: the E–I index (Krackhardt & Stern 1988), −1 to 1. brokered: paths i→j→k
    through the person j for which i→k is lacking, of all paths through j (Gould & Fernandez 1989).
    """
    sent = np.asarray(ties, dtype=np.float32)
    received = np.swapaxes(sent, -1, -2)
    same = np.asarray(same_site, dtype=np.float32)
    contact = np.maximum(sent, received)
    degree = contact.sum(axis=-1)
    out, mutual = sent.sum(axis=-1), (sent * received).sum(axis=-1)
    paths = sent.sum(axis=-2) * out - mutual
    closed_paths = (np.matmul(received, sent) * sent).sum(axis=-1)
    found: dict[Measure, tuple[NDArray[np.float32], NDArray[np.float32]]] = {
        "density": (out, np.full_like(out, sent.shape[-1] - 1)),
        "reciprocity": (mutual, out),
        "transitivity": ((np.matmul(contact, contact) * contact).sum(axis=-1), degree * (degree - 1)),
        "outward": (out - 2 * (sent * same).sum(axis=-1), out),
        "brokered": (paths - closed_paths, paths),
    }
    return {name: (above.astype(float), below.astype(float)) for name, (above, below) in found.items()}


def measure(found: Parts, name: Measure, people: NDArray[Any] | None = None) -> FloatArray:
    """Gives a measure over all people, or over those where `people`, (n,), is true; shaped as `found` leads.

    NaN where it is nothing of nothing.
    """
    chosen = slice(None) if people is None else people
    above, below = (part[..., chosen].sum(axis=-1) for part in found[name])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan), dtype=np.float64)


def shares(network: Network) -> dict[Measure, float]:
    """Gives every measure of a network (see `parts`); NaN where there is nothing to take a share of."""
    found = parts(network.ties, network.same_site)
    return {name: float(measure(found, name)) for name in MEASURES}


@dataclass(frozen=True)
class Shape:
    """How a network hangs together.

    Centralisation is Freeman's (1979): 0 where all are alike, 1 for a star. `largest_component` is the share
    of people in the largest weak component; `constraint` the mean of Burt's (1992) over people with contacts,
    low where people have contacts who do not know each other, or None where no one has any.
    """

    ties: int
    isolates: int
    components: int
    largest_component: float
    centralisation_in: float
    centralisation_out: float
    centralisation_betweenness: float
    constraint: float | None


def shape(network: Network) -> Shape:
    """Gives what is not a share of ties: components, centralisation, Burt's constraint."""
    import networkx as nx

    graph = network.graph()
    sizes = [len(part) for part in nx.weakly_connected_components(graph)]
    constraint = [value for value in nx.constraint(graph).values() if not np.isnan(value)]
    return Shape(
        ties=graph.number_of_edges(),
        isolates=nx.number_of_isolates(graph),
        components=len(sizes),
        largest_component=max(sizes) / len(network.people),
        centralisation_in=centralisation(network, "in"),
        centralisation_out=centralisation(network, "out"),
        centralisation_betweenness=centralisation(network, "betweenness"),
        constraint=float(np.mean(constraint)) if constraint else None,
    )


def centralisation(network: Network, of: Literal["in", "out", "degree", "betweenness"]) -> float:
    """Gives Freeman's centralisation: how far people fall short of the most central, of the most they could.

    NaN where the most is nothing: for two people and what is not in- or out-degree.
    """
    n = len(network.people)
    ties = network.ties.astype(float)
    if of == "betweenness":
        import networkx as nx

        scores = np.array(list(nx.betweenness_centrality(network.graph(), normalized=False).values()))
        most = (n - 1) ** 2 * (n - 2)
    elif of == "degree":
        scores, most = ties.sum(axis=0) + ties.sum(axis=1), 2 * (n - 1) * (n - 2)
    else:
        scores, most = ties.sum(axis=0 if of == "in" else 1), (n - 1) ** 2
    return float((scores.max() - scores).sum() / most) if most else float("nan")
