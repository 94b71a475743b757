"""Charts of many series at once are those of each series alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import spc
from pipeline.errors import AnalysisError
from pipeline.spc.many import BLOCK
from pipeline.spc.meaning import DIRECTIONS

LINES = ["value", "centre", "lower", "upper", "lower_2sigma", "upper_2sigma"]
random = np.random.default_rng(11)
N = random.integers(20, 200, (8, 40)).astype(float)
COUNTS = random.binomial(N.astype(int), 0.3).astype(float)
COUNTS[:, 25:] += np.rint(0.2 * N[:, 25:])
COUNTS[3, [0, 7, 39]] = np.nan
COUNTS[5] = 4.0
COUNTS[6, :39] = np.nan
VALUES = random.normal(50, 4, (8, 40))
VALUES[2, [4, 5, 20]] = np.nan
VALUES[7] = 50.0
GROUPS = random.normal(20, 2, (4, 40, 5))
GROUPS[1, 3] = np.nan
GROUPS[2, 4, 2:] = np.nan
KINDS: dict[str, tuple[Any, Any]] = {
    "run": (VALUES, None),
    "xmr": (VALUES, None),
    "mr": (VALUES, None),
    "c": (COUNTS, None),
    "g": (COUNTS, None),
    "t": (np.abs(VALUES) + 1, None),
    "p": (COUNTS, N),
    "u": (COUNTS, N),
    "p'": (COUNTS, N),
    "u'": (COUNTS, N),
    "i'": (COUNTS, N),
    "xbar": (GROUPS, None),
    "s": (GROUPS, None),
}
OPTIONS: list[dict[str, Any]] = [
    {},
    {"baseline": 12, "exclude": [3, 30], "better": "lower", "target": 10},
    {"rebase": [15], "baseline": 10, "screen": True, "better": "higher", "target": 55},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("rules", list(spc.RULE_SETS))
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_batch_equals_its_charts_one_by_one(kind: str, rules: str, options: dict[str, Any]) -> None:
    Y, n = KINDS[kind]
    many = spc.chart_many(Y, kind=kind, n=n, rules=rules, **options)
    for row in range(len(Y)):
        one = spc.chart(Y[row], kind=kind, n=None if n is None else n[row], rules=rules, **options)
        for line in LINES:
            np.testing.assert_allclose(getattr(many, line)[row], one.points[line], rtol=1e-12, atol=0)
        names = np.array(many.rule_names, dtype=object)
        assert [tuple(names[marked]) for marked in many.signals[:, row].T] == one.points["signals"].tolist()
        assert [DIRECTIONS[code] for code in many.direction[row]] == one.points["direction"].tolist()
        headlines = [many.rule_names[place] if place >= 0 else None for place in many.headline[row]]
        assert headlines == one.points["headline"].tolist()
        summary = many.summary.iloc[row]
        assert summary["variation"] == one.variation
        assert summary["assurance"] == one.assurance
        assert summary["phase_variation"] == one.phase_variation
        assert summary["longest_run"] == one.runs.longest_run
        assert summary["runs_signal"] == one.runs.signal
        assert many.phase.tolist() == one.points["phase"].tolist()


def test_blocks_do_not_show() -> None:
    Y = random.normal(0, 1, (BLOCK + 3, 20))
    assert spc.chart_many(Y).summary.iloc[-3:].reset_index(drop=True).equals(spc.chart_many(Y[-3:]).summary)


def test_a_series_without_values_is_charted_as_nothing() -> None:
    many = spc.chart_many([[np.nan] * 4, [1.0, 2, 1, 2]], better="higher", target=0)
    assert many.summary["variation"].tolist() == [None, "common-cause"]
    assert many.summary["assurance"].tolist() == [None, "hit-or-miss"]
    assert np.isnan(many.upper[0]).all()


def test_targets_and_names_may_be_one_a_series() -> None:
    Y = pd.DataFrame([[1.0, 2, 1, 2]] * 2, index=["north", "south"])
    many = spc.chart_many(Y, better="higher", target=[-9, 9])
    assert many.summary["assurance"].to_dict() == {"north": "meets", "south": "misses"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "auto"}, "Name the kind"),
        ({"Y": [1.0, 2.0]}, "take an array (series, time), not 1-D"),
        ({"Y": np.empty((0, 4))}, "nothing to chart"),
        ({"kind": "xbar"}, "takes a batch of series of subgroups"),
        ({"kind": "s", "Y": np.ones((2, 3, 4)), "n": [1.0] * 3}, "takes no denominators"),
        ({"target": [1.0, 2, 3]}, "There are 2 series and 3 targets"),
        ({"rebase": [9]}, "rebase has position 9"),
        ({"better": "up"}, "better is 'up'"),
        ({"kind": "p", "n": [[1.0]]}, "give one denominator for each point"),
    ],
)
def test_what_cannot_be_charted_is_refused_in_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        spc.chart_many(**{"Y": [[1.0, 2, 3], [4.0, 5, 6]], **options})
    assert sentence in str(refused.value)
