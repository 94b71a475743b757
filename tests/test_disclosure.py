"""Which counts may be shown, and as what; how few digits of what is worked out from the others."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import disclosure
from pipeline.plan import Disclosure, Measure

RULE = Disclosure()
COUNT = Measure(id="falls", role="outcome", label="Falls", kind="count", column="falls")
SHARE = Measure(
    id="share", role="outcome", label="Share", kind="proportion", numerator="falls", denominator="stays"
)
RATE = Measure(
    id="rate", role="outcome", label="Rate", kind="rate", numerator="falls", denominator="days", per=1000
)


def _ratio(above, below, unit):
    frame = pd.DataFrame({"numerator": above, "denominator": below}, dtype=float)
    return frame.assign(value=frame["numerator"] / frame["denominator"] * unit)


def test_counts_from_one_to_four_are_hidden_and_nought_is_not():
    shown = disclosure.shown_series(pd.DataFrame({"value": [0.0, 1, 4, 5, 7, 8, 123]}), COUNT, RULE)
    assert shown["value"].tolist() == pytest.approx([0, np.nan, np.nan, 5, 5, 10, 125], nan_ok=True)


def test_the_plan_may_ask_for_more():
    rule = Disclosure(minimum=10, round_to=1)
    shown = disclosure.shown_series(pd.DataFrame({"value": [0.0, 9, 10, 11]}), COUNT, rule)
    assert shown["value"].tolist() == pytest.approx([0, np.nan, 10, 11], nan_ok=True)


def test_a_rate_follows_the_counts_it_is_made_of():
    shown = disclosure.shown_series(_ratio([12, 3, 12], [907, 911, 4], 1000), RATE, RULE)
    assert shown["value"].iloc[0] == pytest.approx(10 / 905 * 1000)
    assert shown["value"].iloc[1:].isna().all()
    assert shown["numerator"].iloc[1:].isna().all()


def test_what_a_share_leaves_is_a_count_too():
    shown = disclosure.shown_series(_ratio([98, 90, 100], [100, 100, 100], 100), SHARE, RULE)
    assert shown["value"].isna().tolist() == [True, False, False]


def test_what_is_hidden_or_rounded_is_unknown_and_nought_is_not():
    data = pd.DataFrame({"value": [0.0, 3, 9, np.nan]})
    assert disclosure.unknown(data, COUNT, RULE).tolist() == [False, True, True, False]
    mean = Measure(id="stay", role="outcome", label="Stay", kind="mean", column="days")
    stays = data.assign(n=[9.0, 2, 9, np.nan], sd=1.0)
    assert disclosure.unknown(stays, mean, RULE).tolist() == [False, True, False, False]
    exact = Disclosure(minimum=5, round_to=1)
    assert disclosure.unknown(data, COUNT, exact).tolist() == [False, True, False, False]


def test_a_mean_of_few_cases_is_hidden():
    mean = Measure(id="stay", role="outcome", label="Stay", kind="mean", column="days")
    data = pd.DataFrame({"value": [3.1, 4.2], "sd": [1.0, 1.1], "n": [4.0, 22.0]})
    shown = disclosure.shown_series(data, mean, RULE)
    assert shown["value"].isna().tolist() == [True, False]
    assert shown["n"].tolist() == pytest.approx([np.nan, 20], nan_ok=True)


def test_where_one_part_is_hidden_the_next_smallest_is_too():
    parts = {
        "A": pd.DataFrame({"value": [3.0, 30.0, 3.0]}),
        "B": pd.DataFrame({"value": [9.0, 20.0, 0.0]}),
        "C": pd.DataFrame({"value": [30.0, 10.0, 0.0]}),
    }
    shown = disclosure.shown_parts(parts, COUNT, RULE)
    hidden = {name: frame["value"].isna().tolist() for name, frame in shown.items()}
    # In the third period nobody else has any: the whole is hidden as well.
    assert hidden == {"A": [True, False, True], "B": [True, False, False], "C": [False, False, False]}


@given(st.lists(st.lists(st.integers(0, 60), min_size=6, max_size=6), min_size=2, max_size=5))
def test_no_hidden_part_can_be_had_from_the_whole(counts):
    """Whoever sees the rounded whole and the other parts has at least two counts to choose from."""
    parts = {str(place): pd.DataFrame({"value": row}, dtype=float) for place, row in enumerate(counts)}
    shown = disclosure.shown_parts(parts, COUNT, RULE)
    for period in range(6):
        hidden = [name for name in parts if np.isnan(shown[name]["value"].iloc[period])]
        small = [name for name in parts if 0 < parts[name]["value"].iloc[period] < RULE.minimum]
        assert set(small) <= set(hidden)
        others = [name for name in parts if parts[name]["value"].iloc[period] > 0 and name not in small]
        assert len(hidden) != 1 or not others


@given(st.floats(1e-6, 1e9, allow_nan=False))
def test_four_digits_are_told_of_any_number(value):
    told = disclosure.coarse({"x": value})["x"]
    assert told == pytest.approx(value, rel=5.1e-4)
    assert len(f"{told:e}".split("e")[0].replace(".", "").rstrip("0")) <= 4


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Fell by 12.34567 (−14.98765 to −9.87654).", "Fell by 12.35 (−14.99 to −9.877)."),
        ("<td>12345.678</td>", "<td>12350</td>"),
        ("0.000123456 and 1.23456e-07", "0.0001235 and 1.235e-07"),
        ("version 2.4.61, cell-1.5", "version 2.4.61, cell-1.5"),
        ("2023-04-01: 17 of 1,234 days", "2023-04-01: 17 of 1,234 days"),
        ("10–20.55555%", "10–20.56%"),
    ],
)
def test_text_keeps_its_words_and_whole_numbers(said, told):
    assert disclosure.coarse_text(said) == told


def test_a_drawing_keeps_its_text_and_loses_what_no_eye_sees():
    drawn = '<path d="M 12.3456 7.8901 L -0.0123 4"/><text transform="translate(3.14159 2)">0.125</text>'
    assert disclosure.coarse_svg(drawn) == (
        '<path d="M 12.3 7.9 L 0.0 4"/><text transform="translate(3.1 2)">0.125</text>'
    )


@pytest.mark.parametrize(
    ("place", "leaves"),
    [
        ("results/falls/its/its.json", True),
        ("reports/_site/falls/report.html", True),
        ("results/falls/series/falls.by-unit.parquet", False),
        ("results/_data/falls/data.parquet", False),
        ("data/raw/falls.csv", False),
        ("scratch/falls/its/its.json", False),
        (".dvc/cache/files/md5/00/11", False),
    ],
)
def test_true_values_stay_where_they_are(place, leaves):
    assert disclosure.may_leave(place) is leaves


def test_whole_counts_in_results_stay_whole():
    found = {"before": 36, "rows": [1.0, 2.5], "names": ("a",), "none": None}
    assert json.dumps(disclosure.coarse(found)) == (
        '{"before": 36, "rows": [1.0, 2.5], "names": ["a"], "none": null}'
    )
