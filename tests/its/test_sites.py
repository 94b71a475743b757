"""Sites in two stages, each from its own start; the average course; and the charts of both."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import its
from pipeline.errors import AnalysisError
from pipeline.its.event_time import event_time_average
from pipeline.its.event_time_plot import event_time, event_time_alt
from pipeline.its.forest_plot import ForestRow, forest, forest_alt, rows_of, size_of
from pipeline.its.interval import Interval
from pipeline.its.pooling import pool
from pipeline.its.sites import pool_sites

from .drawing import both_sizes, no_label_overlaps_or_leaves, words
from .simulated import interrupted

SHARED = (
    Path(os.environ.get("LASTING_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    / "reference"
    / "its"
)


def staggered(count: int = 8, level: float = -8, slope: float = 0.0) -> dict[str, its.Analysis]:
    """Sites that start one after another, with true effects about `level`, give or take 2."""
    random = np.random.default_rng(4)
    return {
        f"Hospital {k}": its.Analysis.of(
            interrupted(72, 30 + 2 * k, level=level + 2 * random.normal(), slope=slope, seed=k), 30 + 2 * k
        )
        for k in range(1, count + 1)
    }


def test_each_site_has_its_own_start_and_the_average_is_over_periods_that_all_have() -> None:
    found = pool_sites(staggered())
    assert found.table["start"].tolist() == [32, 34, 36, 38, 40, 42, 44, 46]
    assert found.periods == 72 - 46
    assert found.pooled.estimate.lower < -8 < found.pooled.estimate.upper
    direct = its.fit(staggered()["Hospital 1"].y, 32).contrast({"level_change": 1, "slope_change": 12.5})
    assert found.table.loc["Hospital 1", "estimate"] == pytest.approx(direct.estimate)
    assert found.passed is None


def test_stage_two_pools_stage_one() -> None:
    found = pool_sites(staggered(), estimand="slope_change", method="DL", test="z")
    again = pool(found.table["estimate"], found.table["std_error"], method="DL", test="z")
    assert found.pooled.estimate == again.estimate
    assert found.periods is None


def test_sites_that_cannot_be_analysed_are_listed() -> None:
    sites = staggered(3) | {"Hospital X": its.Analysis.of(np.full(72, np.nan), 40)}
    found = pool_sites(sites)
    assert found.sentence.endswith("One site could not be analysed and is left out: Hospital X.")
    assert "usable points" in found.table.loc["Hospital X", "failure"]
    both = sites | {"Hospital Y": its.Analysis.of(np.ones(72), 40)}
    assert pool_sites(both).sentence.endswith("left out: Hospital X, Hospital Y.")


def test_what_cannot_be_pooled_is_refused() -> None:
    with pytest.raises(AnalysisError, match=r"no site can be analysed; the first says: there are no sites\."):
        pool_sites({})
    with pytest.raises(AnalysisError, match="periods is 40; it must be from 1 to 26"):
        pool_sites(staggered(), periods=40)
    with pytest.raises(AnalysisError, match="estimand is 'total'; it must be one of average"):
        pool_sites(staggered(), estimand="total")  # type: ignore[arg-type]
    levels = {name: site.choosing(impact="level") for name, site in staggered(2).items()}
    with pytest.raises(AnalysisError, match="the model has no slope_change"):
        pool_sites(levels, estimand="slope_change")


def test_twenty_hospitals_agree_with_nlme_and_metafor() -> None:
    source = SHARED / "data" / "nhs_ae_type1_by_trust.csv"
    if not source.exists():
        pytest.skip("the shared reference folder is not beside this repository")
    data = pd.read_csv(source)
    data["within"] = 100 * (1 - data["breaches"] / data["attendances"])
    series = data.pivot(index="period", columns="org_code", values="within")
    expected = json.loads((SHARED / "expected" / "nhs_ae.json").read_text())["multisite_20_trusts"]
    first = pd.DataFrame(expected["stage1"]).set_index("id")
    found = pool_sites(
        {site: its.Analysis.of(series[site], 24, model="reml-ar1") for site in first.index},
        estimand="level_change",
        test="hksj-unfloored",
    )
    inside = (first["phi"] < 0.98).to_numpy()
    for ours, theirs in (("estimate", "level"), ("std_error", "level_se")):
        np.testing.assert_allclose(found.table[ours][inside], first[theirs][inside], rtol=1e-5)
    assert found.pooled.estimate.estimate == pytest.approx(expected["level_REML_HKSJ"]["est"], rel=1e-4)
    assert found.pooled.std_error == pytest.approx(expected["level_REML_HKSJ"]["se"], rel=1e-3)
    assert found.pooled.tau2 == pytest.approx(expected["level_REML_HKSJ"]["tau2"], rel=1e-3)


def test_the_average_course_is_flat_before_and_moves_after() -> None:
    found = event_time_average(pool_sites(staggered(slope=-0.2)).fits)
    before, after = found.table[found.table.index < 0], found.table[found.table.index >= 0]
    assert found.table["sites"].min() >= 4
    assert found.table["sites"].max() == 8
    assert before["estimate"].abs().mean() < 1
    assert after.loc[0, "estimate"] == pytest.approx(-8, abs=2.5)
    assert after.loc[20, "estimate"] == pytest.approx(-12, abs=2.5)
    assert found.sentence.endswith("after 34 periods, which 4 of them have.")


def test_the_average_course_pools_observed_less_expected() -> None:
    fits = pool_sites(staggered(3)).fits
    row = event_time_average(fits).table.loc[5]
    gaps, errors = [], []
    for fit in fits.values():
        point = fit.series.iloc[fit.after + 5]
        spread = np.sqrt((fit.series["residual"] ** 2).sum() / fit.df)
        gaps.append(point["observed"] - point["expected"])
        errors.append(
            np.hypot(spread, (point["expected_upper"] - point["expected_lower"]) / 2 / 1.959963984540054)
        )
    assert row["estimate"] == pytest.approx(pool(gaps, errors).estimate.estimate)


def test_the_average_course_leaves_out_transitions() -> None:
    fits = {name: site.choosing(phase_in=2).fit() for name, site in staggered(3).items()}
    found = event_time_average(fits, share=1)
    assert {-1, 0} <= set(found.table.index)
    assert found.table["sites"].unique().tolist() == [3]


def test_an_average_course_needs_sites() -> None:
    fits = pool_sites(staggered(3)).fits
    with pytest.raises(AnalysisError, match="needs at least 2 sites, not 1"):
        event_time_average({"one": fits["Hospital 1"]})
    with pytest.raises(AnalysisError, match="share is 0; it must be above 0"):
        event_time_average(fits, share=0)


def test_one_period_after_and_none() -> None:
    short = {name: its.fit(interrupted(31, 30, seed=k), 30, impact="level") for k, name in enumerate("ab")}
    assert event_time_average(short).sentence.endswith("in the first period.")
    gone = np.where(np.arange(40) == 30, np.nan, interrupted(40, 30))
    other = np.where(np.arange(40) > 30, np.nan, interrupted(40, 30, seed=2))
    lonely = {"a": its.fit(gone, 30), "b": its.fit(other, 30, impact="level")}
    assert event_time_average(lonely).sentence.startswith("Too few sites")


def test_the_forest_plot_has_a_row_each_and_figures_beside() -> None:
    found = pool_sites(staggered())
    rows = rows_of(found.pooled)
    for figure in both_sizes(
        forest(rows, label="Waits", unit="minutes", lower_is="Fewer", higher_is="More"), size_of(rows)
    ):
        said = words(figure)
        for word in ("Hospital 8", "All sites", "Another site like these", "minutes", "◄ Fewer", "More ►"):
            assert word in said
        assert f"{found.pooled.prediction.ranged_on('absolute').removeprefix('from ')}" in said
        assert no_label_overlaps_or_leaves(figure)
    assert forest_alt(rows, "waits", found.sentence).startswith(
        "Forest plot of waits: an estimate with its 95% interval in each of 8 rows"
    )


def test_a_forest_plot_of_two_sites_has_no_prediction() -> None:
    rows = rows_of(pool([1, 2], [0.5, 0.5]), ["Leeds", "York"])
    assert [row.name for row in rows] == ["Leeds", "York", "All sites"]
    figure = both_sizes(forest(rows, label="Waits"), size_of(rows))[0]
    assert "◄" not in words(figure)


def test_a_forest_plot_serves_rows_without_weights() -> None:
    rows = [ForestRow("all", Interval(-2, -3, -1)), ForestRow("without B", Interval(-1, -3, 1))]
    assert "−2.00 (−3.00 to −1.00)" in words(both_sizes(forest(rows, label="Waits"), size_of(rows))[0])


def test_the_average_courses_chart_says_what_it_averages() -> None:
    found = event_time_average(pool_sites(staggered()).fits)
    for figure in both_sizes(event_time(found, label="Waits", unit="minutes")):
        assert "each point is the average of 4 to 8 sites" in words(figure)
        assert "Each site's own start" in words(figure)
        assert no_label_overlaps_or_leaves(figure)
    assert event_time_alt(found, "waits").endswith(found.sentence)
    even = event_time_average(pool_sites(staggered(3)).fits, share=1)
    assert "average of 3 sites" in words(both_sizes(event_time(even, label="Waits"))[0])
