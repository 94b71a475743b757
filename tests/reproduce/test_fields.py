"""Plain values taken apart into named fields, and what changed between two of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from pipeline.reproduce import fields
from pipeline.reproduce.fields import Change

PLAIN = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=3),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_rows_are_named_by_what_identifies_them_and_else_by_their_place():
    value = {"a": [{"id": "x", "n": 1}, {"id": "y", "n": 2}], "b": [{"n": 3}, {"n": 4}], "c": [[1, 2]]}
    assert fields.flat(value) == {
        "a[x].id": "x",
        "a[x].n": 1,
        "a[y].id": "y",
        "a[y].n": 2,
        "b[1].n": 3,
        "b[2].n": 4,
        "c[1]": [1, 2],
    }


def test_rows_that_share_a_name_are_told_by_place():
    assert list(fields.flat([{"row": "x"}, {"row": "x"}])) == ["[1].row", "[2].row"]


def test_a_row_that_is_put_in_between_changes_no_other():
    before = fields.flat([{"period": "1983-01", "n": 1}, {"period": "1983-03", "n": 3}])
    after = fields.flat(
        [{"period": "1983-01", "n": 1}, {"period": "1983-02", "n": 2}, {"period": "1983-03", "n": 3}]
    )
    assert [change.field for change in fields.changes(before, after)] == ["[1983-02].period", "[1983-02].n"]


@given(PLAIN)
def test_nothing_differs_from_itself(value):
    assert fields.changes(fields.flat(value), fields.flat(value)) == []


def test_how_far_two_numbers_are_apart_is_a_share_of_the_larger():
    assert Change("a", 2.0, 1.0).relative == 0.5
    assert Change("a", 0, 0.0).relative == 0.0
    assert Change("a", None, 1.0).relative == float("inf")
    assert Change("a", True, 1.0).relative == float("inf")
    assert fields.as_text(True) == "yes"
    assert fields.as_text(False) == "no"
