"""Each kind of chart on series small enough to work out by hand, and how `auto` chooses among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError
from pipeline.spc.limits import Observed, Options
from pipeline.spc.subgroups import c4

random = np.random.default_rng(5)
N = np.full(24, 400.0)
CHANCE = random.binomial(400, 0.25, 24).astype(float)
MORE = CHANCE + np.where(np.arange(24) % 2, 60.0, 0.0)


def level(chart: spc.Chart, *names: str) -> list[float]:
    return [float(chart.points[name].iloc[0]) for name in names or ("lower", "centre", "upper")]


def test_a_run_chart_has_the_median_and_no_limits() -> None:
    chart = spc.chart([3.0, 1, 100, 2, np.nan], kind="run")
    assert level(chart, "centre") == [2.5]
    assert chart.points[["lower", "upper"]].isna().all(axis=None)
    assert [flag.code for flag in chart.flags] == ["few-points", "latest-missing"]
    assert spc.chart([1.0, 2], kind="run", target=0, better="higher").assurance is None


def test_moving_ranges_have_a_limit_of_3_267_means_and_no_patterns() -> None:
    chart = spc.chart([1.0, 3, 2, 2] * 3, kind="mr")
    assert np.isnan(chart.points["value"].iloc[0])
    mean = np.mean(np.abs(np.diff([1.0, 3, 2, 2] * 3)))
    assert level(chart) == pytest.approx([0, mean, 3.267 * mean])
    assert not spc.chart([*range(30), *range(30)], kind="mr", rules="anhoej").runs.signal


def test_a_p_chart_has_binomial_limits_that_follow_the_denominators() -> None:
    chart = spc.chart([10, 30, 5], kind="p", n=[100, 200, 50])
    p = 45 / 350
    assert chart.points["centre"].tolist() == pytest.approx([p] * 3)
    assert chart.points["upper"].tolist() == pytest.approx(
        [p + 3 * np.sqrt(p * (1 - p) / n) for n in (100, 200, 50)]
    )
    assert chart.points["lower"].min() == 0


def test_a_u_chart_has_poisson_limits() -> None:
    chart = spc.chart([10, 30], kind="u", n=[100, 200], per=1000)
    assert chart.points["value"].tolist() == pytest.approx([100, 150])
    assert level(chart, "upper") == pytest.approx([1000 * (40 / 300 + 3 * np.sqrt(40 / 300 / 100))])


def test_a_c_chart_has_poisson_limits_too() -> None:
    assert level(spc.chart([4, 9, 14], kind="c")) == pytest.approx([0, 9, 18])


def test_laneys_charts_widen_by_the_variation_between_points() -> None:
    plain, laney = (spc.chart(MORE, kind=kind, n=N) for kind in ("p", "p'"))
    z = (MORE / N - level(plain, "centre")[0]) / np.sqrt(
        level(plain, "centre")[0] * (1 - level(plain, "centre")[0]) / 400
    )
    widened = np.abs(np.diff(z)).mean() / 1.128
    width = level(plain, "upper")[0] - level(plain, "centre")[0]
    assert level(laney, "upper")[0] - level(laney, "centre")[0] == pytest.approx(width * widened)


def test_weighted_individuals_are_an_xmr_chart_where_all_weigh_the_same() -> None:
    values = [3.0, 5, 4, 6, 2, 7]
    weighted = spc.chart(values, kind="i'")
    sigma = np.sqrt(np.pi / 2) * np.mean(np.abs(np.diff(values))) / np.sqrt(2)
    assert level(weighted) == pytest.approx([4.5 - 3 * sigma, 4.5, 4.5 + 3 * sigma])


def test_subgroups_have_the_tabled_factors() -> None:
    assert c4(np.array([2.0, 5, 25])) == pytest.approx([0.7979, 0.9400, 0.9896], abs=5e-5)
    groups = [[1.0, 2, 3], [2.0, 3, 4], [3.0, 4, 8]]
    sd = np.mean([1, 1, np.std([3, 4, 8], ddof=1)])
    assert level(spc.chart(groups, kind="s"), "centre") == pytest.approx([sd])
    upper = np.mean([2, 3, 5]) + 1.954 * sd  # A3 of three values, Montgomery (2013), appendix VI
    assert level(spc.chart(groups, kind="xbar"), "upper") == pytest.approx([upper], rel=1e-3)
    ragged = spc.chart([[1.0, 2, 3], [2, None], [3.0, 4, 8, 5]], kind="xbar")  # type: ignore[list-item]
    assert ragged.points["value"].tolist() == pytest.approx([2, 2, 5])


def test_cases_between_events_have_geometric_limits_about_the_mean() -> None:
    chart = spc.chart([0, 3, 12, 5], kind="g")
    assert level(chart) == pytest.approx([0, 4, 5 + 3 * np.sqrt(5 * 6)])


def test_times_between_events_are_transformed_and_back() -> None:
    times = np.array([3.0, 40, 12, 7, 90])
    inner = spc.chart(times ** (1 / 3.6), rules="anhoej")
    assert level(spc.chart(times, kind="t")) == pytest.approx(
        [max(value, 0) ** 3.6 for value in level(inner)]
    )


def test_a_given_centre_takes_the_place_of_the_computed_one() -> None:
    assert level(spc.chart([1.0, 2, 3], centre=10), "centre") == [10]
    assert level(spc.chart([10, 20], kind="p", n=[100, 100], centre=20, per=100), "centre") == [20]


def test_values_that_cannot_be_negative_have_no_limit_below_zero() -> None:
    assert level(spc.chart([1.0, 9, 2, 8], non_negative=True), "lower") == [0]
    with pytest.raises(AnalysisError, match="non_negative was asked for, and the value at position 1 is -2"):
        spc.chart([1.0, -2], non_negative=True)


def test_a_denominator_of_zero_makes_a_missing_point() -> None:
    chart = spc.chart([1, 0, 2], kind="p", n=[10, 0, 10])
    assert np.isnan(chart.points["value"][1])
    assert chart.points["signals"][1] == ()


def test_points_without_an_order_have_no_patterns() -> None:
    sites = [10.0, 11, 10, 11, 12, 13, 12, 13, 12, 13, 12, 13, 12]
    assert spc.chart(sites, rules="nelson").points["headline"].notna().any()
    assert spc.chart(sites, rules="nelson", ordered=False).points["headline"].isna().all()


@pytest.mark.parametrize("kind", ["i", "pp", "up", "ip"])
def test_names_of_other_software_are_known(kind: str) -> None:
    n = None if kind == "i" else N
    assert spc.chart(CHANCE, kind=kind, n=n).kind == {"i": "xmr"}.get(kind, f"{kind[0]}'")


@pytest.mark.parametrize(
    ("options", "kind", "because"),
    [
        ({"y": CHANCE}, "xmr", "one value a period"),
        ({"y": CHANCE, "measure": "value"}, "xmr", "one value a period"),
        ({"y": CHANCE, "n": N}, "p", "counts within their denominators"),
        ({"y": CHANCE, "n": N, "measure": "proportion"}, "p", "about as much as chance"),
        ({"y": MORE, "n": N, "measure": "proportion"}, "p'", "times as much as chance"),
        ({"y": CHANCE, "n": N / 40}, "u", "counts that can exceed"),
        ({"y": CHANCE, "n": N, "measure": "rate"}, "u", "rates of events"),
        ({"y": MORE, "n": N, "measure": "rate"}, "u'", "times as much as chance"),
        ({"y": CHANCE / 7, "n": N}, "i'", "denominators and are not counts"),
        ({"y": CHANCE, "n": N, "measure": "mean"}, "i'", "denominators and are not counts"),
        ({"y": CHANCE, "measure": "count"}, "c", "about as much as chance"),
        ({"y": CHANCE[:8], "measure": "count"}, "c", "fewer than 12 points at first can't tell"),
        ({"y": MORE, "measure": "count"}, "xmr", "times as much as chance"),
        ({"y": CHANCE + 1, "measure": "time-between"}, "t", "times between events"),
        ({"y": [0, 4, 2], "measure": "time-between"}, "g", "some are zero"),
        ({"y": np.ones((4, 3))}, "xbar", "several values"),
        ({"y": [[1.0], [2.0, 3.0]]}, "xbar", "several values"),
    ],
)
def test_auto_goes_by_what_is_given_and_says_why(options: dict[str, Any], kind: str, because: str) -> None:
    chart = spc.chart(kind="auto", **options)
    assert chart.kind == kind
    assert because in chart.reason


def test_auto_is_not_moved_by_later_points() -> None:
    assert spc.chart([*CHANCE, 390, 1, 390, 1], kind="auto", n=[*N, *N[:4]], rebase=[24]).kind == "p"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "p"}, "A p chart needs denominators"),
        ({"kind": "p", "n": [1.0]}, "has 3 points and n has 1"),
        ({"kind": "p", "n": [5.0, 5, -1]}, "The denominator at position 2 is -1"),
        ({"kind": "p", "n": [5.0, 1, 9]}, "At position 1 the count is 2 of 1"),
        ({"kind": "u", "n": ["a", "b", "c"]}, "n has values that are not"),
        ({"kind": "c", "y": [1.0, -1]}, "takes values of zero or more"),
        ({"kind": "t", "y": [1.0, 0]}, "takes values of more than zero"),
        ({"kind": "xbar"}, "several values for each point"),
        ({"kind": "xbar", "y": [[1.0, 2], [3.0, 4]], "n": [2, 2]}, "takes no denominators"),
        ({"kind": "xmr", "y": [[1.0, 2], [3.0, 4]]}, "this has 2 dimensions"),
        ({"kind": "auto", "measure": "length"}, "There is no measure 'length'"),
        ({"per": 100}, "no denominators to give values per"),
        ({"per": 0.0}, "must be more than zero"),
        (
            {"kind": "u", "n": [1.0, 1e-60, 1], "y": [1, 1e60, 1]},
            "The value of y / n at position 1 is infinite",
        ),
        ({"centre": "high"}, "centre is 'high'"),
        ({"kind": "c", "centre": -1}, "can't be below zero"),
        ({"kind": "p", "n": [9.0] * 3, "centre": 2}, "can't be more than 1"),
    ],
)
def test_what_a_kind_cannot_use_is_refused_in_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        spc.chart(**{"y": [1.0, 2, 3], **options})
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("kind", "better"), [("p", "p′"), ("u", "u′"), ("c", "u′")])
def test_counts_that_vary_more_than_chance_are_told(kind: str, better: str) -> None:
    chart = spc.chart(MORE, kind=kind, n=None if kind == "c" else N)
    (flag,) = (flag for flag in chart.flags if flag.code == "overdispersion")
    assert f"a {better} chart allows for it" in flag.sentence
    assert all(flag.code != "overdispersion" for flag in spc.chart(CHANCE, kind="p", n=N).flags)


def test_rare_events_are_told() -> None:
    codes = [flag.code for flag in spc.chart([0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0], kind="c").flags]
    assert "rare-events" in codes


def test_an_i_prime_chart_tells_that_its_width_ignores_the_baseline() -> None:
    assert "whole-phase" in [flag.code for flag in spc.chart(CHANCE, kind="i'", n=N, baseline=12).flags]
    assert "whole-phase" not in [flag.code for flag in spc.chart(CHANCE, kind="i'", n=N).flags]


def test_kinds_see_a_phase_without_a_used_point_as_one_without_lines() -> None:
    from pipeline.spc.kinds import KINDS

    seen = Observed(np.array([1.0, 2]), np.array([3.0, 3]), np.array([0.5, 0.5]))
    for kind in KINDS.values():
        assert np.isnan(kind.lines(seen, np.zeros(2, dtype=bool), Options()).centre).all()


@pytest.mark.parametrize("kind", ["xbar", "s"])
def test_subgroups_may_be_given_by_their_means_sizes_and_standard_deviations(kind: str) -> None:
    groups = [[4.0, 6, 5], [5.0, 9], [], [7.0], [3.0, 4, 8, 5], [6.0, 6, 5]]
    mean = [np.mean(group) if group else np.nan for group in groups]
    sd = [np.std(group, ddof=1) if len(group) > 1 else np.nan for group in groups]
    whole = spc.chart(groups, kind=kind)
    summed = spc.chart(mean, kind=kind, n=[len(group) for group in groups], sd=sd)
    for column in ("value", "centre", "lower", "upper"):
        np.testing.assert_allclose(summed.points[column], whole.points[column], rtol=1e-12)


def test_auto_takes_an_xbar_chart_for_means_of_several_values() -> None:
    chart = spc.chart([4.0, 6, 5], kind="auto", n=[3, 3, 3], sd=[1.0, 2, 1])
    assert chart.kind == "xbar"
    assert "the mean of several values" in chart.reason


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"n": None}, "need the sizes of their subgroups as n"),
        ({"n": [3, 3]}, "one each for a point"),
        ({"n": [3, 2.5, 3]}, "The n at position 1 is 2.5, which no subgroup can have"),
        ({"sd": [1.0, -1, 1]}, "The sd at position 1 is -1"),
        ({"sd": [1.0, np.nan, 1]}, "The subgroup at position 1 has 3 values and no sd"),
        ({"kind": "xmr"}, "XmR chart takes no standard deviations"),
    ],
)
def test_subgroups_that_do_not_add_up_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        spc.chart([4.0, 6, 5], **{"kind": "xbar", "n": [3, 3, 3], "sd": [1.0, 2, 1], **given})
