"""The gravest doubts reach the brief, in words that need no training."""

from __future__ import annotations

import pytest

from pipeline.report.wording import doubts

from .found import measured, numbers_of


def _said(*codes):
    found = measured(-140, 60)
    found["flags"] = [{"code": code, "sentence": "..."} for code in codes]
    return doubts.doubts(numbers_of(found), "m", "month")


def test_without_flags_nothing_is_said():
    assert _said() == ""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("few-points", "There are so few months of data that all this is a description, and no proof."),
        ("few-after", "There are few months of data since the change, so it is early to judge."),
        ("rho-at-boundary", "The numbers drift so slowly that a change is hard to tell from the drift."),
        ("impossible-counterfactual", "The earlier trend can’t have gone on throughout"),
        ("impossible-throughout", "From the first month on, the earlier trend leads to what can’t be"),
    ],
)
def test_a_grave_flag_has_a_plain_sentence(code, said):
    assert _said(code).startswith(said)


def test_the_gravest_two_are_told_and_lesser_ones_left_to_their_section():
    said = _said("unequal-spread", "seasonality-unmodelled", "few-after", "few-points")
    assert said.startswith("There are so few months of data")
    assert said.endswith("so it is early to judge.")


def test_the_doubts_are_flags_that_the_statistics_raise():
    import inspect

    from pipeline.its import flags

    source = inspect.getsource(flags)
    assert not [code for code in doubts.DOUBTS if f'"{code}"' not in source]
