"""Stepped limits, funnel plots, EWMA and CUSUM charts, and small multiples as drawn, wide and narrow."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from pipeline import figures, spc
from pipeline.errors import AnalysisError
from pipeline.spc import plots
from pipeline.spc.strokes import stepped

from .test_plots import drawn

random = np.random.default_rng(4)
DATES = pd.date_range("2021-01", periods=36, freq="MS")
CHANGE = [("2022-09-01", "Winter flow bundle")]
N = random.integers(150, 420, 36).astype(float)
COUNTS = random.binomial(N.astype(int), np.where(np.arange(36) < 20, 0.24, 0.15)).astype(float)
SIZES = random.integers(40, 1500, 45).astype(float)
RATES = np.clip(random.normal(0.2, 0.01, 45), 0, 1)
RATES[[3, 7]] = 0.4, 0.03
SIZES[[3, 7]] = 900, 1200
FUNNEL = spc.funnel(np.rint(SIZES * RATES), SIZES, labels=[f"R{site:02}" for site in range(45)], per=100)
VALUES = np.concatenate([random.normal(50, 4, 20), random.normal(44, 4, 16)])
CHARTS = {
    f"Hospital {letter}": spc.chart(
        VALUES + 3 * place, baseline=20, rebase=[20][: place % 2], better="lower", target=45
    )
    for place, letter in enumerate("ABCDEFG")
}
DRAWS = {
    "proportions": plots.control_chart(
        spc.chart(COUNTS, kind="p", n=N, rebase=[20], better="lower", target=12, per=100),
        DATES,
        "Patients waiting over four hours, %",
        CHANGE,
    ),
    "run": plots.control_chart(
        spc.chart(COUNTS, kind="run", better="lower"), DATES, "Patients waiting", CHANGE
    ),
    "adjusted": plots.control_chart(
        spc.chart(VALUES, seasonal_period=12), DATES, "Hours in hospital", CHANGE
    ),
    "funnel": plots.funnel_plot(FUNNEL, "Readmitted within 30 days, % by trust", "discharges a year"),
    "ewma": plots.ewma_plot(spc.ewma(VALUES, baseline=20), DATES, "Hours in hospital", "lower", CHANGE),
    "cusum": plots.cusum_plot(spc.cusum(VALUES, baseline=20), DATES, "Hours in hospital", "lower", CHANGE),
    "multiples": plots.small_multiples(CHARTS, DATES, "Hours in hospital, by hospital", CHANGE),
}
SIZES_OF = {"multiples": plots.small_multiples_size(len(CHARTS))}


def texts(figure: Figure) -> list[Text]:
    shown: list[Text] = []
    for axes in figure.axes:
        legend = axes.get_legend()
        shown += [*axes.texts, axes.title, axes.xaxis.label, *(legend.get_texts() if legend else [])]
    for legend in figure.legends:
        shown += [*legend.get_texts(), legend.get_title()]
    return [text for text in (*shown, *figure.texts) if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", list(DRAWS))
def test_no_text_touches_another_or_leaves_the_figure(name: str, narrow: bool) -> None:
    size = SIZES_OF.get(name, figures.WIDE)
    figure = drawn(DRAWS[name], (figures.NARROW[0], max(figures.NARROW[1], size[1])) if narrow else size)
    boxes = [text.get_window_extent() for text in texts(figure)]
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
    for box in boxes:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1 + 1
        assert figure.bbox.y0 <= box.y0 + 1
        assert box.y1 <= figure.bbox.y1 + 1


@pytest.mark.parametrize("name", ["proportions", "funnel", "multiples"])
def test_a_chart_is_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    for copy in ("one", "two"):
        figures.save(DRAWS[name], tmp_path, copy, alt="x", size=SIZES_OF.get(name, figures.WIDE))
    for end in (".svg", ".narrow.svg", ".png"):
        assert (tmp_path / f"one{end}").read_bytes() == (tmp_path / f"two{end}").read_bytes()


def test_limits_that_follow_denominators_are_steps_halfway_between_points() -> None:
    x, y = stepped(np.array([0.0, 1, 3]), np.array([5.0, 6, 7]), 1.0)
    assert x.tolist() == [-0.5, 0.5, 0.5, 2, 2, 3.5]
    assert y.tolist() == [5, 5, 6, 6, 7, 7]
    assert stepped(np.array([0.0, 1, 3]), np.array([5.0, 5, 5]), 1.0)[0].tolist() == [-0.5, 3.5]


def test_sites_beyond_the_outer_limits_are_named() -> None:
    said = [text.get_text() for text in drawn(DRAWS["funnel"], figures.WIDE).axes[0].texts]
    assert {"R03", "R07"} <= set(said)
    alt = plots.funnel_alt_text(FUNNEL, "readmissions")
    assert "Above the 99.8% limits: R03." in alt
    assert "Below the 99.8% limits: R07." in alt


def test_a_funnel_without_outliers_says_so() -> None:
    quiet = spc.funnel([20, 41, 59], [100, 200, 300], measure="rate")
    assert plots.funnel_alt_text(quiet, "falls").endswith("No site is beyond the limits.")
    drawn(plots.funnel_plot(quiet, "Falls", "bed days", note="Made up."), figures.NARROW)
    one = spc.funnel([60, *[20] * 12], [100] * 13, limits="exact", per=100)
    drawn(plots.funnel_plot(one, "Falls", "bed days"), figures.WIDE)


def test_crowded_names_are_left_out() -> None:
    crowd = spc.funnel([90] * 3 + [20] * 20, [100] * 3 + [100] * 20, limits="exact", labels=["S"] * 23)
    figure = drawn(plots.funnel_plot(crowd, "x", "n"), figures.WIDE)
    assert [text.get_text() for text in figure.axes[0].texts].count("S") == 1


def test_small_shift_charts_are_told() -> None:
    alt = plots.small_shift_alt_text(spc.ewma(VALUES, baseline=20), "hours")
    assert alt.startswith("EWMA chart: hours; 36 points, mean ")
    assert "below the mean; the latest among them." in alt
    quiet = plots.small_shift_alt_text(spc.cusum(VALUES[:20]), "hours")
    assert quiet.startswith("CUSUM chart")
    assert quiet.endswith("No point is a signal of a small shift.")


def test_charts_without_a_better_direction_mark_changes() -> None:
    for draw in (
        plots.ewma_plot(spc.ewma(VALUES, baseline=20), DATES, "x"),
        plots.cusum_plot(spc.cusum(VALUES, baseline=20), DATES, "x", note="Made up."),
    ):
        legend = drawn(draw, figures.WIDE).axes[0].get_legend()
        assert legend is not None
        assert legend.get_texts()[-1].get_text() == "signal of change"


def test_small_multiples_share_an_axis_or_say_that_they_do_not() -> None:
    shared = drawn(DRAWS["multiples"], SIZES_OF["multiples"])
    assert len({axes.get_ylim() for axes in shared.axes[:7]}) == 1
    own = plots.small_multiples(CHARTS, DATES, "x", same_axis=False, note="Made up.")
    figure = drawn(own, SIZES_OF["multiples"])
    assert len({axes.get_ylim() for axes in figure.axes[:7]}) > 1
    said = figure.get_supxlabel().replace("\n", " ")
    assert said == "Each chart has an axis of its own, not all from zero. Made up."


def test_one_small_chart_can_be_drawn_too() -> None:
    quiet = {"Only": spc.chart([0.0, 5, 2, 4, 1, 3] * 6)}
    drawn(plots.small_multiples(quiet, range(36), "x"), plots.small_multiples_size(1))


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.ewma_plot(spc.ewma(VALUES), DATES[:3], "x"),
        lambda: plots.cusum_plot(spc.cusum(VALUES), DATES[:3], "x"),
        lambda: plots.small_multiples(CHARTS, DATES[:3], "x"),
        lambda: plots.small_multiples({}, DATES, "x"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: object) -> None:
    with pytest.raises(AnalysisError):
        draw()  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["p'", "u'", "i'", "g", "t", "c", "mr", "run"])
def test_every_kind_can_be_drawn_and_told(kind: str) -> None:
    n = N if kind in ("p'", "u'", "i'") else None
    chart = spc.chart(COUNTS, kind=kind, n=n)
    assert "point" in plots.alt_text(chart, "x", list(DATES))
    drawn(plots.control_chart(chart, DATES, "x"), figures.NARROW)


def test_the_alternative_text_names_the_kind_and_where_limits_stand() -> None:
    told = plots.alt_text(spc.chart(COUNTS, kind="p", n=N, per=100), "waits")
    assert told.startswith("Control chart (p): waits; 36 points. The mean is ")
    assert " at the latest point." in told
    assert "Run chart: waits; 36 points. The median is " in plots.alt_text(
        spc.chart(COUNTS, kind="run"), "waits"
    )
    adjusted = plots.alt_text(spc.chart(VALUES, seasonal_period=12), "hours")
    assert "Values are seasonally adjusted." in adjusted
