"""What is said of groups and of the gap between them goes no further than the intervals."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import equity

GROUP = {"groups": 5, "fell": 0, "rose": 0, "better": 0, "worse": 0}


def _gap(verdict, share=(-0.2, -0.3, -0.1), after=3.0):
    told = None if share is None else dict(zip(("estimate", "lower", "upper"), share, strict=True))
    return {"verdict": verdict, "share": told, "after": {"lower": after}}


def _side(row, slope, spread, ratio=None):
    found = {"row": row, "slope": slope, "slope_lower": slope - spread, "slope_upper": slope + spread}
    limits = (None, None, None) if ratio is None else ratio
    return found | dict(zip(("ratio", "ratio_lower", "ratio_upper"), limits, strict=True))


def _numbers(better="lower", counted=GROUP, **found):
    measure = {
        "label": "Long waits",
        "better": better,
        "counted": counted,
        "ends": ["most deprived", "least deprived"],
        "ordered": True,
        **found,
    }
    its = {"label": "Long waits", "kind": "proportion", "unit": 100}
    return Numbers({"equity": {"measures": {"m": measure}}, "its": {"measures": {"m": its}}})


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ({"better": 5}, "It got better in all 5 groups."),
        ({"worse": 5}, "It got worse in all 5 groups."),
        ({"better": 3}, "Of the 5 groups, it got clearly better in 3."),
        ({"better": 3, "worse": 1}, "Of the 5 groups, it got clearly better in 3 and worse in 1."),
        ({}, "It did not clearly change in any of the 5 groups."),
    ],
)
def test_groups_are_counted_by_what_is_clear_of_them(counted, said):
    numbers = _numbers(counted={**GROUP, **counted}, slope=_gap("no-gap"))
    assert equity.for_whom(numbers, "m").startswith(said)


def test_where_neither_way_is_better_groups_went_up_or_down():
    numbers = _numbers(better=None, counted={**GROUP, "fell": 2}, slope=_gap("no-gap"))
    assert equity.for_whom(numbers, "m").startswith("Of the 5 groups, it clearly went down in 2.")


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (_gap("narrowed"), "got smaller by 20% (likely 10% to 30%). It is still there."),
        (_gap("narrowed", after=-1.0), "got smaller by 20% (likely 10% to 30%)."),
        (_gap("narrowed", share=None), "got smaller. It is still there."),
        (_gap("widened", share=(0.2, 0.1, 0.3)), "got larger by 20% (likely 10% to 30%)."),
        (
            _gap("unclear", share=(-0.1, -0.3, 0.1)),
            "no clear change in the gap between the most deprived and the least deprived (likely between 30% "
            "smaller and 10% larger).",
        ),
        (_gap("reversed"), "the least deprived turned round."),
        (_gap("opened"), "A gap opened between the most deprived and the least deprived."),
        (_gap("no-gap"), "no clear gap between the most deprived and the least deprived, before or after."),
    ],
)
def test_the_gap_is_told_by_its_verdict(gap, said):
    assert equity.for_whom(_numbers(slope=gap), "m").rstrip().endswith(said)


def test_groups_without_an_order_are_named_only_where_they_differ():
    rows = [
        {"row": "Women", "estimate": -2.0, "differs": True},
        {"row": "Men", "estimate": 1.0, "differs": False},
    ]
    said = equity.for_whom(_numbers(ordered=False, rests=rows), "m")
    assert "it went down by 2.00 percentage points among Women." in said
    assert "Men" not in said
    rows[0]["differs"] = False
    assert "In no group was the change clearly other" in equity.for_whom(
        _numbers(ordered=False, rests=rows), "m"
    )


def _size(estimate, spread):
    return {"estimate": estimate, "lower": estimate - spread, "upper": estimate + spread}


@pytest.mark.parametrize(
    ("sign", "after", "said"),
    [
        (-1, _size(5.0, 1.0), "5.00 percentage points higher among the most deprived (likely 4.00 to 6.00)"),
        (
            -1,
            _size(-5.0, 1.0),
            "5.00 percentage points higher among the least deprived (likely 4.00 to 6.00)",
        ),
        (1, _size(5.0, 1.0), "5.00 percentage points higher among the least deprived (likely 4.00 to 6.00)"),
        (1, _size(2.0, 3.0), "among the least deprived (likely between 1.00 lower and 5.00 higher)"),
        (1, _size(-2.0, 3.0), "among the most deprived (likely between 1.00 lower and 5.00 higher)"),
    ],
)
def test_the_gap_is_said_to_be_higher_at_the_end_that_has_more(sign, after, said):
    numbers = _numbers(slope={"sign": sign, "before": _size(20.0, 2.0), "after": after})
    told = equity.gap_size(numbers, "m")
    first = "most" if sign < 0 else "least"
    assert f"20.0 percentage points higher among the {first} deprived (likely 18.0 to 22.0)" in told
    assert told.endswith(f"after the change {said}." if said.startswith("5") else f"{said}.")


def test_a_gap_may_narrow_in_amount_and_grow_in_proportion():
    apart = [_side("before", -20, 2, (0.5, 0.48, 0.52)), _side("after", -16, 2, (0.4, 0.38, 0.42))]
    assert "so in proportion the gap got larger" in equity.relative_gap(_numbers(sides=apart), "m")
    alike = [_side("before", -20, 2, (0.5, 0.4, 0.6)), _side("after", -16, 2, (0.45, 0.35, 0.55))]
    assert "in proportion" not in equity.relative_gap(_numbers(sides=alike), "m")
    none = [_side("before", -20, 2), _side("after", -16, 2)]
    assert equity.relative_gap(_numbers(sides=none), "m") == ""
