"""What is said of a panel's sites."""

from __future__ import annotations

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import sites

ROWS = [
    {"row": -1, "sites": 5, "estimate": 0.1, "lower": -0.2, "upper": 0.4},
    {"row": 0, "sites": 5, "estimate": -0.3, "lower": -0.65, "upper": 0.05},
    {"row": 33, "sites": 3, "estimate": -0.9, "lower": -1.5, "upper": -0.3},
]


@pytest.mark.parametrize(("every", "on"), [("month", "in"), ("day", "on")])
def test_the_course_has_the_measures_unit_and_the_periods_preposition(every, on):
    measures = {"pooled": {"measures": {"m": {"event_time": {"table": ROWS}}}}}
    numbers = Numbers({**measures, "its": {"measures": {"m": {"kind": "rate", "unit": 100.0}}}})
    assert sites.sites_course(numbers, "m", every) == (
        f"Counted from each site’s own start, {on} the first {every} after the start it was 0.300 per 100 lower "
        f"than expected, which could be chance; {on} the last {every} after the start that 3 of them have it was "
        "0.900 per 100 lower than expected."
    )
