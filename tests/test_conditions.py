"""The plan's filter is a language of comparisons, and nothing in it is ever run."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from pipeline import conditions
from pipeline.conditions import Comparison, Joined
from pipeline.series.cells import holds

ROWS = pd.DataFrame(
    {
        "type": ["A", "B", "A", None],
        "age": [10, 20, 30, 40],
        "day": pd.to_datetime(["2020-01-01", "2020-06-01", "2021-01-01", "2021-06-01"]).date,
        "late one": [True, False, True, False],
    }
)


def kept(text: str) -> list[int]:
    """The places of the rows that a filter keeps."""
    rows = ibis.memtable(ROWS.assign(place=range(4)))
    rows = rows.mutate(day=rows.day.cast("date"))
    return sorted(rows.filter(holds(rows, conditions.read(text))).execute()["place"])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("type == 'A'", [0, 2]),
        ("type != 'A'", [1]),
        ("age > 10 and age <= 30", [1, 2]),
        ("type == 'B' or age >= 40", [1, 3]),
        ("type == 'A' and (age < 20 or age > 25)", [0, 2]),
        ("age in [10, 40]", [0, 3]),
        ("type not in ['A']", [1]),
        ("day >= '2021-01-01'", [2, 3]),
        ("`late one` == true", [0, 2]),
        ("age > -5", [0, 1, 2, 3]),
    ],
)
def test_a_filter_keeps_the_rows_that_it_says(text, places):
    assert kept(text) == places


def test_a_filter_is_read_into_parts():
    found = conditions.read("a == 1 and (b == 'x' or c in [1.5, 2])")
    assert found == Joined(
        "and",
        (
            Comparison("a", "==", (1,)),
            Joined("or", (Comparison("b", "==", ("x",)), Comparison("c", "in", (1.5, 2)))),
        ),
    )
    assert found.columns == ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a filter that can be read"),
        ("type ==", "is not a filter that can be read"),
        ("__import__('os').system('ls') == 1", "is no column"),
        ("type", "is no comparison"),
        ("not type == 'A'", "is no comparison"),
        ("1 < age < 5", "is not one comparison"),
        ("age is 5", "is not one comparison"),
        ("'A' == type", "is no column; put the column first"),
        ("age + 1 > 5", "is no column"),
        ("type == A", "`A` is no value; put text in quotes, as in 'A'"),
        ("type == len('x')", "is no value"),
        ("type == None", "is no value"),
        ("age in 5", "`in` takes a list"),
        ("age == [5]", "`==` takes one value"),
        ("age in []", "empty list"),
        ("age > -'x'", "is no value"),
        ("(" * 300 + "a" + ")" * 300, "is not a filter that can be read"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_a_sentence(text, said):
    with pytest.raises(ValueError, match=r".+") as refused:
        conditions.read(text)
    assert said in str(refused.value)
