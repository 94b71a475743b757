"""Control charts as drawn: the same bytes each time, marks that differ in shape, labels clear of others."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from pipeline import figures, spc
from pipeline.errors import AnalysisError
from pipeline.spc import labels, plots

DATES = pd.date_range("2022-01", periods=32, freq="MS")
LEVELS = np.array([60.0, 66, 62, 65, 61, 67, 63, 64] * 2 + [50.0, 56, 52, 55, 51, 57, 53, 54] * 2)
CHANGES = [("2023-05-01", "New discharge team"), ("2023-08-15", "Second ward joined in the summer")]
TWO_PHASES = spc.chart(LEVELS, rebase=[16], better="lower", target=50)
SIGNALS = spc.chart([*LEVELS[:31], 99.0], baseline=16, better="lower")


def drawn(draw: figures.Draw, size: tuple[float, float]) -> Figure:
    with rc_context(figures.STYLE):
        figure = figures.new_figure(size)
        draw(figure)
        FigureCanvasAgg(figure)
        figure.draw_without_rendering()
    return figure


def texts(figure: Figure) -> list[Text]:
    axes = figure.axes[0]
    shown = [text for text in axes.texts if text.get_text()]
    legend = axes.get_legend()
    return [*shown, axes.title, axes.xaxis.label, *(legend.get_texts() if legend else [])]


SIZES = pytest.mark.parametrize("size", [figures.WIDE, figures.NARROW])


def test_a_chart_is_the_same_bytes_twice(tmp_path: Path) -> None:
    for name in ("one", "two"):
        figures.save(plots.control_chart(TWO_PHASES, DATES, "Days", CHANGES), tmp_path, name, alt="x")
    for end in (".svg", ".narrow.svg", ".png"):
        assert (tmp_path / f"one{end}").read_bytes() == (tmp_path / f"two{end}").read_bytes()


@SIZES
@pytest.mark.parametrize("chart", [TWO_PHASES, SIGNALS])
def test_no_text_touches_another_or_leaves_the_figure(size: tuple[float, float], chart: spc.Chart) -> None:
    figure = drawn(plots.control_chart(chart, DATES, "Days in hospital, mean each month", CHANGES), size)
    boxes = [text.get_window_extent() for text in texts(figure) if text.get_text()]
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
    for box in boxes:
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1 + 1


@SIZES
def test_no_text_lies_on_the_data(size: tuple[float, float]) -> None:
    figure = drawn(plots.control_chart(TWO_PHASES, DATES, "Days", CHANGES), size)
    axes = figure.axes[0]
    inside = axes.get_window_extent()
    for text in axes.texts:
        if text.get_text():
            box = text.get_window_extent()
            assert box.x0 >= inside.x1 or box.y0 >= inside.y1


@SIZES
def test_all_text_is_horizontal(size: tuple[float, float]) -> None:
    figure = drawn(plots.control_chart(TWO_PHASES, DATES, "Days", CHANGES), size)
    assert {text.get_rotation() for text in texts(figure)} == {0.0}


def test_kinds_of_points_differ_in_shape_as_well_as_colour() -> None:
    marks = set(plots.MARKS.values())
    assert len({mark.shape for mark in marks}) == len({mark.colour for mark in marks}) == len(marks) == 5


def test_signals_are_drawn_with_their_marks_and_named_in_the_key() -> None:
    figure = drawn(plots.control_chart(SIGNALS, DATES, "Days"), figures.WIDE)
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "usual variation",
        "signal of improvement",
        "signal of concern",
    ]
    shapes = {line.get_marker() for line in figure.axes[0].lines}
    assert {"o", "s", "^"} <= shapes


def test_a_chart_without_signals_has_no_key() -> None:
    figure = drawn(plots.control_chart(TWO_PHASES, DATES, "Days"), figures.WIDE)
    assert figure.axes[0].get_legend() is None


def test_each_phase_has_lines_of_its_own() -> None:
    figure = drawn(plots.control_chart(TWO_PHASES, DATES, "Days"), figures.WIDE)
    levels = {round(float(line.get_ydata()[0]), 6) for line in figure.axes[0].lines}  # type: ignore[index]
    assert {63.5, 53.5} <= levels


def test_a_change_dated_as_a_point_stands_just_before_it() -> None:
    figure = drawn(plots.control_chart(TWO_PHASES, DATES, "Days", CHANGES[:1]), figures.WIDE)
    at = labels.date_positions(DATES)
    (line,) = (line for line in figure.axes[0].lines if line.get_xdata()[0] == line.get_xdata()[-1])  # type: ignore[index]
    assert at[15] < line.get_xdata()[0] < at[16]  # type: ignore[index]


def test_a_chart_needs_a_date_for_each_point() -> None:
    with pytest.raises(AnalysisError, match="32 points and 3 dates"):
        plots.control_chart(TWO_PHASES, DATES[:3], "Days")


@pytest.mark.parametrize("values", [[5.0] * 13, [0.0] * 13, [1.0, np.nan, 3.0], [7.0], [-4.0, -9, -5] * 5])
def test_odd_series_can_be_drawn_and_told(values: list[float]) -> None:
    chart = spc.chart(values)
    assert plots.alt_text(chart, "x").startswith("Control chart (XmR): x; ")
    figure = drawn(plots.control_chart(chart, range(len(values)), "x", note="A note."), figures.NARROW)
    low, high = figure.axes[0].get_ylim()
    assert low <= np.nanmin(values) <= np.nanmax(values) < high


def test_the_axis_starts_at_zero_where_the_values_range_over_half_their_largest() -> None:
    assert labels.axis_bounds([4, 10], [1, 12])[0] == 0
    assert labels.axis_bounds([0, 3], [-5, 9])[0] == 0


def test_otherwise_the_axis_starts_at_a_round_number_below_and_says_so() -> None:
    assert labels.axis_bounds([88, 94], [85.1, 95])[0] == 84
    assert labels.axis_bounds([-3, 10], [-6, 12])[0] == -10
    figure = drawn(plots.control_chart(TWO_PHASES, DATES, "Days", note="Made up."), figures.WIDE)
    assert figure.axes[0].get_xlabel() == "The axis does not start at zero. Made up."


def test_touching_labels_are_spread_around_where_they_wanted_to_be() -> None:
    assert labels.spread([50, 52, 90], 10) == [46, 56, 90]
    assert labels.spread([2, 0], 10, floor=5) == [15, 5]


@pytest.mark.parametrize("at", [[10, 30, 50, 300], [250, 260, 290], [5, 150, 295], [150]])
def test_no_line_of_a_change_crosses_the_text_of_another(at: list[float]) -> None:
    names = ["New triage desk", "Winter bundle", "Second ward", "Audit"][: len(at)]
    placed = labels.above_chart(at, names, 300, 8.5)
    for one, other in combinations(range(len(at)), 2):
        for line, text in ((one, other), (other, one)):
            width = labels.text_width(placed[text].text, 8.5) + labels.GAP
            reach = width if placed[text].side == "right" else -width
            low, high = sorted([at[text], at[text] + reach])
            if low < at[line] < high:
                assert placed[line].bottom + placed[line].height <= placed[text].bottom


def test_a_line_without_a_text_takes_no_room() -> None:
    first, second, third = labels.above_chart([100, 110, 120], ["The partnership", "", ""], 300, 8.5)
    assert (first.text, first.bottom) == ("The partnership", 0)
    assert second == third == labels.Placed("", "left", 0.0, 0.0)


def test_periods_are_dates_too() -> None:
    periods = pd.period_range("2022-01", periods=32, freq="M")
    assert labels.date_positions(periods).tolist() == labels.date_positions(DATES).tolist()


def test_interventions_are_annotated() -> None:
    figure = drawn(plots.control_chart(TWO_PHASES, DATES, "Days", CHANGES), figures.WIDE)
    said = [text.get_text() for text in figure.axes[0].texts if isinstance(text, Annotation)]
    assert "New discharge team" in said


def test_the_alternative_text_says_what_is_to_be_seen() -> None:
    text = plots.alt_text(TWO_PHASES, "days in hospital", DATES)
    assert text == (
        "Control chart (XmR): days in hospital; 32 points, January 2022 to August 2024, in 2 phases. "
        "The mean in the latest phase, from May 2023, is 53.5, limits 42.9 to 64.1; the mean before was "
        "63.5. No point of the latest phase is part of a signal. The latest point, 54, is within usual "
        "variation. "
        "The target is 50: the process will meet or miss the target by chance."
    )
    said = plots.alt_text(SIGNALS, "days")
    assert "part of a signal of concern (a point outside the limits)" in said
    assert "The mean in the latest phase is 53.5" in plots.alt_text(TWO_PHASES, "days")
    assert "1 point, 7 to 7. The mean is 1, no limits yet." in plots.alt_text(spc.chart([1.0]), "days", [7])
    assert "The target is 9." in plots.alt_text(spc.chart(LEVELS, target=9), "days")
    own = spc.chart([*[9.0, 11] * 6, *[12.0, 13] * 4], rules=spc.making_data_count(shift_length=8))
    assert "(8 or more points in a row on one side of the mean)" in plots.alt_text(own, "days")


@pytest.mark.parametrize(
    ("every", "frequency", "span", "since"),
    [
        ("year", "YS", "32 points, 1992 to 2023, in 2 phases", "from 2008, is 53.5"),
        (
            "quarter",
            "QS",
            "January to March 1992 until October to December 1999,",
            "from January to March 1996,",
        ),
        ("week", "W-MON", "32 points, 6 January 1992 to 10 August 1992,", "from 27 April 1992,"),
    ],
)
def test_the_alternative_text_names_dates_as_the_periods_are_named(every, frequency, span, since) -> None:
    dates = pd.date_range("1992-01-01", periods=32, freq=frequency)
    text = plots.alt_text(TWO_PHASES, "days in hospital", list(dates), every)
    assert span in text
    assert since in text


def test_the_alternative_text_has_the_unit_behind_each_value() -> None:
    text = plots.alt_text(TWO_PHASES, "waits", unit="%")
    assert "in the latest phase is 53.5%, limits 42.9% to 64.1%; the mean before was" in text
    assert "The target is 50%" in text


def test_a_phase_without_values_can_be_drawn_and_told() -> None:
    chart = spc.chart([*LEVELS[:16], np.nan], rebase=[16])
    assert "The mean in the latest phase is not known" in plots.alt_text(chart, "days")
    drawn(plots.control_chart(chart, range(17), "Days"), figures.WIDE)


def test_a_chart_from_zero_needs_no_note() -> None:
    figure = drawn(plots.control_chart(spc.chart([1.0, 9, 4, 6] * 4), range(16), "x"), figures.WIDE)
    assert figure.axes[0].get_xlabel() == ""
