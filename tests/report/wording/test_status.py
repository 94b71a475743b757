"""A reader is told at the top what kind of report this is."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import status


def _numbers(frozen=None, synthetic=False, provisional=None):
    return Numbers(
        {
            "its": {"measures": {"m": {"last_observed": "1984-12-01"}}},
            "frozen": frozen,
            "status": {"synthetic": synthetic, "provisional": provisional},
        }
    )


def test_a_quarter_keeps_its_own_to_apart_from_the_chips() -> None:
    assert status.chips(_numbers(), "m", "quarter")[-1] == "Data until December 1984 to February 1985"


FROZEN = {"date": "2024-03-02", "deviations": []}


@pytest.mark.parametrize(
    ("numbers", "chips", "banner"),
    [
        (
            _numbers(),
            ["Draft", "Plan not frozen", "Real data", "Data to December 1984"],
            "This is a draft: the plan is not frozen, so the analysis may still change.",
        ),
        (_numbers(FROZEN), ["Final", "Plan frozen 2 March 2024", "Real data", "Data to December 1984"], ""),
        (
            _numbers({**FROZEN, "deviations": [{"field": "its.model"}]}),
            ["Final", "Plan frozen 2 March 2024, with changes since", "Real data", "Data to December 1984"],
            "The analysis departs from the frozen plan; what was changed is listed below.",
        ),
        (
            _numbers(FROZEN, synthetic=True),
            ["Final", "Plan frozen 2 March 2024", "Made-up data", "Data to December 1984"],
            "The data are made up to show how a report looks; they are about nothing real.",
        ),
        (
            _numbers(FROZEN, provisional="1984-10-01"),
            ["Draft", "Plan frozen 2 March 2024", "Real data", "Data to December 1984"],
            "The data from October 1984 on are provisional and may still change.",
        ),
    ],
)
def test_draft_or_final_frozen_or_not_real_or_made_up(numbers, chips, banner):
    assert status.chips(numbers, "m", "month") == chips
    assert status.banner(numbers, "month") == banner
    assert status.is_draft(numbers) == (chips[0] == "Draft")
