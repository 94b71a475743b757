"""Charts are the same bytes twice, keep labels off data and each other, and say where the axis starts."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from pipeline import figures, its
from pipeline.its.alt_text import alt_text, spoken_number
from pipeline.its.chart_axes import BAND_CUT, NOT_FROM_ZERO, axis_floor, place_x, tick_labels
from pipeline.its.chart_labels import apart
from pipeline.its.plots import PHASE_IN, Mark, counterfactual, residuals


def noise(n: int = 60, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n)


Y = 60 + noise() * 3 - 12 * (np.arange(60) >= 40)
DATES = pd.period_range("2019-01", periods=60, freq="M")


def drawn(draw: figures.Draw, size: tuple[float, float] = figures.WIDE) -> Figure:
    with rc_context(figures.STYLE):
        figure = figures.new_figure(size)
        draw(figure)
        figure.draw_without_rendering()
    return figure


def words(figure: Figure) -> str:
    texts = [text.get_text() for axes in figure.axes for text in (*axes.texts, axes.xaxis.label)]
    return " ".join(" ".join(texts).split())


def boxes(figure: Figure) -> list[Bbox]:
    return [text.get_window_extent() for text in figure.axes[0].texts if text.get_text()]


def test_charts_are_the_same_bytes_twice(tmp_path: Path) -> None:
    for name, draw in (
        ("effect", counterfactual(its.fit(Y, 40), label="Waits", dates=DATES)),
        ("residuals", residuals(its.fit(Y, 40), dates=DATES, unit="minutes")),
    ):
        first = figures.save(draw, tmp_path, name, "alt")
        narrow = (tmp_path / f"{name}.narrow.svg").read_bytes()
        second = figures.save(draw, tmp_path, name, "alt")
        assert first.svg == second.svg
        assert narrow == (tmp_path / f"{name}.narrow.svg").read_bytes()


@pytest.mark.parametrize("size", [figures.WIDE, figures.NARROW])
def test_no_label_lies_on_the_plot_or_on_another(size: tuple[float, float]) -> None:
    marks = [
        Mark("Winter flow bundle", 40),
        Mark("A second hospital joined the programme", 43),
        Mark("Strike", 55),
    ]
    figure = drawn(counterfactual(its.fit(Y, 40), label="Waits", unit="Minutes", interventions=marks), size)
    plot = figure.axes[0].get_window_extent()
    for box in boxes(figure):
        assert box.x0 >= plot.x1 or box.y0 >= plot.y1
        assert box.x1 <= figure.bbox.x1
    for one, other in combinations(boxes(figure), 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize("size", [figures.WIDE, figures.NARROW])
def test_line_labels_are_kept_apart_where_lines_end_together(size: tuple[float, float]) -> None:
    unchanged = 60 + noise()
    figure = drawn(counterfactual(its.fit(unchanged, 40), label="Waits"), size)
    expected, fitted = boxes(figure)[:2]
    assert not expected.overlaps(fitted)


def test_labels_that_would_leave_the_plot_are_pushed_back_inside() -> None:
    for wanted in ([0, 1, 2], [100, 99, 98], [0, 50, 100], [50, 50, 50]):
        halves = [10.0, 10.0, 10.0]
        places = apart(wanted, halves, 100)
        assert min(places) >= 10 - 1e-9
        assert max(places) <= 90 + 1e-9
        assert all(b - a >= 23 - 1e-6 for a, b in pairwise(sorted(places)))


def test_all_text_is_horizontal() -> None:
    figure = drawn(counterfactual(its.fit(Y, 40), label="Waits", unit="Minutes", dates=DATES))
    axes = figure.axes[0]
    texts = [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label]
    assert {text.get_rotation() for text in texts} == {0.0}
    assert axes.yaxis.label.get_text() == ""


def test_the_axis_starts_at_zero_unless_the_range_is_small() -> None:
    assert axis_floor(10, 30) == 0
    assert axis_floor(20, 30) == 20
    assert axis_floor(-5, 30) < 0
    wide = drawn(counterfactual(its.fit(Y - 35, 40, model="ols"), label="Waits"))
    assert wide.axes[0].get_ylim()[0] == 0
    assert NOT_FROM_ZERO not in words(wide)
    tight = drawn(counterfactual(its.fit(Y + 200, 40, model="ols"), label="Waits"))
    assert tight.axes[0].get_ylim()[0] == tight.axes[0].get_yticks()[0] > 0
    assert NOT_FROM_ZERO in words(tight)


def test_a_band_that_dwarfs_the_data_is_cut_and_said_to_be() -> None:
    short = 500 + np.cumsum(np.cumsum(np.abs(noise(24))))
    figure = drawn(counterfactual(its.fit(short, 12, impact="level"), label="Waits"))
    assert BAND_CUT in words(figure)


def test_a_band_below_zero_does_not_take_the_axis_there() -> None:
    near_zero = 0.4 * np.abs(noise(24)) + np.maximum(6 - 0.25 * np.arange(24), 3)
    fit = its.fit(near_zero, 12, model="ols")
    assert fit.series["expected_trend_lower"].min() < 0 < fit.series["expected_trend"].min()
    assert drawn(counterfactual(fit, label="Waits")).axes[0].get_ylim()[0] == 0


def test_a_phase_in_is_shaded_and_said_to_be() -> None:
    figure = drawn(counterfactual(its.fit(Y, 40, phase_in=3), label="Waits"))
    assert PHASE_IN in words(figure)


def test_the_axis_title_says_what_the_points_are_adjusted_for() -> None:
    covariates = {"temp": np.cos(np.arange(60.0)), "beds": noise(seed=3)}
    seasonal = its.fit(Y, 40, harmonics=1, covariates=covariates)
    draw = counterfactual(seasonal, label="Waits", unit="Minutes", names={"temp": "temperature"})
    assert "Minutes, adjusted for time of year, temperature and beds" in words(drawn(draw))
    plain = its.fit(Y, 40, dummies=True)
    assert "Adjusted for time of year" in words(drawn(counterfactual(plain, label="Waits")))


def test_points_are_unjoined_and_lines_differ_in_more_than_colour() -> None:
    axes = drawn(counterfactual(its.fit(Y, 40), label="Waits")).axes[0]
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert [line.get_linestyle() for line in points] == ["None"]
    styles = {(line.get_linestyle(), line.get_linewidth()) for line in axes.lines if line not in points}
    assert len({style for style, _ in styles}) >= 2
    assert len({width for _, width in styles}) >= 3


def test_date_ticks_fit_the_span() -> None:
    assert tick_labels([pd.Timestamp("2019-01-01"), pd.Timestamp("2020-01-01")]) == ["2019", "2020"]
    assert tick_labels([pd.Timestamp("2019-11-01"), pd.Timestamp("2020-01-01")]) == ["Nov\n2019", "Jan\n2020"]
    assert tick_labels([pd.Timestamp("2019-11-04"), pd.Timestamp("2019-11-18")]) == ["4 Nov\n2019", "18 Nov"]
    for frequency in ("D", "W", "MS", "QS", "YS", "h", "min"):
        dates = pd.date_range("2015-03-05", periods=60, freq=frequency)
        axes = drawn(counterfactual(its.fit(Y, 40), label="Waits", dates=dates)).axes[0]
        assert 3 <= len(axes.get_xticks()) <= 9
    assert place_x(np.arange(2.0), pd.DatetimeIndex(["1970-01-02", "1970-01-03"])).tolist() == [1, 2]


def test_the_text_alternative_names_kind_content_and_finding() -> None:
    fit = its.fit(Y, 40, model="ols")
    text = alt_text(fit, "waiting times", unit="minutes", change="the bundle", when="May 2022")
    assert text.startswith(
        "Scatter chart over time of waiting times: 40 points before the bundle (May 2022) and 20 after."
    )
    assert "minutes lower than expected" in text
    assert "95% interval of the difference: −" in text
    seasonal = its.fit(100 - Y, 40, harmonics=1, phase_in=2)
    assert "adjusted for season: 40 points" in alt_text(seasonal, "waits")
    assert "adjusted for day of the week: 40" in alt_text(seasonal, "waits", season="day of the week")
    assert "2 of phase-in between them" in alt_text(seasonal, "waits")
    assert "higher than expected" in alt_text(seasonal, "waits")
    both = its.fit(Y - 60, 40, harmonics=1, covariates={"c": noise(seed=3)})
    assert "season and other influences" in alt_text(both, "waits")
    assert "%," not in alt_text(both, "waits")


def test_the_text_alternative_of_a_model_of_ratios_has_the_interval_that_it_is_judged_by() -> None:
    fit = its.fit(np.round(np.exp(Y / 20)), 40, model="poisson")
    share = 100 * fit.effects.loc["average", ["relative_lower", "relative_upper"]].to_numpy(dtype=float)
    low, high = (spoken_number(value, 100) for value in share)
    assert alt_text(fit, "waits").endswith(f"% lower (95% interval: {low}% to {high}%).")
