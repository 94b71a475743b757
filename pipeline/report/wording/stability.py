"""How stable measures are: what their control charts say of them, in a table and in sentences."""

from __future__ import annotations

from typing import Any

from pipeline.plan import PER_CENT, SHARES
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judge_row, judged_series, last_change
from pipeline.report.wording.lead import has_series
from pipeline.report.wording.phrases import on, the, valued
from pipeline.report.wording.process import average, may_be_false, may_mislead

SINCE: dict[str, str] = {
    "common": "Judged by the limits from before, the {every}s since {when} show usual variation only.",
    "improving": "Judged by the limits from before, the {every}s since {when} are an improvement: "
    "as a whole, values are {side} than they were.",
    "concerning": "Judged by the limits from before, the {every}s since {when} are a cause for concern: "
    "as a whole, values are {side} than they were.",
    "neutral": "Judged by the limits from before, the {every}s since {when} are a change: "
    "as a whole, values are {side} than they were.",
}
ONLY_HERE = "The time series shows no clear change."
OPPOSITE = "Set against what was expected, the time series shows a {way}."
ONE_OF_SEVERAL = "In the time series, {change} by itself came with {what}."
TARGETS: dict[str | None, str] = {
    "meets": "As it is now, the process will keep meeting its target of {target}.",
    "misses": "As it is now, the process will keep missing its target of {target}; to reach it, "
    "the process has to change.",
    "hit-or-miss": "As it is now, the process will meet its target of {target} {on} some {every}s "
    "and miss it {on} others, by chance.",
    None: "Its target is {target}; without limits, the chart can’t say if it will be met.",
}
ADVICE = {
    True: "New limits from {when} on would be justified, and were not applied automatically: "
    "the plan decides.",
    False: "Values shifted {on} {when} and have stayed there, but not every condition for new limits holds.",
}
CHANCE = "with limits at three standard deviations of what chance gives"
RANGES = "limits at three standard deviations, estimated from the differences between neighbouring {every}s"
ABOUT: dict[str, str] = {
    "run": "The run chart draws the {centre} of each phase and no limits.",
    "xmr": f"The control chart (XmR) draws {RANGES}, round the {{centre}} of each phase.",
    "mr": "The control chart (moving ranges) draws the differences between neighbouring {every}s, "
    "their {centre}, and the most that chance would likely give.",
    "xbar": "The control chart (x-bar) draws the {centre} of each {every}’s cases, "
    "with limits at three standard errors, from how cases differ within {every}s.",
    "s": "The control chart (s) draws how much the cases of each {every} differ, as a standard deviation, "
    "with limits from their number.",
    "p": f"The control chart (p) draws shares, {CHANCE} with so many cases.",
    "u": f"The control chart (u) draws rates, {CHANCE} with so many cases.",
    "c": f"The control chart (c) draws counts, {CHANCE}.",
    "p'": "The control chart (p′) draws shares, with limits for so many cases, "
    "widened to the variation seen between neighbouring {every}s (Laney).",
    "u'": "The control chart (u′) draws rates, with limits for so many cases, "
    "widened to the variation seen between neighbouring {every}s (Laney).",
    "i'": f"The control chart (I′) draws {RANGES} and wider where there are fewer cases.",
    "g": "The control chart (g) draws what passed between events, with its {centre}, "
    "and limits for events that come by chance alone.",
    "t": "The control chart (t) draws the time between events, "
    "with limits for events that come by chance alone; its {centre} is a typical time.",
}
"""What each kind of chart draws, and where its limits come from."""


def since_change(numbers: Numbers, measure: str) -> Markdown:
    """Gives what the latest phase as a whole is, by the limits before it; nothing with one phase."""
    key = f"spc.measures.{measure}"
    phases = numbers.value(f"{key}.phases")
    if len(phases) == 1:
        return Markdown("")
    meaning, side = numbers.value(f"{key}.phase_variation").split("-")
    said = fill(
        SINCE[meaning],
        every=numbers.value(f"{key}.every"),
        when=_when(numbers, key, f"phases[{phases[-1]['row']}].start"),
        side="higher" if side == "high" else "lower",
    )
    misled = meaning != "common" and may_mislead(numbers, measure)
    return Markdown(f"{said} {may_be_false(numbers, measure)}") if misled else said


