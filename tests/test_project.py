"""The list of studies is untrusted input like any other."""

from __future__ import annotations

import pytest

from pipeline import project
from pipeline.errors import PlanError


def _project(tmp_path, text: str):
    (tmp_path / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    return project.load(tmp_path)


def test_the_repository_is_found_from_any_folder_inside_it(tmp_path):
    here = _project(tmp_path, "datasets:\n  a: {raw: data/raw/a.csv}\nstudies:\n  s: {dataset: a}\n")
    (tmp_path / "notebooks").mkdir()
    assert project.load(tmp_path / "notebooks") == here
    assert here.dataset_of("s") == "a"
    assert here.name_of(here.plan_path("s")) == "params/s.yaml"


def test_outside_a_repository_the_error_says_where_to_go(tmp_path):
    with pytest.raises(PlanError, match="not inside a Lasting repository"):
        project.load(tmp_path)


def test_an_unlisted_study_gets_the_nearest_name_or_the_list(tmp_path):
    here = _project(tmp_path, "datasets:\n  a: {raw: a.csv}\nstudies:\n  winter-flow: {dataset: a}\n")
    with pytest.raises(PlanError, match="did you mean winter-flow"):
        here.dataset_of("winter-flwo")
    with pytest.raises(PlanError, match=r"listed: winter-flow"):
        here.dataset_of("zzz")


def test_every_problem_of_the_list_is_named_with_its_line(tmp_path):
    with pytest.raises(PlanError) as refusal:
        _project(
            tmp_path,
            "dataset: {}\ndatasets:\n  a: {raw: a.csv}\n  b: {file: b.csv}\nstudies:\n  s: {dataset: aa}\n",
        )
    assert str(refusal.value).splitlines() == [
        "params.yaml, line 1, dataset: unknown key; did you mean datasets?",
        "params.yaml, line 4, datasets.b: should hold `raw: ...` and nothing else",
        "params.yaml, line 6, studies.s.dataset: no dataset is named aa; did you mean a?",
    ]


@pytest.mark.parametrize(
    ("datasets", "studies", "said"),
    [
        (
            "a: {raw: a.csv}",
            "'../../x': {dataset: a}",
            "line 4, studies.../../x: ../../x should be",
        ),
        ("a: {raw: a.csv}", "Falls: {dataset: a}", "line 4, studies.Falls: Falls should be lower-case"),
        ("A_1: {raw: a.csv}", "s: {dataset: a}", "line 2, datasets.A_1: A_1 should be lower-case"),
        ("a: {raw: ../a.csv}", "s: {dataset: a}", "line 2, datasets.a.raw: ../a.csv is not a path inside"),
        ("a: {raw: /etc/a.csv}", "s: {dataset: a}", "/etc/a.csv is not a path inside the repository; write"),
        ("a: {raw: 'C:/a.csv'}", "s: {dataset: a}", "C:/a.csv is not a path inside"),
        ("a: {raw: 'x\\a.csv'}", "s: {dataset: a}", "is not a path inside"),
        ("a: {raw: a.csv}", "s: {dataset: zz}", "no dataset is named zz; list it under `datasets`"),
    ],
)
def test_names_are_slugs_and_paths_stay_inside(tmp_path, datasets, studies, said):
    with pytest.raises(PlanError) as refusal:
        _project(tmp_path, f"datasets:\n  {datasets}\nstudies:\n  {studies}\n")
    assert str(refusal.value).splitlines()[0].startswith("params.yaml, line ")
    assert said in str(refusal.value)


@pytest.mark.parametrize("studies", ["studies: {}\n", "studies:\n", ""])
def test_a_list_of_no_studies_says_to_list_one(tmp_path, studies):
    with pytest.raises(PlanError, match="studies: no study is listed; list one, as in `falls-bundle: "):
        _project(tmp_path, f"datasets:\n  a: {{raw: a.csv}}\n{studies}")


def test_a_section_that_is_no_mapping_is_refused(tmp_path):
    with pytest.raises(PlanError, match=r"line 1, datasets: should map names to their `raw:`"):
        _project(tmp_path, "datasets: [a]\n")
