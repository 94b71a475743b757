"""How people work together: what became of their ties, in plain words."""

from __future__ import annotations

from pipeline.plan import mid_sentence
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers

MOVED = {
    "rose": "More of the ties that people named were returned",
    "fell": "Fewer of the ties that people named were returned",
    "may have risen": "Perhaps more of the ties that people named were returned",
    "may have fallen": "Perhaps fewer of the ties that people named were returned",
    "no clear change": "The share of ties that are returned did not clearly change",
}
BETWEEN = {
    "rose": "more of what links people ran through somebody in between",
    "fell": "less of what links people ran through somebody in between",
    "may have risen": "perhaps more of what links people ran through somebody in between",
    "may have fallen": "perhaps less of what links people ran through somebody in between",
    "no clear change": "people in between were no more and no less needed, as far as we can tell",
}
INDEX = "outward"
"""The measure that is an index from −1 to 1, and no share."""
SURE = 0.05


def ties(numbers: Numbers) -> Markdown:
    """Gives what became of the ties: whether more are returned, and whether more run through others."""
    returned, between = (
        numbers.value(f"network.measures[{name}].verdict") for name in ("reciprocity", "brokered")
    )
    key = "network.measures[reciprocity]"
    return fill(
        "{moved} ({before} before, {after} after); {between}.",
        moved=Markdown(MOVED[returned]),
        before=numbers.show(f"{key}.before", "percent-size"),
        after=numbers.show(f"{key}.after", "percent-size"),
        between=Markdown(BETWEEN[between]),
    )


def tie_style(_numbers: Numbers, name: str, signed: bool = False) -> str:
    """Gives the style in which a measure of ties is shown: a percentage, or an index with two decimals.

    The change of a percentage is in percentage points.
    """
    if name == INDEX:
        return "two-decimals"
    return "points" if signed else "percent-size"


def ties_by_group(numbers: Numbers, change: str) -> Markdown:
    """Gives whether returned ties moved more at the sites that got the change than at the others."""
    if not numbers.has("network.by_group"):
        return Markdown("")
    key = "network.by_group[reciprocity]"
    row = numbers.value(key)
    if row["p_value"] is None:
        return Markdown("")
    here, there = (
        fill(
            "{way} by {size} percentage points",
            way="rose" if row[name] > 0 else "fell",
            size=numbers.show(f"{key}.{name}_points", "size"),
        )
        for name in ("group", "others")
    )
    said = (
        "That is a difference which few ways to shuffle the sites would give ({chance})."
        if row["p_value"] <= SURE
        else "Many ways to shuffle the sites would give as large a difference ({chance})."
    )
    return fill(
        "At the sites that got the change (“{change}”), the share of ties that are returned {here} "
        "on average, and at the others it {there}. " + said,
        change=change,
        here=here,
        there=there,
        chance=numbers.show(f"{key}.p_value", "percent-size"),
    )


def ties_and_outcome(numbers: Numbers, measure: str) -> Markdown:
    """Gives whether sites with more ties between them are alike in the outcome; nothing where unknown."""
    if not numbers.has("network.alike") or numbers.value("network.alike.correlation") is None:
        return Markdown("")
    clear = numbers.value("network.alike.p_value") <= SURE
    nearer = numbers.value("network.alike.correlation") < 0
    finding = ("more" if nearer else "less") + " alike" if clear else "neither clearly more nor less alike"
    return fill(
        "Sites with more ties between them were {finding} in {label} (correlation {r} with how far apart "
        "they are; {chance} of the ways to shuffle the sites would give as much).",
        finding=finding,
        label=mid_sentence(numbers.value(f"its.measures.{measure}.label")),
        r=numbers.show("network.alike.correlation", "two-decimals"),
        chance=numbers.show("network.alike.p_value", "percent-size"),
    )


SAYS = (ties, tie_style, ties_by_group, ties_and_outcome)
