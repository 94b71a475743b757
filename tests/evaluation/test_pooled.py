"""A panel's sites: each from its own start, pooled, and beside those without the change."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from pipeline import plan as plans
from pipeline import results, series
from pipeline.errors import AnalysisError, DisclosureError
from pipeline.evaluation import its, panel, pooled, pooled_charts
from pipeline.evaluation.bench import Bench
from pipeline.evaluation.comparison import compare, judged_by_placebo
from pipeline.report import wording
from pipeline.report.numbers import Numbers

from ..its.outside import needed, shared
from ..its.test_difference_in_differences import organ_donations
from ..report.wording.test_reading_age import SCHOOL_STARTS, grade, plain
from ..test_plan import MINIMAL

MONTHS = pd.date_range("2018-01-01", periods=40, freq="MS")
WAITS = {
    "id": "waits",
    "role": "outcome",
    "label": "Long waits",
    "kind": "proportion",
    "numerator": "late",
    "denominator": "seen",
    "better": "lower",
}
FALLS = {"id": "falls", "role": "balancing", "label": "Falls", "kind": "count", "column": "falls"}
MEAN = {"id": "days", "role": "process", "label": "Days in hospital", "kind": "mean", "column": "days"}


def panel_of(tmp_path, treated: int, comparators: int, gap: int = 2, effect: float = -0.4):
    """A panel on disc: sites that start `gap` months apart from month 20, and sites that don't."""
    random = np.random.default_rng(treated * 100 + comparators)
    rows, changes = [], []
    for k in range(treated + comparators):
        site, start = f"Site {k:02d}", 20 + gap * k
        if k < treated:
            changes.append({"label": "The bundle", "start": MONTHS[start].date(), "units": [site]})
        after = (np.arange(40) >= start) * (k < treated)
        seen = random.poisson(2000, 40)
        late = random.binomial(seen, 1 / (1 + np.exp(1 + 0.05 * k - effect * after)))
        falls = random.poisson(40 * np.exp(effect / 2 * after))
        days = 8 + random.normal(0, 0.4, 40) + 3 * effect * after
        columns = zip(MONTHS.date, [site] * 40, seen, late, falls, days, strict=True)
        rows += list(columns)
    frame = pd.DataFrame(rows, columns=["month", "site", "seen", "late", "falls", "days"])
    plan = plans.Plan.model_validate(
        {
            **MINIMAL,
            "data": {**MINIMAL["data"], "unit": "site"},
            "measures": [WAITS, FALLS, MEAN],
            "interventions": changes,
            "its": {"seasonality": "none"},
        }
    )
    frame.to_parquet(tmp_path / "data.parquet")
    series.write_all(tmp_path / "data.parquet", plan, tmp_path)
    return {measure.id: panel.read(plan, measure, tmp_path) for measure in plan.measures}


def found_of(one: panel.Panel):
    sites = pooled.sites(one)
    course = pooled.course(one, sites)
    compared = compare(one, single=len(one.treated) == 1)
    return sites, course, compared, results.rounded(pooled.results_of(one, sites, course, compared, {}))


@pytest.fixture(scope="module")
def staggered(tmp_path_factory):
    return panel_of(tmp_path_factory.mktemp("staggered"), treated=4, comparators=4)


def test_sites_are_pooled_from_their_own_starts(staggered):
    one = staggered["waits"]
    *_, found = found_of(one)
    assert one.is_staggered
    assert [row["start"] for row in found["starts"]] == [
        "2019-09-01",
        "2019-11-01",
        "2020-01-01",
        "2020-03-01",
    ]
    assert found["pooled"]["scale"] == "logit"
    assert found["pooled"]["periods"] == 40 - 26
    assert found["pooled"]["lower"] < -0.4 < found["pooled"]["upper"]
    assert found["lead"]["design"] == "pooled"


