"""Shifts and trends equal those of an independent implementation (Nelson 1984; Western Electric 1956)."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from pipeline import spc

from .references import BESIDE, beside

NAMES = sorted(path.stem for path in (BESIDE / "more" / "expected" / "spc_rules").glob("*.json")) or [
    "absent"
]


@pytest.mark.parametrize("name", NAMES)
def test_shifts_and_trends_have_the_members_that_nelson_and_western_electric_give(name: str) -> None:
    expected = json.loads((beside("more", "expected", "spc_rules") / f"{name}.json").read_text("utf-8"))
    y = pd.read_csv(beside("more", "data", "spc_rules") / f"{name}.csv")["y"].to_numpy(dtype=float)
    if np.isnan(y).all():
        pytest.skip("no value to chart")
    for length, theirs in ((9, "nelson_2"), (8, "we_4")):
        signals = spc.chart(y, rules=spc.making_data_count(shift_length=length)).points["signals"]
        members = [at + 1 for at, names in enumerate(signals) if "shift" in names]
        assert members == expected["xmr"]["rules"][theirs]["members"]
    for length, theirs in ((6, "nelson_3"), (7, "nelson_3_seven_points")):
        signals = spc.chart(y, rules=spc.making_data_count(trend_length=length)).points["signals"]
        members = [at + 1 for at, names in enumerate(signals) if "trend" in names]
        assert members == expected["xmr"]["rules"][theirs]["members"]
