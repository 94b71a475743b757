"""A plan's control charts: its choices reach the statistics, and what they find comes back as plain values."""

from __future__ import annotations

import dataclasses
import datetime
import re

import numpy as np
import pandas as pd
import pytest

from pipeline import plan as plans
from pipeline import project, results, series
from pipeline.errors import AnalysisError, DataError
from pipeline.evaluation import bench, spc, spc_figures, spc_results
from pipeline.plan import Annotation, Baseline

from ..conftest import STUDY

ALTS = {"chart": "Alt.", "beside": "Beside.", "small_shifts": "Small."}
EVENTS = plans.Measure(
    id="gaps", role="outcome", label="Days between falls", kind="time-between", better="higher"
)


@pytest.fixture
def desk(finished, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(finished))
    return bench.open_study(STUDY, str(tmp_path / "out"))


@pytest.fixture
def data(desk):
    return series.read(desk.series, "drivers")


@pytest.fixture
def quiet(desk):
    """Three years before and one after a change that brought values down by three standard deviations."""
    index = pd.date_range("1980-02-01", periods=48, freq="MS", name="period")
    values = np.random.default_rng(3).normal(100, 5, 48) - 15 * (np.arange(48) >= 36)
    return pd.DataFrame({"value": values}, index=index)


@pytest.fixture
def events():
    """Falls, the last of them after the change of the study."""
    random = np.random.default_rng(8)
    days = np.concatenate([random.exponential(20, 60), random.exponential(80, 30)]) + 1
    index = pd.Timestamp("1980-01-01") + pd.to_timedelta(np.rint(np.cumsum(days)), unit="D")
    return pd.DataFrame({"value": np.rint(days)}, index=pd.DatetimeIndex(index, name="period"))


def _asked(plan, **changes):
    return plan.model_copy(
        update={"spc": plan.spc.model_copy(update={"seasonally_adjusted": False, **changes})}
    )


def _found(plan, measure, data):
    return results.rounded(spc_results.results_of(plan, spc.charted(plan, measure, data), ALTS))


def test_the_plans_baseline_target_and_phases_reach_the_chart(desk, data):
    measure = desk.plan.primary.model_copy(update={"target": 1200.0})
    one = spc.chart(_asked(desk.plan, rebase="never"), measure, data)
    assert len(one.phases) == 1
    assert one.assurance == "misses"
    fixed = spc.chart(_asked(desk.plan, baseline=Baseline(periods=24)), measure, data)
    assert fixed.phases["centre"].iloc[0] == pytest.approx(data["value"].iloc[:24].mean())


def test_the_plans_rules_and_exclusions_reach_the_chart(desk, data):
    eight = spc.chart(_asked(desk.plan, shift_length=8), desk.plan.primary, data)
    assert eight.rule_sentences["shift"].startswith("8 or more")
    left_out = spc.chart(_asked(desk.plan, exclude=(datetime.date(1969, 3, 1),)), desk.plan.primary, data)
    assert left_out.phases["centre"].iloc[0] == pytest.approx(
        data["value"].iloc[:169].drop(pd.Timestamp("1969-03-01")).mean()
    )


def test_results_name_points_phases_and_signals_by_their_dates(desk, data):
    found = _found(_asked(desk.plan), desk.plan.primary, data)
    assert [(phase["start"], phase["end"]) for phase in found["phases"]] == [
        ("1969-01-01", "1983-01-01"),
        ("1983-02-01", "1984-12-01"),
    ]
    assert found["points"][0]["row"] == "1969-01-01"
    marked = [point for point in found["points"] if point["signals"]]
    assert [signal["period"] for signal in found["signal_points"]] == [point["row"] for point in marked]
    assert found["signals"] == len(marked)
    assert found["signals_in_latest_phase"] == sum(point["phase"] == 2 for point in marked)
    last = found["signal_points"][-1]
    assert [found["rule_sentences"][name] for name in marked[-1]["signals"]] == last["rules"].split("; ")
    assert len(marked[-1]["signals"]) > 1
    assert sum(run["points"] for run in found["signal_runs"]) == len(marked)
    assert len(found["signal_runs"]) < len(marked)
    for run in found["signal_runs"]:
        inside = [point for point in found["points"] if run["start"] <= point["row"] <= run["end"]]
        assert len(inside) == run["points"]
        assert all(point["signals"] == run["signals"] for point in inside)
        assert (run["low"], run["high"]) == (
            min(point["value"] for point in inside),
            max(point["value"] for point in inside),
        )


