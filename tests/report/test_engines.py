"""Both engines are handed the same document; what each is told is held here to the letter."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import zipfile

import docx
import pypdf
import pytest
import yaml

from pipeline.errors import SetupError
from pipeline.report import engines
from pipeline.report.engines import Engine

from ..conftest import STUDY
from .conftest import PANDOC, THEME

QUARTO = {
    "project": {"type": "default"},
    "lang": "en-GB",
    "filters": ["theme/lasting.lua"],
    "crossref": {"title-delim": "."},
    "execute": {"enabled": False},
    "callout-appearance": "simple",
    "callout-icon": False,
    "format": {
        "html": {
            "minimal": True,
            "theme": "none",
            "css": "theme/lasting.css",
            "embed-resources": True,
            "default-image-extension": "svg",
            "include-before-body": "theme/masthead.html",
        },
        "typst": {
            "template-partials": ["theme/typst-show.typ"],
            "include-in-header": "theme/lasting.typ",
            "font-paths": "fonts",
            "papersize": "a4",
            "shift-heading-level-by": -1,
            "default-image-extension": "svg",
            "pdf-standard": "ua-1",
        },
        "docx": {
            "reference-doc": "theme/reference.docx",
            "shift-heading-level-by": -1,
            "default-image-extension": "png",
        },
    },
}
"""The Quarto project that each report is rendered in, whole."""


def test_quarto_is_told_exactly_this():
    quarto = Engine("quarto", "1.9.38", "/opt/quarto/bin/quarto")
    commands = [" ".join(engines.quarto_command(quarto, form)) for form in ("html", "pdf", "docx")]
    tail = "--metadata engine:quarto 1.9.38 --no-execute --quiet"
    assert commands == [
        f"/opt/quarto/bin/quarto render report.qmd --to {target} {tail}"
        for target in ("html", "typst", "docx")
    ]


def test_quarto_is_handed_document_figures_project_theme_and_fonts(finished, tmp_path):
    engines.prepare(finished / "results" / STUDY / "report", THEME, tmp_path)
    handed = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"_quarto.yml", "report.qmd", "fonts/DejaVuSans.ttf", "figures/its-drivers.svg"} <= handed
    settings = yaml.safe_load((tmp_path / "_quarto.yml").read_text(encoding="utf-8"))
    assert settings == QUARTO
    named = [
        *settings["filters"],
        settings["format"]["html"]["css"],
        settings["format"]["docx"]["reference-doc"],
    ]
    named += settings["format"]["typst"]["template-partials"]
    named += [
        settings["format"]["typst"]["include-in-header"],
        settings["format"]["html"]["include-before-body"],
    ]
    assert set(named) <= handed
    profile = yaml.safe_load((tmp_path / "_quarto-check.yml").read_text(encoding="utf-8"))
    assert profile == {"format": {"html": {"axe": {"output": "json"}}}}


@pytest.mark.skipif(shutil.which("quarto") is None, reason="quarto is not installed")
@pytest.mark.parametrize("form", ["html", "docx"])
def test_both_engines_say_the_same(finished, rendered, tmp_path, form):
    quarto = engines.find()
    engines.prepare(finished / "results" / STUDY / "report", THEME, tmp_path)
    engines.render(quarto, tmp_path, [form])
    said = [_words(folder / f"report.{form}") for folder in (tmp_path, rendered)]
    assert said[0].replace(quarto.title, PANDOC.title) == said[1]


def _words(file) -> str:
    """The words of the report's body, without what an engine adds round them."""
    command = [PANDOC.command, file, "--to=plain", "--wrap=none"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return " ".join(text[text.index("In brief") :].split())


def test_a_quarto_on_the_path_is_preferred_run_in_the_folder_and_named(finished, tmp_path, monkeypatch):
    fake = tmp_path / "bin" / "quarto"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\nif [ "$1" = "--version" ]; then echo 1.9.38; exit; fi\n'
        'echo "$@" >> told.txt\ncase "$4" in typst) touch report.pdf;; *) touch "report.$4";; esac\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=":")
    found = engines.find()
    assert found == Engine("quarto", "1.9.38", str(fake))
    work = tmp_path / "work"
    work.mkdir()
    engines.prepare(finished / "results" / STUDY / "report", THEME, work)
    files = engines.render(found, work, ["html", "pdf"])
    assert [file.name for file in files] == ["report.html", "report.pdf"]
    assert len((work / "told.txt").read_text().splitlines()) == 2


def test_without_quarto_the_pandoc_of_the_packages_is_used(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = engines.find()
    assert found.name == "pandoc"
    assert re.fullmatch(r"pandoc [\d.]+ and typst [\d.]+", found.title)


def test_html_is_one_file_that_asks_for_nothing_else(rendered):
    page = (rendered / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!data:|#|data/[a-z_-]+\.csv")', page)
    assert "http://" not in re.sub(r"data:[^\"']+", "", page).replace("http://www.w3.org", "")
    icons = re.findall(r'<img[^>]+class="icon"[^>]*>', page)
    charts = len(re.findall(r'<img[^>]+class="(?:wide|narrow)"', page))
    assert charts == 2 * page.count("<figure") >= 8
    assert page.count("<img") == charts + len(icons)
    assert len(re.findall(r'<img[^>]+alt="[^"]{40,}"', page)) >= charts
    assert icons
    assert all(re.search(r'alt="[A-Z][^"]{15,}"', icon) for icon in icons)
    assert '<html lang="en-GB">' in page
    assert page.count("<h1") == 1
    assert "rendered by pandoc" in page
    assert 'href="#tbl-terms"' in page


def test_html_numbers_figures_and_tables(rendered):
    page = (rendered / "report.html").read_text(encoding="utf-8")
    assert [
        label for label in ("Figure\u00a01. ", "Figure\u00a05. ", "Table\u00a03. ") if label not in page
    ] == []


def test_pdf_is_tagged_titled_and_in_english(rendered):
    reader = pypdf.PdfReader(rendered / "report.pdf")
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_data().decode()
    tags = set(_tags(catalogue["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/Figure", "/Table", "/TH", "/TD", "/Caption", "/L", "/Link"} <= tags
    assert reader.metadata.title.startswith("Did making front seat belts compulsory")
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "fewer" in text
    assert "Table 2" in text.replace("\u00a0", " ")
    assert 2 <= len(reader.pages) <= 10


def _tags(element):
    """The kinds of every element in the tree of a tagged PDF; a figure must have its text alternative."""
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object()
        if isinstance(child, dict) and "/S" in child:
            assert child["/S"] != "/Figure" or len(child["/Alt"]) > 25
            yield child["/S"]
            yield from _tags(child)


def test_three_formats_cost_less_than_five_seconds_and_the_page_is_small(finished, tmp_path):
    engines.prepare(finished / "results" / STUDY / "report", THEME, tmp_path)
    before = _spent()
    engines.render(PANDOC, tmp_path, ["html", "pdf", "docx"])
    assert _spent() - before < 5
    assert (tmp_path / "report.html").stat().st_size < 1_500_000


def _spent() -> float:
    """Seconds of processor time, of this process and of those it started: the same on a busy machine."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def test_word_has_headings_captions_tables_and_alternative_text(rendered):
    document = docx.Document(rendered / "report.docx")
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Title") == 1
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[:3] == ["In brief", "What happened", "Did it last?"]
    assert headings[-1] == "How to reproduce this report"
    assert {"Brief", "Answer", "Image Caption", "Table Caption"} <= set(styles)
    assert styles.count("Table Caption") == len(document.tables) >= 5
    with zipfile.ZipFile(rendered / "report.docx") as archive:
        xml = archive.read("word/document.xml").decode()
    pictures = styles.count("Image Caption")
    assert len(re.findall(r'<wp:docPr[^>]+descr="[^"]{60,}"', xml)) == pictures >= 3
    assert len(re.findall(r"<pic:pic[\s>]", xml)) == len(re.findall(r'<wp:docPr[^>]+descr="[^"]+"', xml))
    assert xml.count("w:tblHeader") == len(document.tables)


def test_in_word_the_title_of_an_exact_rule_stays_with_it(rendered):
    (title,) = (
        paragraph
        for paragraph in docx.Document(rendered / "report.docx").paragraphs
        if paragraph.text == "The figures and the exact rule."
    )
    assert title.style.paragraph_format.keep_with_next


def test_a_chart_taller_than_a_page_fits_it(tmp_path):
    from matplotlib.figure import Figure

    written, work = tmp_path / "written", tmp_path / "work"
    (written / "figures").mkdir(parents=True)
    work.mkdir()
    for ending in ("svg", "png"):
        Figure(figsize=(4, 9)).savefig(written / "figures" / f"tall.{ending}")
    text = (
        '---\ntitle: Tall\nlang: en-GB\n---\n\n::: {#fig-tall}\n![](figures/tall){fig-alt="A tall chart"}\n\n'
    )
    (written / "report.qmd").write_text(f"{text}Its caption\n:::\n", encoding="utf-8")
    engines.prepare(written, THEME, work)
    engines.render(PANDOC, work, ["pdf", "docx"])
    (chart,) = docx.Document(work / "report.docx").inline_shapes
    assert chart.height.cm == pytest.approx(21.5, abs=0.01)
    assert chart.width / chart.height == pytest.approx(4 / 9, abs=0.01)
    pages = [page.extract_text() for page in pypdf.PdfReader(work / "report.pdf").pages]
    assert "Its caption" in pages[-1]
    assert _lowest(pypdf.PdfReader(work / "report.pdf").pages[-1], "Its caption") > 60


def _lowest(page: pypdf.PageObject, text: str) -> float:
    """How far above the page's foot a text stands, in points."""
    heights = []

    def note(said, page_to_sheet, text_to_page, *_):
        x, y = text_to_page[4:]
        heights.append((said, x * page_to_sheet[1] + y * page_to_sheet[3] + page_to_sheet[5]))

    page.extract_text(visitor_text=note)
    return min(height for said, height in heights if text.split()[0] in said)


def test_rendering_twice_gives_the_same_bytes(rendered, finished, tmp_path):
    engines.prepare(finished / "results" / STUDY / "report", THEME, tmp_path)
    engines.render(PANDOC, tmp_path, ["html", "pdf", "docx"])
    for form in ("html", "pdf", "docx"):
        assert (tmp_path / f"report.{form}").read_bytes() == (rendered / f"report.{form}").read_bytes(), form


def test_all_formats_carry_the_same_numbers(rendered):
    page = subprocess.run(
        [PANDOC.command, rendered / "report.docx", "--to=plain", "--wrap=none"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    html = re.sub(r"<[^>]+>", " ", (rendered / "report.html").read_text(encoding="utf-8"))
    pdf = " ".join(page.extract_text() for page in pypdf.PdfReader(rendered / "report.pdf").pages)
    for number in ("218 fewer", "−262", "1,540", "−18.9%", "0.0029"):
        assert number in page, number
        assert number in html, number
        assert number in pdf.replace("\n", " "), number


def test_a_failing_engine_is_a_sentence_with_what_it_said(tmp_path):
    (tmp_path / "report.qmd").write_text("# a", encoding="utf-8")
    with pytest.raises(SetupError, match=r"^pandoc: stopped with "):
        engines.render(PANDOC, tmp_path, ["html"])
    shutil.copytree(THEME, tmp_path / "theme")
    (tmp_path / "theme" / "pandoc.typ").write_text("#nonsense", encoding="utf-8")
    with pytest.raises(SetupError, match="typst: could not make the PDF"):
        engines.render(PANDOC, tmp_path, ["pdf"])


def test_an_engine_that_cannot_start_or_writes_nothing_is_a_sentence(tmp_path):
    with pytest.raises(SetupError, match="quarto: could not be started"):
        engines.render(Engine("quarto", "1", str(tmp_path / "none")), tmp_path, ["html"])
    with pytest.raises(SetupError, match=r"quarto 1: ended without an error but wrote no report\.html"):
        engines.render(Engine("quarto", "1", "/bin/true"), tmp_path, ["html"])
