"""Results are the same bytes from the same numbers, and are written whole or not at all."""

from __future__ import annotations

import datetime
import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import results


def test_numbers_carry_ten_significant_digits():
    assert results.rounded(123456.78901234567) == 123456.789
    assert results.rounded(-1.2345678901234e-7) == -1.23456789e-07


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_rounding_is_close_and_rounding_twice_changes_nothing(value):
    once = results.rounded(value)
    assert results.rounded(once) == once
    assert math.isclose(once, value, rel_tol=1e-9, abs_tol=1e-300)


def test_what_json_cannot_say_becomes_null_or_text():
    given_values = {
        "a": float("nan"),
        "b": np.array([1.0, np.inf]),
        "c": np.int64(3),
        "d": datetime.date(2020, 1, 31),
        "e": pd.Timestamp("2020-01-31"),
        "f": (True, None, "x"),
    }
    said = json.loads(results.to_json(given_values))
    assert said == {
        "a": None,
        "b": [1.0, None],
        "c": 3,
        "d": "2020-01-31",
        "e": "2020-01-31",
        "f": [True, None, "x"],
    }


def test_a_tables_rows_carry_their_index():
    frame = pd.DataFrame({"x": [1.5, float("nan")]}, index=["a", "b"])
    assert results.table(frame) == [{"row": "a", "x": 1.5}, {"row": "b", "x": None}]


def test_a_folder_appears_whole_and_replaces_the_old_one(tmp_path):
    target = tmp_path / "made"
    target.mkdir()
    (target / "old").touch()
    with results.whole_folder(target) as folder:
        (folder / "new").touch()
        assert (target / "old").exists()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_after_an_error_the_old_folder_stands_and_nothing_half_written_is_left(tmp_path):
    target = tmp_path / "made"
    target.mkdir()
    (target / "old").touch()

    def fail_half_way() -> None:
        with results.whole_folder(target) as folder:
            (folder / "half").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert [path.name for path in target.iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_file_is_written_whole(tmp_path):
    results.write_whole(tmp_path / "deep" / "a.txt", "é")
    results.write_whole(tmp_path / "deep" / "b.bin", b"\x00")
    assert (tmp_path / "deep" / "a.txt").read_bytes() == "é".encode()
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["a.txt", "b.bin"]