def target(numbers: Numbers, measure: str) -> Markdown:
    """Gives what will become of a measure's target; nothing without one."""
    key = f"spc.measures.{measure}"
    if numbers.value(f"{key}.target") is None:
        return Markdown("")
    return fill(
        TARGETS[numbers.value(f"{key}.assurance")],
        target=aimed_at(numbers, measure),
        every=numbers.value(f"{key}.every"),
        on=on(numbers.value(f"{key}.every")),
    )


def aimed_at(numbers: Numbers, measure: str) -> Markdown:
    """Gives a measure's target as the plan has it, a share in per cent."""
    return valued(numbers, measure, f"spc.measures.{measure}.target", "given")


def latest(numbers: Numbers, measure: str, style: str) -> Markdown:
    """Gives a measure's latest value and when it was, for the table of all measures."""
    key = f"spc.measures.{measure}"
    return fill(
        "{value}, {when}",
        value=valued(numbers, measure, f"{key}.latest.value", style),
        when=_when(numbers, key, "latest.period"),
    )


def in_unit(numbers: Numbers, measure: str) -> Markdown:
    """Gives a measure with what it is counted in, where that isn't plain: in per cent, or per so many.

    As the charts are titled, with the denominator's name from the contract.
    """
    planned, unit = _planned(numbers, measure), f"spc.measures.{measure}.unit"
    label, kind = planned["label"], planned["kind"]
    what = numbers.value(f"out_of.{measure}") if numbers.has(f"out_of.{measure}") else None
    if kind in SHARES and numbers.value(unit) == PER_CENT:
        of = "{label}, in per cent of {what}" if what else "{label}, in per cent"
        return fill(of, label=label, what=what)
    if kind in ("rate", "proportion") and numbers.value(unit) == 1:
        return fill("{label}, on average over {what}" if what else "{label}", label=label, what=what)
    if kind in ("rate", "proportion"):
        per = "{label}, per {per} {what}" if what else "{label}, per {per}"
        return fill(per, label=label, per=numbers.show(unit, "whole"), what=what)
    return fill("{label}", label=label)


def _planned(numbers: Numbers, measure: str) -> dict[str, Any]:
    """What the plan says of a measure."""
    return dict(next(row for row in numbers.value("plan.measures") if row["id"] == measure))


def beside(numbers: Numbers, measure: str) -> Markdown:
    """Gives how many signals are left without the season, or are there with it; nothing without a season."""
    key = f"spc.measures.{measure}"
    other = numbers.value(f"{key}.beside")
    if other is None:
        return Markdown("")
    other_n = numbers.show(f"{key}.beside.signals_in_latest_phase", "count")
    own_n = numbers.show(f"{key}.signals_in_latest_phase", "count")
    adjusted, plain = (other_n, own_n) if other["which"] == "adjusted" else (own_n, other_n)
    opening = (
        "Values go with the season, which can make signals or hide some."
        if other["which"] == "adjusted"
        else "The chart’s values are less their seasonal figures, so that the season makes no signals."
    )
    phases = numbers.value(f"{key}.phases")
    return fill(
        "{opening} With the season, {plain} of the {n} {every}s {since} are part of a signal; "
        "without it, {adjusted}.",
        opening=opening,
        plain=plain,
        adjusted=adjusted,
        n=numbers.show(f"{key}.phases[{phases[-1]['row']}].n", "count"),
        every=numbers.value(f"{key}.every"),
        since="charted"
        if len(phases) == 1
        else fill("since {when}", when=_when(numbers, key, f"phases[{phases[-1]['row']}].start")),
    )


def small_shifts(numbers: Numbers, measure: str) -> Markdown:
    """Gives what the EWMA or CUSUM chart finds; nothing where the plan asks for none."""
    key = f"spc.measures.{measure}.small_shifts"
    found = numbers.value(key)
    if found is None:
        return Markdown("")
    every = numbers.value(f"spc.measures.{measure}.every")
    opening = fill(
        "This chart adds up what neighbouring {every}s have in common, and so finds shifts too small for the "
        "chart above; its limits are those of the time before the change.",
        every=every,
    )
    if not found["signals"]:
        return fill("{opening} It shows no shift.", opening=opening)
    side = {"high": "above", "low": "below"}.get(found["side"], "both above and below")
    return fill(
        "{opening} It first shows values {side} their earlier average {on} {when}; the latest {every} "
        "{still}.",
        opening=opening,
        side=side,
        on=on(numbers.value(f"spc.measures.{measure}.dated")),
        when=_when(numbers, f"spc.measures.{measure}", "small_shifts.first"),
        every=every,
        still="is still part of it" if found["latest"] else "is no longer part of it",
    )


