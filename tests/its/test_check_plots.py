"""The charts of the checks: the same bytes twice, labels apart and inside, and words in their place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import figures, its
from pipeline.its.placebo_plot import placebos, placebos_alt
from pipeline.its.specification_plot import size_of, specifications, specifications_alt

from .drawing import both_sizes, no_label_overlaps_or_leaves, words
from .simulated import interrupted

Y = interrupted(level=-6, season=2, sd=2)
PLAN = its.Analysis.of(Y, 36, harmonics=1, covariates={"cold": np.cos(np.arange(72.0))})
DATES = pd.period_range("2019-01", periods=72, freq="M")


def test_charts_are_the_same_bytes_twice(tmp_path: Path) -> None:
    draw = placebos(its.placebo_in_time(PLAN), label="Waits", dates=DATES)
    first = figures.save(draw, tmp_path, "placebo", "alt")
    narrow = (tmp_path / "placebo.narrow.svg").read_bytes()
    assert figures.save(draw, tmp_path, "placebo", "alt").svg == first.svg
    assert (tmp_path / "placebo.narrow.svg").read_bytes() == narrow


def test_the_specification_curve_names_every_choice_that_varies() -> None:
    curve = its.specification_curve(PLAN, models=["ols", "reml-ar1"], seasons=[1])
    for figure in both_sizes(specifications(curve, label="Waits", unit="minutes"), size_of(curve)):
        said = words(figure)
        for word in (
            "Waits",
            "minutes",
            "The plan's own",
            "Model",
            "reml-ar1",
            "Covariates",
            "cold",
            "Periods used",
        ):
            assert word in said
        assert "Seasonality" not in said
        assert no_label_overlaps_or_leaves(figure)


def test_the_specification_curve_says_what_hollow_means_only_where_something_is() -> None:
    strong = its.specification_curve(its.Analysis.of(interrupted(level=-20), 36), models=["ols"], seasons=[0])
    assert "hollow" not in words(both_sizes(specifications(strong, label="Waits"), size_of(strong))[0])
    weak = its.specification_curve(its.Analysis.of(interrupted(), 36), models=["ols"], seasons=[0])
    assert "hollow" in words(both_sizes(specifications(weak, label="Waits"), size_of(weak))[0])


def test_the_specification_curves_alternative_text_gives_the_finding() -> None:
    curve = its.specification_curve(PLAN, models=["ols"])
    assert specifications_alt(curve, "waits").endswith(curve.sentence)


def test_the_placebo_marks_the_real_change_with_and_without_dates() -> None:
    found = its.placebo_in_time(PLAN)
    for dates in (None, DATES):
        for figure in both_sizes(
            placebos(found, label="Waits", unit="minutes", dates=dates, change="The law")
        ):
            assert "The law" in words(figure)
            assert no_label_overlaps_or_leaves(figure)
    assert "at 17 fake starts and at the real one" in placebos_alt(found, "waits")
