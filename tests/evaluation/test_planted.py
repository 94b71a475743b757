"""Small counts planted in the data appear in nothing that leaves: no file, notebook, figure, text or message.

A hidden rate is looked for by its decimals, which no other number has, and a hidden count by its period.
"""

from __future__ import annotations

import json
import re
import zipfile

import nbformat
import numpy as np
import pandas as pd
import pytest

from pipeline import disclosure, project, results, series
from pipeline.errors import DisclosureError
from pipeline.evaluation import bench, its, leaving, shown_fit
from pipeline.evaluation import panel as panels
from pipeline.plan import Disclosure

from . import planted

NUMBER = re.compile(r"\d+\.\d+")
DRAWN = re.compile(r"<svg.*?</svg>", re.DOTALL)
RULE = Disclosure()
BY_CHANCE = 0.1
"""Of so many numbers of four digits, one may be the same as one of the thousands in a file."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return planted.ran(tmp_path_factory.mktemp("planted") / "clone")


@pytest.fixture
def desk(clone, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(clone))
    return bench.open_study(planted.STUDY, str(tmp_path / "out"))


def _leaving(clone) -> dict[str, str]:
    """The text of every file that may leave, by its place: results, reports, the study's list entry."""
    texts = {}
    for path in sorted([*(clone / "results").rglob("*"), *(clone / "reports" / "_site").rglob("*")]):
        place = path.relative_to(clone).as_posix()
        if not path.is_file() or path.suffix == ".png" or not disclosure.may_leave(place):
            continue
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as parts:
                inside = [name for name in parts.namelist() if name.endswith((".xml", ".svg"))]
                texts[place] = " ".join(parts.read(name).decode() for name in inside)
        else:
            texts[place] = path.read_text(encoding="utf-8")
    return texts


def _hidden(desk, measure):
    data = series.read(desk.series, measure.id)
    return data, np.flatnonzero(disclosure.small_cells(data, measure, RULE))


def test_there_is_something_to_hide_and_something_to_look_through(clone, desk):
    for measure in desk.plan.measures:
        assert len(_hidden(desk, measure)[1]) == 5
    kinds = {place.rpartition(".")[2] for place in _leaving(clone)}
    assert kinds >= {"json", "svg", "ipynb", "qmd", "html", "docx"}
    assert not any(place.endswith(".parquet") for place in _leaving(clone))


def _rates(desk) -> set[str]:
    """Hidden rates, of all together and of each ward, to the four digits that would be told of them."""
    measure = desk.plan.measures[1]
    series_of = [_hidden(desk, measure)[0], *series.read_by_unit(desk.series, measure.id).values()]
    hidden = [data["value"].to_numpy()[disclosure.small_cells(data, measure, RULE)] for data in series_of]
    return {f"{value:.4g}" for value in np.concatenate(hidden)}


def _fitted(desk) -> set[str]:
    """What the true fit makes of hidden rates: adjusted values, residuals, innovations; to four digits."""
    measure = desk.plan.measures[1]
    data, hidden = _hidden(desk, measure)
    fit = its.fit(desk.plan, measure, data)
    true = fit.series.iloc[hidden][["adjusted", "residual", "innovation"]].to_numpy(dtype=float)
    return {f"{abs(value):.4g}" for value in true.ravel() if abs(value) > 0.5}


def _told(text: str) -> set[str]:
    return {f"{float(number):.4g}" for number in NUMBER.findall(DRAWN.sub("", text)) if len(number) > 4}


def test_no_number_that_leaves_is_a_hidden_rate(clone, desk):
    """The seed of the data is one with which no other number is the same by chance."""
    rates = _rates(desk)
    assert len(rates) == 6
    for place, text in _leaving(clone).items():
        assert not rates & _told(text), place


def test_no_number_that_leaves_is_what_a_model_made_of_a_hidden_rate(clone, desk):
    fitted = _fitted(desk)
    assert len(fitted) >= 7
    for place, text in _leaving(clone).items():
        assert len(fitted & _told(text)) <= BY_CHANCE * len(fitted), place


def test_no_number_that_leaves_is_a_hidden_rate_of_a_group(clone, desk):
    measure = desk.plan.measures[1]
    groups = series.read_by_stratum(desk.series, measure.id).values()
    hidden = [data["value"].to_numpy()[disclosure.small_cells(data, measure, RULE)] for data in groups]
    rates = {f"{value:.4g}" for value in np.concatenate(hidden)}
    assert len(rates) >= 40
    for place, text in _leaving(clone).items():
        assert len(rates & _told(text)) <= BY_CHANCE * len(rates), place


def test_without_disclosure_control_they_would_be_there(desk):
    measure = desk.plan.measures[1]
    data, _ = _hidden(desk, measure)
    off = desk.plan.model_copy(update={"disclosure": "off"})
    told = _told(results.to_json(its.results_of(off, measure, data, its.fit(off, measure, data), "")))
    assert len(_rates(desk) & told) == 5
    assert _fitted(desk) <= told


def test_no_row_of_a_hidden_period_has_a_value(clone, desk):
    for measure in desk.plan.measures:
        data, hidden = _hidden(desk, measure)
        days = {data.index[place].date().isoformat() for place in hidden}
        for name in ("its", "spc"):
            told = json.loads((clone / "results" / planted.STUDY / name / f"{name}.json").read_text())
            rows = [row for row in leaving._rows(told["measures"][measure.id]) if row.get("row") in days]
            assert len(rows) >= len(days)
            for row in rows:
                assert all(row.get(key) is None for key in leaving.TOLD), row


