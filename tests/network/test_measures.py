from __future__ import annotations

import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import network
from pipeline.errors import AnalysisError
from pipeline.network import Network
from pipeline.network.ties import in_both
from tests.its.outside import needed, shared
from tests.network.networks import CASES, made

CLOSE = {"rel": 1e-8, "abs": 1e-12, "nan_ok": True}
ROLES = {
    "coordinator": "coordinator_wI",
    "itinerant": "itinerant_wO",
    "representative": "representative_bIO",
    "gatekeeper": "gatekeeper_bOI",
    "liaison": "liaison_bO",
    "total": "total",
}


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_shares_equal_igraph_and_sna(case):
    found, _ = made(case)
    expected = case["expected"]
    shares = network.shares(found)
    assert shares["density"] == pytest.approx(_number(expected["density"]), **CLOSE)
    assert shares["transitivity"] == pytest.approx(_number(expected["transitivity"]), **CLOSE)
    assert shares["outward"] == pytest.approx(_number(expected["ei"]), **CLOSE)
    if case["directed"]:
        assert shares["reciprocity"] == pytest.approx(_number(expected["reciprocity"]), **CLOSE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_centralisation_components_and_constraint_equal_igraph(case):
    found, places = made(case)
    expected = case["expected"]
    keys = {"degree_in": "in", "degree_out": "out", "degree_all": "degree", "betweenness": "betweenness"}
    for theirs, ours in keys.items():
        if theirs in expected["centralisation"]:
            seen = network.centralisation(found, ours)
            assert seen == pytest.approx(_number(expected["centralisation"][theirs]), **CLOSE)
    shape = network.shape(found)
    assert (shape.components, shape.isolates) == (expected["components"], expected["isolates"])
    assert shape.largest_component == pytest.approx(expected["largest"], **CLOSE)
    known = [value for value in expected["constraint"] if value is not None]
    assert shape.constraint == (pytest.approx(np.mean(known), **CLOSE) if known else None)
    assert len(places) == len(found.people)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_brokerage_by_person_and_role_equals_sna(case):
    found, places = made(case)
    table = network.brokerage(found).iloc[places]
    for ours, theirs in ROLES.items():
        if theirs in case["expected"]["brokerage"]:
            assert table[ours].tolist() == case["expected"]["brokerage"][theirs]
    expected = case["expected"]["expected_brokerage"]
    if expected is not None:
        chance = network.expected_brokerage(found)
        for ours, theirs in ROLES.items():
            assert chance[ours] == pytest.approx(expected[theirs], **CLOSE)


@pytest.mark.parametrize("name", ["d25_coleman_fall73", "u11_zachary34"])
def test_two_networks_of_the_literature_are_measured_as_igraph_does(name):
    folder = needed(shared("reference", "more"))
    expected = json.loads((folder / "expected" / "net" / f"{name}.json").read_text())
    edges = pd.read_csv(folder / "data" / "net" / f"{name}_edges.csv", dtype=str)
    nodes = pd.read_csv(folder / "data" / "net" / f"{name}_nodes.csv", dtype=str)
    ties = list(zip(edges["from"], edges["to"], strict=True))
    if not expected["directed"]:
        ties += [(receiver, sender) for sender, receiver in ties]
    found = network.network(ties, dict(zip(nodes["id"], nodes["group"], strict=True)))
    shares = network.shares(found)
    assert shares["density"] == pytest.approx(expected["density"], **CLOSE)
    assert shares["transitivity"] == pytest.approx(expected["transitivity"]["global_undirected"], **CLOSE)
    assert shares["outward"] == pytest.approx(expected["ei_index"]["ei"], **CLOSE)
    total = network.brokerage(found)["total"].sum()
    assert total == sum(expected["brokerage"]["raw_node"]["total"])


@settings(deadline=None)
@given(st.integers(2, 9), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_arrays_give_what_networkx_gives(n, density, seed):
    random = np.random.default_rng(seed)
    ties = random.random((n, n)) < density
    np.fill_diagonal(ties, False)
    found = Network(tuple(f"p{i}" for i in range(n)), ("a",) * n, ties)
    shares, graph = network.shares(found), found.graph()
    assert shares["density"] == pytest.approx(nx.density(graph))
    if ties.any():
        assert shares["reciprocity"] == pytest.approx(nx.overall_reciprocity(graph))
    if not np.isnan(shares["transitivity"]):
        assert shares["transitivity"] == pytest.approx(nx.transitivity(graph.to_undirected()))


def test_brokered_is_the_share_of_two_step_paths_that_nothing_closes():
    sites = {"Ann": "a", "Bo": "a", "Cy": "b"}
    open_path = network.network([("Ann", "Bo"), ("Bo", "Cy")], sites)
    closed = network.network([("Ann", "Bo"), ("Bo", "Cy"), ("Ann", "Cy")], sites)
    assert network.shares(open_path)["brokered"] == 1
    assert network.shares(closed)["brokered"] == 0
    assert network.brokerage(open_path).loc["Bo", "representative"] == 1


def test_a_tie_named_twice_counts_once_and_one_to_oneself_not_at_all():
    found = network.network([("Ann", "Bo"), ("Ann", "Bo"), ("Bo", "Bo")], {"Ann": "a", "Bo": "b"})
    assert int(found.ties.sum()) == 1


def test_who_has_no_site_and_who_is_alone_are_refused():
    with pytest.raises(AnalysisError, match="names Cy, who has no site"):
        network.network([("Ann", "Cy")], {"Ann": "a", "Bo": "b"})
    with pytest.raises(AnalysisError, match="two people or more"):
        network.network([], {"Ann": "a"})


def test_waves_are_compared_among_the_people_in_both_who_stayed_where_they_were():
    first = network.network([("Ann", "Bo"), ("Bo", "Cy")], {"Ann": "a", "Bo": "a", "Cy": "b"})
    second = network.network([("Bo", "Ann")], {"Ann": "a", "Bo": "a", "Di": "b"})
    one, other = in_both(first, second)
    assert one.people == other.people == ("Ann", "Bo")
    moved = network.network([("Bo", "Ann")], {"Ann": "a", "Bo": "b"})
    with pytest.raises(AnalysisError, match="Bo is at another site"):
        in_both(first, moved)
    with pytest.raises(AnalysisError, match="fewer than two"):
        in_both(first, network.network([], {"Ed": "a", "Flo": "b"}))
