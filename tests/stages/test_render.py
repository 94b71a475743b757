"""The record that DVC locks of a rendering is the same for every engine; the files are there beside it."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from pipeline import project, results
from pipeline.errors import SetupError
from pipeline.report import engines
from pipeline.stages import render

from ..conftest import STUDY, edit


@pytest.fixture
def rendered(finished, clone):
    shutil.copytree(finished / "results", clone / "results")
    render.run(project.load(), STUDY)
    return clone / "reports" / "_site" / STUDY


def test_the_record_names_the_document_and_the_files_and_no_engine(rendered, clone):
    document = clone / "results" / STUDY / "report" / "report.qmd"
    assert results.read_json(rendered / "rendered.json") == {
        "document": hashlib.sha256(document.read_bytes()).hexdigest(),
        "files": ["report.html", "report.pdf", "report.docx"],
    }
    assert results.read_json(rendered / "engine.json")["engine"].startswith(("pandoc ", "quarto "))


def test_only_the_plans_formats_are_rendered(rendered, clone):
    edit(clone / "params" / f"{STUDY}.yaml", "formats: [html, pdf, docx]", "formats: [html]")
    render.run(project.load(), STUDY)
    assert sorted(path.name for path in rendered.iterdir()) == [
        "data",
        "engine.json",
        "rendered.json",
        "report.html",
        "report.numbers.json",
    ]


def test_a_failed_rendering_leaves_the_last_one_whole(rendered, clone, monkeypatch):
    def fail(*_):
        raise SetupError("pandoc: stopped with nothing.")

    monkeypatch.setattr(engines, "render", fail)
    with pytest.raises(SetupError):
        render.run(project.load(), STUDY)
    assert (rendered / "report.html").is_file()
    assert not list(rendered.parent.glob(".*"))
