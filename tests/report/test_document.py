"""The document: written from results, the same bytes each time, every number traced, every word escaped."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import get_args

import pytest

from pipeline import plan as plans
from pipeline import results
from pipeline.report import document
from pipeline.report.markdown import escape
from pipeline.report.numbers import MARKS, Numbers, plain

from ..conftest import STUDY

SITE = {
    **{"row": "Ash", "latest": 7.0, "centre": 6.0, "lower": 1.0, "upper": 12.0},
    **{"signals_in_latest_phase": 3, "variation": "improving-low"},
}
TEXT = 'A "b" <i>c</i> *d* $e$ #f {{< g >}} [h](i) | j'


def _write(finished, parts, **how) -> tuple[str, Numbers]:
    plan, contract, found = parts
    numbers = Numbers(found, **how)
    return document.write(finished / "reports", plan, contract, numbers), numbers


def test_the_stage_writes_document_figures_record_and_summary(finished):
    folder = finished / "results" / STUDY / "report"
    text = (folder / "report.qmd").read_text(encoding="utf-8")
    for figure in re.findall(r"!\[\]\((figures/[^)]+)\)", text):
        for ending in ("",) if figure.endswith(".svg") else (".svg", ".png"):
            assert (folder / f"{figure}{ending}").is_file()
    record = results.read_json(folder / "report.numbers.json")
    assert len(record) > 50
    assert {"place", "text", "key", "style"} == set(record[0])
    assert results.read_json(finished / "results" / "_studies" / f"{STUDY}.json")["judgement"] == "improved"


def test_every_number_in_the_text_comes_from_a_results_file(finished, parts):
    text, _ = _write(finished, parts, marked=True)
    plan, contract, _ = parts
    body = text.split("---", 2)[2]
    for start, end in [MARKS]:
        body = re.sub(f"{start}[^{end}]*{end}", "", body)
    body = re.sub(
        r"```.*?```|`[^`]*`|\{[^}]*\}|\(figures/[^)]*\)|^\|[-:|]+\|$|@[a-z-]+", "", body, flags=re.M | re.S
    )
    answers = [answer for part in plan.reporting for answer in part[1].model_dump().values() if answer]
    labels = [measure.label for measure in plan.measures]
    for written in (*map(escape, answers), plan.title, plan.intervention.label, contract.name, *labels):
        body = body.replace(written, "")
    literal = [line for line in body.splitlines() if re.search(r"\d", line)]
    assert not literal


def test_a_difference_reads_alike_in_the_brief_and_in_its_table(finished, parts):
    plan, contract, found = parts
    found = json.loads(results.to_json(found))
    for row in found["its"]["measures"][plan.primary.id]["effects"]:
        if row["row"] == "average":
            row |= {"expected": 149.2, "fitted": 117.66, "absolute": -31.54}
    text, _ = _write(finished, (plan, contract, found))
    (average,) = [line for line in text.splitlines() if line.startswith("| Average of")]
    assert "**31.5 fewer**" in text
    assert "| 149 | 118 | −31.5 |" in average


def test_the_record_leads_back_to_the_same_text(finished, parts):
    _, numbers = _write(finished, parts)
    again = Numbers(parts[2])
    for entry in numbers.as_list():
        if "[*]" in entry["key"]:
            again.column(*entry["key"].split("[*]."), entry["style"])
        else:
            again.show(entry["key"], entry["style"])
    assert again.as_list() == numbers.as_list()


def test_the_same_results_give_the_same_document(finished, parts):
    assert _write(finished, parts)[0] == _write(finished, parts)[0]


def test_hostile_labels_are_escaped_wherever_they_stand(finished, parts):
    plan, contract, found = parts
    plan = plan.model_copy(
        update={
            "question": TEXT,
            "title": TEXT,
            "authors": (TEXT,),
            "funder": TEXT,
            "measures": tuple(measure.model_copy(update={"label": TEXT}) for measure in plan.measures),
            "interventions": (plan.intervention.model_copy(update={"label": TEXT}),),
        }
    )
    for measure in found["its"]["measures"].values():
        measure["label"] = TEXT
        measure["alt"] = TEXT
    text, _ = _write(finished, (plan, contract, found | document.roots(plan, contract)))
    without_attributes = re.sub(r'(?:fig-alt|aria-label)="[^"]*"', "", text)
    for raw in ("<i>", "*d*", "$e$", "{{<", "[h]"):
        assert raw not in without_attributes, raw
    for alt in re.findall(r'(?:fig-alt|aria-label)="([^}]*)"\}', text):
        assert not set(alt) & set('"<>{}\\')


def test_warnings_of_the_contract_are_listed(finished, parts):
    plan, contract, found = parts
    found["data"]["findings"][3] |= {"passed": False, "severity": "warning", "count": 2, "rows": [4, 9]}
    text, _ = _write(finished, (plan, contract, found))
    assert "these warnings were raised" in text
    assert "| 2 | rows 4, 9 |" in text
    assert "tbl-warnings" in text


def test_without_control_covariates_or_seasons_the_document_still_reads(finished, parts):
    plan, contract, found = parts
    plan = plan.model_copy(
        update={
            "measures": plan.measures[:1],
            "authors": (),
            "its": plan.its.model_copy(update={"covariates": (), "seasonality": "none"}),
        }
    )
    found["its"]["measures"]["drivers"]["rho"] = None
    text, _ = _write(finished, (plan, contract, found))
    assert "What else was measured" not in text
    assert "with what goes with" not in text
    assert "Neighbouring months go together" not in text


def test_of_records_no_more_is_said_than_was_checked(finished, parts):
    plan, contract, found = parts
    assert "among them that no month is missing, comes twice, or is incomplete." in _write(finished, parts)[0]
    periods = contract.periods.model_copy(update={"rows": "records"})
    contract = replace(contract, properties=replace(contract.properties, periods=periods))
    text, _ = _write(finished, (plan, contract, found))
    assert "among them that the last month is complete." in text
    periods = periods.model_copy(update={"complete_until": None})
    contract = replace(contract, properties=replace(contract.properties, periods=periods))
    text, _ = _write(finished, (plan, contract, found))
    assert "rules hold.\n" in text


@pytest.mark.parametrize(
    ("every", "seasonality", "covariates", "said"),
    [
        ("month", "none", (), ""),
        ("month", "auto", (), "the time of year"),
        ("day", "auto", ("kms",), "the day of the week and distance"),
        ("month", "auto", ("kms", "petrol"), "the time of year, distance and petrol price"),
    ],
)
def test_what_is_carried_on_is_named(parts, every, seasonality, covariates, said):
    plan, _, _ = parts
    period = plan.data.period.model_copy(update={"every": every})
    plan = plan.model_copy(
        update={
            "data": plan.data.model_copy(update={"period": period}),
            "its": plan.its.model_copy(update={"seasonality": seasonality, "covariates": covariates}),
        }
    )
    assert document.allowed_for(plan, {"kms": "Distance", "petrol": "Petrol price"}) == said


def test_every_model_and_rule_set_of_a_plan_has_its_words():
    models = set(get_args(plans.Estimator)) - {"auto"}
    assert models == set(document.ESTIMATORS)
    assert set(get_args(plans.Rules)) == set(document.RULES)


def test_the_figures_behind_an_adjusted_chart_are_those_it_draws(finished, parts):
    text, _ = _write(finished, parts)
    first = parts[2]["its"]["measures"]["drivers"]["series"][0]
    drawn = " | ".join(plain(first[name]) for name in ("adjusted", "fitted_trend"))
    assert f"| January 1969 | 1,687 | {drawn} |" in text
    parts[2]["its"]["measures"]["drivers"]["adjusted_for"] = []
    text, _ = _write(finished, parts)
    assert f"| January 1969 | 1,687 | {plain(first['fitted'])} |" in text


def test_times_between_events_have_their_chart_and_no_time_series(finished, parts):
    plan, contract, found = parts
    gaps = plans.Measure(id="gaps", role="outcome", label="Days between deaths", kind="time-between")
    found["spc"]["measures"]["gaps"] = {
        **found["spc"]["measures"]["drivers"],
        **{"kind": "t", "centre_is": "centre", "every": "event", "dated": "day", "beside": None},
    }
    plan = plan.model_copy(update={"measures": (*plan.measures, gaps)})
    text, _ = _write(finished, (plan, contract, found | document.roots(plan, contract)))
    assert "### Days between deaths" in text
    assert "figures/spc-gaps)" in text
    assert "figures/its-gaps" not in text
    assert "Since 1 February 1983" in text
    assert "The control chart (t) draws the time between events" in text


def test_sites_have_their_charts_and_their_funnel_where_the_results_do(finished, parts):
    assert "spc-drivers_by-unit" not in _write(finished, parts)[0]
    found = parts[2]["spc"]["measures"]["drivers"]
    found["by_unit"] = {"rows": [SITE], "alt": "Control charts side by side."}
    limits = dict.fromkeys(("lower_998", "lower_95", "upper_95", "upper_998"), 2.0)
    points = [{"row": "Ash", "denominator": 1200.0, "value": 2.5, **limits}]
    found["funnel"] = {"first": "1984-01-01", "last": "1984-12-01", "alt": "Funnel plot.", "points": points}
    text, _ = _write(finished, parts)
    assert "figures/spc-drivers_by-unit.narrow.svg" in text
    assert "January 1984 to December 1984; a site outside the limits" in text
    assert "| Ash | 7 | 6.00 | 1.00 | 12.0 | 3 | improving (low) |" in text
    assert (
        "Only the latest are here; all are in [spc-drivers\\_by-unit.csv](data/spc-drivers\\_by-unit.csv)"
        in text
    )
    assert "| Ash | 1,200 | 2.50 | 2.00 | 2.00 | 2.00 | 2.00 |" in text


def test_targets_advice_and_small_shifts_are_in_the_document_where_there_are_any(finished, parts):
    plan, contract, found = parts
    drivers = found["spc"]["measures"]["drivers"]
    target = {"name": "spc-icon_target-misses", "alt": "Will consistently miss the target"}
    drivers |= {"target": 1000.0, "assurance": "misses", "icons": {**drivers["icons"], "target": target}}
    drivers["rebase_advice"] = [
        {
            "period": "1984-01-01",
            "advised": True,
            "conditions": [{"row": "sustained-shift", "holds": True, "sentence": "It stayed."}],
        }
    ]
    drivers["small_shifts"] = {
        **{"method": "cusum", "signals": 2, "side": "low", "first": "1983-03-01", "latest": True, "alt": "A"},
        "points": [{"row": "1983-03-01", "value": 900.0, "high": 0.0, "low": -5.2}],
    }
    measures = (plan.primary.model_copy(update={"target": 1000.0}), *plan.measures[1:])
    plan = plan.model_copy(update={"measures": measures})
    text, _ = _write(finished, (plan, contract, found | document.roots(plan, contract)))
    assert "| March 1983 | 900 | 0 | −5.20 |" in text
    assert "will keep missing its target of 1,000" in text
    assert "| Target |" in text
    assert "New limits from January 1984 on would be justified, and were not applied automatically" in text
    assert "CUSUM chart, for small shifts that last." in text
