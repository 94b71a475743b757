"""Control charts of sites and groups, side by side, and the funnel of sites, from frames as the series have."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from pipeline import plan as plans
from pipeline import results, series
from pipeline.evaluation import bench, spc_sites

from ..conftest import STUDY

INDEX = pd.date_range("2019-01-01", periods=48, freq="MS", name="period")
FALLS = plans.Measure(
    id="falls",
    role="outcome",
    label="Patients who fell",
    kind="proportion",
    numerator="fell",
    denominator="stays",
    better="lower",
)


def site(number, *, falls_from=None, share=0.2, stays=400):
    random = np.random.default_rng(number)
    shares = np.where(np.arange(48) >= (48 if falls_from is None else falls_from), share / 2, share)
    above = random.binomial(stays, shares).astype(float)
    below = np.full(48, float(stays))
    return pd.DataFrame({"value": 100 * above / below, "numerator": above, "denominator": below}, INDEX)


SITES = {
    "Ash": site(1, falls_from=24),
    "Beech": site(2, falls_from=36),
    "Cedar": site(3),
    "Dogwood": site(4).assign(value=np.nan, numerator=np.nan, denominator=np.nan),
    "Elm": site(5, share=0.4, stays=900),
}


@pytest.fixture
def desk(finished, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(finished))
    found = bench.open_study(STUDY, str(tmp_path / "out"))
    changes = [
        plans.Intervention(label="Rounds", start=datetime.date(2021, 1, 1), units=("Ash",)),
        plans.Intervention(label="More rounds", start=datetime.date(2022, 1, 1), units=("Beech",)),
    ]
    plan = found.plan.model_copy(
        update={
            "interventions": tuple(changes),
            "measures": (FALLS,),
            "data": found.plan.data.model_copy(update={"unit": "ward", "strata": "sex"}),
            "spc": plans.Spc(),
        }
    )
    return bench.Bench(plan, found.names, tmp_path, found.folder)


@pytest.fixture
def parts(desk):
    return spc_sites.charts_of(desk.plan, FALLS, "unit", SITES)


def test_each_site_has_limits_anew_at_its_own_change(parts):
    starts = {name: chart.phases["start"].tolist() for name, chart in parts.charts.items()}
    assert starts == {"Ash": [0, 24], "Beech": [0, 36], "Cedar": [0], "Elm": [0]}
    assert parts.charts["Ash"].phase_variation == "improving-low"


def test_a_site_without_values_is_left_out_and_told(parts):
    assert list(parts.refused) == ["Dogwood"]
    assert "none of the 48 points has a value" in parts.refused["Dogwood"]


def test_groups_have_all_changes_of_the_plan(desk):
    plan = desk.plan.model_copy(update={"interventions": desk.plan.interventions[:1]})
    groups = spc_sites.charts_of(plan, FALLS, "stratum", {"women": site(7, falls_from=24)})
    assert groups.charts["women"].phases["start"].tolist() == [0, 24]
    assert spc_sites.site_funnel(plan, groups) is None


def test_the_funnel_compares_the_sites_of_the_latest_year(desk, parts):
    found = spc_sites.site_funnel(desk.plan, parts)
    assert (found.first, found.last) == (INDEX[36], INDEX[47])
    ash = SITES["Ash"].iloc[36:]
    assert found.funnel.points.loc["Ash", "numerator"] == ash["numerator"].sum()
    assert found.funnel.points.loc["Ash", "value"] == pytest.approx(
        100 * ash["numerator"].sum() / ash["denominator"].sum()
    )
    assert found.funnel.points["beyond"]["Elm"] == "high-998"
    assert np.isnan(found.funnel.points.loc["Dogwood", "value"])


def test_measures_that_are_no_share_or_rate_have_no_funnel(desk):
    count = plans.Measure(id="n", role="outcome", label="Falls", kind="count", column="fell")
    assert spc_sites.site_funnel(desk.plan, spc_sites.charts_of(desk.plan, count, "unit", SITES)) is None
    wrong = {name: frame.assign(denominator=1.0) for name, frame in SITES.items()}
    assert spc_sites.site_funnel(desk.plan, spc_sites.charts_of(desk.plan, FALLS, "unit", wrong)) is None


def test_the_results_say_of_each_site_what_its_chart_shows(desk, parts):
    funnel = spc_sites.site_funnel(desk.plan, parts)
    alts = {name: picture.alt for name, picture in spc_sites.save(desk, parts, funnel).items()}
    found = results.rounded(spc_sites.results_of(parts, funnel, alts))
    assert [row["row"] for row in found["by_unit"]["rows"]] == ["Ash", "Beech", "Cedar", "Elm"]
    assert found["by_unit"]["rows"][0]["phase_variation"] == "improving-low"
    first = found["by_unit"]["values"][0]
    assert list(first) == ["row", "Ash", "Beech", "Cedar", "Elm"]
    assert first["Ash"] == pytest.approx(SITES["Ash"]["value"].iloc[0])
    assert found["by_unit"]["alt"].startswith("Control charts side by side: Patients who fell, 4 sites.")
    assert found["funnel"]["last"] == "2022-12-01"
    saved = {path.name for path in desk.folder.iterdir()}
    assert {"spc-falls_by-unit.narrow.svg", "spc-falls_funnel.svg"} <= saved


def test_without_a_chart_there_are_no_values_behind_it(parts):
    none = spc_sites.Parts("unit", FALLS, SITES, {}, {"Ash": "it has no values."}, {})
    assert spc_sites.results_of(none, None, {})["by_unit"]["values"] == []


def test_changes_that_only_some_sites_had_are_noted_and_not_drawn_through_all(desk, parts):
    pictures = spc_sites.save(desk, parts)
    assert "More rounds" not in pictures["unit"].svg
    assert (
        "its change came then" in pictures["unit"].svg.replace("\n", " ") or "change" in pictures["unit"].svg
    )
    dated = desk.plan.spc.model_copy(update={"rebase": (datetime.date(2021, 6, 1),)})
    alike = bench.Bench(desk.plan.model_copy(update={"spc": dated}), desk.names, desk.series, desk.folder)
    limits_alike = spc_sites.charts_of(alike.plan, FALLS, "unit", SITES)
    assert "its change" not in spc_sites.save(alike, limits_alike)["unit"].svg.replace("\n", " ")
    everywhere = desk.plan.interventions[0].model_copy(update={"units": None})
    same = bench.Bench(
        desk.plan.model_copy(update={"interventions": (everywhere,)}), desk.names, desk.series, desk.folder
    )
    all_changed = spc_sites.charts_of(same.plan, FALLS, "unit", SITES)
    assert "Rounds" in spc_sites.save(same, all_changed)["unit"].svg


def test_of_many_sites_those_with_signals_are_drawn(desk):
    many = {f"S{number:02}": site(number) for number in range(30)}
    many["S29"] = site(29, falls_from=30)
    charts = spc_sites.charts_of(desk.plan, FALLS, "unit", many)
    shown = spc_sites.drawn(charts)
    assert len(shown) == spc_sites.MOST_DRAWN
    assert "S29" in shown
    assert "S29" in spc_sites.alt_text(charts)


def test_where_all_is_as_usual_the_text_says_so(desk):
    quiet = spc_sites.charts_of(desk.plan, FALLS, "unit", {"Fir": site(3), "Gum": site(11)})
    assert spc_sites.alt_text(quiet).endswith("All latest points are within usual variation.")


def test_the_series_of_sites_and_groups_are_read_where_the_plan_has_them(desk, tmp_path):
    for by, names in (("unit", SITES), ("stratum", {1: SITES["Ash"], 2: SITES["Cedar"]})):
        whole = pd.concat([frame.reset_index().assign(**{by: name}) for name, frame in names.items()])
        whole.to_parquet(tmp_path / f"falls.by-{by}.parquet")
    changed = desk.plan.interventions[0].model_copy(update={"units": None})
    at = bench.Bench(
        desk.plan.model_copy(update={"interventions": (changed,)}), desk.names, tmp_path, desk.folder
    )
    units, strata = spc_sites.charted_by(at, FALLS)
    assert (units.by, list(strata.charts)) == ("unit", ["1", "2"])
    assert series.read_by_unit(tmp_path, "falls")["Ash"]["value"].tolist() == SITES["Ash"]["value"].tolist()
    plain = at.plan.model_copy(
        update={"data": at.plan.data.model_copy(update={"unit": None, "strata": None})}
    )
    assert spc_sites.charted_by(bench.Bench(plain, {}, tmp_path, desk.folder), FALLS) == []


def test_what_is_hidden_of_a_site_is_in_no_chart_of_it_nor_in_the_funnel(desk):
    few = {"Ash": site(1, stays=60, share=0.1), "Beech": site(2, stays=200), "Cedar": site(3), "Elm": site(5)}
    plan = desk.plan.model_copy(update={"disclosure": plans.Disclosure()})
    hidden = (few["Ash"]["numerator"] > 0) & (few["Ash"]["numerator"] < 5)
    assert hidden.iloc[36:].any()
    made = spc_sites.charts_of(plan, FALLS, "unit", few)
    assert made.charts["Ash"].points["value"].isna().tolist() == hidden.tolist()
    # Ash alone could be had from the total less the others, so the next smallest is hidden as well.
    others = made.data["Beech"]["value"].isna() | made.data["Cedar"]["value"].isna()
    assert others[hidden.to_numpy()].all()
    gone = [name for name in few if made.data[name]["value"].iloc[36:].isna().any()]
    points = spc_sites.site_funnel(plan, made).funnel.points
    assert gone == ["Ash", "Beech"]
    assert points.index[points["value"].isna()].tolist() == gone
