"""How sure are we? What the checks of the main finding say, each in a sentence or two, and all in a table."""

from __future__ import annotations

from typing import Any, NamedTuple

from pipeline.listing import listed
from pipeline.plan import PER_CENT, SHARES, season_of
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.controls import control
from pipeline.report.wording.judgement import judged

OFTEN = 0.2
"""Alarms at more than this share of earlier dates call for a word of caution (as in `its.placebo`)."""

CHOICES = {
    "model": "another model",
    "season": "another way to allow for the {season}",
    "impact": "another shape of the change",
    "trend": "another trend before it",
    "covariates": "other things allowed for",
    "window": "a shorter past",
}
"""What an analysis may choose, by the columns of the table of them."""

STANDS = {True: "The finding stands", False: "A reason for doubt", None: "Can’t tell"}
DOUBT = "a reason for doubt"
TOO_OFTEN = "either other things happened at those dates, or the likely ranges in this report are too narrow"


class Row(NamedTuple):
    """One check in the table: the question it asks, what it found, and whether the finding stands."""

    asked: Markdown
    found: Markdown
    stands: str


def sure_table(numbers: Numbers, measure: str, every: str) -> list[Row]:
    """Gives the checks that could be made, each as a row."""
    key = f"its.measures.{measure}"
    rows = []
    if _is_made(numbers, f"{key}.specifications"):
        rows.append(
            Row(
                Markdown("What if it were analysed in another way?"),
                analyses_agree(numbers, measure),
                _stands(numbers, f"{key}.specifications"),
            )
        )
    if _has_fakes(numbers, measure):
        rows.append(
            Row(
                Markdown("What if the change had come earlier?"),
                _as_large(numbers, measure),
                _stands(numbers, f"{key}.placebo"),
            )
        )
    if _is_made(numbers, f"{key}.left_out"):
        rows.append(
            Row(
                fill("Does it rest on a single {every}?", every=every),
                _resting(numbers, f"{key}.left_out", every),
                _stands(numbers, f"{key}.left_out"),
            )
        )
    if _is_made(numbers, f"{key}.comparators"):
        rows.append(
            Row(
                Markdown("Did it also happen where there was no change?"),
                _compared(numbers, measure),
                _stands(numbers, f"{key}.comparators"),
            )
        )
    if numbers.has("its.controls"):
        rows.append(
            Row(
                Markdown("Did what should not move stay as it was?"),
                _controls(numbers),
                STANDS[numbers.value("its.controls.passed")],
            )
        )
    return rows


def analyses_agree(numbers: Numbers, measure: str) -> Markdown:
    """Gives how many analyses conclude as the plan's own: 'all 121 analyses agree'."""
    key = f"its.measures.{measure}.specifications"
    fitted, alike = (numbers.value(f"{key}.{name}") for name in ("fitted", "alike"))
    shown = numbers.show(f"{key}.fitted", "count")
    if alike == fitted:
        return fill("All {fitted} analyses agree", fitted=shown)
    return fill(
        "{alike} of {fitted} analyses agree", alike=numbers.show(f"{key}.alike", "count"), fitted=shown
    )


