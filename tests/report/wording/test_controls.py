"""An outcome that should not have moved is read beside the primary one."""

from __future__ import annotations

import pytest

from pipeline.report.wording import controls

from .found import measured, numbers_of


@pytest.mark.parametrize(
    ("primary", "control", "said"),
    [
        (
            (-140, 60),
            (-10, 60),
            "(likely between a fall of 7% and a rise of 5%), which makes the change a likelier",
        ),
        ((-140, 60), (-10, 600), "showed no clear change, but one as large can’t be ruled out"),
        ((-10, 60), (-10, 60), "showed no clear change either (likely between"),
        (
            (-140, 60),
            (-90, 60),
            "moved the same way (likely a fall of 3% to 15%), so something else may explain",
        ),
        (
            (-140, 60),
            (90, 60),
            "went the other way (likely a rise of 3% to 15%). That can’t explain the change",
        ),
        ((-10, 60), (90, 60), "moved (likely a rise of 3% to 15%), so something else was at work"),
    ],
)
def test_a_control_outcome_is_read_beside_the_primary_one(primary, control, said):
    numbers = numbers_of(measured(*primary), c=measured(*control, label="Complaints"))
    assert said in controls.control(numbers, "c", "m")
    assert controls.control(numbers, "c", "m").startswith("Complaints, which should not have been touched,")


def test_the_tile_of_a_control_outcome_says_which_way_it_went():
    for absolute, word in ((-10, "No clear change"), (-90, "It fell"), (90, "It rose")):
        numbers = numbers_of(measured(-140, 60), c=measured(absolute, 60))
        assert controls.tile_control(numbers, "c")[0] == word
