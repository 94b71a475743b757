from __future__ import annotations

import numpy as np
import pytest

from pipeline import figures, network
from pipeline.network import plots
from tests.network.networks import two_waves

NAMES = ("June 2021", "June 2023")


@pytest.fixture(scope="module")
def found():
    return network.compare(*two_waves(np.random.default_rng(31), [5] * 4), seed=1)


def test_people_of_a_site_stand_nearer_to_each_other_than_to_any_other(found):
    sites = np.array(found.before.sites)
    places = plots.layout(found.before.sites)
    apart = np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1))
    same = sites[:, None] == sites[None, :]
    for person in range(len(sites)):
        assert apart[person][same[person]].max() < 2.2 * apart[person][~same[person]].min()
    assert len(np.unique(places.round(6), axis=0)) == len(sites)


def test_one_site_alone_stands_in_the_middle():
    places = plots.layout(["a", "a", "a"])
    assert places.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)


def test_no_two_of_the_first_sites_look_alike():
    looks = {
        (plots.COLOURS[number % len(plots.COLOURS)], plots.MARKERS[number % len(plots.MARKERS)])
        for number in range(40)
    }
    assert len(looks) == 40


def test_drawings_are_the_same_bytes_and_say_in_words_what_they_show(found, tmp_path):
    for name, draw, alt, size in (
        ("waves", plots.waves, plots.waves_alt, plots.waves_size()),
        ("measures", plots.measures, plots.measures_alt, plots.measures_size()),
    ):
        first, second = (
            figures.save(draw(found, NAMES), tmp_path, name, alt(found, NAMES), size) for _ in "ab"
        )
        assert first.svg == second.svg
        assert "June 2021" in first.svg
        assert "June 2021" in first.alt


def test_an_index_is_written_as_its_table_has_it_and_shares_in_per_cent(found):
    figure = figures.new_figure()
    plots.measures(found, NAMES)(figure)
    written = [text.get_text() for text in figure.axes[0].texts]
    before, after = (found.table.loc["outward", side] for side in ("before", "after"))
    assert any(f"{before:.2f} → {after:.2f}".replace("-", "−") in text for text in written)
    assert sum("% → " in text for text in written) == len(network.MEASURES) - 1
