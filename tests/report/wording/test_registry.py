"""Every sentence that a template may use has a name of its own."""

from __future__ import annotations

from pipeline.report import wording
from pipeline.report.numbers import Numbers


def test_no_two_subjects_say_things_by_the_same_name():
    names = [sentence.__name__ for subject in wording.SUBJECTS for sentence in subject.SAYS]
    assert len(names) == len(set(names))
    assert set(wording.said(Numbers({}))) == set(names)
