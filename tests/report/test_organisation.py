"""One file gives an organisation's name, logo and colours to every format, and holds them to be readable."""

from __future__ import annotations

import shutil

import pytest

from pipeline.errors import SetupError
from pipeline.report import organisation
from pipeline.report.organisation import Colours, Organisation

from ..conftest import ROOT

THEME = ROOT / "reports" / "theme"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'


@pytest.fixture
def theme(tmp_path):
    (tmp_path / "theme").mkdir()
    for folder in (tmp_path, tmp_path / "theme"):
        (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    return tmp_path / "theme"


def _write(theme, text):
    (theme / "organisation.yml").write_text(text, encoding="utf-8")
    return theme


def test_the_file_that_comes_with_the_theme_is_the_default():
    assert organisation.read(THEME) == Organisation()
    assert organisation.masthead(organisation.read(THEME), THEME) == ""


def test_name_logo_and_colour_reach_css_typst_and_html(theme):
    _write(theme, 'name: "R&D <Trust>"\nlogo: logo.svg\ncolours: {accent: "#7A1F5A"}\n')
    ours = organisation.read(theme)
    assert "--accent: #7a1f5a" in organisation.css(ours)
    assert '#let accent = rgb("#7a1f5a")' in organisation.typst(ours)
    assert '#let organisation = "R&D <Trust>"' in organisation.typst(ours)
    head = organisation.masthead(ours, theme)
    assert "<span>R&amp;D &lt;Trust&gt;</span>" in head
    assert 'src="data:image/svg+xml;base64,' in head


def test_a_logo_without_a_name_is_named(theme):
    assert 'alt="Logo"' in organisation.masthead(organisation.read(_write(theme, "logo: logo.svg\n")), theme)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nmae: A\n", "organisation.yml, line 1, nmae: unknown key; did you mean name?"),
        ("colours: {accent: red}\n", "colours.accent: red is not a colour; write it as '#1f5a8c'"),
        (
            'colours: {accent: "#f0c000"}\n',
            "has a contrast of 1.6 to 1, and text needs 4.5; take a darker one",
        ),
        ('colours: {accent_on_dark: "#203040"}\n', "text needs 4.5; take a lighter one"),
        ("logo: ../logo.svg\n", "logo: ../logo.svg is not an SVG or PNG file in reports/theme"),
        ("logo: none.png\n", "logo: none.png is not an SVG or PNG file in reports/theme; put it there"),
    ],
)
def test_what_cannot_be_used_or_read_is_refused_in_a_sentence(theme, text, said):
    with pytest.raises(SetupError) as refused:
        organisation.read(_write(theme, text))
    assert said in str(refused.value)


def test_contrast_is_wcags():
    # Ratios as WCAG's own checkers give them.
    assert organisation.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert organisation.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_the_grounds_are_those_of_the_stylesheet():
    css = (THEME / "lasting.css").read_text(encoding="utf-8")
    for ground in (*organisation.LIGHT, *organisation.DARK):
        assert ground in css
    assert f"--accent: {Colours().accent};" in css
    assert f"--accent: {Colours().accent_on_dark};" in css


def test_every_format_carries_the_name(tmp_path, finished):
    import docx
    import pypandoc
    import pypdf

    from pipeline.report import engines
    from pipeline.report.engines import Engine

    from ..conftest import STUDY

    mine = tmp_path / "theme"
    shutil.copytree(THEME, mine)
    _write(mine, 'name: "Eastmoor Trust"\nlogo: logo.svg\ncolours: {accent: "#7a1f5a"}\n')
    (mine / "logo.svg").write_text(LOGO, encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    engines.prepare(finished / "results" / STUDY / "report", mine, work)
    engine = Engine("pandoc", pypandoc.get_pandoc_version(), pypandoc.get_pandoc_path(), "0")
    engines.render(engine, work, ["html", "pdf", "docx"])
    assert "<span>Eastmoor Trust</span>" in (work / "report.html").read_text(encoding="utf-8")
    assert (
        "Eastmoor Trust · Evaluation report" in pypdf.PdfReader(work / "report.pdf").pages[0].extract_text()
    )
    word = docx.Document(work / "report.docx")
    assert "Eastmoor Trust" in [paragraph.text for paragraph in word.paragraphs]
    assert word.inline_shapes[0]._inline.docPr.get("descr") == "Logo of Eastmoor Trust"
    assert "7A1F5A" in word.styles["Brief"].element.xml
