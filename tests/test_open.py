"""`lasting open` says where a report is, and opens it."""

from __future__ import annotations

import pytest

from .conftest import STUDY


@pytest.fixture
def opened(monkeypatch):
    """The addresses that a browser was asked to open."""
    import webbrowser

    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


def _made(clone, name):
    page = clone / "reports" / "_site" / name
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("x", encoding="utf-8")
    return page


@pytest.mark.parametrize(
    ("arguments", "name"),
    [((), "index.html"), ((STUDY,), f"{STUDY}/report.html"), ((STUDY,), f"{STUDY}/report.pdf")],
)
def test_the_page_is_named_and_opened(clone, lasting, opened, arguments, name):
    page = _made(clone, name)
    said = lasting("open", *arguments)
    assert said.code == 0
    assert said.out.strip() == f"reports/_site/{name}"
    assert opened == [page.as_uri()]


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ((), 16, "reports/_site/index.html: has not been made yet; run `lasting run` first."),
        (
            (STUDY,),
            16,
            f"reports/_site/{STUDY}/report.html: has not been made yet; run `lasting run {STUDY}` first.",
        ),
        (
            ("seat-belt-lav",),
            10,
            "params.yaml: there is no study named seat-belt-lav; did you mean seat-belt-law?",
        ),
    ],
)
def test_what_is_not_there_is_a_sentence(clone, lasting, opened, arguments, code, complaint):
    said = lasting("open", *arguments)
    assert (said.code, said.err.strip(), opened) == (code, complaint, [])
