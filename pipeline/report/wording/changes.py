"""Where a plan has several changes: which of them, by itself, came with what."""

from __future__ import annotations

from pipeline.listing import listed
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judge_row
from pipeline.report.wording.phrases import amount, interval, on, sized, the

AVERAGES = "Each is an average over the change’s own time, with the others as they were."


def all_changes(numbers: Numbers, measure: str, change: str) -> Markdown:
    """Gives every change as it stands in a sentence: 'the law', or 'the law and the limit'."""
    key = f"its.measures.{measure}.changes"
    labels = [row["label"] for row in numbers.value(key)] if numbers.has(key) else [change]
    return Markdown(listed(the(label) for label in labels))


def after_changes(numbers: Numbers, measure: str, change: str, every: str) -> Markdown:
    """Gives how a finding opens: 'After the law', and up to when what was expected can be."""
    changes = all_changes(numbers, measure, change)
    last = f"its.measures.{measure}.possible_until"
    if not numbers.has(last):
        return fill("After {changes}", changes=changes)
    return fill("After {changes}, and up to {last}", changes=changes, last=numbers.show(last, every))


def each_change(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what each change came with by itself, the others as they were; nothing where there is but one."""
    key = f"its.measures.{measure}.changes"
    if not numbers.has(key):
        return Markdown("")
    told = [_one(numbers, measure, f"{key}[{row['row']}]", every) for row in numbers.value(key)]
    return Markdown(" ".join([*told, AVERAGES]))


def _one(numbers: Numbers, measure: str, key: str, every: str) -> Markdown:
    row = numbers.value(key)
    opening = fill(
        "By itself, {change} ({on} {when})",
        change=the(row["label"]),
        on=on(every),
        when=numbers.show(f"{key}.row", every),
    )
    if judge_row(row, None) == "unclear":
        return fill(
            "{opening} came with no clear change (likely {interval}).",
            opening=opening,
            interval=interval(numbers, key),
        )
    if row["relative"] is None:
        return fill(
            "{opening} came with {a} of **{amount}** (likely {interval}).",
            opening=opening,
            a="a fall" if row["absolute"] < 0 else "a rise",
            amount=amount(numbers, measure, f"{key}.absolute"),
            interval=interval(numbers, key),
        )
    return fill("{opening} came with {sized}.", opening=opening, sized=sized(numbers, key))


SAYS = (each_change,)
