"""Brokerage: who stands between people who have no direct tie, and in which role (Gould & Fernandez 1989)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.network.ties import Network

Role = Literal["coordinator", "itinerant", "representative", "gatekeeper", "liaison"]
ROLES: dict[Role, str] = {
    "coordinator": "between two of their own site",
    "itinerant": "between two of one other site",
    "representative": "from their own site to another",
    "gatekeeper": "from another site to their own",
    "liaison": "between two different other sites",
}


def brokerage(network: Network) -> pd.DataFrame:
    """Gives how often each person brokers in each role: a row a person, a column a role, and `total`.

    j brokers between i and k where i names j and j names k, but i doesn't name k. Roles go by the three
    sites: coordinator all one; itinerant i and k one, j another; representative i and j one; gatekeeper j and
    k one; liaison all different.
    """
    import pandas as pd

    same = network.same_site
    sent = network.ties.astype(float)
    lacking = ~network.ties & ~np.eye(len(sent), dtype=bool)
    within, between = sent * same, sent * ~same
    counts = {
        "coordinator": (within.T @ lacking) * within,
        "itinerant": (between.T @ (lacking & same)) * between,
        "representative": (within.T @ lacking) * between,
        "gatekeeper": (between.T @ lacking) * within,
        "liaison": (between.T @ (lacking & ~same)) * between,
    }
    table = pd.DataFrame(
        {role: counts[role].sum(axis=1).astype(int) for role in ROLES}, index=list(network.people)
    )
    return table.assign(total=table.sum(axis=1))


def expected_brokerage(network: Network) -> dict[str, float]:
    """Gives how much brokerage in each role a random network of this density and these sites would have.

    Ties fall independently (Gould & Fernandez 1989), so each triad of the right sites brokers with
    probability p²(1 − p).
    """
    density = float(network.ties.sum()) / (len(network.people) * (len(network.people) - 1))
    sizes = np.array([network.sites.count(site) for site in dict.fromkeys(network.sites)], dtype=float)
    n = sizes.sum()
    pairs = float((sizes * (sizes - 1) * (n - sizes)).sum())
    triads = {
        "coordinator": float((sizes * (sizes - 1) * (sizes - 2)).sum()),
        "itinerant": pairs,
        "representative": pairs,
        "gatekeeper": pairs,
        "total": float(n * (n - 1) * (n - 2)),
    }
    triads["liaison"] = 2 * triads["total"] - sum(triads.values())
    chance = density**2 * (1 - density)
    return {role: chance * triads[role] for role in (*ROLES, "total")}
