"""Every example study, run from a clone: its headline, and what is known of it from elsewhere.

The real ones are held to what others published; the synthetic ones to the truth they were made with.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from pipeline import project, results, runs

from .conftest import ROOT, copy_repository

pytestmark = pytest.mark.functional

HEADLINES = {
    "seat-belt-law": "Fell by 14% (−21% to −7%)",
    "nightingale": "Fell by 74% (−89% to −40%)",
    "coal-mines": "Fell by 70% (−78% to −60%)",
    "california-traffic": "No clear change (−7% to +11%)",
    "organ-donation": "No clear change (−50% to +37%)",
    "partnership": "Fell by 10% (−15% to −5%)",
    "winter-flow": "Fell by 20% (−23% to −16%)",
    "rapid-response": "Rose by 42% (+35% to +50%)",
    "equity-collaborative": "Fell by 28% (−30% to −25%)",
    "greener-theatres": "Fell by 21% (−23% to −19%)",
    "no-change": "No clear change (−15% to +3%)",
}
SYNTHETIC = sorted(path.name.removesuffix(".truth.json") for path in (ROOT / "data/synthetic").glob("*.json"))


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A clone with all of its studies, run; the site is made with them."""
    target = copy_repository(tmp_path_factory.mktemp("studies") / "clone")
    for name in ("params.yaml", "dvc.lock"):
        (target / name).write_bytes((ROOT / name).read_bytes())
    here = project.load(target)
    outcomes = runs.run(here, list(here.studies), 2, lambda _: None)
    assert {each.study: each.message for each in outcomes if each.exit_code} == {}
    return target


def _found(clone: Path, study: str, method: str, measure: str) -> dict[str, Any]:
    at = "its" if method == "its" else f"groups/{method}"
    return results.read_json(clone / "results" / study / at / f"{method}.json")["measures"][measure]


def _average(clone: Path, study: str, measure: str) -> dict[str, Any]:
    rows = _found(clone, study, "its", measure)["effects"]
    return next(row for row in rows if row["row"] == "average")


def _truth(study: str) -> dict[str, Any]:
    return results.read_json(ROOT / "data" / "synthetic" / f"{study}.truth.json")


def test_every_study_is_listed_with_its_headline(clone):
    found = {study: results.read_json(clone / f"results/_studies/{study}.json") for study in HEADLINES}
    assert {study: each["verdict"] for study, each in found.items()} == HEADLINES
    assert set(project.load(clone).studies) == set(HEADLINES)
    assert {study for study, each in found.items() if each["synthetic"]} == set(SYNTHETIC)


def test_the_committed_lock_is_what_a_run_writes(clone):
    assert (clone / "dvc.lock").read_bytes() == (ROOT / "dvc.lock").read_bytes()


@pytest.mark.parametrize(
    ("study", "measure", "is_share"),
    [
        ("winter-flow", "long-waits", True),
        ("winter-flow", "left-before-being-seen", True),
        ("rapid-response", "reviewed-within-hour", True),
        ("rapid-response", "hours-to-transfer", False),
        ("equity-collaborative", "over-18-weeks", True),
        ("greener-theatres", "carbon", False),
        ("greener-theatres", "money", False),
        ("greener-theatres", "list-length", False),
        ("no-change", "falls", True),
        ("no-change", "assessed", True),
    ],
)
def test_the_interval_holds_the_truth_that_the_data_were_made_with(clone, study, measure, is_share):
    row, truth = _average(clone, study, measure), _truth(study)["measures"][measure]
    scale = "relative" if is_share else "absolute"
    assert row[f"{scale}_lower"] <= truth[scale] <= row[f"{scale}_upper"]


@pytest.mark.parametrize("measure", ["deaths", "recommend"])
def test_the_pooled_effect_of_the_partnership_holds_the_truth(clone, measure):
    lead = _found(clone, "partnership", "pooled", measure)["lead"]
    truth = _truth("partnership")["measures"][measure]
    assert lead["absolute_lower"] <= truth["absolute"] <= lead["absolute_upper"]


def test_at_partner_trusts_more_ties_are_returned_and_brokerage_is_as_it_was(clone):
    found = results.read_json(clone / "results/partnership/groups/network/network.json")
    by_group = {row["row"]: row for row in found["by_group"]}
    assert by_group["reciprocity"]["p_value"] < 0.05
    assert by_group["reciprocity"]["group"] > by_group["reciprocity"]["others"]
    assert by_group["brokered"]["p_value"] > 0.05


def test_the_gap_narrows_by_less_than_the_average_falls(clone):
    slope = _found(clone, "equity-collaborative", "equity", "over-18-weeks")["slope"]
    truth = _truth("equity-collaborative")["slope"]
    assert slope["verdict"] == "narrowed"
    assert slope["share"]["lower"] <= truth["relative"] <= slope["share"]["upper"]
    assert slope["share"]["estimate"] > _average(clone, "equity-collaborative", "over-18-weeks")["relative"]


@pytest.mark.parametrize(
    ("study", "measure", "verdict"),
    [("winter-flow", "long-waits", "faded"), ("greener-theatres", "carbon", "lasted")],
)
def test_what_fades_is_told_from_what_lasts(clone, study, measure, verdict):
    assert _found(clone, study, "its", measure)["sustained"]["verdict"] == verdict


def test_organ_donation_is_the_published_difference_and_does_not_stand_out_among_states(clone):
    found = _found(clone, "organ-donation", "pooled", "registration")
    assert math.isclose(found["lead"]["absolute"], -0.0224589743589694, rel_tol=1e-9)  # Kessler and Roth
    assert found["lead"]["absolute_lower"] < 0 < found["lead"]["absolute_upper"]


def test_explosions_are_fewer_by_the_published_ratio_of_two_means(clone):
    row = _average(clone, "coal-mines", "explosions")
    assert math.isclose(row["relative"], math.expm1(-1.20902757498756), rel_tol=1e-6)  # R's glm, step alone


def test_nightingales_deaths_are_those_she_counted(clone):
    row = _average(clone, "nightingale", "disease")
    before = [8571, 23333, 28333, 28722, 30246, 30290, 30643, 29736, 32779, 32393, 30919]
    died = [1, 12, 11, 359, 828, 788, 503, 844, 1725, 2761, 2120]
    assert math.isclose(row["expected"], 1000 * sum(died) / sum(before), rel_tol=1e-6)


def test_no_study_draws_on_what_is_not_in_its_folder(clone):
    """A change to one plan runs that study again, and no other."""
    plan = clone / "params" / "no-change.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("[1, 12, 24, 30]", "[1, 12]"), encoding="utf-8")
    here = project.load(clone)
    outcomes = {each.study: each.stages for each in runs.run(here, list(here.studies), 1, lambda _: None)}
    assert {study for study, stages in outcomes.items() if stages} == {"no-change"}
