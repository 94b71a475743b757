"""Which finding a report leads with: that of the sites where the plan has them, else that of the one series.

The one place that knows: sentences ask it for the key of the row of effects that answers the question.
"""

from __future__ import annotations

from pipeline.errors import AnalysisError
from pipeline.report.numbers import Numbers


def is_of_sites(numbers: Numbers, measure: str) -> bool:
    """True if the report leads with the sites: their pooled effect, or a site beside others."""
    return numbers.has(f"pooled.measures.{measure}.lead")


def has_series(numbers: Numbers, measure: str) -> bool:
    """True if the series had a time series fitted; a panel may be too short for that."""
    return numbers.has(f"its.measures.{measure}.effects")


def lead(numbers: Numbers, measure: str) -> str:
    """Gives the key of the row of effects that answers the question about a measure.

    Raises AnalysisError if there is none: no time series could be fitted, and nothing compared.
    """
    if is_of_sites(numbers, measure):
        return f"pooled.measures.{measure}.lead"
    if has_series(numbers, measure):
        return f"its.measures.{measure}.effects[average]"
    why = numbers.value(f"its.measures.{measure}.refused")
    raise AnalysisError(
        f"Measure {measure}: there are too few periods for a time series, and too few sites without the "
        f"change to compare with ({why})"
    )


SAYS = (is_of_sites, has_series, lead)
