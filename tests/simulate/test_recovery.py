"""What the reports of the synthetic studies say of the shipped data, beside the truth about them.

How often they are right over many seeds: `python -m benchmarks.studies`.
"""

from __future__ import annotations

import pytest

from benchmarks import studies
from pipeline import simulate

SAYS = {
    "equity-collaborative": ["improved", "narrowed"],
    "greener-theatres": ["improved"],
    "no-change": ["unclear"],
    "partnership": ["improved"],
    "rapid-response": ["improved"],
    "winter-flow": ["improved"],
}


@pytest.mark.parametrize("study", simulate.STUDIES)
def test_the_interval_holds_the_truth_and_the_report_says_what_is_true(study):
    found = studies.findings(study, simulate.SEED)
    assert [one.says for one in found] == SAYS[study]
    assert all(one.holds for one in found)


def test_a_row_of_the_table_counts_reports():
    made = [[studies.Found("effect", 0.1, 0.0, -0.1, 0.3, "unclear")]] * 3
    made.append([studies.Found("effect", 0.5, 0.0, 0.3, 0.7, "improved")])
    assert list(studies.rows("one", made)) == [
        "| one | 4 | effect | +0.0% | +20.0% | 75.0% ± 21.7 | 25.0% ± 21.7 | unclear 3, improved 1 |"
    ]


def test_the_study_of_which_every_claim_is_false_is_made_more_often():
    assert len(studies.seeds_of("no-change", 20)) == 5 * len(studies.seeds_of("winter-flow", 20))
