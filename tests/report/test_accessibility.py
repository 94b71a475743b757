"""Every page in a real browser: axe-core finds nothing, the keyboard reaches everything, no network is asked.

Needs chromium, which CI installs; skipped without it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.report import site

from ..conftest import STUDY

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

PAGES = (*site.PAGES, "report.html")
FOCUSABLE = "a[href], summary, input, select, [tabindex='0']"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def folder(finished, rendered, tmp_path_factory) -> Path:
    """The site as it is published: its pages, and the report in the study's folder."""
    target = tmp_path_factory.mktemp("site")
    shutil.copytree(finished / "reports" / "_site", target, dirs_exist_ok=True)
    shutil.copyfile(rendered / "report.html", target / "report.html")
    return target


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(browser, folder, name, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    violations = axe.Axe().run(page).response["violations"]
    assert [(found["id"], found["nodes"][0]["html"]) for found in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser, folder, name):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((folder / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate(
        f'document.querySelectorAll("{FOCUSABLE}").forEach((each, place) => {{ each.dataset.place = place }})'
    )
    wanted = page.locator(FOCUSABLE).count()
    reached = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        place, outline = page.evaluate(
            "[document.activeElement.dataset.place, getComputedStyle(document.activeElement).outlineStyle]"
        )
        if place is not None:
            reached.add(place)
            assert outline != "none", page.evaluate("document.activeElement.outerHTML")
    assert len(reached) == wanted
    page.close()


def test_paper_is_light_whatever_the_screen_and_rules_stand_open(browser, folder):
    page = browser.new_page(color_scheme="dark")
    page.goto((folder / "report.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 39, 51)"
    assert page.locator(".detail > p").first.bounding_box()["height"] > 10
    assert not page.locator(".behind").first.is_visible()
    page.close()


def test_the_finder_filters_and_orders(browser, folder, tmp_path):
    summary = {
        "study": STUDY,
        "title": "B",
        "question": "Q?",
        "verdict": "Fell",
        "judgement": "improved",
        "change": "C",
        "start": "2001-01-01",
        "first": "2000-01-01",
        "last": "2002-01-01",
        "every": "month",
        "draft": True,
        "synthetic": False,
        "funder": None,
        "files": ["report.html"],
        "data": [],
    }
    other = {**summary, "study": "other", "title": "A", "judgement": "unclear", "start": "2003-01-01"}
    theme = Path(__file__).parents[2] / "reports" / "theme"
    (tmp_path / "index.html").write_text(site.pages([summary, other], theme)["index.html"], encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    titles = "[...document.querySelectorAll('.card:not([hidden])')].map(each => each.dataset.title)"
    assert page.evaluate(titles) == ["B", "A"]
    page.select_option("#order", "title")
    assert page.evaluate(titles) == ["A", "B"]
    page.select_option("#finding", "Improved")
    assert page.evaluate(titles) == ["B"]
    assert page.text_content("#shown") == "1 of 2 studies"
    page.select_option("#finding", "")
    page.fill("#words", "nowhere")
    assert page.evaluate(titles) == []
    page.close()
