"""What an outcome that should not have moved says about the cause of the change."""

from __future__ import annotations

from typing import Any

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.brief import tile_size
from pipeline.report.wording.judgement import judged
from pipeline.report.wording.lead import lead
from pipeline.report.wording.phrases import interval, moved


def control(numbers: Numbers, measure: str, primary: str) -> Markdown:
    """Gives what an outcome that should not have moved says about the cause of the primary's change."""
    own, main = (numbers.value(lead(numbers, name)) for name in (measure, primary))
    moved, main_moved = (judged(numbers, name) != "unclear" for name in (measure, primary))
    if not moved and main_moved and _excludes(own, main):
        finding = "showed no clear change (likely {interval}), which makes the change a likelier cause."
    elif not moved and main_moved:
        finding = "showed no clear change, but one as large can’t be ruled out (likely {interval})."
    elif not moved:
        finding = "showed no clear change either (likely {interval})."
    elif not main_moved:
        finding = "moved (likely {interval}), so something else was at work."
    elif own["absolute"] * main["absolute"] > 0:
        finding = "moved the same way (likely {interval}), so something else may explain part of the change."
    else:
        finding = (
            "went the other way (likely {interval}). That can’t explain the change, "
            "but it shows that something else was at work too."
        )
    return fill(
        "{label}, which should not have been touched, " + finding,
        label=numbers.value(f"its.measures.{measure}.label"),
        interval=interval(numbers, lead(numbers, measure)),
    )


def tile_control(numbers: Numbers, measure: str) -> tuple[Markdown, Markdown]:
    """Gives the tile on an outcome that should not have moved."""
    _, low_to_high = tile_size(numbers, lead(numbers, measure))
    return moved(numbers, measure), low_to_high


def _excludes(own: dict[str, Any], main: dict[str, Any]) -> bool:
    """True if an interval of one measure's effect, as a share, leaves the other's effect out."""
    if own["relative"] is None or main["relative"] is None:
        return False
    upper = own["relative_upper"]
    return bool(main["relative"] < own["relative_lower"] or (upper is not None and main["relative"] > upper))


SAYS = (control, tile_control)
