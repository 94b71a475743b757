from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline import figures, its
from pipeline.equity import plots


@pytest.fixture(scope="module")
def fits():
    random = np.random.default_rng(41)
    step = np.where(np.arange(36) < 20, 40.0, 30.0)
    return {
        name: its.fit(step - less + random.normal(0, 1, 36), 20, phase_in=2)
        for name, less in (("Most deprived", 0), ("Middle", 5), ("Least deprived", 10), ("Not known", 3))
    }


def test_every_group_is_there_on_one_scale_and_in_words(fits, tmp_path):
    dates = pd.date_range("2020-01-01", periods=36, freq="MS")
    draw = plots.groups(fits, label="Long waits, in per cent", change="the bundle", dates=dates)
    alt = plots.groups_alt(fits, "long waits")
    first, second = (figures.save(draw, tmp_path, "groups", alt, plots.groups_size(4)) for _ in "ab")
    assert first.svg == second.svg
    for name in fits:
        assert name in first.svg
        assert f"{name}: −" in first.alt
    assert "Vertical line: the bundle." in first.svg


def test_the_figure_grows_with_the_groups():
    assert plots.groups_size(10)[1] > plots.groups_size(4)[1] > plots.groups_size(2)[1]
