"""What a person sees while studies run, and after."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipeline import project, results, terminal
from pipeline.events import Event
from pipeline.runs import Outcome
from pipeline.stages import STAGES

from .conftest import STUDY

SUMMARY = {"verdict": "Fell by 14% (−21% to −7%)", "files": ["report.html"]}


@pytest.fixture
def here(clone):
    found = project.load()
    results.write_whole(found.results("_studies", f"{STUDY}.json"), results.to_json(SUMMARY))
    return found


def test_the_table_tells_finding_file_and_time(here, capsys):
    terminal.show_outcomes(here, [Outcome(STUDY, 3.21, ("its",)), Outcome(STUDY, 0.0)])
    said = capsys.readouterr().out
    assert "Fell by 14% (−21% to −7%)" in said
    assert "reports/_site/seat-belt-law/report.html" in said
    assert "3.2 s" in said
    assert "up to date" in said
    assert said.rstrip().endswith("All studies: reports/_site/index.html")


def test_a_failure_is_told_after_the_table_in_full_and_without_markup(here, capsys):
    message = "params/x.yaml: [red]a sentence[/red] that is longer than any terminal is wide, " * 3
    terminal.show_outcomes(here, [Outcome(STUDY, 1.0, (), 12, message)])
    said = capsys.readouterr()
    assert "stopped" in said.out
    assert "index.html" not in said.out
    assert said.err == f"{STUDY}: {message}\n"


def _progress(monkeypatch, *events, is_terminal):
    file = io.StringIO()
    monkeypatch.setattr(
        terminal, "Console", lambda **_: Console(file=file, force_terminal=is_terminal, width=100)
    )
    with terminal.Progress() as progress:
        for event in events:
            progress.update(event)
    return file.getvalue()


def test_without_a_terminal_each_stage_is_a_line_when_it_ends(monkeypatch):
    events = [
        Event("its", "s", "started"),
        Event("its", "s", "finished", 1.25),
        Event("site", "", "finished", 0.01),
    ]
    said = _progress(monkeypatch, *events, is_terminal=False)
    assert said.splitlines() == ["s: fitting the time series, 1.2 s", "listing the studies, 0.0 s"]


def test_on_a_terminal_what_is_running_stands_on_one_line(monkeypatch):
    events = [Event("its", "a", "started"), Event("spc", "b", "started"), Event("its", "a", "finished", 1.0)]
    said = _progress(monkeypatch, *events, is_terminal=True)
    assert "a: fitting the time series · b: drawing control charts" in said


def test_every_stage_has_words_for_what_it_does():
    assert set(terminal.WORDS) == set(STAGES)
