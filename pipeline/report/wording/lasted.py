"""Did it last? The verdict in plain words; the exact rule stands beside it."""

from __future__ import annotations

from typing import Any

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers

SAID = {
    "lasted": "It lasted: since {since}, {left} has still been there.",
    "likely lasted": "It has probably lasted: since {since}, {left} has still been there.",
    "grew": "It grew: since {since}, it has been about {share} of what it was at first.",
    "faded": "It faded: since {since}, only {left} has been left.",
    "unclear": "We can’t tell if it lasted: since {since}, {left} has still been there, but the true share "
    "could be much lower or higher.",
}
GONE = {
    "faded": "It did not last: since {since}, nothing of the early change has been left.",
    "unclear": "We can’t tell if it lasted: since {since}, the early change seems to be gone, but that could "
    "be chance.",
}
LATE = "It came late: there was no clear change at first, but there has been one since {since}."
NOTHING = "There was no clear change at first, so there is nothing that could last."
FIXED = (
    "We can’t tell if it lasted: the model takes the change to have one shape throughout, so it can neither "
    "fade nor grow."
)
TOO_EARLY = (
    "It is too early to say if it lasts: we have data for {count} {every}s since the change, and need more "
    "than {after}."
)
NOT_COMPARED = (
    "We can’t tell if it lasts: what to expect can’t be told after {last}, and the plan asks what happens "
    "more than {after} {every}s on."
)
TILES = {
    "lasted": "It lasted",
    "likely lasted": "Probably",
    "grew": "It grew",
    "faded": "It faded",
    "unclear": "We can’t tell",
    "too early": "Too early to say",
    "no effect to last": "Nothing to last",
}


def lasted(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives whether the effect lasted; nothing where the plan does not ask."""
    key = f"its.measures.{measure}.sustained"
    if not numbers.has(key):
        return Markdown("")
    verdict = numbers.value(f"{key}.verdict")
    last = f"its.measures.{measure}.possible_until"
    if verdict == "too early" and numbers.has(last):
        return fill(
            NOT_COMPARED,
            last=numbers.show(last, every),
            after=numbers.show("plan.sustain.after", "count"),
            every=every,
        )
    if verdict == "too early":
        return fill(
            TOO_EARLY,
            count=numbers.show(f"its.measures.{measure}.after", "count"),
            after=numbers.show("plan.sustain.after", "count"),
            every=every,
        )
    if verdict == "no effect to last":
        return Markdown(NOTHING)
    if _is_fixed(numbers, measure):
        return Markdown(FIXED)
    since = _since(numbers, measure, every)
    if verdict == "grew" and not _early_is_clear(numbers.value(f"{key}.table")):
        return fill(LATE, since=since)
    share = f"{key}.table[ratio].estimate"
    if numbers.value(share) <= 0 and verdict in GONE:
        return fill(GONE[verdict], since=since)
    if verdict == "grew":
        return fill(SAID[verdict], since=since, share=numbers.show(share, "percent-size"))
    return fill(SAID[verdict], since=since, left=_left(numbers, share))


def tile_lasted(numbers: Numbers, measure: str, every: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'Did it last?': a word, and how much is left or how long we have looked."""
    key = f"its.measures.{measure}.sustained"
    verdict = numbers.value(f"{key}.verdict")
    word = Markdown(TILES[verdict])
    last = f"its.measures.{measure}.possible_until"
    if verdict == "too early" and numbers.has(last):
        return Markdown(TILES["unclear"]), fill("compared up to {last}", last=numbers.show(last, every))
    if verdict == "too early":
        return word, fill(
            "{count} {every}s so far",
            count=numbers.show(f"its.measures.{measure}.after", "count"),
            every=every,
        )
    if verdict == "no effect to last":
        return word, Markdown("no clear change at first")
    if _is_fixed(numbers, measure):
        return word, Markdown("the model gives it one shape")
    share = f"{key}.table[ratio].estimate"
    if not _early_is_clear(numbers.value(f"{key}.table")):
        return word, Markdown("it came late")
    if numbers.value(share) <= 0:
        return word, Markdown("nothing left at last")
    return word, _left(numbers, share)


def lasting_rule(numbers: Numbers, every: str) -> Markdown:
    """Gives what the plan means by lasting, in plain words."""
    return fill(
        "A change lasted, says the plan, if more than {after} {every}s on at least {keep} of what it was at "
        "first is still there.",
        after=numbers.show("plan.sustain.after", "count"),
        keep=numbers.show("plan.sustain.keep", "percent-size"),
        every=every,
    )


def _left(numbers: Numbers, key: str) -> Markdown:
    """What is left of the early change: a share of it, or all."""
    whole = numbers.value(key) > 1
    said = "all of the early change (about {share})" if whole else "about {share} of the early change"
    return fill(said, share=numbers.show(key, "percent-size"))


def _is_fixed(numbers: Numbers, measure: str) -> bool:
    """True if the impact model lets an effect neither fade nor grow, whatever the data."""
    return bool(numbers.value(f"its.measures.{measure}.impact") != "level-and-slope")


def _early_is_clear(table: list[dict[str, Any]]) -> bool:
    early = next(row for row in table if row["row"] == "early")
    return not early["lower"] <= 0 <= early["upper"]


def _since(numbers: Numbers, measure: str, every: str) -> Markdown:
    """The first of the late periods, as readers say it."""
    key = f"its.measures.{measure}"
    first = numbers.value(f"{key}.sustained.table[late].first_period")
    row = next(row["row"] for row in numbers.value(f"{key}.effects") if row["after"] == first)
    return numbers.show(f"{key}.effects[{row}].row", every)


SAYS = (lasted, tile_lasted, lasting_rule)
