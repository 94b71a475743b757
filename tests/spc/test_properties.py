"""What holds for every series."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import spc
from pipeline.errors import AnalysisError

LINES = ["value", "centre", "lower", "upper", "lower_2sigma", "upper_2sigma"]
whole = st.integers(-40, 40).map(float)
series = st.lists(st.one_of(whole, st.just(float("nan"))), min_size=2, max_size=40).filter(
    lambda y: bool(np.isfinite(y).any())
)
quick = settings(max_examples=60, deadline=None)
SWAP = {"neutral-high": "neutral-low", "neutral-low": "neutral-high", "both": "both", None: None}


def close(one: pd.DataFrame, other: Iterable[object]) -> None:
    np.testing.assert_allclose(
        one.to_numpy(dtype=float), np.asarray(other, dtype=float), rtol=1e-9, atol=1e-6
    )


@quick
@given(series, st.integers(-100, 100), st.sampled_from([0.25, 2.0, 1024.0]))
def test_shifting_and_scaling_the_series_shifts_and_scales_the_chart(
    y: list[float], shift: int, scale: float
) -> None:
    chart, moved = spc.chart(y), spc.chart(np.array(y) * scale + shift)
    close(moved.points[LINES], chart.points[LINES] * scale + shift)
    assert moved.points["signals"].tolist() == chart.points["signals"].tolist()
    assert (moved.variation, moved.runs) == (chart.variation, chart.runs)


@quick
@given(series)
def test_reversing_time_reverses_lines_and_signals(y: list[float]) -> None:
    chart, reversed_ = spc.chart(y), spc.chart(y[::-1])
    close(reversed_.points[LINES], chart.points[LINES][::-1])
    assert reversed_.points["signals"].tolist()[::-1] == chart.points["signals"].tolist()


@quick
@given(series)
def test_turning_the_series_upside_down_swaps_high_and_low(y: list[float]) -> None:
    chart, turned = spc.chart(y), spc.chart(-np.array(y))
    assert turned.points["signals"].tolist() == chart.points["signals"].tolist()
    assert turned.points["direction"].tolist() == [SWAP[found] for found in chart.points["direction"]]
    better = spc.chart(y, better="higher")
    assert spc.chart(-np.array(y), better="lower").points["direction"].equals(better.points["direction"])


@quick
@given(series, whole, st.data())
def test_adding_a_point_never_changes_earlier_phases(y: list[float], new: float, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(y) - 1))
    before, after = spc.chart(y, rebase=[at]), spc.chart([*y, new], rebase=[at])
    pd.testing.assert_frame_equal(before.points[:at], after.points[:at])


@quick
@given(series)
def test_a_missing_point_is_never_a_signal(y: list[float]) -> None:
    points = spc.chart(y).points
    assert points["headline"][points["value"].isna()].isna().all()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.floats(), st.none(), st.just(1e-320), whole), max_size=15),
    st.lists(st.integers(-2, 15), max_size=3),
    st.lists(st.integers(-2, 15), max_size=3),
    st.one_of(st.none(), st.integers(-1, 20)),
    st.one_of(st.none(), st.floats()),
    st.sampled_from(["making-data-count", "nhsr-plotthedots"]),
    st.booleans(),
)
def test_any_mixture_is_charted_or_refused_in_a_sentence(
    y: list[float],
    rebase: list[int],
    exclude: list[int],
    baseline: int | None,
    target: float | None,
    rules: str,
    screen: bool,
) -> None:
    try:
        chart = spc.chart(
            y,
            rules=rules,
            baseline=baseline,
            rebase=rebase,
            exclude=exclude,
            better="higher",
            target=target,
            screen=screen,
        )
    except AnalysisError:
        return
    assert len(chart.points) == len(y)
