"""For whom: what became of the groups and of the gap between them, in plain words."""

from __future__ import annotations

import math
from typing import Any

from pipeline.plan import mid_sentence
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.phrases import amount

GAPS = {
    "narrowed": "The gap between the {most} and the {least} got smaller{size}.{left}",
    "widened": "The gap between the {most} and the {least} got larger{size}.",
    "reversed": "The gap between the {most} and the {least} turned round.",
    "opened": "A gap opened between the {most} and the {least}.",
    "unclear": "There was no clear change in the gap between the {most} and the {least}{size}.",
    "no-gap": "There was no clear gap between the {most} and the {least}, before or after.",
}
SHARED = " by {share} (likely {low} to {high})"
UNSURE = " (likely between {low} and {high})"
MOVES = {("better", "worse"): ("better", "worse"), ("fell", "rose"): ("down", "up")}


def for_whom(numbers: Numbers, measure: str) -> Markdown:
    """Gives for whom it changed: in how many groups, and what became of the gap between them."""
    key = f"equity.measures.{measure}"
    found = numbers.value(key)
    parts = [_groups(numbers, measure)]
    parts.append(_gap(numbers, measure) if found["ordered"] else _apart(numbers, measure))
    return Markdown(" ".join(part for part in parts if part))


def _groups(numbers: Numbers, measure: str) -> Markdown:
    """In how many groups it clearly got better and worse, or fell and rose where neither is better."""
    key = f"equity.measures.{measure}"
    found = numbers.value(f"{key}.counted")
    is_good = numbers.value(f"{key}.better") is not None
    ways, words = next(item for item in MOVES.items() if ("better" in item[0]) == is_good)
    said = []
    for way, word in zip(ways, words, strict=True):
        if found[way] == found["groups"]:
            verb = "It got" if is_good else "It went"
            return fill(
                f"{verb} {word} in all {{count}} groups.",
                count=numbers.show(f"{key}.counted.groups", "count"),
            )
        if found[way]:
            said.append(fill(f"{word} in {{n}}", n=numbers.show(f"{key}.counted.{way}", "count")))
    groups = numbers.show(f"{key}.counted.groups", "count")
    if not said:
        return fill("It did not clearly change in any of the {count} groups.", count=groups)
    verb = "it got clearly" if is_good else "it clearly went"
    return fill(
        "Of the {count} groups, {verb} {said}.", count=groups, verb=verb, said=Markdown(" and ".join(said))
    )


def _gap(numbers: Numbers, measure: str) -> Markdown:
    key = f"equity.measures.{measure}"
    found = numbers.value(f"{key}.slope")
    most, least = numbers.value(f"{key}.ends")
    return fill(
        GAPS[found["verdict"]],
        most=most,
        least=least,
        size=_size(numbers, f"{key}.slope", found),
        left=Markdown(f" It is still there{_though(numbers, key)}.")
        if found["after"]["lower"] > 0
        else Markdown(""),
    )


def _though(numbers: Numbers, key: str) -> str:
    """A gap that narrowed and yet got larger in proportion is said to have done both."""
    sides = [f"{key}.sides[{side}]" for side in ("before", "after")]
    if not all(numbers.has(f"{side}.ratio") for side in sides):
        return ""
    rows = [numbers.value(side) for side in sides]
    return ", and in proportion it got larger" if _in_proportion(rows).endswith("larger") else ""


def _size(numbers: Numbers, key: str, found: dict[str, Any]) -> Markdown:
    """By what share the gap changed, where a share has a meaning."""
    if found["share"] is None:
        return Markdown("")
    if found["verdict"] == "unclear":
        low, high = (_signed_share(numbers, f"{key}.share.{end}") for end in ("lower", "upper"))
        return fill(UNSURE, low=low, high=high)
    if found["verdict"] not in ("narrowed", "widened"):
        return Markdown("")
    ends = ("upper", "lower") if found["verdict"] == "narrowed" else ("lower", "upper")
    low, high = (numbers.show(f"{key}.share.{end}", "percent-size") for end in ends)
    return fill(SHARED, share=numbers.show(f"{key}.share.estimate", "percent-size"), low=low, high=high)


