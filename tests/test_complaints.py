"""One sentence a mistake, in plain words, each with file, line, field and what to do."""

from __future__ import annotations

import pytest

from pipeline import marked_yaml, plan
from pipeline.contract import model
from pipeline.errors import ContractError, PlanError

from .conftest import ROOT

PLAN = (ROOT / "params" / "seat-belt-law.yaml").read_text(encoding="utf-8")
CONTRACT = (ROOT / "data_contracts" / "seatbelts.odcs.yaml").read_text(encoding="utf-8")


def _said(tmp_path, parse, error, text: str, old: str, new: str) -> list[str]:
    assert old in text
    path = tmp_path / "x.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error) as refusal:
        parse(marked_yaml.read(path, "x.yaml", error))
    return str(refusal.value).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "seasonality: dummies",
            "seasonality: {harmonic: 2}",
            "its.seasonality.harmonic: unknown key; did you mean harmonics?",
        ),
        (
            "seasonality: dummies",
            "seasonality: dumies",
            "its.seasonality: should be auto, none or dummies; did you mean dummies?",
        ),
        (
            "seasonality: dummies",
            "seasonality: 3",
            "its.seasonality: should be auto, none or dummies, or it should hold keys and values (harmonics)",
        ),
        (
            "seasonality: dummies",
            "seasonality: {}",
            "its.seasonality.harmonics: is missing; add it",
        ),
        (
            "rebase: at-interventions",
            "rebase: {a: 1}",
            "spc.rebase: should be at-interventions or never, or it should be a list, as in [one, two]",
        ),
        ("title: The", "title: 2024 # The", "title: should be text; put it in quotes"),
        ("title: The", "title: [a] # The", "title: should be text"),
        ("title: The", "title: # The", "title: is empty; give it a value, or take the key out"),
        ("title: The", "titel: The", "titel: unknown key; did you mean title?"),
        (
            "authors: [The Lasting team]",
            "authors: The Lasting team",
            "authors: should be a list, as in [one, two]",
        ),
        ("authors: [The", "zzz: [The", "zzz: unknown key; known here are study, title, "),
        (
            "role: outcome",
            "role: outcom",
            "measures[1].role: should be outcome, process, balancing or control; did you mean outcome?",
        ),
        (
            "start: 1983-01-31",
            "start: 1983-02-30",
            "interventions[1].start: 1983-02-30 is not a date; write it as YYYY-MM-DD",
        ),
        (
            "disclosure: off",
            "disclosure: none",
            "disclosure: none is not known; write {minimum: 5, round_to: 5}, or off if the data are public",
        ),
        ("horizons: [1, 12, 23]", "horizons: []\n  lag: x", "its.lag: should be a whole number"),
        (
            "period: {column: month, every: month}",
            "period: month",
            "data.period: should hold keys and values (column, every)",
        ),
        (
            "formats: [html, pdf, docx]",
            "formats: []",
            "report.formats: is an empty list; give",
        ),
    ],
)
def test_a_mistake_in_a_plan_is_one_sentence(tmp_path, old, new, said):
    [line] = _said(tmp_path, plan.parse, PlanError, PLAN, old, new)
    number = PLAN[: PLAN.index(old)].count("\n") + new.count("\n") + 1
    assert line.startswith(f"x.yaml, line {number}, {said}")


def test_a_list_that_lost_its_only_item_to_a_mistake_is_not_called_empty_too(tmp_path):
    only = PLAN[PLAN.index("  - label: The seat-belt law") : PLAN.index("its:\n")]
    [line] = _said(tmp_path, plan.parse, PlanError, PLAN, only, only.replace("start", "strat"))
    assert "strat: unknown key; did you mean start?" in line


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("{column: month, evry: month}", "customProperties[1].value.evry: unknown key; did you mean every?"),
        ("{column: 3, every: month}", "customProperties[1].value.column: should be text; put it in quotes"),
        (
            "{column: month, every: month, completeUntil: 1984-02-30}",
            "customProperties[1].value.completeUntil: 1984-02-30 is not a date; write it as YYYY-MM-DD",
        ),
        (
            "month",
            "customProperties[1].value: should hold keys and values (column, every, units, rows, completeUntil)",
        ),
    ],
)
def test_a_mistake_in_a_contracts_periods_is_one_sentence_with_its_line(tmp_path, new, said):
    old = "{column: month, every: month, completeUntil: 1984-12-31}"
    [line] = _said(tmp_path, model.parse, ContractError, CONTRACT, old, new)
    number = CONTRACT[: CONTRACT.index(old)].count("\n") + 1
    assert line == f"x.yaml, line {number}, {said}"
