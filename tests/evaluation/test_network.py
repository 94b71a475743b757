"""A plan's list of ties becomes two networks, and what is told of them is what they were made to be."""

from __future__ import annotations

import datetime
import json

import pandas as pd
import pytest

from pipeline import plan as plans
from pipeline import project, results, study
from pipeline.errors import DataError, DisclosureError, PlanError
from pipeline.evaluation import bench, network

from ..conftest import edit


@pytest.fixture
def desk(grouped, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(grouped))
    return bench.open_study("partnership", str(tmp_path / "out"))


@pytest.fixture(scope="module")
def found(grouped):
    """The comparison, which takes a second or two, made once."""
    plan = plans.load(project.load(grouped), "partnership")
    rows = pd.read_parquet(grouped / "results" / "_data" / "staff-ties" / "data.parquet")
    return network.compare(plan, rows)


def test_a_wave_has_everyone_who_answered_and_whom_they_named_among_them(desk):
    rows = network.read(desk.plan)
    found = network.wave(desk.plan, rows, desk.plan.network.before)
    dated = rows[rows["wave"].astype(str) == "2021-06-01"]
    assert len(found.people) == dated["person"].nunique() == 120
    assert int(found.ties.sum()) == int((dated["named"].fillna("") != "").sum())
    half = dated[dated["trust"].isin(["T03", "T05"])]
    some = network.wave(desk.plan, half, desk.plan.network.before)
    assert set(some.sites) == {"T03", "T05"}


def test_a_wave_that_is_not_there_is_refused_with_those_that_are(desk):
    rows = network.read(desk.plan)
    with pytest.raises(DataError, match="no wave of 2020-01-01; there are 2021-06-01, 2022"):
        network.wave(desk.plan, rows, datetime.date(2020, 1, 1))


def test_partners_return_more_ties_than_before_and_than_the_others(desk, found):
    assert network.group(desk.plan) == ("T03", "T08", "T12", "T17", "T22")
    assert found.table.loc["reciprocity", "verdict"] == "rose"
    assert found.table.loc["brokered", "verdict"] == "no clear change"
    assert found.by_group.loc["reciprocity", "p_value"] == pytest.approx(2 / 252)
    association = network.alike(desk, found)
    told = json.loads(results.to_json(network.results_of(desk.plan, found, association, {"waves": "Two."})))
    assert told["people"] == 120
    assert [row["row"] for row in told["shape"]] == ["before", "after"]
    assert told["alike"]["p_value"] > 0.05
    pictures = network.save(desk, found)
    assert (desk.folder / "network-waves.narrow.svg").is_file()
    assert "120 people at 10 sites" in pictures["waves"].alt


def test_without_sites_there_is_nothing_to_be_alike_in(desk, found):
    plan = desk.plan.model_copy(update={"data": desk.plan.data.model_copy(update={"unit": None})})
    alone = bench.Bench(plan, desk.names, desk.series, desk.folder)
    assert network.alike(alone, found) is None


def test_a_plan_without_a_network_is_refused(desk):
    with pytest.raises(PlanError, match="network: is not there"):
        network.asked(desk.plan.model_copy(update={"network": None}))


@pytest.fixture
def own(grouped, tmp_path):
    """A copy of the repository's plans and contracts, to be spoilt."""
    import shutil

    root = tmp_path / "own"
    shutil.copytree(grouped, root, ignore=shutil.ignore_patterns("results", "notebooks"))
    return root


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "params.yaml",
            "networks:\n  partnership:\n    dataset: staff-ties",
            "networks: {}",
            "needs `partnership",
        ),
        ("params/partnership.yaml", "to: named", "to: nmaed", "network.to: there is no column nmaed"),
        ("params/partnership.yaml", "wave: wave", "wave: trust", "network.wave: trust is a string"),
        ("params/partnership.yaml", "after: 2023-06-01", "after: 2021-06-01", "later than `before`"),
    ],
)
def test_what_the_plan_asks_of_its_ties_and_is_not_there_is_refused(own, file, old, new, said):
    edit(own / file, old, new)
    with pytest.raises(PlanError, match=said):
        study.load(project.load(own), "partnership")


def test_a_network_that_the_plan_does_not_ask_for_is_refused(own):
    edit(own / "params.yaml", "networks:\n  partnership:", "networks:\n  equity-collaborative:")
    with pytest.raises(PlanError, match=r"has no `network`, and params\.yaml lists its ties"):
        study.load(project.load(own), "equity-collaborative")


def test_networks_of_studies_or_datasets_that_are_not_listed_are_refused(own):
    edit(own / "params.yaml", "networks:\n  partnership:", "networks:\n  partnreship:")
    with pytest.raises(PlanError, match="no study is named partnreship"):
        project.load(own)


def test_ties_show_people_so_their_contract_must_say_that_they_are_public(own):
    edit(own / "data_contracts/staff-ties.odcs.yaml", "value: public", "value: restricted")
    with pytest.raises(DisclosureError, match="shows single people"):
        study.load(project.load(own), "partnership")
