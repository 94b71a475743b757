"""Of several changes, each is told by itself, and the finding names them all."""

from __future__ import annotations

from pipeline.report.wording import brief, changes

from .found import effect_row, measured, numbers_of

LABELS = {"2020-01-01": "The law", "2021-05-01": "The limit"}


def _numbers(first=(-140, 60), second=(30, 90), **about):
    rows = [
        effect_row(row, *found) | {"label": label}
        for (row, label), found in zip(LABELS.items(), (first, second), strict=True)
    ]
    return numbers_of(measured(-140, 60, **about) | {"changes": rows})


def test_each_change_has_a_sentence_of_its_own():
    said = changes.each_change(_numbers(), "m", "month")
    assert said == (
        "By itself, the law (in January 2020) came with a fall of **14%** (likely between 8% and 20%). "
        "By itself, the limit (in May 2021) came with no clear change (likely between a fall of 6% and a rise "
        "of 12%). Each is an average over the change’s own time, with the others as they were."
    )


def test_without_a_share_the_amount_is_told_with_its_unit():
    numbers = _numbers(kind="rate", unit=1000)
    rows = numbers.value("its.measures.m.changes")
    rows[0] |= effect_row("2020-01-01", 4.2, 1, relative=False)
    said = changes.each_change(numbers, "m", "day")
    assert "By itself, the law (on 1 January 2020) came with a rise of **4.20 per 1,000** (likely" in said


def test_the_finding_names_every_change():
    said = brief.headline(_numbers(), "m", "The law", "month")
    assert said.startswith("After the law and the limit, there were about **140 fewer**")


def test_one_change_is_told_by_the_finding_alone():
    numbers = numbers_of(measured(-140, 60) | {"changes": []})
    assert changes.each_change(numbers, "m", "month") == ""
    assert brief.headline(numbers, "m", "The law", "month").startswith("After the law, there were")
