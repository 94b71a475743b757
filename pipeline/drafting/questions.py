"""What a first plan has to know, one question at a time; for every question there is an option."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, get_args

from pipeline.drafting import columns, dates
from pipeline.drafting.calendar import Calendar
from pipeline.drafting.seen import Seen
from pipeline.errors import PlanError
from pipeline.plan import Better, Every, Kind, mid_sentence

T = TypeVar("T")
NONE, NEITHER, RECORDS, ALL = "none", "neither", "records", "all"


@dataclass(frozen=True)
class Options:
    """The answers given beforehand, as text; None where the question is open."""

    period: str | None = None
    every: str | None = None
    first: str | None = None
    only: tuple[str, ...] = ()
    outcome: str | None = None
    denominator: str | None = None
    kind: str | None = None
    per: str | None = None
    better: str | None = None
    start: str | None = None
    units: str | None = None
    label: str | None = None
    title: str | None = None
    question: str | None = None


@dataclass(frozen=True)
class Question:
    """A question to a person: the option that answers it, the words, the default, and the known answers."""

    option: str
    words: str
    default: str | None = None
    known: tuple[str, ...] = ()


Read = Callable[[str], T]
Ask = Callable[[Question], str | None]
"""Gives a person's answer, or None where nobody is there to answer."""


@dataclass(frozen=True)
class Choices:
    """Everything that a first plan says. Without an outcome it counts records; without units all changed."""

    outcome: str | None
    denominator: str | None
    kind: Kind
    per: float | None
    better: Better | None
    start: date
    units: tuple[str, ...]
    label: str
    title: str
    question: str


def settled(seen: Seen, given: Options, ask: Ask) -> Choices:
    """Gives the choices of a first plan: as given, as answered, or the default where there is one.

    Raises PlanError naming the option if an answer can't be used, or none is there and none can be guessed.
    """

    def answer(question: Question, read: Read[T]) -> T:
        return _answered(question, getattr(given, question.option.removeprefix("--")), ask, read)

    outcome = answer(_which_outcome(seen), lambda text: _outcome(text, seen))
    below = [] if outcome is None or seen.are_records else _below(seen, outcome)
    denominator = None
    if below:
        asked = Question(
            "--denominator",
            "Which column does it come out of (a population, all who attended)?",
            columns.likely_denominator(below) or NONE,
            (NONE, *below),
        )
        said = answer(asked, lambda text: _one_of("--denominator", text, (NONE, *below)))
        denominator = None if said == NONE else said
    elif given.denominator not in (None, NONE):
        raise PlanError("--denominator: nothing can stand below that outcome; leave it out.")
    kinds = _kinds(seen, outcome, denominator)
    kind = answer(
        Question("--kind", "What kind of number is it?", kinds[0], kinds),
        lambda text: _one_of("--kind", text, kinds),
    )
    better = answer(
        Question("--better", "Which way is better?", NEITHER, (*get_args(Better), NEITHER)),
        lambda text: _one_of("--better", text, (*get_args(Better), NEITHER)),
    )
    guess = columns.change_of(seen.used, seen.dated)
    start = answer(
        Question("--start", "When did the change begin?", guess.isoformat() if guess else None),
        lambda text: _start(text, seen.dated),
    )
    units: tuple[str, ...] = ()
    if seen.parts is not None:
        which = Question(
            "--units", f"Which {seen.parts} got the change (all, or names parted by commas)?", ALL
        )
        units = answer(which, lambda text: _units(text, seen))
    elif given.units is not None:
        raise PlanError("--units: no column tells sites apart; leave it out.")
    label = answer(Question("--label", "What is the change called?", "The change"), _text("--label"))
    name = readable(outcome or "records")
    title = answer(Question("--title", "The study's title?", f"{label} and {name}"), _text("--title"))
    verb = {"lower": "lower", "higher": "raise"}.get(better)
    said = mid_sentence(label)
    whole = f"Did {said} {verb} {name}?" if verb else f"Did {name} change after {said}?"
    asks = Question("--question", "What is asked, in one plain question?", whole)
    return Choices(
        outcome=outcome,
        denominator=denominator,
        kind=kind,  # type: ignore[arg-type]
        per=_per(given.per, kind, seen, outcome, denominator),
        better=None if better == NEITHER else better,  # type: ignore[arg-type]
        start=start,
        units=units,
        label=label,
        title=title,
        question=answer(asks, _text("--question")),
    )


