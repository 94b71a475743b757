"""What a first plan has to know, one question at a time; for every question there is an option."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, get_args

from pipeline.drafting import columns, dates
from pipeline.drafting.calendar import Calendar
from pipeline.drafting.columns import Column
from pipeline.drafting.source import Source
from pipeline.errors import PlanError
from pipeline.plan import Better, Every, Kind, mid_sentence

T = TypeVar("T")
NO_DENOMINATOR = "none"


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
    """Everything that a first plan says."""

    outcome: str
    denominator: str | None
    kind: Kind
    per: float | None
    better: Better | None
    start: date
    label: str
    title: str
    question: str


def settled(
    source: Source, found: tuple[Column, ...], calendar: Calendar, given: Options, ask: Ask
) -> Choices:
    """Gives the choices of a first plan: as given, as answered, or the default where there is one.

    Raises PlanError naming the option if an answer can't be used, or none is there and none can be guessed.
    """

    def answer(question: Question, read: Read[T]) -> T:
        return _answered(question, getattr(given, question.option.removeprefix("--")), ask, read)

    candidates = columns.measurable(found, calendar)
    outcome = answer(
        Question(
            "--outcome", "Which column is the outcome?", next(iter(candidates), None), tuple(candidates)
        ),
        lambda text: _one_of("--outcome", text, tuple(column.name for column in found if column.numbers)),
    )
    below = columns.denominators(found, outcome, calendar)
    denominator = answer(
        Question(
            "--denominator",
            "Which column does it come out of (a population, all who attended)?",
            columns.likely_denominator(below) or NO_DENOMINATOR,
            (NO_DENOMINATOR, *below),
        ),
        lambda text: _one_of("--denominator", text, (NO_DENOMINATOR, *below)),
    )
    below_the_line = None if denominator == NO_DENOMINATOR else denominator
    kinds: tuple[str, ...] = ("rate", "proportion") if below_the_line else ("count", "value", "mean")
    kind = answer(
        Question("--kind", "What kind of number is it?", _kind(found, outcome, below_the_line), kinds),
        lambda text: _one_of("--kind", text, kinds),
    )
    better = answer(
        Question("--better", "Which way is better?", "neither", ("lower", "higher", "neither")),
        lambda text: _one_of("--better", text, ("lower", "higher", "neither")),
    )
    guess = columns.change_of(source, calendar)
    start = answer(
        Question("--start", "When did the change begin?", guess.isoformat() if guess else None),
        lambda text: _start(text, calendar),
    )
    label = answer(Question("--label", "What is the change called?", "The change"), _text("--label"))
    name = readable(outcome)
    title = answer(Question("--title", "The study's title?", f"{label} and {name}"), _text("--title"))
    verb = {"lower": "lower", "higher": "raise"}.get(better, "change")
    asked = f"Did {mid_sentence(label)} {verb} {name}?"
    question = answer(
        Question("--question", "What is asked, in one plain question?", asked), _text("--question")
    )
    return Choices(
        outcome=outcome,
        denominator=below_the_line,
        kind=kind,  # type: ignore[arg-type]
        per=_per(given.per, kind, found, outcome, below_the_line),
        better=None if better == "neither" else better,  # type: ignore[arg-type]
        start=start,
        label=label,
        title=title,
        question=question,
    )


def every_given(text: str | None) -> Every | None:
    """Gives `--every` as a length of time; raises PlanError if it is none."""
    return None if text is None else _one_of("--every", text, get_args(Every))  # type: ignore[return-value]


def day_given(option: str, text: str | None) -> date | None:
    """Gives an option's day: a date, or the first day of a month, quarter or year as they are written."""
    if text is None:
        return None
    if (read := dates.dated([text.strip()])) is not None:
        return read.days[0]
    if re.fullmatch(r"[12]\d{3}", text.strip()):
        return date(int(text), 1, 1)
    raise PlanError(f"{option}: {text} is not a date; write it as 2023-04-01, 2023-04, 2023 Q2 or 2023.")


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
    day = day_given("--start", text)
    assert day is not None
    if not calendar.first_after(day):
        raise PlanError(
            f"--start: {day} leaves nothing before or nothing after it; the data run from "
            f"{min(calendar.days)} to {max(calendar.days)}."
        )
    return day


def _kind(found: tuple[Column, ...], outcome: str, denominator: str | None) -> str:
    """The likeliest kind: parts of a whole are proportions, whole numbers without a denominator counts."""
    there = {column.name: column for column in found}
    top = there[outcome]
    if denominator is None:
        return "count" if top.type == "integer" and top.is_never_negative else "value"
    pairs = zip(top.numbers, there[denominator].numbers, strict=True)
    is_part = top.type == "integer" and there[denominator].type == "integer"
    is_part = is_part and all(part is None or whole is None or part <= whole for part, whole in pairs)
    return "proportion" if is_part and denominator.casefold() not in columns.LIKELY_DENOMINATORS else "rate"


def _per(
    given: str | None, kind: str, found: tuple[Column, ...], outcome: str, denominator: str | None
) -> float | None:
    """Of how many a rate tells: as given, or the power of ten that makes its middle value one or more."""
    if given is not None:
        try:
            if (per := float(given)) > 0:
                return per
        except ValueError:
            pass
        raise PlanError(f"--per: {given} is not a number above zero; write it as 1000.")
    if kind != "rate" or denominator is None:
        return None
    there = {column.name: column.numbers for column in found}
    pairs = zip(there[outcome], there[denominator], strict=True)
    shares = sorted(part / whole for part, whole in pairs if part is not None and whole)
    per = 1
    while shares and 0 < shares[len(shares) // 2] * per < 1:
        per *= 10
    return float(per)