def test_the_phase_since_the_change_and_the_latest_point_are_told_apart(desk, data):
    found = _found(_asked(desk.plan), desk.plan.primary, data)
    assert (found["phase_variation"], found["variation"]) == ("improving-low", "concerning-high")
    assert found["icons"]["phase"] == {
        "name": "spc-icon_improving-low",
        "alt": "Improving: values are lower than usual",
    }


def test_beside_a_chart_that_shows_a_season_stands_the_adjusted_one_and_the_other_way_round(desk, data):
    plain = _found(_asked(desk.plan), desk.plan.primary, data)
    adjusted = _found(_asked(desk.plan, seasonally_adjusted=True), desk.plan.primary, data)
    assert (plain["beside"]["which"], adjusted["beside"]["which"]) == ("adjusted", "plain")
    assert plain["beside"]["points"] == adjusted["points"]
    assert adjusted["beside"]["points"] == plain["points"]
    assert plain["season"] is None
    figures = {row["row"]: row["figure"] for row in adjusted["season"]}
    assert next(iter(figures)) == "January"
    assert max(figures, key=figures.get) == "December"
    assert sum(figures.values()) == pytest.approx(0, abs=1e-6)


def test_without_a_season_nothing_stands_beside(desk, quiet):
    found = _found(_asked(desk.plan), desk.plan.primary, quiet)
    assert found["beside"] is None
    assert found["small_shifts"] is None


def test_a_season_in_counts_is_taken_from_a_chart_that_can_be_adjusted(desk):
    index = pd.date_range("1980-02-01", periods=60, freq="MS", name="period")
    yearly = 40 + 25 * np.sin(2 * np.pi * np.arange(60) / 12)
    data = pd.DataFrame({"value": np.random.default_rng(8).poisson(yearly).astype(float)}, index=index)
    plan = _asked(desk.plan, chart="c")
    made = spc.charted(plan, desk.plan.primary, data)
    which, beside = made.beside
    assert (made.chart.kind, which, beside.kind) == ("c", "adjusted", "xmr")


@pytest.mark.parametrize("method", ["ewma", "cusum"])
def test_small_shifts_are_sought_against_the_time_before_the_change(desk, quiet, method):
    found = _found(_asked(desk.plan, small_shifts=method), desk.plan.primary, quiet)["small_shifts"]
    assert found["centre"] == pytest.approx(quiet["value"].iloc[:36].mean())
    assert found["side"] == "low"
    assert found["first"] >= "1983-02-01"
    assert found["latest"] is True


def test_new_limits_are_advised_where_the_plan_knows_a_cause_and_none_are_made(desk, quiet):
    plan = _asked(desk.plan, rebase="never")
    made = spc.charted(plan, desk.plan.primary, quiet)
    found = results.rounded(spc_results.results_of(plan, made, ALTS))
    assert len(found["phases"]) == 1
    (advised,) = [each for each in found["rebase_advice"] if each["advised"]]
    assert (advised["period"], advised["cause"]) == ("1983-02-01", "The seat-belt law")
    assert [each["row"] for each in advised["conditions"]] == [
        "sustained-shift",
        "known-cause",
        "stable-since",
        "enough-points",
    ]
    words = spc_results.advice_in_words(made)
    assert words[-1].startswith("**1983-02-01**: new limits would be justified. ")
    assert "not all conditions for new limits hold" in words[0]


def test_an_annotation_is_a_known_cause_too(desk, quiet):
    change = desk.plan.intervention.model_copy(update={"start": datetime.date(1981, 1, 1)})
    note = Annotation(date=datetime.date(1983, 1, 20), label="Second cycle")
    plan = _asked(desk.plan, rebase="never", annotations=(note,))
    found = _found(plan.model_copy(update={"interventions": (change,)}), desk.plan.primary, quiet)
    assert [each["cause"] for each in found["rebase_advice"] if each["advised"]] == ["Second cycle"]
    assert found["annotations"] == [{"row": "1983-01-20", "label": "Second cycle"}]


