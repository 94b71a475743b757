"""A chart is saved as the same bytes every time, for a desktop, a phone and paper."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import figures


def _draw(figure):
    axes = figure.subplots()
    figures.quiet_grid(axes)
    axes.plot([1, 2, 3], [2, 1, 3])
    axes.set_title("Narrow" if figures.is_narrow(figure) else "Wide")


def test_a_chart_is_the_same_bytes_twice_and_its_text_is_text(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        figures.save(_draw, tmp_path / name, "chart", "A line.")
    for name in ("chart.svg", "chart.narrow.svg", "chart.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    wide = (tmp_path / "one" / "chart.svg").read_text(encoding="utf-8")
    assert ">Wide</text>" in wide
    assert ">Narrow</text>" in (tmp_path / "one" / "chart.narrow.svg").read_text(encoding="utf-8")
    assert "DejaVu Sans" in wide
    assert "<dc:date>" not in wide


def test_a_saved_chart_shows_itself_in_a_notebook(tmp_path):
    picture = figures.save(_draw, tmp_path, "chart", "A line.")
    assert picture._repr_svg_().lstrip().startswith("<?xml")
    assert repr(picture) == picture.alt == "A line."


def test_withheld_periods_next_to_each_other_are_one_strip_from_bottom_to_top():
    figure = figures.new_figure()
    axes = figure.subplots()
    at = np.arange(10.0) * 30
    figures.hatch_withheld(axes, at, ())
    assert not axes.patches
    figures.hatch_withheld(axes, at, (7, 2, 3))
    spans = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
    assert [(round(span.x0), round(span.x1)) for span in spans] == [(45, 105), (195, 225)]
    assert all(span.height == pytest.approx(axes.viewLim.height) for span in spans)