def test_a_pooled_change_of_odds_is_told_as_percentage_points_at_the_average_site(staggered):
    *_, found = found_of(staggered["waits"])
    lead = found["lead"]
    odds = lead["expected"] / (100 - lead["expected"]) * np.exp(found["pooled"]["estimate"])
    assert lead["expected"] + lead["absolute"] == pytest.approx(100 * odds / (1 + odds))
    assert 20 < lead["expected"] < 30
    assert lead["relative"] == pytest.approx(lead["absolute"] / lead["expected"])


def test_a_pooled_change_of_a_logarithm_is_told_as_a_share(staggered):
    *_, found = found_of(staggered["falls"])
    assert found["pooled"]["scale"] == "log"
    assert found["lead"]["relative"] == pytest.approx(np.expm1(found["pooled"]["estimate"]))


def test_every_comparator_is_compared_with_each_site_from_its_own_start(staggered):
    *_, found = found_of(staggered["days"])
    assert found["controlled"]["refused"].startswith("the sites started at different times")
    assert found["apart"]["absolute_lower"] < -1.2 < found["apart"]["absolute_upper"]
    assert found["difference"]["effect"]["absolute"] == pytest.approx(-1.2, abs=0.3)


def test_a_second_change_ends_what_is_told_of_the_first(staggered):
    one = staggered["days"]
    second = {"label": "More", "start": MONTHS[32].date(), "units": ["Site 00"]}
    plan = plans.Plan.model_validate(
        {**one.plan.model_dump(), "interventions": [*one.plan.model_dump()["interventions"], second]}
    )
    both = panel.Panel(plan, one.measure, one.together, one.units, one.treated, one.comparators)
    assert len(both.analysis("Site 00").y) == 32
    assert len(both.analysis("Site 01").y) == 40


def test_one_treated_site_is_judged_by_placebo_in_space(tmp_path):
    one = panel_of(tmp_path, treated=1, comparators=20, effect=-1.0)["days"]
    _, _, compared, found = found_of(one)
    assert found["lead"]["design"] == "controlled"
    assert found["lead"]["judged_by"] == "placebo"
    limits = judged_by_placebo(compared)
    assert limits.lower < -3.0 < limits.upper < 0
    assert found["lead"]["absolute_upper"] == pytest.approx(limits.upper)
    assert found["controlled"]["share_as_large"] == pytest.approx(1 / 21)


def test_with_too_few_comparators_for_placebos_the_models_own_interval_stands(tmp_path):
    one = panel_of(tmp_path, treated=1, comparators=4)["days"]
    _, _, compared, found = found_of(one)
    assert judged_by_placebo(compared) is None
    assert found["lead"]["judged_by"] == "model"


def test_without_comparators_a_single_site_leaves_the_lead_to_its_series(tmp_path):
    one = panel_of(tmp_path, treated=1, comparators=0)["days"]
    *_, found = found_of(one)
    assert found["lead"] is None
    assert found["difference"]["refused"].startswith("there are fewer than two sites")


@pytest.fixture(scope="module")
def organ(tmp_path_factory):
    """The organ donation study as a panel: three quarters before, three after, one state of 27."""
    folder = tmp_path_factory.mktemp("organ")
    needed(shared("data"))
    quarters = pd.date_range("2010-10-01", periods=6, freq="QS").date
    rows = [
        (state, day, y)
        for state, ys in organ_donations().items()
        for day, y in zip(quarters, ys, strict=True)
    ]
    pd.DataFrame(rows, columns=["state", "quarter", "rate"]).to_parquet(folder / "data.parquet")
    plan = plans.Plan.model_validate(
        {
            **MINIMAL,
            "data": {"contract": "d", "period": {"column": "quarter", "every": "quarter"}, "unit": "state"},
            "measures": [
                {
                    "id": "registered",
                    "role": "outcome",
                    "label": "Share registered",
                    "kind": "mean",
                    "column": "rate",
                    "better": "higher",
                }
            ],
            "interventions": [{"label": "The active choice", "start": "2011-07-01", "units": ["California"]}],
        }
    )
    series.write_all(folder / "data.parquet", plan, folder)
    return panel.read(plan, plan.primary, folder)


