"""Small counts planted in the data appear in nothing that leaves: no file, notebook, figure, text or message.

A hidden rate is looked for by its decimals, which no other number has, and a hidden count by its period.
"""

from __future__ import annotations

import io
import json
import re
import traceback
import zipfile

import docx
import nbformat
import numpy as np
import pandas as pd
import pytest
import typst

from pipeline import disclosure, project, results, series
from pipeline.errors import DataError, DisclosureError
from pipeline.evaluation import bench, its, shown_fit
from pipeline.evaluation import leaving as gate
from pipeline.evaluation import panel as panels
from pipeline.plan import Disclosure

from ..conftest import ROOT, edit, lasting_in
from . import planted

NUMBER = re.compile(r"\d+\.\d+")
NEGATIVE = re.compile(r"-\d+\.\d+")
"""No rate is negative: what has a sign is a difference or a logarithm."""
DRAWN = re.compile(r"<svg.*?</svg>", re.DOTALL)
RULE = Disclosure()
BY_CHANCE = 0.1
"""Of so many numbers of four digits, one may be the same as one of the thousands in a file."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    return planted.ran(tmp_path_factory.mktemp("planted") / "clone")


@pytest.fixture(scope="module")
def clone(ran):
    return ran.clone


@pytest.fixture(scope="module")
def leaving(ran):
    """The text of everything that may leave, by its place: results, reports, the site, the bundle, the terminal."""
    texts = {"the terminal": ran.said}
    for path in sorted([*(ran.clone / "results").rglob("*"), *(ran.clone / "reports" / "_site").rglob("*")]):
        place = path.relative_to(ran.clone).as_posix()
        if path.is_file() and disclosure.may_leave(place):
            texts |= planted.texts_of(place, path.read_bytes())
    return texts | planted.texts_of(ran.bundle.name, ran.bundle.read_bytes())


@pytest.fixture
def desk(clone, monkeypatch, tmp_path):
    monkeypatch.setenv("LASTING_ROOT", str(clone))
    return bench.open_study(planted.STUDY, str(tmp_path / "out"))


def _hidden(desk, measure):
    data = series.read(desk.series, measure.id)
    return data, np.flatnonzero(disclosure.small_cells(data, measure, RULE))


def test_there_is_something_to_hide_and_something_to_look_through(leaving, desk):
    for measure in desk.plan.measures:
        assert len(_hidden(desk, measure)[1]) == 5
    report = f"reports/_site/{planted.STUDY}/report"
    for place in (
        f"results/{planted.STUDY}/its/its.json",
        f"results/{planted.STUDY}/its/its-falls.svg",
        f"results/{planted.STUDY}/its/its.ipynb",
        f"results/{planted.STUDY}/report/report.qmd",
        f"{report}.html",
        f"{report}.pdf, page 1",
        "word/document.xml",
        f"reports/_site/{planted.STUDY}/data/its-rate.csv",
        f"reports/_site/{planted.STUDY}/data/its.json",
        "planted.zip: bundle.json",
        "the terminal",
    ):
        assert any(each.endswith(place) and text for each, text in leaving.items()), place


def test_pages_of_the_pdf_are_read_as_they_are_printed(leaving):
    """Else what is looked for in them could not be found."""
    pages = [text for place, text in leaving.items() if "report.pdf, page" in place]
    assert len(pages) > 5
    printed = set().union(*map(_told, pages))
    shown = _told(leaving[f"reports/_site/{planted.STUDY}/report.html"])
    assert len(printed & shown) > 0.8 * len(printed)


def test_the_bundle_holds_no_true_value(ran):
    with zipfile.ZipFile(ran.bundle) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("bundle.json"))
    assert not any(name.startswith("data/raw") or name.endswith(".parquet") for name in names)
    withheld = {each["path"] for each in manifest["withheld"]}
    assert {"data/raw/planted.csv", "results/_data/planted/data.parquet"} < withheld
    # What is left of such places is DVC's set-up and what the contract found, which names no value.
    kept = [name for name in names if not disclosure.may_leave(name)]
    assert kept == [".dvc/config", "results/_data/planted/validation.json"]


def _word(text: str = "", alt: str = "") -> bytes:
    made, drawn = docx.Document(str(ROOT / "reports" / "theme" / "reference.docx")), io.BytesIO()
    made.add_paragraph(text)
    pixels = io.BytesIO((ROOT / "docs" / "images" / "site.png").read_bytes())
    made.add_picture(pixels)._inline.docPr.set("descr", alt)
    made.save(drawn)
    return drawn.getvalue()


def _zip(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()


LEAK = "3.2982"
LEAKS = {
    "a result": ("its.json", lambda: b'{"value": 3.2982}'),
    "a notebook's output": ("its.ipynb", lambda: b'{"text": "falls 3.2982"}'),
    "a figure's text": ("its.svg", lambda: b'<desc id="x">of 3.2982</desc>'),
    "a page": ("report.html", lambda: b"<td>3.2982</td>"),
    "a file of figures": ("its.csv", lambda: b"2019-06-01,3.2982"),
    "the PDF": ("report.pdf", lambda: typst.compile(b"One. #pagebreak() In June 3.2982 fell.", format="pdf")),
    "a figure in the PDF": (
        "report.pdf",
        lambda: typst.compile(
            b'#image(bytes("<svg xmlns=\\"http://www.w3.org/2000/svg\\" width=\\"200\\" height=\\"50\\">'
            b'<text y=\\"20\\">3.2982</text></svg>"), format: "svg")',
            format="pdf",
        ),
    ),
    "the Word file": ("report.docx", lambda: _word("There were 3.2982.")),
    "a text alternative in the Word file": ("report.docx", lambda: _word(alt="A chart: 3.2982 in June.")),
    "a file in the bundle": ("b.zip", lambda: _zip("results/x.json", b'{"rate": 3.2982}')),
    "a Word file in the bundle": ("b.zip", lambda: _zip("report.docx", _word("3.2982"))),
}


@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_planted_in_each_kind_of_file_is_seen(kind):
    """What the tests below look through, and how: each would fail for this."""
    name, made = LEAKS[kind]
    told = set().union(*map(_told, planted.texts_of(name, made()).values()))
    assert f"{float(LEAK):.4g}" in told


def test_words_in_a_picture_file_are_refused():
    plain = (ROOT / "docs" / "images" / "site.png").read_bytes()
    words = b"tEXtComment\0" + LEAK.encode()
    spoken = plain[:33] + (len(words) - 4).to_bytes(4, "big") + words + bytes(4) + plain[33:]
    with pytest.raises(AssertionError):
        planted.texts_of("its.png", spoken)


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


def test_no_number_that_leaves_is_a_hidden_rate(leaving, desk):
    """The seed of the data is one with which no other number is the same by chance."""
    rates = _rates(desk)
    assert len(rates) == 6
    for place, text in leaving.items():
        assert not rates & _told(NEGATIVE.sub("", text)), place


def test_no_number_that_leaves_is_what_a_model_made_of_a_hidden_rate(leaving, desk):
    fitted = _fitted(desk)
    assert len(fitted) >= 7
    for place, text in leaving.items():
        assert len(fitted & _told(text)) <= BY_CHANCE * len(fitted), place


def test_no_number_that_leaves_is_a_hidden_rate_of_a_group(leaving, desk):
    measure = desk.plan.measures[1]
    groups = series.read_by_stratum(desk.series, measure.id).values()
    hidden = [data["value"].to_numpy()[disclosure.small_cells(data, measure, RULE)] for data in groups]
    rates = {f"{value:.4g}" for value in np.concatenate(hidden)}
    assert len(rates) >= 40
    for place, text in leaving.items():
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
            rows = [row for row in gate._rows(told["measures"][measure.id]) if row.get("row") in days]
            assert len(rows) >= len(days)
            for row in rows:
                assert all(row.get(key) is None for key in gate.TOLD), row


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
    assert "Hatched: 5 months withheld" in (folder / "its/its-falls.svg").read_text()


def test_hidden_periods_are_hatched_alike_whatever_they_hide(clone):
    folder = clone / "results" / planted.STUDY
    for name in ("its/its-falls.svg", "spc/spc-falls.svg", "spc/spc-falls.narrow.svg"):
        drawn = (folder / name).read_text(encoding="utf-8")
        strips = re.findall(r'<path d="([^"]*)"[^>]*style="[^"]*fill: url\(#', drawn)
        heights = {tuple(sorted(set(re.findall(r"[ML] -?[\d.]+ (-?[\d.]+)", strip)))) for strip in strips}
        assert len(strips) == 5, name
        assert len(heights) == 1, name
    of_groups = json.loads((folder / "groups/equity/equity.json").read_text())["measures"]["falls"]["alts"]
    assert all("points are withheld, to protect people." in of_groups[each] for each in ("groups", "charts"))


def test_no_drawing_is_finer_than_the_eye(leaving):
    for place, text in leaving.items():
        for drawn in DRAWN.findall(text):
            for coordinates in re.findall(r'\b(?:d|x|y)="([^"]*)"', drawn):
                assert not re.search(r"\.\d\d", coordinates), place


def test_notebooks_show_no_more_digits_than_results(clone):
    for path in (clone / "results" / planted.STUDY).rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                for kind, text in output.get("data", {}).items():
                    if kind in gate.TEXTS:
                        assert disclosure.coarse_text(text) == text, path.name


def test_readers_are_told_what_was_hidden(clone):
    report = (clone / "results" / planted.STUDY / "report" / "report.qmd").read_text(encoding="utf-8")
    assert "counts from 1 to just below 5 are not shown" in report
    told = json.loads((clone / "results" / planted.STUDY / "its" / "its.json").read_text())
    assert told["measures"]["falls"]["hidden"] == 5
    said = "5 points are withheld, to protect people (a count below 5)."
    assert said in told["measures"]["falls"]["alt"]
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
        gate.release(project.load(clone), desk.plan, tmp_path)


def test_a_file_that_cannot_be_looked_through_stops_the_stage(clone, desk, tmp_path):
    (tmp_path / "x.pickle").write_text("", encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"x\.pickle can't be looked through"):
        gate.release(project.load(clone), desk.plan, tmp_path)


def test_a_model_with_hardly_a_point_to_spare_is_refused(desk):
    measure = desk.plan.primary
    data, _ = _hidden(desk, measure)
    plan = desk.plan.model_copy(update={"its": desk.plan.its.model_copy(update={"model": "ols"})})
    short = data.iloc[30:46]  # 16 points and 8 terms
    fit = its.fit(plan, measure, short)
    assert fit.df == 8
    with pytest.raises(DisclosureError, match="8 terms for 16 points; with fewer than 10 to spare"):
        shown_fit.shown_fit(plan, measure, short, fit)


def test_no_message_names_a_value(clone, desk, lasting, monkeypatch):
    """Of data that break the contract, and of a stage that fails; also with the traceback."""
    monkeypatch.chdir(clone)
    raw, plan = clone / "data" / "raw" / "planted.csv", clone / "params" / "planted.yaml"
    whole, asked = raw.read_text(encoding="utf-8"), plan.read_text(encoding="utf-8")
    secrets = _rates(desk) | {"3.75", *map(str, pd.read_csv(raw)["days"].unique())}
    try:
        turned = "kind: proportion, numerator: days, denominator: falls, per: 100"
        edit(plan, "kind: rate, numerator: falls, denominator: days, per: 1000", turned)
        with pytest.raises(DataError, match="in 60 periods days is more than falls") as failed:
            lasting("--debug", "stage", "series", "planted")
        raw.write_text(whole.replace(",3,", ",-3.75,", 1), encoding="utf-8")
        assert "-3.75" in raw.read_text(encoding="utf-8")
        refused = lasting("stage", "validate", "planted")
        assert refused.code == 11
        run = lasting_in(clone, "--debug", "run")  # DVC takes away what the failed stage wrote
        assert "ContractError" in run.stderr
        assert "falls is a whole number" in run.stderr
    finally:
        raw.write_text(whole, encoding="utf-8")
        plan.write_text(asked, encoding="utf-8")
    trace = "".join(traceback.format_exception(failed.value))
    for said in (refused.out, refused.err, run.stdout, run.stderr, trace):
        assert not secrets & set(re.findall(r"(?<!line )\b[\d.]*\d", said)), said