def _which_outcome(seen: Seen) -> Question:
    """Of records, the number of them comes first."""
    records = [RECORDS] if seen.are_records else []
    known = (*seen.measurable, *records) if seen.is_cut_several_ways else (*records, *seen.measurable)
    return Question("--outcome", "Which column is the outcome?", next(iter(known), None), known)


def _outcome(text: str, seen: Seen) -> str | None:
    known = tuple(column.name for column in seen.columns if column.numbers)
    if seen.are_records and text == RECORDS:
        return None
    return _one_of("--outcome", text, (*([RECORDS] if seen.are_records else []), *known))


def _below(seen: Seen, outcome: str) -> list[str]:
    """The columns that could stand below an outcome's line: numbers above zero, where all are there."""
    return [
        name
        for name in seen.measurable
        if name != outcome and all(number is not None and number > 0 for number in seen.column(name).numbers)
    ]


def every_given(text: str | None) -> Every | None:
    """Gives `--every` as a length of time; raises PlanError if it is none."""
    return None if text is None else _one_of("--every", text, get_args(Every))  # type: ignore[return-value]


def readable(name: str) -> str:
    """Gives a column's name as words.

    >>> readable("DriversKilled"), readable("bed_days"), readable("IMD")
    ('drivers killed', 'bed days', 'IMD')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"[_.\s-]+", " ", name)).strip()
    return (
        " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words.split()) or name
    )


def _answered(question: Question, given: str | None, ask: Ask, read: Read[T]) -> T:
    if given is not None:
        return read(given)
    if (said := ask(question)) is not None:
        return read(said)
    if question.default is None:
        raise PlanError(f"{question.option}: is needed, for nothing in the file tells ({question.words})")
    return read(question.default)


def _one_of(option: str, text: str, known: tuple[str, ...]) -> str:
    from pipeline.marked_yaml import nearest

    if text in known:
        return text
    if not known:
        raise PlanError(f"{option}: {text} can't be used, for no column of the file has numbers.")
    raise PlanError(f"{option}: {text} is none of {', '.join(known)}{nearest(text, known)}")


def _text(option: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not (words := " ".join(text.split())):
            raise PlanError(f"{option}: is empty; write the words.")
        return words

    return read


def _start(text: str, calendar: Calendar) -> date:
    day = dates.day_given("--start", text)
    assert day is not None
    if not calendar.spans(day):
        raise PlanError(
            f"--start: {day} leaves nothing before or nothing after it; the data run from "
            f"{min(calendar.days)} to {max(calendar.days)}."
        )
    return day


def _units(text: str, seen: Seen) -> tuple[str, ...]:
    assert seen.parts is not None
    known = tuple(dict.fromkeys(seen.used.column(seen.parts)))
    named = () if text == ALL else tuple(name.strip() for name in text.split(","))
    return tuple(_one_of("--units", name, known) for name in named)


def _kinds(seen: Seen, outcome: str | None, denominator: str | None) -> tuple[str, ...]:
    """The kinds that a measure could be of, likeliest first.

    Parts of a whole are proportions, whole numbers without a denominator counts.
    """
    if outcome is None:
        return ("count",)
    top = seen.column(outcome)
    if seen.are_records:
        is_share = set(top.numbers) <= {0.0, 1.0}
        if is_share:
            return ("proportion", "rate", "mean")
        return ("count", "mean") if seen.is_cut_several_ways else ("mean", "count")
    if denominator is None:
        is_count = top.type == "integer" and top.is_never_negative
        return ("count", "value", "mean") if is_count else ("value", "mean", "count")
    below = seen.column(denominator)
    pairs = zip(top.numbers, below.numbers, strict=True)
    is_part = top.type == below.type == "integer" and not columns.is_population(denominator)
    is_part = is_part and all(None in pair or pair[0] <= pair[1] for pair in pairs)  # type: ignore[operator]
    return ("proportion", "rate") if is_part else ("rate", "proportion")


def _per(
    given: str | None, kind: str, seen: Seen, outcome: str | None, denominator: str | None
) -> float | None:
    """Of how many a rate tells: as given, or the power of ten that makes its middle value one or more."""
    if given is not None:
        try:
            if 0 < (per := float(given)) < math.inf:
                return per
        except ValueError:
            pass
        raise PlanError(f"--per: {given} is not a number above zero; write it as 1000.")
    if kind != "rate" or outcome is None or denominator is None:
        return None
    pairs = zip(seen.column(outcome).numbers, seen.column(denominator).numbers, strict=True)
    shares = sorted(part / whole for part, whole in pairs if part is not None and whole)
    middle = shares[len(shares) // 2]
    return 10.0 ** max(0, math.ceil(-math.log10(middle))) if middle > 0 else None
