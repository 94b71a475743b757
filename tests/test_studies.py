"""Every example study, run from a clone: its headline, and what is known of it from elsewhere.

The real ones are held to what others published; the synthetic ones to the truth they were made with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import project, results, runs

from .conftest import ROOT, copy_repository

pytestmark = pytest.mark.functional

HEADLINES = {
    "seat-belt-law": "Fell by 14% (−21% to −7%)",
    "nightingale": "Fell by 74% (−89% to −40%)",
    "coal-mines": "Fell by 70% (−78% to −60%)",
    "california-traffic": "Can’t tell (−7% to +11%)",
    "organ-donation": "Can’t tell (−50% to +37%)",
    "partnership": "Fell by 10% (−15% to −5%)",
    "winter-flow": "Fell by 20% (−23% to −16%), but it faded",
    "rapid-response": "Rose by 42% (+35% to +50%)",
    "equity-collaborative": "Fell by 28% (−30% to −25%)",
    "greener-theatres": "Fell by 21% (−23% to −19%)",
    "no-change": "No clear change (−7% to +2%)",
}
SYNTHETIC = sorted(path.name.removesuffix(".truth.json") for path in (ROOT / "data/synthetic").glob("*.json"))


QUICK = ("coal-mines", "organ-donation", "winter-flow", "equity-collaborative", "no-change")
"""Run by every `make test`, as tests/test_runs.py runs the seat-belt law; `make test-slow` runs the others."""


def each(*cases: tuple[Any, ...]) -> list[Any]:
    """Gives cases that begin with a study's name, those of the others marked slow."""
    return [pytest.param(*case, marks=() if case[0] in QUICK else pytest.mark.slow) for case in cases]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Callable[[str], Path]:
    """Runs a study in a clone that lists them all, once, and gives the clone."""
    target = copy_repository(tmp_path_factory.mktemp("studies") / "clone")
    for name in ("params.yaml", "dvc.lock"):
        (target / name).write_bytes((ROOT / name).read_bytes())
    here, done = project.load(target), set()

    def ran(study: str) -> Path:
        if study not in done:
            outcome = runs.run(here, [study], 1, lambda _: None)[0]
            assert outcome.message == ""
            done.add(study)
        return target

    return ran


def _found(clone: Callable[[str], Path], study: str, method: str, measure: str) -> dict[str, Any]:
    at = "its" if method == "its" else f"groups/{method}"
    return results.read_json(clone(study) / "results" / study / at / f"{method}.json")["measures"][measure]


def _average(clone: Callable[[str], Path], study: str, measure: str) -> dict[str, Any]:
    rows = _found(clone, study, "its", measure)["effects"]
    return next(row for row in rows if row["row"] == "average")


def _truth(study: str) -> dict[str, Any]:
    return results.read_json(ROOT / "data" / "synthetic" / f"{study}.truth.json")


@pytest.mark.parametrize(("study", "headline"), each(*HEADLINES.items()))
def test_the_headline_is_as_it_was_and_the_lock_is_what_a_run_writes(clone, study, headline):
    found = results.read_json(clone(study) / f"results/_studies/{study}.json")
    assert found["verdict"] == headline
    assert found["synthetic"] == (study in SYNTHETIC)
    assert _locked(clone(study), study) == _locked(ROOT, study)


def test_every_study_that_is_listed_has_a_headline_here():
    assert set(project.load(ROOT).studies) == set(HEADLINES)


def _locked(root: Path, study: str) -> dict[str, Any]:
    stages = yaml.safe_load((root / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    return {name: stage for name, stage in stages.items() if name.endswith(f"@{study}")}


@pytest.mark.parametrize(
    ("study", "measure", "is_share"),
    each(
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
    ),
)
def test_the_interval_holds_the_truth_that_the_data_were_made_with(clone, study, measure, is_share):
    row, truth = _average(clone, study, measure), _truth(study)["measures"][measure]
    scale = "relative" if is_share else "absolute"
    assert row[f"{scale}_lower"] <= truth[scale] <= row[f"{scale}_upper"]


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["deaths", "recommend"])
def test_the_effects_of_the_partnership_hold_the_truth_pooled_and_at_each_site(clone, measure):
    found, truth = _found(clone, "partnership", "pooled", measure), _truth("partnership")
    effects = {row["row"]: row["effect"] for row in found["sites"]}
    assert set(effects) == set(truth["units"])
    pairs = [(effects[unit], effect[measure]) for unit, effect in truth["units"].items()]
    for effect, true in ((found["lead"], truth["measures"][measure]), *pairs):
        assert effect["absolute_lower"] <= true["absolute"] <= effect["absolute_upper"]


@pytest.mark.slow
def test_at_partner_trusts_more_ties_are_returned_and_brokerage_is_as_it_was(clone):
    found = results.read_json(clone("partnership") / "results/partnership/groups/network/network.json")
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
    ("study", "measure"),
    each(("winter-flow", "long-waits"), ("greener-theatres", "carbon"), ("no-change", "falls")),
)
def test_what_fades_is_told_from_what_lasts(clone, study, measure):
    verdicts = {True: "lasted", False: "faded", None: "no effect to last"}
    assert _found(clone, study, "its", measure)["sustained"]["verdict"] == verdicts[_truth(study)["lasts"]]


