"""In brief is for readers of thirteen: short words, short sentences, and no jargon."""

from __future__ import annotations

import re
from itertools import product

import pytest

from pipeline.report.numbers import Numbers
from pipeline.report.wording import brief, controls, doubts, lasted, process

from .found import measured

JARGON = (
    "counterfactual|confidence|p-value|significan|autocorrelat|regression|coefficient|slope|stationar|residual|"
    "parameter|heteroscedastic|posterior|placebo|specification"
)
SCHOOL_STARTS = 5
"""A school grade and this make an age."""


def grade(text: str) -> float:
    """The Flesch–Kincaid grade (Kincaid and others 1975); a number counts as a word of one syllable."""
    sentences = [part for part in re.split(r"[.!?](?:\s|$)", text) if part.strip()]
    words = re.findall(r"[A-Za-z’']+|\d[\d.,%]*", text)
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    found = len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))
    return max(found, 1)


def plain(text: str) -> str:
    return re.sub(r"[*\\]", "", text)


def test_the_measure_is_kincaids():
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45, abs=0.01)
    hard = "Interrupted time series analysis necessitates considerable methodological sophistication."
    assert grade(hard) > 20


EFFECTS = {"improved": (-140, 60), "worsened": (140, 60), "unclear": (-140, 200), "none": (-10, 30)}
VERDICTS = ("lasted", "faded", "grew", "unclear", "too early", "no effect to last")


@pytest.mark.parametrize(("effect", "verdict"), product(EFFECTS, VERDICTS))
def test_the_brief_can_be_read_at_thirteen(effect, verdict):
    primary = measured(*EFFECTS[effect], label="Falls in hospital", last=(EFFECTS[effect][0] / 2, 80))
    for place, row in enumerate(primary["effects"], start=1):
        row["after"] = place
    early = {"row": "early", "lower": -9.0, "upper": -1.0, "estimate": -5.0}
    table = [early, {"row": "late", "first_period": 2}, {"row": "ratio", "estimate": 0.7}]
    primary |= {"after": 9, "sustained": {"verdict": verdict, "table": table}}
    primary["flags"] = [{"code": code} for code in ("few-points", "few-after")]
    chart = {
        "variation": "concerning-high",
        "phase_variation": "common-cause",
        "flags": [],
        "phases": [{"centre": 10.0}, {"centre": 8.0}],
    }
    numbers = Numbers(
        {
            "its": {"measures": {"m": primary, "c": measured(-9, 60, label="Complaints")}},
            "spc": {"measures": {"m": chart}},
            "plan": {"sustain": {"after": 12, "keep": 0.8}},
        }
    )
    said = " ".join(
        [
            brief.answer(numbers, "m"),
            brief.headline(numbers, "m", "The falls bundle", "month"),
            lasted.lasted(numbers, "m", "month"),
            controls.control(numbers, "c", "m"),
            process.conflict(numbers, "m", "month"),
            doubts.doubts(numbers, "m", "month"),
            brief.limits(numbers),
        ]
    )
    assert grade(plain(said)) + SCHOOL_STARTS < 13, said
    assert not re.search(JARGON, said, re.IGNORECASE)


def test_the_brief_of_the_finished_study_can_be_read_at_thirteen(finished):
    from ...conftest import STUDY

    text = (finished / "results" / STUDY / "report" / "report.qmd").read_text(encoding="utf-8")
    said = plain(text.split("::: {.brief}")[1].split(":::")[0])
    assert grade(said) + SCHOOL_STARTS < 13, said
    assert not re.search(JARGON, said, re.IGNORECASE)
