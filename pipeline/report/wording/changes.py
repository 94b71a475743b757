"""Where a plan has several changes: which of them, by itself, came with what."""

from __future__ import annotations

from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.judgement import judge_row
from pipeline.report.wording.phrases import amount, interval, the


def after(numbers: Numbers, measure: str, change: str) -> Markdown:
    """Gives the opening of a finding: 'After the law', or 'After the law and the limit' where both came."""
    key = f"its.measures.{measure}.changes"
    labels = [row["label"] for row in numbers.value(key)] if numbers.has(key) else [change]
    said = [the(label) for label in labels]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return Markdown(f"After {listed}")


def each_change(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what each change came with by itself, the others as they were; nothing where there is but one.

    Of one whose figures would tell a hidden count it says that they are not told.
    """
    key = f"its.measures.{measure}.changes"
    if not numbers.has(key):
        return Markdown("")
    return Markdown(
        " ".join(_one(numbers, measure, f"{key}[{row['row']}]", every) for row in numbers.value(key))
    )


def _one(numbers: Numbers, measure: str, key: str, every: str) -> Markdown:
    row = numbers.value(key)
    opening = fill(
        "By itself, {change} ({on} {when})",
        change=the(row["label"]),
        on="on" if every == "day" else "in",
        when=numbers.show(f"{key}.row", every),
    )
    if row["absolute"] is None:
        return fill("{opening} is not told: a count could be worked out.", opening=opening)
    if judge_row(row, None) == "unclear":
        return fill(
            "{opening} came with no clear change (likely {interval}).",
            opening=opening,
            interval=interval(numbers, key),
        )
    return fill(
        "{opening} came with {a} of **{amount}** (likely {interval}).",
        opening=opening,
        a="a fall" if row["absolute"] < 0 else "a rise",
        amount=_size(numbers, measure, key, every),
        interval=interval(numbers, key),
    )


def _size(numbers: Numbers, measure: str, key: str, every: str) -> Markdown:
    said = amount(numbers, measure, f"{key}.absolute")
    is_count = numbers.value(f"its.measures.{measure}.kind") == "count"
    return fill("{amount} a {every}", amount=said, every=every) if is_count else said


SAYS = (each_change,)
