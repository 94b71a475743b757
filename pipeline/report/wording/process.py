"""What the control chart says of the process."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import faded, judge_row, judged, last_change
from pipeline.report.wording.phrases import per, the, valued

VARIATION: dict[str, str] = {
    "common-cause": "The latest {every} shows common-cause variation only: nothing out of the ordinary.",
    "improving-high": "The latest {every} is part of a signal of improvement (high).",
    "improving-low": "The latest {every} is part of a signal of improvement (low).",
    "concerning-high": "The latest {every} is part of a signal of concern (high).",
    "concerning-low": "The latest {every} is part of a signal of concern (low).",
    "neutral-high": "The latest {every} is part of a signal (high).",
    "neutral-low": "The latest {every} is part of a signal (low).",
}
MISLED_BY = ("autocorrelation", "seasonality", "season")
"""Flags of a chart whose signals may well be false."""


def process_heading(numbers: Numbers, measure: str) -> Markdown:
    """Gives the question that the control chart answers."""
    phases = numbers.value(f"spc.measures.{measure}.phases")
    return Markdown("Is the new level stable?" if len(phases) > 1 else "Is the process stable?")


def process(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the control chart says of the process since its last phase began."""
    key = f"spc.measures.{measure}"
    phases = numbers.value(f"{key}.phases")
    phase = f"{key}.phases[{phases[-1]['row']}]"
    signals = numbers.value(f"{key}.signals_in_latest_phase")
    if len(phases) == 1:
        since = fill("Over the whole series")
    else:
        since = fill("Since {when}", when=numbers.show(f"{phase}.start", numbers.value(f"{key}.dated")))
    latest = fill(VARIATION[numbers.value(f"{key}.variation")], every=every)
    if not signals:
        within = "has stayed within its limits and shows" if _has_limits(numbers, key) else "shows"
        return fill(
            "{since}, the process {within} no signal. {latest}", since=since, within=within, latest=latest
        )
    counted = fill(
        "{since}, {signals} of {n} {every}s {are} part of a signal",
        since=since,
        signals=numbers.show(f"{key}.signals_in_latest_phase", "count"),
        n=numbers.show(f"{phase}.n", "count"),
        every=every,
        are="is" if signals == 1 else "are",
    )
    if may_mislead(numbers, measure):
        which = "it may be false" if signals == 1 else "many of these may be false"
        return Markdown(f"{counted}, but {which}: see the note below the chart. {latest}")
    return Markdown(f"{counted}, a sign that more than common causes may be at work. {latest}")


def _has_limits(numbers: Numbers, key: str) -> bool:
    """True if a chart's latest value has limits beside it: a run chart has none, nor a phase too short."""
    return numbers.value(f"{key}.latest.upper") is not None


def level_shift(numbers: Numbers, measure: str) -> Markdown:
    """Gives how the centre line moved from phase to phase, the first to the last; nothing with one phase."""
    key = f"spc.measures.{measure}"
    phases = numbers.value(f"{key}.phases")
    if len(phases) == 1:
        return Markdown("")
    centres = [valued(numbers, measure, f"{key}.phases[{phase['row']}].centre") for phase in phases]
    return fill(
        "The {average} went from {centres}{per}.",
        average=average(numbers, measure),
        centres=Markdown(", then to ".join([" to ".join(centres[:2]), *centres[2:]])),
        per=per(numbers, measure),
    )


def average(numbers: Numbers, measure: str) -> str:
    """Gives what a chart's centre line is called: average, median, or centre."""
    centre = numbers.value(f"spc.measures.{measure}.centre_is")
    return "average" if centre == "mean" else str(centre)


WHY = "The chart compares with what went before; the time series allows for whatever else the plan names."
AGREEMENT = {
    "agree": "The control chart agrees with the time series{on}: the average moved the same way, and the "
    "latest {every} gives no cause for concern.",
    "agree-faded": "The control chart agrees with the time series{on} that values got better on average; one "
    "average for all {every}s since the change can’t show that the gain faded.",
    "agree-slipped": "The control chart agrees with the time series{on} that the gain faded: the average "
    "got better, but the latest {every} is part of a signal of concern.",
    "agree-worse": "The control chart agrees with the time series{on}: in both, things got worse.",
    "slipping": "The control chart gives a warning: the average got better, but the latest {every} is part "
    "of a signal of concern, so the gain may be slipping.",
    "against": "The control chart and the time series{on} disagree: in the chart, the average did not get "
    "better. " + WHY,
    "against-worse": "The control chart and the time series{on} disagree: in the chart, the average did not "
    "get worse. " + WHY,
    "only-chart": "The control chart shows a signal where the time series{on} shows no clear change. " + WHY,
}
AGREE = ("agree", "agree-faded", "agree-slipped", "agree-worse")
SEASON_OR_DRIFT = "A season, or a slow drift from before the change, can give such a signal too."
DRIFT = "A slow drift from before the change can give such a signal too."


def beside_series(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives whether chart and time series tell the same story; nothing where they can't be compared."""
    found = _agreement(numbers, measure)
    if found is None:
        return Markdown("")
    last = last_change(numbers, measure)
    on = fill(" on {change} by itself", change=the(last["label"])) if last else Markdown("")
    return fill(AGREEMENT[found], every=every, on=on)


def conflict(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives the disagreement of chart and time series, for the brief; nothing where there is none."""
    if _agreement(numbers, measure) in (None, *AGREE):
        return Markdown("")
    said = beside_series(numbers, measure, every)
    return Markdown(f"{said} {may_be_false(numbers, measure)}") if may_mislead(numbers, measure) else said


def may_be_false(numbers: Numbers, measure: str) -> str:
    """Gives what else than the change can give a signal: of values less their seasons, a drift alone."""
    beside = numbers.value(f"spc.measures.{measure}").get("beside")
    return DRIFT if beside and beside["which"] == "plain" else SEASON_OR_DRIFT


def _agreement(numbers: Numbers, measure: str) -> str | None:
    chart, better = f"spc.measures.{measure}", numbers.value(f"its.measures.{measure}.better")
    phases, found = numbers.value(f"{chart}.phases"), _judged_at_last(numbers, measure)
    variation = numbers.value(f"{chart}.variation")
    if better is None:
        return None
    if found == "unclear":
        of_phase = numbers.value(f"{chart}.phase_variation") if len(phases) > 1 else "common-cause"
        quiet = all(said.startswith(("common", "neutral")) for said in (variation, of_phase))
        return None if quiet else "only-chart"
    if found not in ("improved", "worsened") or len(phases) == 1:
        return None
    before, after = phases[-2]["centre"], phases[-1]["centre"]
    got_better = after != before and (after > before) == (better == "higher")
    if found == "worsened":
        return "against-worse" if got_better else "agree-worse"
    if not got_better:
        return "against"
    if variation.startswith("concerning"):
        return "agree-slipped" if faded(numbers, measure) else "slipping"
    return "agree-faded" if faded(numbers, measure) else "agree"


def _judged_at_last(numbers: Numbers, measure: str) -> str:
    """The judgement that the chart's latest phase is set against: of several changes, that on the last."""
    last = last_change(numbers, measure)
    if last is None:
        return judged(numbers, measure)
    return judge_row(last, numbers.value(f"its.measures.{measure}.better"))


def may_mislead(numbers: Numbers, measure: str) -> bool:
    """True if a chart has a flag of those whose signals may well be false."""
    return any(flag["code"] in MISLED_BY for flag in numbers.value(f"spc.measures.{measure}.flags"))


SAYS = (process_heading, process, level_shift, average, beside_series, conflict)
