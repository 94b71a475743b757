"""What is said of how stable measures are."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import process, stability
from pipeline.spc.kinds import KINDS

from .found import effect_row, measured


def _chart(**changes):
    return {
        "unit": 1.0,
        "every": "month",
        "dated": "month",
        "kind": "xmr",
        "centre_is": "mean",
        "variation": "common-cause",
        "phase_variation": "improving-low",
        "assurance": None,
        "target": None,
        "sentence": "The latest value, 9, is within usual variation.",
        "signals_in_latest_phase": 7,
        "phases": [
            {"row": 1, "start": "2011-01-01", "n": 20, "centre": 12.0},
            {"row": 2, "start": "2012-01-01", "n": 18, "centre": 9.0},
        ],
        "flags": [],
        "beside": None,
        "small_shifts": None,
        "rebase_advice": [],
        "icons": {
            "phase": {"name": "spc-icon_improving-low", "alt": "Improving: values are lower than usual"},
            "latest": {"name": "spc-icon_common-cause", "alt": "Usual variation: no sign of change"},
            "target": {"name": "spc-icon_target-meets", "alt": "Will consistently meet the target"},
        },
        **changes,
    }


def _numbers(kind_of_measure="count", **changes):
    planned = {"id": "m", "kind": kind_of_measure}
    return Numbers({"spc": {"measures": {"m": _chart(**changes)}}, "plan": {"measures": [planned]}})


@pytest.mark.parametrize(
    ("variation", "said"),
    [
        ("common-cause", "show usual variation only."),
        ("improving-low", "are an improvement: as a whole, values are lower than they were."),
        ("concerning-high", "are a cause for concern: as a whole, values are higher than they were."),
        ("neutral-high", "are a change: as a whole, values are higher than they were."),
    ],
)
def test_the_latest_phase_is_told_by_the_limits_before_it(variation, said):
    told = stability.since_change(_numbers(phase_variation=variation), "m")
    assert told == f"Judged by the limits from before, the months since January 2012 {said}"


def test_a_drift_is_named_as_another_cause_of_a_signal():
    drifting = {"flags": [{"code": "autocorrelation"}]}
    assert stability.since_change(_numbers(**drifting), "m").endswith(process.SEASON_OR_DRIFT)
    assert stability.in_words(_numbers(**drifting), "m").endswith("can give signals too.")
    quiet = _numbers(**drifting, phase_variation="common-cause")
    assert process.SEASON_OR_DRIFT not in stability.since_change(quiet, "m")
    assert stability.in_words(quiet, "m") == "The latest value, 9, is within usual variation."


def test_a_signal_of_the_chart_alone_is_said_to_be_so():
    numbers = _numbers()
    numbers.results["its"] = {"measures": {"m": measured(-10, 60)}}
    assert stability.in_words(numbers, "m").endswith("shows no clear change.")
    numbers.results["its"] = {"measures": {"m": measured(-140, 60)}}
    assert not stability.in_words(numbers, "m").endswith("shows no clear change.")


def test_a_chart_that_moved_against_what_was_expected_is_said_to_have():
    numbers = _numbers()
    numbers.results["its"] = {"measures": {"m": measured(140, 60)}}
    assert stability.in_words(numbers, "m").endswith(
        "Set against what was expected, the time series shows a rise."
    )
    numbers.results["its"] = {"measures": {"m": measured(140, 60, last=(-140, 60))}}
    assert stability.in_words(numbers, "m") == "The latest value, 9, is within usual variation."


def test_of_several_changes_the_last_is_what_the_latest_phase_is_set_against():
    numbers = _numbers(phase_variation="concerning-high")
    numbers.results["its"] = {"measures": {"m": measured(-10, 60)}}
    numbers.value("its.measures.m")["changes"] = [
        effect_row("2010-01-01", -140, 60) | {"label": "The law"},
        effect_row("2012-01-01", 140, 60) | {"label": "The limit"},
    ]
    assert stability.in_words(numbers, "m") == "The latest value, 9, is within usual variation."
    changes = numbers.value("its.measures.m")["changes"]
    for last, what in [((10, 60), "no clear change"), ((-140, 60), "a fall")]:
        changes.append(effect_row("2013-01-01", *last) | {"label": "The limit"})
        assert stability.in_words(numbers, "m").endswith(
            f"In the time series, the limit by itself came with {what}."
        )


def test_with_one_phase_there_is_no_time_since_the_change():
    assert stability.since_change(_numbers(phases=[{"row": 1}]), "m") == ""


@pytest.mark.parametrize(
    ("assurance", "said"),
    [
        ("meets", "will keep meeting its target of 10."),
        ("misses", "will keep missing its target of 10; to reach it, the process has to change."),
        ("hit-or-miss", "will meet its target of 10 in some months and miss it in others, by chance."),
        (None, "Its target is 10; without limits"),
    ],
)
def test_assurance_against_the_target_is_told_in_words(assurance, said):
    assert said in stability.target(_numbers(target=10.0, assurance=assurance), "m")


@pytest.mark.parametrize(
    ("kind", "unit", "target"),
    [("proportion", 100.0, "60%"), ("proportion", 10.0, "60"), ("rate", 100.0, "60")],
)
def test_a_target_is_told_as_the_plan_has_it(kind, unit, target):
    numbers = _numbers(target=60.0, assurance="hit-or-miss", every="day", unit=unit)
    numbers.results["plan"]["measures"][0].update(kind=kind)
    assert f"will meet its target of {target} on some days and miss it on others" in stability.target(
        numbers, "m"
    )


@pytest.mark.parametrize(
    ("kind", "unit", "out_of", "said"),
    [
        ("proportion", 100.0, "admissions", "Falls, in per cent of admissions"),
        ("proportion", 100.0, None, "Falls, in per cent"),
        ("proportion", 1000.0, "admissions", "Falls, per 1,000 admissions"),
        ("rate", 1000.0, "bed days", "Falls, per 1,000 bed days"),
        ("rate", 1000.0, None, "Falls, per 1,000"),
        ("rate", 1.0, "bed days", "Falls, on average over bed days"),
        ("rate", 1.0, None, "Falls"),
        ("value", 100.0, None, "Falls, in per cent"),
        ("count", 1.0, None, "Falls"),
        ("time-between", 1.0, None, "Falls"),
    ],
)
def test_a_measure_is_told_with_its_unit_and_of_what(kind, unit, out_of, said):
    numbers = _numbers(unit=unit)
    numbers.results["plan"]["measures"][0].update(kind=kind, label="Falls")
    numbers.results["out_of"] = {"m": out_of} if out_of else {}
    assert stability.in_unit(numbers, "m") == said


def test_without_a_target_none_is_told():
    assert stability.target(_numbers(), "m") == ""


@pytest.mark.parametrize(
    ("which", "said"),
    [
        (
            "adjusted",
            "With the season, 7 of the 18 months since January 2012 are part of a signal; without it, 2.",
        ),
        (
            "plain",
            "With the season, 2 of the 18 months since January 2012 are part of a signal; without it, 7.",
        ),
    ],
)
def test_the_chart_beside_tells_what_the_season_does(which, said):
    numbers = _numbers(beside={"which": which, "signals_in_latest_phase": 2})
    assert stability.beside(numbers, "m").endswith(said)


def test_without_a_season_or_a_second_phase_that_is_told_too():
    assert stability.beside(_numbers(), "m") == ""
    one = _numbers(
        beside={"which": "plain", "signals_in_latest_phase": 2}, phases=[{"row": 1, "n": 30, "start": "x"}]
    )
    assert "2 of the 30 months charted are part" in stability.beside(one, "m")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"signals": 0}, "It shows no shift."),
        (
            {"signals": 3, "side": "low", "first": "2012-03-01", "latest": True},
            "It first shows values below their earlier average in March 2012; the latest month is still part of it.",
        ),
        (
            {"signals": 3, "side": "both", "first": "2012-03-01", "latest": False},
            "shows values both above and below their earlier average in March 2012; the latest month is no longer "
            "part of it.",
        ),
    ],
)
def test_small_shifts_are_told_from_when_and_whether_they_are_still_there(found, said):
    assert stability.small_shifts(_numbers(small_shifts=found), "m").endswith(said)


def test_where_the_plan_asks_for_no_small_shifts_none_are_told():
    assert stability.small_shifts(_numbers(), "m") == ""


def _advice(advised, sustained):
    return {
        "period": "2012-05-01",
        "advised": advised,
        "conditions": [
            {"row": "sustained-shift", "holds": sustained, "sentence": "It stayed."},
            {"row": "known-cause", "holds": advised, "sentence": "There is a cause: *cake*."},
        ],
    }


def test_advice_on_limits_says_that_nothing_was_done_and_names_each_condition():
    (told,) = stability.rebase_advice(_numbers(rebase_advice=[_advice(True, True)]), "m")
    assert told == (
        "New limits from May 2012 on would be justified, and were not applied automatically: the plan decides. "
        "It stayed. There is a cause: \\*cake\\*."
    )


def test_a_shift_that_lasts_without_all_conditions_is_told_and_one_that_did_not_is_left_out():
    advice = [_advice(False, False), _advice(False, True)]
    (told,) = stability.rebase_advice(_numbers(rebase_advice=advice), "m")
    assert told.startswith("Values shifted in May 2012 and have stayed there, but not every condition")


def test_every_icon_of_the_table_is_explained_once_and_has_its_words():
    found = dict(stability.icons_meaning(_numbers(target=3.0), ["m", "m"]))
    assert list(found.values()) == [
        "Improving: values are lower than usual",
        "Usual variation: no sign of change",
        "Will consistently meet the target",
    ]
    assert next(iter(found)) == (
        '![](figures/spc-icon_improving-low){.icon width="22px" '
        'fig-alt="Improving: values are lower than usual"}'
    )
    assert len(stability.icons_meaning(_numbers(), ["m"])) == 2


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_chart_says_what_its_limits_are(kind):
    centre = KINDS[kind].centre.lower()
    said = stability.about_chart(_numbers(kind=kind, centre_is=centre, every="week"), "m")
    assert said.startswith(("The control chart (", "The run chart"))
    assert "{" not in said


@pytest.mark.parametrize(
    ("centre", "word"), [("mean", "average"), ("median", "median"), ("centre", "centre")]
)
def test_a_centre_line_is_called_what_it_is(centre, word):
    assert process.level_shift(_numbers(centre_is=centre), "m") == f"The {word} went from 12.0 to 9.00."


@pytest.mark.parametrize(
    ("kind", "unit", "said", "latest"),
    [
        ("proportion", 100.0, "went from 12.0% to 9.00%.", "9.00%, March 2013"),
        ("rate", 1000.0, "went from 12.0 to 9.00 per 1,000.", "9.00, March 2013"),
        ("mean", 1.0, "went from 12.0 to 9.00.", "9.00, March 2013"),
    ],
)
def test_values_have_the_unit_that_their_target_has(kind, unit, said, latest):
    numbers = _numbers(kind, unit=unit, latest={"value": 9.0, "period": "2013-03-01"})
    assert process.level_shift(numbers, "m").endswith(said)
    assert stability.latest(numbers, "m", "plain") == latest


def test_events_are_dated_by_their_day():
    said = stability.since_change(_numbers(every="event", dated="day"), "m")
    assert "the events since 1 January 2012 are" in said