def rebase_advice(numbers: Numbers, measure: str) -> list[Markdown]:
    """Gives where new limits would be justified, or would be but for a condition; each with what was found.

    Places where a shift did not last are left out: they are in the results.
    """
    key = f"spc.measures.{measure}.rebase_advice"
    told = []
    for place, found in enumerate(numbers.value(key)):
        conditions = found["conditions"]
        if not (found["advised"] or conditions[0]["holds"]):
            continue
        said = [
            numbers.show(f"{key}[{place}].conditions[{condition['row']}].sentence", "text")
            for condition in conditions
        ]
        opening = fill(
            ADVICE[found["advised"]],
            on=on(numbers.value(f"spc.measures.{measure}.dated")),
            when=_when(numbers, f"spc.measures.{measure}", f"rebase_advice[{place}].period"),
        )
        told.append(Markdown(" ".join([opening, *said])))
    return told


def icon(numbers: Numbers, measure: str, what: str) -> Markdown:
    """Gives an icon of a measure's chart: that of the `latest` point, of the `phase`, or of the `target`."""
    found = numbers.value(f"spc.measures.{measure}.icons.{what}")
    return Markdown(f'![](figures/{found["name"]}){{.icon width="22px" fig-alt="{found["alt"]}"}}')


def icons_meaning(numbers: Numbers, measures: list[str]) -> list[tuple[Markdown, str]]:
    """Gives each icon that the table of these measures has, once, and what it means."""
    shown: dict[str, tuple[Markdown, str]] = {}
    for measure in measures:
        key = f"spc.measures.{measure}"
        wanted = ["phase", "latest"] + (["target"] if numbers.value(f"{key}.target") is not None else [])
        for what in wanted:
            found = numbers.value(f"{key}.icons.{what}")
            shown.setdefault(found["name"], (icon(numbers, measure, what), found["alt"]))
    return list(shown.values())


def in_words(numbers: Numbers, measure: str) -> Markdown:
    """Gives a measure's chart in a sentence or two, for the table of all measures."""
    key = f"spc.measures.{measure}"
    said = numbers.show(f"{key}.sentence", "text")
    otherwise = _otherwise(numbers, measure)
    if otherwise:
        return Markdown(f"{said} {otherwise}")
    signals = {numbers.value(f"{key}.{what}") for what in ("variation", "phase_variation")}
    if may_mislead(numbers, measure) and signals != {"common-cause"}:
        return Markdown(f"{said} {may_be_false(numbers, measure).replace('such a signal', 'signals')}")
    return said


def about_chart(numbers: Numbers, measure: str) -> Markdown:
    """Gives how the limits of a measure's chart are made."""
    key = f"spc.measures.{measure}"
    said = fill(
        ABOUT[numbers.value(f"{key}.kind")],
        every=numbers.value(f"{key}.every"),
        centre=average(numbers, measure),
    )
    return Markdown(f"{said} It marks what is unlikely to be chance.")


def _otherwise(numbers: Numbers, measure: str) -> Markdown:
    """What the time series says where a chart's latest phase is a signal that it does not bear out."""
    of_phase = numbers.value(f"spc.measures.{measure}.phase_variation")
    if of_phase == "common-cause" or not has_series(numbers, measure):
        return Markdown("")
    last = last_change(numbers, measure)
    found = judged_series(numbers, measure) if last is None else judge_row(last, None)
    row = last or numbers.value(f"its.measures.{measure}.effects[average]")
    rose = row["absolute"] > 0
    if found != "unclear" and (found.startswith("turned") or of_phase.endswith("high") == rose):
        return Markdown("")
    way = "rise" if rose else "fall"
    if last is not None:
        what = "no clear change" if found == "unclear" else f"a {way}"
        return fill(ONE_OF_SEVERAL, change=the(last["label"]), what=what)
    return Markdown(ONLY_HERE) if found == "unclear" else fill(OPPOSITE, way=way)


def _when(numbers: Numbers, key: str, field: str) -> Markdown:
    return numbers.show(f"{key}.{field}", numbers.value(f"{key}.dated"))


SAYS = (
    since_change,
    target,
    aimed_at,
    in_unit,
    latest,
    beside,
    small_shifts,
    rebase_advice,
    icon,
    icons_meaning,
    in_words,
    about_chart,
)