def test_a_panel_too_short_for_a_time_series_is_a_difference_in_differences(organ):
    *_, found = found_of(organ)
    assert found["pooled"]["refused"].startswith("no site can be analysed")
    assert found["lead"]["design"] == "difference-in-differences"
    assert found["lead"]["absolute"] == pytest.approx(-0.0225, abs=5e-5)
    assert (found["difference"]["as_large"], found["difference"]["sets"]) == (5, 27)


def test_a_panel_too_short_keeps_its_refusal_and_a_single_series_is_an_error(organ):
    plan, measure = organ.plan, organ.measure
    why = its.fit_or_refusal(plan, measure, organ.together)
    assert isinstance(why, str)
    told = results.rounded(its.refusal(plan, measure, organ.together, why))
    assert (told["before"], told["after"], told["start"]) == (3, 3, "2011-07-01")
    alone = plan.model_copy(update={"data": plan.data.model_copy(update={"unit": None})})
    with pytest.raises(AnalysisError, match="6 usable points"):
        its.fit_or_refusal(alone, measure, organ.together)


def said_of(one: panel.Panel, **more):
    *_, found = found_of(one)
    told = its.refusal(one.plan, one.measure, one.together, "too short")
    parts = {"its": {"measures": {one.measure.id: told}}, "pooled": {"measures": {one.measure.id: found}}}
    return wording.said(Numbers(json.loads(results.to_json(parts))))


def test_a_short_panel_is_told_with_what_cannot_be_said(organ):
    say = said_of(organ)
    assert say["answer"]("registered") == "We can’t tell."
    headline = say["headline"]("registered", "The active choice", "quarter")
    assert headline.startswith(
        "In California, after the active choice, “Share registered” was about **0.0225 lower**"
    )
    assert "from the 26 sites without the change. But that could be chance" in headline
    assert say["sites_compared"]("registered") == (
        "Of 27 sites, 5 show as large a difference, the one with the change among them, so it does not "
        "stand out."
    )
    assert "Averages before and after can’t tell" in say["sites_limits"]("registered", "quarter")
    assert say["tile_sites"]("registered")[1] == "5 of 27"
    brief = [say["answer"]("registered"), headline, say["sites_chance"]("registered")]
    brief.append(say["sites_limits"]("registered", "quarter"))
    assert grade(plain(" ".join(brief))) + SCHOOL_STARTS < 13


def test_pooled_sites_are_told_with_how_alike_they_are(staggered):
    say = said_of(staggered["waits"])
    assert say["answer"]("waits") == "Yes."
    assert say["headline"]("waits", "The bundle", "month").startswith(
        "On average over the 4 sites that had the bundle, “Long waits” was about **"
    )
    assert "in another site like these we would expect a fall of" in say["sites_spread"]("waits")
    assert say["course"]("waits", "month").startswith(
        "Counted from each site’s own start, in the first month"
    )
    assert "than they look. Compared with the other sites: of " in say["sites_compared"]("waits")
    assert re.search(r"the sites differ by \S+ to \S+ percentage points", say["sites_compared"]("waits"))
    assert say["one_series"]("waits") == (
        "Here the sites with the change are one series, from the first start on. Some of them had not started "
        "yet then. So its average difference need not be that at the average site."
    )


def test_one_site_is_its_own_series(organ):
    assert said_of(organ)["one_series"]("registered") == ""


def _counted(folder, falls, *changes, rule="off"):
    """The panel of a count by site, disclosure controlled by a rule."""
    rows = [row for site, each in falls.items() for row in zip(MONTHS.date, [site] * 40, each, strict=True)]
    pd.DataFrame(rows, columns=["month", "site", "falls"]).to_parquet(folder / "data.parquet")
    plan = plans.Plan.model_validate(
        {
            **MINIMAL,
            "data": {**MINIMAL["data"], "unit": "site"},
            "measures": [FALLS | {"role": "outcome"}],
            "interventions": list(changes),
            "its": {"seasonality": "none"},
            "disclosure": rule,
        }
    )
    series.write_all(folder / "data.parquet", plan, folder)
    return panel.read(plan, plan.primary, folder)


