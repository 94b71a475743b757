"""The verdict on whether an effect lasted: the rule, and the sentence it ends in."""

from __future__ import annotations

from typing import Literal

from pipeline.its.interval import Interval, Scale

Verdict = Literal["lasted", "likely lasted", "faded", "grew", "unclear", "too early", "no effect to last"]

LIKELY = 0.8
"""An effect likely lasted if at least this share of what the fit leaves open has it kept."""

PASSED: dict[Verdict, bool | None] = {"lasted": True, "likely lasted": True, "grew": True, "faded": False}

LEADS: dict[Verdict, str] = {
    "lasted": "The effect lasted",
    "likely lasted": "The effect likely lasted",
    "grew": "The effect grew",
    "faded": "The effect faded",
    "unclear": "Whether the effect lasted is unclear",
    "no effect to last": "There is no clear effect that could last",
}

Span = tuple[int, int]
"""First and last period after the change, counted from 1."""


def spans_of(after: int, last: int) -> tuple[Span, Span | None]:
    """Gives the early and the late periods in a series that goes to period `last` after the change.

    Early is the first half of the window of `after` periods; late the last quarter of the periods beyond
    the window, or None where there are none. Halves and quarters are rounded up.

    >>> spans_of(12, 36)
    ((1, 6), (31, 36))
    """
    early = (1, min(-(-after // 2), last))
    beyond = last - after
    return early, (last - -(-beyond // 4) + 1, last) if beyond > 0 else None


def verdict_of(
    early: Interval, late: Interval, ratio: Interval, chance: float, keep: float, is_fixed: bool
) -> Verdict:
    """Gives the verdict from the early and late effects, their ratio, and the chance that `keep` was kept.

    `is_fixed` says that the impact model sets the ratio, so that the data can't.
    """
    if not early.is_clear:
        return "grew" if late.is_clear and not is_fixed else "no effect to last"
    if is_fixed:
        return "unclear"
    if ratio.lower > 1:
        return "grew"
    if ratio.lower >= keep:
        return "lasted"
    if ratio.upper < keep:
        return "faded"
    return "likely lasted" if chance >= LIKELY else "unclear"


def rule_in_words(after: int, keep: float) -> str:
    """Gives the rule by which the verdict is reached, to be printed beside it."""
    return (
        f"The early effect is the average over periods 1 to {-(-after // 2)} after the change; the late "
        f"effect is the average over the last quarter of the periods beyond period {after}. Lasted: the 95% "
        f"interval of late over early lies at or above {keep:.0%}. Grew: it lies above 100%, or only the "
        f"late effect is clear. Faded: it lies below {keep:.0%}. Likely lasted: none of these, but at least "
        f"{keep:.0%} was kept in {LIKELY:.0%} or more of what the fit leaves open. No effect to last: "
        f"neither effect's interval excludes zero. Too early: the series doesn't reach beyond period "
        f"{after}. Unclear: everything else."
    )


def too_early_in_words(after: int, last: int) -> str:
    """Gives the sentence for a series that has not gone on for long enough."""
    return (
        f"It is too early to say whether the effect lasts: the series goes to period {last} after the "
        f"change, and the plan asks what happens beyond period {after}."
    )


def verdict_in_words(
    verdict: Verdict,
    early: tuple[Interval, Span],
    late: tuple[Interval, Span],
    ratio: Interval,
    keep: float,
    scale: Scale,
    is_fixed: bool,
) -> str:
    """Gives the sentence: the verdict, the two effects, and their ratio where it has a meaning."""
    text = f"{LEADS[verdict]}: on average it was {_spoken(*early, scale)}, and {_spoken(*late, scale)}"
    if is_fixed:
        return (
            f"{text}; but the impact model sets the one by the other, so the data can't say whether it "
            "lasted (a model with level and slope can)."
        )
    if not early[0].is_clear:
        return f"{text}."
    shares = [f"{value:z.0%}".replace("-", "−") for value in (ratio.estimate, ratio.lower, ratio.upper)]
    turned = " The late effect points the other way." if late[0].is_clear and ratio.upper < 0 else ""
    return (
        f"{text}: {shares[0]} of the early effect (95% interval {shares[1]} to {shares[2]}), where the plan "
        f"asks for {keep:.0%}.{turned}"
    )


def _spoken(effect: Interval, span: Span, scale: Scale) -> str:
    over = f"in period {span[0]}" if span[0] == span[1] else f"over periods {span[0]} to {span[1]}"
    return f"{effect.spoken_on(scale)} {over}"
