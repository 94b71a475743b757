"""Did it last? What the control chart says beside the model's verdict."""

from __future__ import annotations

from pipeline.report.markdown import Markdown
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judge
from pipeline.report.wording.process import MISLED_BY


def beside_chart(numbers: Numbers, measure: str) -> Markdown:
    """Gives whether the control chart agrees with the verdict on lasting, or nothing where it can't be told.

    The chart agrees that an improvement lasts if its latest phase runs at a better level than the one before
    and its latest points show no signal of concern.
    """
    passed = numbers.value(f"its.measures.{measure}.sustained.passed")
    still = still_improved(numbers, measure)
    if passed is None or still is None:
        return Markdown("")
    state = "is still in its improved state" if still else "is no longer in its improved state"
    if still == passed:
        return Markdown(f"The control chart agrees: at the latest points the process {state}.")
    return Markdown(
        f"The control chart disagrees: at the latest points the process {state}. The model compares with "
        "what was to be expected, and the chart with what went before; read both before concluding."
    )


def still_improved(numbers: Numbers, measure: str) -> bool | None:
    """Gives whether the process is still in its improved state at the latest points, by the control chart.

    None where the chart can't tell: without phases, where its last phase is no better than the one before,
    where the model's early effect was no improvement, or where its signals may be false.
    """
    chart = numbers.value(f"spc.measures.{measure}")
    better, phases = chart["better"], chart["phases"]
    early = _early(numbers, measure)
    if better is None or len(phases) == 1 or early != "improved":
        return None
    if any(flag["code"] in MISLED_BY for flag in chart["flags"]):
        return None
    moved = phases[-1]["centre"] - phases[-2]["centre"]
    if moved == 0 or (moved > 0) != (better == "higher"):
        return None
    return not str(chart["variation"]).startswith("concerning")


def _early(numbers: Numbers, measure: str) -> str:
    about = f"its.measures.{measure}"
    early = numbers.value(f"{about}.sustained.table[early]")
    return judge(early["lower"], early["upper"], numbers.value(f"{about}.better"))


SAYS = (beside_chart,)
