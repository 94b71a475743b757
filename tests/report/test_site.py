"""The list of studies: one self-contained page, with each study's finding and files."""

from __future__ import annotations

from pipeline.report import site

from ..conftest import ROOT, STUDY

SUMMARY = {
    "study": "a",
    "title": "T <b>",
    "question": "Did <script> it?",
    "verdict": "Fell by 3%",
    "judgement": "improved",
    "change": "The law",
    "start": "1983-01-31",
    "first": "1969-01-01",
    "last": "1984-12-01",
    "every": "month",
    "files": ["report.html", "report.pdf"],
}


def test_a_study_is_a_card_with_its_finding_dates_and_files():
    page = site.index([SUMMARY], ROOT / "reports" / "theme")
    assert "Fell by 3%" in page
    assert "The law, 31 January 1983; data from January 1969 to December 1984." in page
    assert '<a href="a/report.pdf"' in page
    assert "report.docx" not in page


def test_other_peoples_words_are_escaped():
    page = site.index([SUMMARY], ROOT / "reports" / "theme")
    assert "<script>" not in page
    assert "T &lt;b&gt;" in page


def test_the_stage_writes_the_page_of_the_listed_studies(finished):
    page = (finished / "reports" / "_site" / "index.html").read_text(encoding="utf-8")
    assert f'href="{STUDY}/report.html"' in page
    assert "Fell by 14%" in page
