"""Other people's words are text in every format: nothing in a name or a label marks up, runs or hides."""

from __future__ import annotations

import csv
import io
import shutil
from html.parser import HTMLParser

import docx
import pypdf
import pytest

from pipeline.report import document, engines
from pipeline.report.numbers import Numbers
from pipeline.report.tables import to_csv

from ..conftest import STUDY
from .conftest import PANDOC, THEME

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=y> *a* _b_ `c` [d](http://e.example) ![f](g.png) "
    "$h$ \\textbf{i} #panic(1) #image(2) @j {{< k >}} =cmd() | l :::{.m} &lt; \"n\" 'o' --- ~p~ ^q^ //r.example"
)
MARKED = f"{HOSTILE} \u202eevil\u2069"


class Reader(HTMLParser):
    """Collects a page's text and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag, attrs) -> None:
        self.elements.append((tag, dict(attrs)))


def _flat(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def rendered(finished, parts, tmp_path):
    plan, contract, found = parts
    plan = plan.model_copy(
        update={
            "question": MARKED,
            "title": MARKED,
            "authors": (MARKED,),
            "funder": MARKED,
            "measures": tuple(measure.model_copy(update={"label": MARKED}) for measure in plan.measures),
            "interventions": (plan.intervention.model_copy(update={"label": MARKED}),),
        }
    )
    for measure in found["its"]["measures"].values():
        measure["label"] = MARKED
        measure["alt"] = MARKED
    for measure in found["spc"]["measures"].values():
        measure["alt"] = MARKED
    folder = tmp_path / "report"
    shutil.copytree(finished / "results" / STUDY / "report", folder)
    text = document.write(finished / "reports", plan, contract, Numbers(found))
    (folder / "report.qmd").write_text(text, encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    engines.prepare(folder, THEME, work)
    engines.render(PANDOC, work, ["html", "pdf", "docx"])
    return work


def test_in_every_format_hostile_words_are_the_characters_they_are_made_of(rendered):
    page = Reader()
    page.feed((rendered / "report.html").read_text(encoding="utf-8"))
    assert _flat(page.text).count(_flat(HOSTILE)) > 5
    assert not [tag for tag, _ in page.elements if tag in ("script", "iframe")]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [held for _, held in page.elements if "e.example" in (held.get("href") or "")]
    assert all((held["src"] or "").startswith("data:") for tag, held in page.elements if tag == "img")

    pdf = "".join(each.extract_text() for each in pypdf.PdfReader(rendered / "report.pdf").pages)
    assert _flat(pdf).count(_flat(HOSTILE)) > 3

    word = docx.Document(rendered / "report.docx")
    text = "".join(paragraph.text for paragraph in word.paragraphs)
    assert _flat(text).count(_flat(HOSTILE)) > 5
    assert "e.example" not in "".join(link.address for each in word.paragraphs for link in each.hyperlinks)

    for shown in (page.text, pdf, text):
        assert "\u202e" not in shown
        assert "\u2069" not in shown


@pytest.mark.parametrize(
    "name", ["=cmd()|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\u202e=1"]
)
def test_no_spreadsheet_takes_a_name_for_a_formula(name):
    written = to_csv([{"row": name, "value": -1.5}])
    safe = "'" + name.strip("\t\r\u202e")
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["row", "value"], [safe, "-1.5"]]