def specifications(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the other ways to analyse the series say."""
    key = f"its.measures.{measure}.specifications"
    if not _is_made(numbers, key):
        return numbers.show(f"{key}.sentence", "text")
    found = numbers.value(key)
    lead = fill(
        "A careful analyst could have made other choices than the plan did{choices}. There are {fitted} "
        "analyses in all.",
        choices=_choices(found["table"], every),
        fitted=numbers.show(f"{key}.fitted", "count"),
    )
    conclusion = "a clear change in the same direction" if found["is_clear"] else "no clear change"
    if found["alike"] == found["fitted"]:
        said = fill("Every one finds {conclusion}, as the plan’s own does.", conclusion=conclusion)
    else:
        said = fill(
            "Of these, {alike} find {conclusion}, as the plan’s own does, and {same} point the same way.",
            alike=numbers.show(f"{key}.alike", "count"),
            same=numbers.show(f"{key}.same_way", "count"),
            conclusion=conclusion,
        )
    ranged = fill(
        "The average difference lies between {ends}; in the plan’s own analysis it is {own}.",
        ends=_ends(numbers, key, measure, every),
        own=_own(numbers, key, measure),
    )
    return Markdown(f"{lead} {said} {ranged}{_failed(numbers, key)}")


def _choices(table: list[dict[str, Any]], every: str) -> Markdown:
    """What the analyses chose otherwise than one another, as a list that follows a colon."""
    made = [words for column, words in CHOICES.items() if len({row[column] for row in table}) > 1]
    if not made:
        return Markdown("")
    return Markdown(f": {listed(made, 'or').format(season=season_of(every))}")


def placebo(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the same analysis finds at earlier dates, when nothing is known to have happened."""
    key = f"its.measures.{measure}.placebo"
    if not _has_fakes(numbers, measure):
        return _why(numbers, key, "There are too few earlier dates at which the change could be pretended.")
    found = numbers.value(key)
    lead = fill(
        "We also pretended that the change had come at {fakes} earlier dates. {as_large} of them shows an "
        "effect as large, for its uncertainty, as the real one over its first {horizon} {every}s.",
        fakes=numbers.show(f"{key}.fakes", "count"),
        as_large=numbers.show(f"{key}.as_large", "count") if found["as_large"] else "None",
        horizon=numbers.show(f"{key}.horizon", "count"),
        every=every,
    )
    if found["as_large"] > 1:
        lead = Markdown(lead.replace("of them shows an effect", "of them show an effect"))
    if not found["alarms"]:
        return Markdown(f"{lead} None of them would have been called a clear change.{_stand_in(found)}")
    called = fill(
        "{alarms} of them would have been called a clear change",
        alarms=numbers.show(f"{key}.alarms", "count"),
    )
    if _alarms_often(numbers, measure):
        verdict = f"more than there should be: {TOO_OFTEN}"
    else:
        verdict = "about as few as there should be"
    return Markdown(f"{lead} {called}, {verdict}.{_stand_in(found)}")


def left_out(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives what the finding is without each period in turn."""
    key = f"its.measures.{measure}.left_out"
    if not _is_made(numbers, key):
        return _why(numbers, key, "")
    found = numbers.value(key)
    which = ", those furthest from the trend" if found["tried"] < found["of"] else ""
    lead = fill(
        "Leaving out one {every} at a time ({tried} of {of} were tried{which}), the average difference lies "
        "between {ends}; {most} moves it most.",
        every=every,
        tried=numbers.show(f"{key}.tried", "count"),
        of=numbers.show(f"{key}.of", "count"),
        which=which,
        ends=_ends(numbers, key, measure, every),
        most=numbers.show(f"{key}.most_influential", every),
    )
    return Markdown(f"{lead} {_resting(numbers, key, every)}.{_stand_in(found)}")


def compared(numbers: Numbers, measure: str) -> Markdown:
    """Gives what the comparison with places without the change says, with its own checks."""
    key = f"its.measures.{measure}.comparators"
    if not _is_made(numbers, key):
        return _why(numbers, key, "")
    said = [numbers.show(f"{key}.sentence", "text")]
    for place in range(len(numbers.value(f"{key}.checks"))):
        said.append(numbers.show(f"{key}.checks[{place}].sentence", "text"))
    return Markdown(" ".join(said))


def how_sure(numbers: Numbers, measure: str, every: str) -> Markdown:
    """Gives the checks for the brief: what they found, and which of them are a reason for doubt."""
    key = f"its.measures.{measure}"
    said = [_weighed(numbers, f"{key}.specifications", analyses_agree(numbers, measure))]
    if _has_fakes(numbers, measure):
        said.append(_weighed(numbers, f"{key}.placebo", _as_large(numbers, measure)))
        if _alarms_often(numbers, measure):
            said.append(
                fill(
                    "At {alarms} of these dates the same analysis finds a clear change, more often than it "
                    "should.",
                    alarms=numbers.show(f"{key}.placebo.alarms", "count"),
                )
            )
    if _fails(numbers, f"{key}.left_out"):
        said.append(_weighed(numbers, f"{key}.left_out", _resting(numbers, f"{key}.left_out", every)))
    if _fails(numbers, f"{key}.comparators"):
        said.append(_weighed(numbers, f"{key}.comparators", _compared(numbers, measure)))
    return Markdown(" ".join(said))


def check_doubts(numbers: Numbers, measure: str, every: str) -> list[Markdown]:
    """Gives what the checks of the finding leave to keep in mind: those it fails, and what else moved."""
    key = f"its.measures.{measure}.placebo"
    rows = sure_table(numbers, measure, every)
    said = [Markdown(f"{row.asked} {row.found}.") for row in rows if row.stands == STANDS[False]]
    if _has_fakes(numbers, measure) and _alarms_often(numbers, measure):
        said.append(
            fill(
                "At {alarms} of {fakes} earlier dates the same analysis finds a clear change: {why}.",
                alarms=numbers.show(f"{key}.alarms", "count"),
                fakes=numbers.show(f"{key}.fakes", "count"),
                why=TOO_OFTEN,
            )
        )
    others = numbers.value("its.controls.table") if numbers.has("its.controls.table") else []
    moved = [row["row"] for row in others if judged(numbers, row["row"]) != "unclear"]
    return said + [control(numbers, name, measure) for name in moved]


def tile_sure(numbers: Numbers, measure: str) -> tuple[Markdown, Markdown]:
    """Gives the tile 'How sure?': how many analyses agree, and what earlier dates show."""
    if _has_fakes(numbers, measure):
        return analyses_agree(numbers, measure), _as_large(numbers, measure)
    doubtful = numbers.value(f"its.measures.{measure}.specifications.passed") is False
    return analyses_agree(numbers, measure), Markdown(DOUBT if doubtful else "")


def _as_large(numbers: Numbers, measure: str) -> Markdown:
    key = f"its.measures.{measure}.placebo"
    fakes = numbers.show(f"{key}.fakes", "count")
    as_large = numbers.value(f"{key}.as_large")
    if not as_large:
        return fill("None of {fakes} earlier dates stands out as much", fakes=fakes)
    return fill(
        "{as_large} of {fakes} earlier dates {stand} out as much",
        stand="stands" if as_large == 1 else "stand",
        as_large=numbers.show(f"{key}.as_large", "count"),
        fakes=fakes,
    )


def _resting(numbers: Numbers, key: str, every: str) -> Markdown:
    changing = numbers.value(f"{key}.changing")
    if not changing:
        return fill("No single {every} makes the finding", every=every)
    shown = [numbers.show(f"{key}.changing[{place}]", every) for place in range(min(len(changing), 3))]
    dates = ", ".join(shown) + (" and others" if len(changing) > len(shown) else "")
    return fill("Without {dates}, it would read otherwise", dates=Markdown(dates))


def _compared(numbers: Numbers, measure: str) -> Markdown:
    key = f"its.measures.{measure}.comparators.average"
    return fill(
        "Set against {others}, the average difference is {own} (likely {low} to {high})",
        others=_others(numbers, f"its.measures.{measure}.comparators"),
        own=numbers.show(f"{key}.estimate", "signed"),
        low=numbers.show(f"{key}.lower", "signed"),
        high=numbers.show(f"{key}.upper", "signed"),
    )


def _others(numbers: Numbers, key: str) -> str:
    named = numbers.value(f"{key}.comparators")
    return f"“{named[0]}”" if len(named) == 1 else "the comparators"


def _controls(numbers: Numbers) -> Markdown:
    """What each control did, by its label."""
    said = []
    for row in numbers.value("its.controls.table"):
        label = numbers.value(f"its.measures.{row['row']}.label")
        said.append(fill("{label}: {movement}", label=label, movement=row["movement"]))
    return Markdown("; ".join(said))


def _failed(numbers: Numbers, key: str) -> Markdown:
    if not numbers.value(f"{key}.failed"):
        return Markdown("")
    return fill(
        " ({failed} more are left out: they could not be fitted, or expected what can’t be.)",
        failed=numbers.show(f"{key}.failed", "count"),
    )


def _ends(numbers: Numbers, key: str, measure: str, every: str) -> Markdown:
    """The lowest and the highest difference that a check found: as amounts, or as shares."""
    style = _style(numbers, key)
    return fill(
        "{low} and {high}{unit}",
        low=numbers.show(f"{key}.lowest", style),
        high=numbers.show(f"{key}.highest", style),
        unit=_unit(numbers, measure, every) if style == "signed" else Markdown(""),
    )


def _own(numbers: Numbers, key: str, measure: str) -> Markdown:
    """The plan's own difference, told as a check tells the others."""
    style = _style(numbers, key)
    told = "absolute" if style == "signed" else "relative"
    return numbers.show(f"its.measures.{measure}.effects[average].{told}", style)


def _style(numbers: Numbers, key: str) -> str:
    return "signed" if numbers.value(f"{key}.scale") == "absolute" else "percent"


def _unit(numbers: Numbers, measure: str, every: str) -> Markdown:
    """What a difference counts: 'a month' for counts, points or per so many for shares and rates."""
    about = f"its.measures.{measure}"
    kind, unit = numbers.value(f"{about}.kind"), numbers.value(f"{about}.unit")
    if kind == "count":
        return fill(" a {every}", every=every)
    if kind in SHARES and unit == PER_CENT:
        return Markdown(" percentage points")
    if kind in ("rate", "proportion") and unit != 1:
        return fill(" per {unit}", unit=numbers.show(f"{about}.unit", "whole"))
    return Markdown("")


def _stand_in(found: dict[str, Any]) -> str:
    if not found["stand_in"]:
        return ""
    return " (The plan’s own model is too slow to be fitted so often; a quicker one stood in for it.)"


def _weighed(numbers: Numbers, key: str, found: Markdown) -> Markdown:
    """What a check found, as a sentence, and whether it is a reason for doubt."""
    return Markdown(f"{found}: {DOUBT}." if _fails(numbers, key) else f"{found}.")


def _fails(numbers: Numbers, key: str) -> bool:
    return _is_made(numbers, key) and numbers.value(f"{key}.passed") is False


def _has_fakes(numbers: Numbers, measure: str) -> bool:
    """True if there are earlier dates to compare with; a single one says nothing."""
    key = f"its.measures.{measure}.placebo"
    return _is_made(numbers, key) and bool(numbers.value(f"{key}.fakes") > 1)


def _alarms_often(numbers: Numbers, measure: str) -> bool:
    return bool(numbers.value(f"its.measures.{measure}.placebo.false_alarms") > OFTEN)


def _is_made(numbers: Numbers, key: str) -> bool:
    return numbers.has(key) and bool(numbers.value(f"{key}.made"))


def _why(numbers: Numbers, key: str, otherwise: str) -> Markdown:
    """Why a check was not made, in the results' own sentence."""
    if numbers.value(f"{key}.made"):
        return Markdown(otherwise)
    return numbers.show(f"{key}.sentence", "text")


def _stands(numbers: Numbers, key: str) -> str:
    return STANDS[numbers.value(f"{key}.passed")]


SAYS = (
    sure_table,
    analyses_agree,
    specifications,
    placebo,
    left_out,
    compared,
    how_sure,
    check_doubts,
    tile_sure,
)
