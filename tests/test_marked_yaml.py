"""Complaints about YAML name file, line and field, and list every problem at once."""

from __future__ import annotations

import datetime

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import complaints, marked_yaml
from pipeline.errors import PlanError

LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9))


def _read(tmp_path, text: str) -> marked_yaml.MarkedYaml:
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return marked_yaml.read(path, "params/plan.yaml", PlanError)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    size: int = 1


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    parts: list[Part] = []


def _complaints(source: marked_yaml.MarkedYaml) -> list[str]:
    with pytest.raises(ValidationError) as found:
        Whole.model_validate(source.data)
    return complaints.complaints(source, Whole, found.value)


def test_every_key_and_item_knows_its_line(tmp_path):
    source = _read(tmp_path, "title: a\nparts:\n  - name: b\n    size: 2\n")
    assert source.data == {"title": "a", "parts": [{"name": "b", "size": 2}]}
    assert source.where(("parts", 0, "size")) == "params/plan.yaml, line 4"


def test_keys_that_are_merged_in_are_there_and_stand_at_their_mapping(tmp_path):
    source = _read(tmp_path, "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  r: 3\n  q: 4\n")
    assert source.data["b"] == {"p": 1, "q": 4, "r": 3}
    assert source.where(("b", "p")) == "params/plan.yaml, line 3"
    assert source.where(("b", "q")) == "params/plan.yaml, line 5"


def test_a_date_that_cannot_be_stays_text_for_its_field_to_refuse(tmp_path):
    source = _read(tmp_path, "a: 2022-02-30\nb: 2022-02-28\n")
    assert source.data == {"a": "2022-02-30", "b": datetime.date(2022, 2, 28)}


def test_a_field_that_is_not_there_is_placed_at_the_nearest_that_is(tmp_path):
    source = _read(tmp_path, "title: a\nparts:\n  - size: 2\n")
    assert source.where(("parts", 0, "name")) == "params/plan.yaml, line 3"


def test_all_problems_are_listed_each_with_line_field_and_nearest_key(tmp_path):
    source = _read(tmp_path, "titel: a\nparts:\n  - name: b\n    sise: 2\n    size: many\n")
    said = _complaints(source)
    assert "params/plan.yaml, line 1, titel: unknown key; did you mean title?" in said
    assert "params/plan.yaml, line 4, parts[1].sise: unknown key; did you mean size?" in said
    assert any(line.startswith("params/plan.yaml, line 5, parts[1].size: ") for line in said)
    assert len(said) == 3


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: [1, 2\nb: 3\n", "line 2"),
        ("a: 1\na: 2\n", "line 2"),
        ("- just\n- a list\n", "should be a mapping"),
        ("", "should be a mapping"),
        ("a: &x [*x]\nb: *y\n", "params/plan.yaml"),
        ("a:\n\tb: 1\n", "line 2: there is a tab; indent with spaces"),
        ("a: 1\n2: b\n", "line 2: the key is 2, not text; put it in quotes"),
        ("a:\n  2020-01-01: b\n", "line 2: the key is 2020-01-01, not text"),
        ("null: b\n", "line 1: the key is None, not text"),
        ("? [a, b]\n: c\n", "line 1: the key is a list or a mapping, not text"),
        ("? {a: b}\n: c\n", "line 1: the key is a list or a mapping, not text"),
        ("<<: 5\n", "params/plan.yaml, line 1: "),
        ("a: " + "[" * 3000 + "]" * 3000 + "\n", "params/plan.yaml: is too deep to be read"),
        ("a: " + "9" * 5000 + "\n", "params/plan.yaml: is not valid YAML"),
        (LAUGHS, "it is too large, or refers to itself"),
    ],
)
def test_what_is_not_a_yaml_mapping_is_refused_in_one_line(tmp_path, text, part):
    with pytest.raises(PlanError) as refusal:
        _read(tmp_path, text)
    assert part in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_or_unreadable_file_is_a_sentence(tmp_path):
    with pytest.raises(PlanError, match=r"^params/none.yaml: there is no such file\.$"):
        marked_yaml.read(tmp_path / "none.yaml", "params/none.yaml", PlanError)
    (tmp_path / "latin.yaml").write_bytes("a: é".encode("latin-1"))
    with pytest.raises(PlanError, match="UTF-8"):
        marked_yaml.read(tmp_path / "latin.yaml", "params/latin.yaml", PlanError)


def test_nothing_is_suggested_where_nothing_is_near():
    assert marked_yaml.nearest("zzz", ["model", "impact"]) == ""