def _signed_share(numbers: Numbers, key: str) -> Markdown:
    word = "smaller" if numbers.value(key) < 0 else "larger"
    return fill("{share} {word}", share=numbers.show(key, "percent-size"), word=word)


def _apart(numbers: Numbers, measure: str) -> Markdown:
    """For groups without an order: those whose change clearly differs from that of all the others."""
    key = f"equity.measures.{measure}.rests"
    rows = numbers.value(key)
    said = [
        fill(
            "Compared with all the others, it went {way} by {size} among {name}.",
            way="down" if row["estimate"] < 0 else "up",
            size=amount(numbers, measure, f"{key}[{row['row']}].estimate"),
            name=row["row"],
        )
        for row in rows
        if row["differs"]
    ]
    return Markdown(" ".join(said) or "In no group was the change clearly other than in the rest.")


def gap_size(numbers: Numbers, measure: str) -> Markdown:
    """Gives the gap before and after in words, as its chart has it, and which end has more."""
    key = f"equity.measures.{measure}"
    return fill(
        "A line through the groups, each at its place in the population, tells the gap between its two ends, "
        "not only between the first group and the last (the slope index of inequality). For “{label}”, "
        "before the change it was on average {before}, and after the change {after}.",
        label=mid_sentence(numbers.value(f"{key}.label")),
        before=_higher(numbers, measure, "before"),
        after=_higher(numbers, measure, "after"),
    )


def _higher(numbers: Numbers, measure: str, side: str) -> Markdown:
    """How much higher one end is, on one side of the change, and which end."""
    about = f"equity.measures.{measure}"
    key = f"{about}.slope.{side}"
    found, sign = numbers.value(key), numbers.value(f"{about}.slope.sign")
    most, least = numbers.value(f"{about}.ends")
    is_turned = found["estimate"] < 0
    # A size that turned below nought is how much higher the other end is, and its limits change places.
    ends = ("upper", "lower") if is_turned else ("lower", "upper")
    is_clear = found["lower"] > 0 or found["upper"] < 0
    likely = "likely {low} to {high}" if is_clear else "likely between {low} lower and {high} higher"
    low, high = (numbers.show(f"{key}.{end}", "size") for end in ends)
    return fill(
        f"{{size}} higher among the {{end}} ({likely})",
        size=amount(numbers, measure, f"{key}.estimate"),
        end=most if (sign < 0) != is_turned else least,
        low=low,
        high=high,
    )


def relative_gap(numbers: Numbers, measure: str) -> Markdown:
    """Gives the relative index before and after, or nothing where a ratio means nothing."""
    key = f"equity.measures.{measure}"
    rows = [numbers.value(f"{key}.sides[{side}]") for side in ("before", "after")]
    if any(row["ratio"] is None for row in rows):
        return Markdown("")
    most, least = numbers.value(f"{key}.ends")
    before, after = (
        numbers.show(f"{key}.sides[{side}].ratio", "two-decimals") for side in ("before", "after")
    )
    return fill(
        "As a ratio, the {least} had {before} times what the {most} had before the change, and {after} times "
        "after it{so}.",
        least=least,
        most=most,
        before=before,
        after=after,
        so=_in_proportion(rows),
    )


def _in_proportion(rows: list[dict[str, Any]]) -> str:
    """What became of the gap in proportion, where the two ratios' intervals are apart."""
    before, after = rows
    if before["ratio_lower"] <= after["ratio_upper"] and after["ratio_lower"] <= before["ratio_upper"]:
        return ""
    further = abs(math.log(after["ratio"])) > abs(math.log(before["ratio"]))
    return f", so in proportion the gap got {'larger' if further else 'smaller'}"


SAYS = (for_whom, gap_size, relative_gap)
