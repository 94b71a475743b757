"""A plan's groups reach the statistics, and what is found of them holds the truth they were made with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from pipeline import results
from pipeline.errors import PlanError
from pipeline.evaluation import bench, equity, equity_figures, equity_results
from pipeline.plan import Disclosure, Equity, PhaseIn
from pipeline.report.numbers import Numbers
from pipeline.report.wording.equity import gap_size

ROOT = Path(__file__).parents[2]
TRUTH = json.loads((ROOT / "data" / "synthetic" / "equity-collaborative.truth.json").read_text())


@pytest.fixture
def desk(grouped, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(grouped))
    return bench.open_study("equity-collaborative", str(tmp_path / "out"))


@pytest.fixture
def found(desk):
    measure = desk.plan.primary
    return equity.analyse(desk.plan, measure, equity.groups(desk, measure))


def _asking(desk, **equity_part):
    asked = desk.plan.equity.model_copy(update=equity_part)
    return bench.Bench(desk.plan.model_copy(update={"equity": asked}), desk.names, desk.series, desk.folder)


def test_groups_come_in_the_plans_order_and_its_ends_say_what_they_are(desk):
    names = list(equity.groups(desk, desk.plan.primary))
    assert names == ["1 (most deprived)", "2", "3", "4", "5 (least deprived)"]


def test_an_order_of_other_groups_than_the_datas_is_refused(desk):
    with pytest.raises(PlanError, match=r"equity.order: has 1, 2, 6, and the data have 1, 2, 3, 4, 5"):
        equity.groups(_asking(desk, order=(1, 2, 6)), desk.plan.primary)


def test_each_groups_interval_holds_its_true_effect(found):
    for place, fit in enumerate(found.fits.values(), start=1):
        average = fit.effects.loc["average"]
        true = TRUTH["strata"][str(place)]["absolute"]
        assert average["absolute_lower"] < true < average["absolute_upper"]


def test_the_gap_narrowed_and_its_interval_holds_the_truth(found):
    assert found.slope.verdict == found.plain.verdict == "narrowed"
    true = found.slope.sign * TRUTH["slope"]["absolute"]
    assert found.slope.change.lower < true < found.slope.change.upper
    before, after = found.sides
    assert before.slope.estimate < after.slope.estimate < 0


def test_the_results_are_plain_and_count_the_groups_that_got_better(desk, found):
    measure = desk.plan.primary
    told = equity_results.results_of(desk, measure, found, {"groups": "A chart."})
    again = json.loads(results.to_json(told))
    assert again["counted"] == {"groups": 5, "fell": 5, "rose": 0, "better": 5, "worse": 0}
    assert again["slope"]["verdict"] == "narrowed"
    assert [row["row"] for row in again["sides"]] == ["before", "after"]
    assert len(again["gradient"]) == 48
    assert again["rests"] == []
    assert [row["row"] for row in again["series"][:5]] == [row["row"] for row in again["groups"]]
    assert again["series"][0]["observed"] == pytest.approx(again["series"][0]["value"])
    assert [row["row"] for row in again["slope"]["series"]] == [row["row"] for row in again["gradient"]]


def test_the_gap_has_one_range_in_the_text_and_under_its_chart(desk, found):
    measure = desk.plan.primary
    told = json.loads(results.to_json(equity_results.results_of(desk, measure, found, {})))
    about = {"kind": measure.kind, "unit": measure.unit}
    numbers = Numbers({"equity": {"measures": {measure.id: told}}, "its": {"measures": {measure.id: about}}})
    said = re.findall(r"likely ([\d.]+ to [\d.]+)", gap_size(numbers, measure.id))
    charted = re.findall(r"95% interval ([\d.]+ to [\d.]+)", told["slope"]["sentence"])
    assert len(said) == 2
    assert said == charted[:2]


def test_groups_without_an_order_are_set_against_the_others(desk):
    desk = _asking(desk, order=None)
    measure = desk.plan.primary
    found = equity.analyse(desk.plan, measure, equity.groups(desk, measure))
    assert found.gradient is None
    told = equity_results.results_of(desk, measure, found, {})
    assert not told["ordered"]
    rows = {row["row"]: row for row in told["rests"]}
    assert rows["1"]["estimate"] < 0 < rows["5"]["estimate"]
    assert all(row["p_of_all"] >= row["p_value"] for row in rows.values())


def test_models_of_counts_give_way_to_values_where_the_gap_is_fitted(desk):
    its = desk.plan.its.model_copy(update={"model": "binomial"})
    plan = desk.plan.model_copy(update={"its": its})
    found = equity.analyse(plan, plan.primary, equity.groups(desk, plan.primary))
    assert next(iter(found.fits.values())).model == "binomial"
    assert found.slope.fit.model == "reml-ar1"


def test_the_pictures_are_saved_under_the_names_the_report_asks_for(desk, found):
    made = equity_figures.save(desk, desk.plan.primary, found)
    assert set(made) == {"groups", "charts", "gap", "sides"}
    for what, picture in made.items():
        assert (desk.folder / f"equity-{what}-over-18-weeks.narrow.svg").is_file()
        assert picture.alt
    assert "from what was expected, in percentage points, with 95% interval: 1 (most" in made["groups"].alt


def test_under_disclosure_control_small_cells_and_what_would_tell_them_are_missing(desk, found):
    last = list(found.groups)[-1]
    minimum = int(found.groups[last]["numerator"].median())
    plan = desk.plan.model_copy(update={"disclosure": Disclosure(minimum=minimum, round_to=5)})
    measure = plan.primary
    shown = equity.shown(plan, measure, found)
    small = (found.groups[last]["numerator"] < minimum).to_numpy()
    assert 0 < small.sum() < 48
    assert np.isnan(shown.fits[last].series["observed"].to_numpy()[small]).all()
    assert shown.gradient.table.loc[small].isna().all(axis=None)
    told = equity_results.results_of(desk, measure, shown, {})
    for gap in (shown.slope, shown.plain):
        assert np.isnan(gap.fit.series[["adjusted", "fitted_trend"]].to_numpy()[small]).all()
    for name in ("slope", "plain"):
        drawn = [row for row, hidden in zip(told[name]["series"], small, strict=True) if hidden]
        assert all(row["observed"] is None and row["fitted"] is None for row in drawn)
    assert found.gradient.table["slope"].notna().all()


def test_without_disclosure_control_nothing_is_hidden(desk, found):
    assert equity.shown(desk.plan, desk.plan.primary, found) is found


def test_a_plan_that_asks_nothing_of_groups_is_refused(desk):
    with pytest.raises(PlanError, match="equity: is not there"):
        equity.asked(desk.plan.model_copy(update={"equity": None}))
    assert equity.asked(desk.plan) == Equity(gradient="imd_quintile", order=(1, 2, 3, 4, 5))


def test_a_group_with_no_events_in_the_transition_is_fitted_all_the_same(desk):
    change = desk.plan.intervention
    change = change.model_copy(update={"phase_in": PhaseIn(until=change.start.replace(month=6))})
    plan = desk.plan.model_copy(update={"interventions": (change,)})
    desk = bench.Bench(plan, desk.names, desk.series, desk.folder)
    by_group = equity.groups(desk, plan.primary)
    last = list(by_group)[-1]
    quiet = by_group[last].copy()
    quiet.loc["2023-05-01", ["numerator", "value"]] = 0.0
    found = equity.analyse(plan, plan.primary, {**by_group, last: quiet})
    codes = {name: [flag.code for flag in fit.flags] for name, fit in found.fits.items()}
    assert [name for name, told in codes.items() if "transition-without-term" in told] == [last]
    assert found.fits[last].effects.loc["average", "absolute"] < 0
    told = equity_results.results_of(desk, plan.primary, found, {})
    assert told["counted"]["groups"] == 5


def test_what_the_groups_charts_withhold_is_said_under_them_and_in_words(desk, found):
    last = list(found.groups)[-1]
    minimum = int(found.groups[last]["numerator"].median())
    plan = desk.plan.model_copy(update={"disclosure": Disclosure(minimum=minimum, round_to=5)})
    desk = bench.Bench(plan, desk.names, desk.series, desk.folder)
    safe = equity.shown(plan, plan.primary, found)
    hidden = sum(int(np.isnan(fit.series["observed"]).sum()) for fit in safe.fits.values())
    made = equity_figures.save(desk, plan.primary, safe)
    for what in ("groups", "charts", "gap"):
        assert "Hatched: withheld" in made[what].svg
    assert made["groups"].alt.endswith(f" {hidden} points are withheld, to protect people.")
    assert made["charts"].alt.endswith(f" {hidden} points are withheld, to protect people.")
    assert "points are withheld" in made["gap"].alt
