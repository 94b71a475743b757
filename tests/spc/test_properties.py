"""What holds for every series."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import spc
from pipeline.errors import AnalysisError
from pipeline.spc import plots
from pipeline.spc.kinds import KINDS

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


messy = st.lists(
    st.one_of(st.floats(), st.none(), st.sampled_from([1e-320, 1e-101, 0.0, 1e99, -0.0]), st.integers(0, 40)),
    max_size=15,
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*KINDS, "auto"]),
    messy,
    st.one_of(st.none(), messy, st.lists(st.integers(1, 50), min_size=15, max_size=15)),
    st.lists(st.integers(-2, 15), max_size=3),
    st.lists(st.integers(-2, 15), max_size=3),
    st.one_of(st.none(), st.integers(-1, 20)),
    st.one_of(st.none(), st.floats()),
    st.sampled_from(list(spc.RULE_SETS)),
    st.booleans(),
    st.sampled_from([None, "count", "rate", "proportion", "time-between"]),
    st.one_of(st.just({}), st.fixed_dictionaries({"per": st.floats(), "centre": st.floats()})),
)
def test_any_mixture_is_charted_or_refused_in_a_sentence(
    kind: str,
    y: Any,
    n: Any,
    rebase: list[int],
    exclude: list[int],
    baseline: int | None,
    target: float | None,
    rules: str,
    screen: bool,
    measure: str | None,
    more: dict[str, float],
) -> None:
    if n is not None:
        n = n[: len(y)]
    if kind in ("xbar", "s"):
        y = [y[start : start + 3] for start in range(0, len(y), 3)]
    try:
        chart = spc.chart(
            y,
            kind=kind,
            n=n,
            rules=rules,
            baseline=baseline,
            rebase=rebase,
            exclude=exclude,
            better="higher",
            target=target,
            screen=screen,
            measure=measure,
            **more,
        )
    except AnalysisError:
        return
    assert len(chart.points) == len(y)
    plots.alt_text(chart, "x")


@settings(max_examples=100, deadline=None)
@given(messy, st.floats(), st.floats(), st.one_of(st.none(), st.integers(-1, 20)))
def test_small_shift_charts_take_any_mixture_too(
    y: Any, weight: float, decision: float, baseline: int | None
) -> None:
    for make in (
        lambda: spc.ewma(y, weight=weight, baseline=baseline),
        lambda: spc.cusum(y, decision=decision, baseline=baseline),
    ):
        try:
            assert len(make().points) == len(y)
        except AnalysisError:
            continue


@settings(max_examples=200, deadline=None)
@given(
    messy,
    messy,
    st.sampled_from(["proportion", "rate", "ratio"]),
    st.sampled_from(["auto", "exact", "normal", "multiplicative", "additive"]),
)
def test_funnels_take_any_mixture_too(y: Any, n: Any, measure: Any, limits: Any) -> None:
    size = min(len(y), len(n))
    try:
        funnel = spc.funnel(y[:size], n[:size], measure=measure, limits=limits)
    except AnalysisError:
        return
    assert len(funnel.points) == size


counts = st.lists(st.tuples(st.integers(0, 30), st.integers(30, 90)), min_size=4, max_size=30)


@quick
@given(st.sampled_from(["p", "u", "p'", "u'", "i'"]), counts, st.sampled_from([2.0, 100.0, 1000.0]))
def test_values_per_more_are_that_many_times_as_large(kind: str, seen: Any, per: float) -> None:
    y, n = zip(*seen, strict=True)
    plain, times = spc.chart(y, kind=kind, n=n), spc.chart(y, kind=kind, n=n, per=per)
    close(times.points[LINES], plain.points[LINES] * per)
    assert times.points["signals"].tolist() == plain.points["signals"].tolist()


@quick
@given(st.sampled_from(["p", "p'"]), counts)
def test_a_proportion_and_its_complement_mirror_each_other(kind: str, seen: Any) -> None:
    y, n = (np.array(part, dtype=float) for part in zip(*seen, strict=True))
    chart, other = spc.chart(y, kind=kind, n=n), spc.chart(n - y, kind=kind, n=n)
    np.testing.assert_allclose(other.points["upper"], 1 - chart.points["lower"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(other.points["centre"], 1 - chart.points["centre"], rtol=1e-9, atol=1e-12)


@quick
@given(st.sampled_from(["run", "xmr", "i'", "t", "mr"]), series, st.sampled_from([0.25, 2.0, 1024.0]))
def test_scaling_the_series_scales_the_chart(kind: str, y: list[float], scale: float) -> None:
    values = np.abs(np.array(y)) + 1
    chart, scaled = spc.chart(values, kind=kind), spc.chart(values * scale, kind=kind)
    close(scaled.points[LINES], chart.points[LINES] * scale)
    assert scaled.points["signals"].tolist() == chart.points["signals"].tolist()


@quick
@given(st.sampled_from(["western-electric", "nelson", "anhoej"]), series)
def test_symmetric_rules_see_the_same_in_reverse_and_upside_down(rules: str, y: list[float]) -> None:
    chart = spc.chart(y, rules=rules)
    assert (
        spc.chart(y[::-1], rules=rules).points["signals"].tolist()[::-1] == chart.points["signals"].tolist()
    )
    assert spc.chart(-np.array(y), rules=rules).points["signals"].tolist() == chart.points["signals"].tolist()


@quick
@given(
    st.sampled_from(["run", "xmr", "mr", "i'", "p", "u", "p'", "u'", "c", "g", "t"]),
    st.sampled_from(list(spc.RULE_SETS)),
    counts,
    st.data(),
)
def test_adding_a_point_never_changes_earlier_phases_of_any_kind(
    kind: str, rules: str, seen: Any, data: st.DataObject
) -> None:
    y, n = (list(part) for part in zip(*seen, strict=True))
    at = data.draw(st.integers(1, len(y) - 1))
    y = [value + 1 for value in y] if kind == "t" else y
    sizes = n if KINDS[kind].denominators == "needed" else None
    after = spc.chart([*y, 7], kind=kind, n=None if sizes is None else [*n, 50], rules=rules, rebase=[at])
    before = spc.chart(y, kind=kind, n=sizes, rules=rules, rebase=[at])
    pd.testing.assert_frame_equal(before.points[:at], after.points[:at])


@quick
@given(
    st.sampled_from(["run", "xmr", "mr", "i'", "p", "u", "p'", "u'", "c", "g", "t"]),
    st.sampled_from(list(spc.RULE_SETS)),
    st.integers(1, 50),
    st.integers(2, 40),
)
def test_a_constant_series_signals_nothing_in_any_chart(kind: str, rules: str, value: int, size: int) -> None:
    sizes = [97.0] * size if KINDS[kind].denominators == "needed" else None
    chart = spc.chart([value / 3] * size, kind=kind, n=sizes, rules=rules)
    assert chart.points["signals"].tolist() == [()] * size
    assert not chart.runs.signal
    assert not spc.ewma([value / 3] * size).points["signal"].any()
    assert not spc.cusum([value / 3] * size).points["signal"].any()