def test_moving_ranges_are_not_asked_for_advice(desk, quiet):
    assert _found(_asked(desk.plan, chart="mr"), desk.plan.primary, quiet)["rebase_advice"] == []


@pytest.mark.parametrize("day", [datetime.date(1968, 12, 31), datetime.date(1985, 1, 1)])
def test_an_annotation_outside_the_data_is_refused(desk, data, day):
    plan = _asked(desk.plan, annotations=(Annotation(date=day, label="Odd"),))
    with pytest.raises(DataError, match=rf"spc.annotations\[1\].date: {day} is outside the data"):
        spc.charted(plan, plan.primary, data)


def test_all_changes_and_annotations_are_drawn(desk, data):
    second = plans.Intervention(label="A campaign", start=datetime.date(1975, 6, 1))
    note = Annotation(date=datetime.date(1984, 12, 15), label="Survey")
    plan = _asked(desk.plan, annotations=(note,), small_shifts="ewma")
    plan = plan.model_copy(update={"interventions": (second, desk.plan.intervention)})
    made = spc.charted(plan, plan.primary, data)
    assert made.chart.phases["start"].tolist() == [0, 77, 169]
    at_desk = bench.Bench(plan, desk.names, desk.series, desk.folder)
    pictures = spc_figures.save(at_desk, made)
    for label in ("A campaign", "The seat-belt law"):
        assert all(label in picture.svg for picture in pictures.values())
    assert "Survey" in pictures["chart"].svg
    saved = {path.name for path in desk.folder.iterdir()}
    assert {
        "spc-drivers.narrow.svg",
        "spc-drivers_beside.svg",
        "spc-drivers_small-shifts.png",
        "spc-icon_target-none.svg",
        "spc-icon_improving-low.png",
    } <= saved


def test_icons_are_the_same_bytes_twice(desk, quiet):
    def bytes_of_icons():
        spc_figures.save(desk, spc.charted(_asked(desk.plan), desk.plan.primary, quiet))
        return {path.name: path.read_bytes() for path in desk.folder.glob("spc-icon_*")}

    first = bytes_of_icons()
    assert first == bytes_of_icons()
    assert all(name.endswith((".svg", ".png")) for name in first)
    assert all(picture.startswith((b"<svg", b"\x89PNG")) for picture in first.values())


def test_the_icon_table_says_a_measure_in_a_row(desk, data, quiet):
    plan = _asked(desk.plan)
    table = spc_results.icon_table([spc.charted(plan, plan.primary, frame) for frame in (data, quiet)])
    assert table.shape == (2, 6)
    assert table["Latest"].iloc[0] == "1,763"


def test_a_chart_of_shares_leaves_measures_without_denominators_to_auto(desk, quiet):
    share = plans.Measure(
        id="s", role="outcome", label="S", kind="proportion", numerator="a", denominator="b"
    )
    plan = _asked(desk.plan, chart="p'")
    with pytest.raises(AnalysisError, match=r"p′ .* needs denominators"):
        spc.chart(plan, plan.primary, quiet)
    both = plan.model_copy(update={"measures": (share, plan.primary)})
    counts = quiet.assign(numerator=quiet["value"].round(), denominator=400.0)
    assert spc.chart(both, share, counts).kind == "p'"
    assert spc.chart(both, plan.primary, quiet).kind == "xmr"


def test_means_of_several_values_get_an_xbar_chart_and_others_are_told_why_not(desk, quiet):
    mean = plans.Measure(id="w", role="outcome", label="Waits", kind="mean", column="wait", better="lower")
    grouped = quiet.assign(sd=8.0, n=20.0)
    assert spc.chart(_asked(desk.plan, chart="auto"), mean, grouped).kind == "xbar"
    assert spc.chart(_asked(desk.plan, chart="s"), mean, grouped).kind == "s"
    assert spc.chart(_asked(desk.plan, chart="xmr"), mean, grouped).kind == "xmr"
    with pytest.raises(
        AnalysisError, match=r"measure w: spc\.chart is xbar, and there is one value a period"
    ):
        spc.chart(_asked(desk.plan, chart="xbar"), mean, quiet)