@pytest.mark.slow
def test_each_cycle_has_the_effect_it_was_made_with(clone):
    terms = {
        row["row"]: row for row in _found(clone, "rapid-response", "its", "reviewed-within-hour")["terms"]
    }
    names = ("level_change", "level_change_2", "level_change_3")
    for name, gain in zip(names, _truth("rapid-response")["cycles"].values(), strict=True):
        assert terms[name]["lower"] <= gain <= terms[name]["upper"]
    *_, team = _found(clone, "rapid-response", "its", "reviewed-within-hour")["changes"]
    true = _truth("rapid-response")["measures"]["reviewed-within-hour"]["of_the_team"]
    assert team["relative_lower"] <= true["relative"] <= team["relative_upper"]


def test_where_nothing_changed_the_report_says_so_plainly_and_other_analyses_agree(clone):
    report = clone("no-change") / "results/no-change/report/report.qmd"
    assert "**No clear change.**" in report.read_text(encoding="utf-8")
    others = _found(clone, "no-change", "its", "falls")["specifications"]
    assert others["alike"] == others["fitted"]


def test_groups_whose_gap_is_told_have_their_control_charts_once(clone):
    folder = clone("equity-collaborative") / "results/equity-collaborative"
    report = (folder / "report" / "report.qmd").read_text(encoding="utf-8")
    assert report.count(": a control chart for each group.") == 1


def test_organ_donation_is_the_published_difference_and_does_not_stand_out_among_states(clone):
    found = _found(clone, "organ-donation", "pooled", "registration")
    assert math.isclose(found["lead"]["absolute"], -2.24589743589694, rel_tol=1e-9)  # Kessler and Roth
    assert found["lead"]["absolute_lower"] < 0 < found["lead"]["absolute_upper"]


@pytest.mark.slow
def test_drivers_killed_are_fewer_as_other_models_have_it(clone):
    row = _average(clone, "seat-belt-law", "drivers-killed")
    counted = math.expm1(-0.137624779776342)  # R's quasi-Poisson: tests/reference/its/counts
    published = -0.18  # Durbin and Harvey 1985, a structural time series model
    for elsewhere in (counted, published):
        assert row["relative_lower"] < elsewhere < row["relative_upper"] < 0


def test_explosions_are_fewer_by_the_published_ratio_of_two_means(clone):
    row = _average(clone, "coal-mines", "explosions")
    assert math.isclose(row["relative"], math.expm1(-1.20902757498756), rel_tol=1e-6)  # R's glm, step alone


@pytest.mark.slow
def test_nightingales_deaths_are_those_she_counted(clone):
    row = _average(clone, "nightingale", "disease")
    before = [8571, 23333, 28333, 28722, 30246, 30290, 30643, 29736, 32779, 32393, 30919]
    died = [1, 12, 11, 359, 828, 788, 503, 844, 1725, 2761, 2120]
    assert math.isclose(row["expected"], 1000 * sum(died) / sum(before), rel_tol=1e-6)


BESIDES = {"partnership": ("28%", "45%"), "greener-theatres": ("31.5 kg",)}
"""What the page of studies tells of results besides headlines; the next test holds them."""
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:%| kg)")


@pytest.mark.slow
def test_what_the_page_of_studies_tells_besides_headlines_is_so(clone):
    ties = results.read_json(clone("partnership") / "results/partnership/groups/network/network.json")
    (returned,) = (row for row in ties["measures"] if row["row"] == "reciprocity")
    assert tuple(f"{100 * returned[wave]:.0f}%" for wave in ("before", "after")) == BESIDES["partnership"]
    carbon = _average(clone, "greener-theatres", "carbon")["absolute"]
    assert (f"{-carbon:.1f} kg",) == BESIDES["greener-theatres"]


@pytest.mark.parametrize("study", HEADLINES)
def test_the_page_of_studies_tells_no_number_that_is_not_known(study):
    page = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    (told,) = re.findall(rf"^\*\*{study}\.\*\* (.*)$", page, re.MULTILINE)
    known = {*NUMBER.findall(HEADLINES[study]), *BESIDES.get(study, ())}
    if study in SYNTHETIC:
        truth = _truth(study)
        for effect in (*truth["measures"].values(), truth.get("slope", {"relative": 0.0})):
            known.add(f"{100 * abs(effect['relative']):.0f}%")
            known.add(f"{abs(effect.get('absolute', 0.0)):.0f} kg")
    assert set(NUMBER.findall(told)) <= known


def test_the_page_of_studies_tells_the_false_claims_of_its_table():
    page = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| no-change .*$", page, re.MULTILINE)
    claims = row.split(" | ")[6]
    assert f"{claims} of reports claim a change" in page


def test_the_readme_shows_what_came_out():
    shown = dict(
        re.findall(r"^ ([a-z-]+) {2,}(\S.*?) {2,}", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert {study: shown[study] for study in HEADLINES} == HEADLINES


def test_a_change_to_one_plan_runs_no_other_study(clone):
    root = clone("no-change")
    clone("organ-donation")
    plan = root / "params" / "no-change.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("[1, 12, 24, 30]", "[1, 12]"), encoding="utf-8")
    names = ["no-change", "organ-donation"]
    outcomes = {each.study: each.stages for each in runs.run(project.load(root), names, 1, lambda _: None)}
    plan.write_text(text, encoding="utf-8")
    assert outcomes["no-change"]
    assert outcomes["organ-donation"] == ()