def test_values_that_are_shown_follow_rounded_counts(clone):
    told = json.loads((clone / "results" / planted.STUDY / "spc" / "spc.json").read_text())["measures"]
    values = [row["value"] for row in told["falls"]["points"] if row["value"] is not None]
    assert len(values) == 55
    assert all(value % 5 == 0 for value in values)


def test_figures_have_no_point_for_a_hidden_period(clone):
    folder = clone / "results" / planted.STUDY
    for name in ("its-falls", "residuals-falls"):
        drawn = (folder / "its" / f"{name}.svg").read_text(encoding="utf-8")
        groups = re.findall(r"<g clip-path=[^>]*>\s*((?:<use [^>]*/>\s*)+)</g>", drawn)
        # 5 of 60 are hidden, and the other of the transition's two, which the fit would tell.
        assert max(group.count("<use") for group in groups) == 60 - 5 - 1
    assert "Not shown: 5 months" in (folder / "its/its-falls.svg").read_text()


def test_no_drawing_is_finer_than_the_eye(clone):
    for place, text in _leaving(clone).items():
        for drawn in DRAWN.findall(text):
            for coordinates in re.findall(r'\b(?:d|x|y)="([^"]*)"', drawn):
                assert not re.search(r"\.\d\d", coordinates), place


def test_notebooks_show_no_more_digits_than_results(clone):
    for path in (clone / "results" / planted.STUDY).rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                for kind, text in output.get("data", {}).items():
                    if kind in leaving.TEXTS:
                        assert disclosure.coarse_text(text) == text, path.name


def test_readers_are_told_what_was_hidden(clone):
    report = (clone / "results" / planted.STUDY / "report" / "report.qmd").read_text(encoding="utf-8")
    assert "counts from 1 to just below 5 are not shown" in report
    told = json.loads((clone / "results" / planted.STUDY / "its" / "its.json").read_text())
    assert told["measures"]["falls"]["hidden"] == 5
    assert "Not shown: 5 months with a count below 5." in told["measures"]["falls"]["alt"]
    assert told["measures"]["falls"]["left_out"]["made"] is False


def test_models_are_fitted_to_true_values(clone, desk):
    measure = desk.plan.primary
    data, _ = _hidden(desk, measure)
    told = json.loads((clone / "results" / planted.STUDY / "its" / "its.json").read_text())
    average = next(row for row in told["measures"]["falls"]["effects"] if row["row"] == "average")
    true = its.fit(desk.plan, measure, data).effects.loc["average", "absolute"]
    assert average["absolute"] == float(f"{true:.4g}")


def test_a_transition_tells_nothing_of_itself(desk):
    """Its periods have terms of their own, so that the fit there is what was observed."""
    measure = desk.plan.primary
    data, _ = _hidden(desk, measure)
    fit = its.fit(desk.plan, measure, data)
    assert fit.series["fitted"].iloc[36] == pytest.approx(2, abs=1e-6)
    safe = shown_fit.shown_fit(desk.plan, measure, data, fit)
    assert safe.series["fitted"].iloc[36:38].isna().all()
    assert safe.terms.loc[["phase_in_1", "phase_in_2"]].isna().all(axis=None)
    assert safe.terms.drop(index=["phase_in_1", "phase_in_2"]).notna().all(axis=None)


def test_sites_are_charted_without_their_hidden_values(desk):
    panel = panels.read(desk.plan, desk.plan.primary, desk.series)
    hidden = {name: int(rows["value"].isna().sum()) for name, rows in panel.shown.units.items()}
    assert hidden["A"] >= 5
    assert hidden["C"] >= 1
    # Where one ward is hidden another is too, or it could be had from all of them together.
    assert sum(hidden.values()) == 2 * 6


def test_a_result_that_tells_a_hidden_period_stops_the_stage(clone, desk, tmp_path):
    data, hidden = _hidden(desk, desk.plan.primary)
    day = data.index[hidden[0]].date().isoformat()
    found = {"measures": {"falls": {"points": [{"row": day, "value": 3.0}]}}}
    (tmp_path / "x.json").write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(DisclosureError, match="to be hidden"):
        leaving.release(project.load(clone), desk.plan, tmp_path)


def test_a_file_that_cannot_be_looked_through_stops_the_stage(clone, desk, tmp_path):
    (tmp_path / "x.pickle").write_text("", encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"x\.pickle can't be looked through"):
        leaving.release(project.load(clone), desk.plan, tmp_path)


def test_a_model_with_hardly_a_point_to_spare_is_refused(desk):
    measure = desk.plan.primary
    data, _ = _hidden(desk, measure)
    plan = desk.plan.model_copy(update={"its": desk.plan.its.model_copy(update={"model": "ols"})})
    short = data.iloc[30:46]  # 16 points and 8 terms
    fit = its.fit(plan, measure, short)
    assert fit.df == 8
    with pytest.raises(DisclosureError, match="8 terms for 16 points; with fewer than 10 to spare"):
        shown_fit.shown_fit(plan, measure, short, fit)


def test_messages_name_no_value(clone, lasting, monkeypatch):
    monkeypatch.setenv("LASTING_ROOT", str(clone))
    monkeypatch.chdir(clone)
    raw = clone / "data" / "raw" / "planted.csv"
    whole = raw.read_text(encoding="utf-8")
    frame = pd.read_csv(raw)
    try:
        raw.write_text(whole.replace(",3,", ",-3.75,", 1), encoding="utf-8")
        assert "-3.75" in raw.read_text(encoding="utf-8")
        said = lasting("stage", "validate", "planted")
        assert said.code == 11
        assert "3.75" not in said.out + said.err
    finally:
        raw.write_text(whole, encoding="utf-8")
    assert not any(str(days) in said.err for days in frame["days"].unique())
