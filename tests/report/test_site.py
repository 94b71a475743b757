"""The site: self-contained pages, each study with its finding and its files."""

from __future__ import annotations

import re

import pytest

from pipeline.report import site
from pipeline.report.wording.judgement import Judgement

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
    "draft": True,
    "synthetic": False,
    "funder": None,
    "files": ["report.html", "report.pdf"],
    "data": ["its.json", "its-drivers.csv"],
}


@pytest.fixture
def index():
    return site.pages([SUMMARY], ROOT / "reports" / "theme")["index.html"]


def test_a_study_is_a_card_with_its_finding_dates_status_and_files(index):
    assert "<span>Improved.</span> Fell by 3%" in index
    assert "The law, 31 January 1983; data from January 1969 to December 1984." in index
    assert '<span class="chip">Draft</span><span class="chip">Real data</span>' in index
    assert '<a href="a/report.pdf"' in index
    assert '<a href="a/data/its-drivers.csv">' in index
    assert '<a href="a/data/its.json">' in index
    assert "report.docx" not in index


def test_of_several_changes_the_list_says_that_it_names_the_first():
    index = site.pages([SUMMARY | {"changes": 3}], ROOT / "reports" / "theme")["index.html"]
    assert "The law, 31 January 1983 (the first of 3); data from" in index


def test_quarters_have_one_to_between_two_of_them():
    summary = SUMMARY | {"every": "quarter", "first": "2010-10-01", "last": "2012-01-01"}
    index = site.pages([summary], ROOT / "reports" / "theme")["index.html"]
    assert "data from October to December 2010 until January to March 2012." in index


def test_other_peoples_words_are_escaped(index):
    assert "Did <script>" not in index
    assert "T &lt;b&gt;" in index


def test_every_judgement_has_a_word_and_a_shape():
    from typing import get_args

    judgements = {*get_args(Judgement), "no-change"}
    assert judgements == set(site.FINDINGS) == set(site.ICONS)
    assert set(site.ICONS.values()) == set(site.SHAPES)


def test_pages_ask_for_nothing_from_elsewhere_and_link_to_each_other(index):
    for page in site.pages([SUMMARY], ROOT / "reports" / "theme").values():
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        assert {"index.html", "methods.html", "glossary.html"} <= set(re.findall(r'href="([^"#/]+)"', page))
        assert page.count('aria-current="page"') == 1


def test_the_stage_writes_the_pages_of_the_listed_studies(finished):
    folder = finished / "reports" / "_site"
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert f'href="{STUDY}/report.html"' in page
    assert "Fell by 14%" in page
    assert "Interrupted time series" in (folder / "methods.html").read_text(encoding="utf-8")
    assert "Counterfactual" in (folder / "glossary.html").read_text(encoding="utf-8")