def test_times_between_events_get_a_t_chart_whatever_counts_get(desk, events):
    plan = _asked(desk.plan, chart="c", seasonally_adjusted=True, small_shifts="ewma")
    found = _found(plan, EVENTS, events)
    assert (found["kind"], found["every"], found["dated"]) == ("t", "event", "day")
    assert found["centre_is"] == "centre"
    assert found["small_shifts"] is None
    after = events.index[events.index >= "1983-01-31"]
    assert found["phases"][1]["start"] == after[0].date().isoformat()
    assert found["phase_variation"] == "improving-high"


def test_events_on_one_day_or_cases_between_them_get_a_g_chart(desk, events):
    tied = events.assign(value=events["value"].where(np.arange(90) != 5, 0.0))
    assert spc.chart(_asked(desk.plan), EVENTS, tied).kind == "g"


def test_the_title_of_times_between_events_names_the_days_once(desk):
    assert bench.axis_label(desk.plan, EVENTS) == "Days between falls, for each event"
    waits = EVENTS.model_copy(update={"label": "Time between falls"})
    assert bench.axis_label(desk.plan, waits) == "Time between falls, in days, for each event"


def test_the_plans_periods_are_those_in_which_events_fell(desk, events):
    excluded = (datetime.date(1980, 2, 1),)
    asked = _asked(
        desk.plan, exclude=excluded, baseline=Baseline(periods=12), rebase=(datetime.date(1983, 1, 1),)
    )
    request = spc.chart(asked, EVENTS, events).request
    left_out = events.index[~request.cuts.kept]
    assert set(left_out.strftime("%Y-%m")) == {"1980-02"}
    assert len(left_out) == (events.index.strftime("%Y-%m") == "1980-02").sum()
    assert request.baseline == (events.index < events.index[0] + pd.DateOffset(months=12)).sum()
    assert events.index[request.cuts.starts[1]] == events.index[events.index >= "1983-01-01"][0]
    assert spc.chart(_asked(desk.plan), EVENTS, events).request.cuts.kept.all()


def test_events_are_drawn_on_their_days(desk, events):
    pictures = spc_figures.save(desk, spc.charted(desk.plan, EVENTS, events))
    assert list(pictures) == ["chart"]
    assert "Control chart (t)" in pictures["chart"].alt
    assert f"to {events.index[-1].day} {events.index[-1]:%B %Y}" in pictures["chart"].alt


@pytest.mark.parametrize(
    ("every", "span"), [("day", "1 June 1982 to 30 June 1983"), ("year", "1982 to 1983")]
)
def test_the_text_for_a_chart_dates_it_as_finely_as_its_data(desk, every, span):
    period = desk.plan.data.period.model_copy(update={"every": every})
    data_of = desk.plan.data.model_copy(update={"period": period})
    daily = dataclasses.replace(desk, plan=_asked(desk.plan).model_copy(update={"data": data_of}))
    index = pd.date_range("1982-06-01", "1983-06-30", name="period")
    data = pd.DataFrame({"value": np.random.default_rng(4).normal(50, 5, len(index))}, index=index)
    share = desk.plan.primary.model_copy(update={"kind": "value", "per": 100, "column": "drivers"})
    picture = spc_figures.save(daily, spc.charted(daily.plan, share, data))["chart"]
    assert f"395 points, {span}, in 2 phases" in picture.alt
    assert re.search(r"The mean in the latest phase, from .+, is 5\d\.\d%, limits", picture.alt)


def test_the_results_the_notebook_wrote_are_these(finished, desk, data):
    kept = results.read_json(project.load(finished).results(STUDY, "spc", "spc.json"))["measures"]["drivers"]
    alts = {"chart": kept["alt"], "beside": kept["beside"]["alt"]}
    made = spc.charted(desk.plan, desk.plan.primary, data)
    assert results.rounded(spc_results.results_of(desk.plan, made, alts)) == kept