RULE = {"minimum": 5, "round_to": 5}
BUNDLE = {"label": "The bundle", "start": MONTHS[20].date(), "units": ["A", "B", "C"]}


@pytest.fixture
def falls():
    draw = np.random.default_rng(5)
    return {site: np.maximum(draw.poisson(11.0, 40), 5) for site in "ABCDE"}


def test_the_course_of_sites_is_of_values_as_they_may_be_shown(tmp_path, falls):
    """Of all sites it would tell their total to the unit, and where the others had none, a hidden count."""
    for each in falls.values():
        each[[12, 30]] = 0
    falls["A"][12] = falls["B"][30] = 3
    off, on = (_counted(tmp_path, falls, BUNDLE, rule=rule) for rule in ("off", RULE))
    off, on = (pooled.course(one, pooled.sites(one)).found.table for one in (off, on))
    assert set(off["sites"]) == {3}
    assert on["sites"].loc[[12 - 20, 30 - 20]].tolist() == [2, 2]
    assert set(on["sites"].drop([12 - 20, 30 - 20])) == {3}
    assert (on["estimate"] - off["estimate"]).abs().max() > 0.5


def test_a_site_whose_own_line_would_tell_a_hidden_count_is_refused_by_name(tmp_path, falls):
    falls["B"][:20] = 0
    falls["B"][7] = 3
    with pytest.raises(
        DisclosureError, match="measure falls, B: so little beside a hidden period is rounded"
    ):
        pooled.sites(_counted(tmp_path, falls, BUNDLE, rule=RULE))


def test_a_site_is_looked_at_up_to_its_second_change_only(tmp_path, falls):
    falls["A"][[12, 38]] = 3
    later = {"label": "The cap", "start": MONTHS[34].date(), "units": ["A"]}
    found = pooled.sites(_counted(tmp_path, falls, BUNDLE, later, rule=RULE)).found
    assert {name: len(fit.series) for name, fit in found.fits.items()} == {"A": 34, "B": 40, "C": 40}


def test_charts_of_a_panel_say_what_they_show(staggered, tmp_path):
    one = staggered["falls"]
    sites, course, *_ = found_of(one)
    bench = Bench(one.plan, {}, tmp_path, tmp_path)
    assert pooled_charts.save_forest(bench, one, sites.found).alt.startswith("Forest plot of Falls")
    assert "averaged over 4 sites" in pooled_charts.save_course(bench, one, course.found).alt
    names = sorted(path.name for path in tmp_path.glob("pooled-*.svg"))
    assert names == [
        "pooled-course-falls.narrow.svg",
        "pooled-course-falls.svg",
        "pooled-forest-falls.narrow.svg",
        "pooled-forest-falls.svg",
    ]


def test_a_short_panel_has_a_chart_beside_its_comparators(organ, tmp_path):
    *_, compared, _ = found_of(organ)
    picture = pooled_charts.save_comparison(Bench(organ.plan, {}, tmp_path, tmp_path), organ, compared)
    assert "thin grey lines for 26 comparators" in picture.alt
    told = pooled.results_of(organ, *found_of(organ)[:3], {"comparison": picture.alt})["beside"]
    assert len(told) == len(organ.periods)
    start = organ.start_of("California")
    for side in ("treated", "others"):
        assert sum(row[side] for row in told[:start]) == pytest.approx(0)
    after = {side: np.mean([row[side] for row in told[start:]]) for side in ("treated", "others")}
    effect = compared.difference.found.effect.estimate
    assert after["treated"] - after["others"] == pytest.approx(effect)
    assert "California" in picture.svg
