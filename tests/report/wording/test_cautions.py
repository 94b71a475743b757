"""Doubts are told in words that need no training, each once."""

from __future__ import annotations

import inspect

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import cautions
from pipeline.spc import doubts


def _flags(*codes):
    return [{"code": code, "sentence": f"{code} (lag-one autocorrelation 0.65)"} for code in codes]


def _chart(*codes):
    return Numbers({"spc": {"measures": {"m": {"every": "week", "flags": _flags(*codes)}}}})


def test_a_doubt_about_a_chart_is_plain_and_names_the_period():
    said = cautions.chart_doubts(_chart("autocorrelation", "seasonality"), "m")
    assert said[0].startswith("Neighbouring weeks are alike, from a season, a slow drift or a shift:")
    assert "seasonal_period" not in said[1]


def test_a_doubt_about_two_phases_is_told_once():
    assert len(cautions.chart_doubts(_chart("overdispersion", "overdispersion"), "m")) == 1


def test_a_doubt_about_a_comparison_speaks_of_sites():
    (said,) = cautions.series_doubts(Numbers({"flags": _flags("no-trend")}), "flags", "quarter")
    assert said.startswith(
        "Averages before and after can’t tell whether the sites were already drawing apart"
    )


def test_a_doubt_without_plain_words_keeps_its_own():
    numbers = Numbers({"flags": _flags("missing-values")})
    assert cautions.series_doubts(numbers, "flags", "month") == [
        "missing-values (lag-one autocorrelation 0.65)"
    ]
    assert len(numbers.record) == 1


@pytest.mark.parametrize("code", cautions.CHART)
def test_the_doubts_about_charts_are_flags_that_charts_raise(code):
    assert f'"{code}"' in inspect.getsource(doubts)


@pytest.mark.parametrize("sentence", [*cautions.CHART.values(), *cautions.SERIES.values()])
def test_no_figure_and_no_term_of_the_code_is_in_plain_words(sentence):
    assert not any(mark in sentence for mark in "0123456789=_(")
