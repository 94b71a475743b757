"""A plan's network: its list of ties handed to the statistics, and what they found as plain results."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline import figures, project, results, series
from pipeline.errors import AnalysisError, DataError, PlanError
from pipeline.evaluation.bench import Bench
from pipeline.plan import Network, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    import pandas as pd

    from pipeline.network import Association, Comparison, Shape
    from pipeline.network.ties import Network as Ties

SEED = 20_240_501
"""Of the resampling; the same on every run, so that results are the same bytes."""
FEWEST_SITES = 3


def asked(plan: Plan) -> Network:
    """Gives what the plan asks of its network; raises PlanError if it asks nothing."""
    if plan.network is None:
        raise PlanError(f"params/{plan.study}.yaml, network: is not there; name the list of ties.")
    return plan.network


def read(plan: Plan) -> pd.DataFrame:
    """Reads the validated list of ties; raises DataError if it isn't there yet."""
    import pandas as pd

    path = project.load().results("_data", asked(plan).contract, "data.parquet")
    if not path.is_file():
        raise DataError(f"{path.parent.name}/{path.name}: is not there yet; run `lasting run` first.")
    return pd.read_parquet(path)


def wave(plan: Plan, rows: pd.DataFrame, day: date) -> Ties:
    """Gives the network of one wave: everyone who answered, and whom they named among them.

    Who is named and did not answer is left out, as their site and whom they would name are not known.
    Raises DataError if there is no such wave, and AnalysisError where its rows make no network.
    """
    from pipeline import network

    names = asked(plan)
    dated = rows[names.wave].astype(str).str.slice(0, 10)
    part = rows[dated == day.isoformat()]
    if part.empty:
        there = ", ".join(sorted(set(dated)))
        raise DataError(f"params/{plan.study}.yaml, network: there is no wave of {day}; there are {there}.")
    sites = dict(zip(part[names.sender].astype(str), part[names.site].astype(str), strict=True))
    named = part[part[names.receiver].notna() & (part[names.receiver].astype(str) != "")]
    pairs = zip(named[names.sender].astype(str), named[names.receiver].astype(str), strict=True)
    with _naming(plan):
        return network.network([(one, other) for one, other in pairs if other in sites], sites)


def group(plan: Plan) -> tuple[str, ...]:
    """Gives the sites that got the change, where the plan says which did; or none."""
    return tuple(dict.fromkeys(unit for change in plan.interventions for unit in change.units or ()))


def compare(plan: Plan, rows: pd.DataFrame) -> Comparison:
    """Gives the network before and after, and the sites that got the change beside the others."""
    from pipeline import network

    before, after = (wave(plan, rows, day) for day in (asked(plan).before, asked(plan).after))
    sites = set(before.sites)
    chosen = [site for site in group(plan) if site in sites]
    with _naming(plan):
        return network.compare(before, after, seed=SEED, group=chosen if set(chosen) != sites else ())


def alike(bench: Bench, found: Comparison) -> Association | None:
    """Gives whether sites with more ties between them, after the change, are alike in the primary outcome.

    The share of possible ties between two sites, against how far apart the sites' averages since the first
    change are (QAP). None where there are no series by site, or fewer than three of the sites have one.
    """
    import numpy as np

    from pipeline import network

    plan = bench.plan
    if plan.data.unit is None:
        return None
    by_unit = series.read_by_unit(bench.series, plan.primary.id)
    sites = [site for site in dict.fromkeys(found.after.sites) if site in by_unit]
    if len(sites) < FEWEST_SITES:
        return None
    averages = [
        by_unit[site]["value"].iloc[series.first_after(by_unit[site].index, plan) :].mean() for site in sites
    ]
    at = np.array(found.after.sites)
    between = [
        [found.after.ties[np.ix_(at == one, at == other)].mean() if one != other else 0.0 for other in sites]
        for one in sites
    ]
    with _naming(plan):
        return network.association(np.array(between), network.differences(averages), seed=SEED)


def results_of(
    plan: Plan, found: Comparison, association: Association | None, alts: Mapping[str, str]
) -> dict[str, Any]:
    """Gives what was found of a network as plain values: network.json."""
    from pipeline import network

    table = found.table.copy()
    table.insert(0, "label", [network.LABELS[name] for name in network.MEASURES])
    brokered = [network.brokerage(each).sum() for each in (found.before, found.after)]
    expected = [network.expected_brokerage(each) for each in (found.before, found.after)]
    return {
        "before": asked(plan).before,
        "after": asked(plan).after,
        "people": len(found.before.people),
        "sites": len(set(found.before.sites)),
        "left_out": found.left_out,
        "measures": results.table(table.rename_axis("row")),
        "group": list(group(plan)),
        "by_group": None if found.by_group is None else results.table(_in_points(found.by_group)),
        "by_site": results.table(found.sites.rename_axis("row")),
        "shape": [_shape(name, each) for name, each in zip(("before", "after"), found.shapes, strict=True)],
        "brokerage": [
            {
                "row": role,
                "in_words": network.ROLES[role],
                "before": int(brokered[0][role]),
                "before_expected": expected[0][role],
                "after": int(brokered[1][role]),
                "after_expected": expected[1][role],
            }
            for role in network.ROLES
        ],
        "alike": None
        if association is None
        else {
            "correlation": association.correlation,
            "p_value": association.p_value,
            "is_exact": association.is_exact,
        },
        "alts": dict(alts),
    }


def _in_points(by_group: pd.DataFrame) -> pd.DataFrame:
    """The changes of groups of sites, in percentage points as well."""
    points = 100 * by_group[["group", "others"]].add_suffix("_points")
    return by_group.join(points).rename_axis("row")


def _shape(name: str, found: Shape) -> dict[str, Any]:
    return {"row": name, **vars(found)}


def save(bench: Bench, found: Comparison) -> dict[str, figures.Picture]:
    """Saves the drawing of both waves and the chart of measures as network-<what>, and gives them."""
    from pipeline.network import plots

    names = tuple(f"{day:%B %Y}" for day in (asked(bench.plan).before, asked(bench.plan).after))
    return {
        "waves": figures.save(
            plots.waves(found, names),
            bench.folder,
            "network-waves",
            plots.waves_alt(found, names),
            plots.waves_size(),
        ),
        "measures": figures.save(
            plots.measures(found, names),
            bench.folder,
            "network-measures",
            plots.measures_alt(found, names),
            plots.measures_size(),
        ),
    }


@contextmanager
def _naming(plan: Plan) -> Iterator[None]:
    """Puts the plan before the sentence of an AnalysisError raised inside the block."""
    try:
        yield
    except AnalysisError as error:
        raise AnalysisError(f"params/{plan.study}.yaml, network: {error}") from None
