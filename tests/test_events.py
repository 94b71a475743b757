"""Stages tell the command that started them what happened, through a file it names."""

from __future__ import annotations

from pipeline import events
from pipeline.events import Event


def test_events_are_read_back_in_order_and_from_where_one_left_off(tmp_path, monkeypatch):
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv(events.VARIABLE, str(path))
    first, second = Event("its", "s", "started"), Event("its", "s", "failed", 1.5, 13, "A sentence.")
    events.record(first)
    events.record(second)
    assert events.read(path) == [first, second]
    assert events.read(path, after=1) == [second]


def test_a_line_that_is_still_being_written_waits(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"stage": "its", "item": "s", "what": "started"}\n{"stage": "spc", ', encoding="utf-8")
    assert [event.stage for event in events.read(path)] == ["its"]


def test_without_a_file_nothing_is_written_or_read(tmp_path, monkeypatch):
    monkeypatch.delenv(events.VARIABLE, raising=False)
    events.record(Event("its", "s", "started"))
    assert events.read(tmp_path / "none") == []
