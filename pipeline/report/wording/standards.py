"""What reviews ask of a study like this: EPOC's risks of bias, and SQUIRE's items, each with what answers it.

The items are those of the EPOC group's criteria for interrupted time series (EPOC 2017) and of SQUIRE 2.0
(Ogrinc 2016), in our own words. What the results can answer is answered from them; the rest is for the
analyst, under `reporting` in the plan, and is named as not answered until then. No rating is given: that is
the reader's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.plan import Epoc, Plan, Squire
from pipeline.report.markdown import Markdown, escape, fill
from pipeline.report.numbers import Numbers
from pipeline.report.wording.lead import has_series

By = Literal["the results", "the plan", "the analyst", "nobody yet"]
NOT_ANSWERED = Markdown("*Not answered.*")
Evidence = Callable[[Numbers, Plan], Markdown]


@dataclass(frozen=True)
class Item:
    """An item of a standard: what it asks, what is said to it, and who said so."""

    asks: str
    answer: Markdown
    by: By


def epoc(numbers: Numbers, plan: Plan) -> list[Item]:
    """Gives EPOC's risks of bias for interrupted time series, each with its answer."""
    return _answered(EPOC, EPOC_EVIDENCE, plan.reporting.epoc, numbers, plan)


def squire(numbers: Numbers, plan: Plan) -> list[Item]:
    """Gives SQUIRE's items, each with its answer."""
    return _answered(SQUIRE, SQUIRE_EVIDENCE, plan.reporting.squire, numbers, plan)


def open_items(_numbers: Numbers, items: list[Item]) -> Markdown:
    """Gives how far a standard is answered, before its table."""
    asked = sum(item.by == "nobody yet" for item in items)
    if not asked:
        return Markdown("Every item has an answer.")
    return Markdown("Items without an answer are for the analyst to give, in the plan.")


def _answered(
    asked: Mapping[str, str],
    evidence: Mapping[str, Evidence],
    given: Epoc | Squire,
    numbers: Numbers,
    plan: Plan,
) -> list[Item]:
    items = []
    for name, asks in asked.items():
        said, own = getattr(given, name, None), evidence.get(name)
        found = own(numbers, plan) if own else Markdown("")
        if said:
            items.append(Item(asks, Markdown(f"{found} {escape(said)}".strip()), "the analyst"))
        elif found:
            items.append(Item(asks, found, "the results"))
        else:
            items.append(Item(asks, NOT_ANSWERED, "nobody yet"))
    return items


IMPACTS = {
    "level": "a change of level",
    "slope": "a change of slope",
    "level-and-slope": "a change of level and of slope",
}


def _shape(numbers: Numbers, plan: Plan) -> Markdown:
    settled = (
        "The plan was frozen before"
        if numbers.has("frozen.date")
        else "The plan is not frozen, so it cannot be shown that this was settled before"
    )
    return fill(
        "The plan names the shape: {impact}, from {start} on. {settled} the analysis.",
        impact=IMPACTS[plan.its.impact],
        start=numbers.show(f"its.measures.{plan.primary.id}.settled", plan.data.period.every),
        settled=settled,
    )


def _complete(numbers: Numbers, plan: Plan) -> Markdown:
    key = f"its.measures.{plan.primary.id}"
    if not numbers.value(f"{key}.missing"):
        return fill("No {every} of the primary outcome is without a value.", every=plan.data.period.every)
    return fill(
        "{missing} {every}s of the primary outcome have no value; they keep their places in time, and "
        "nothing is put in for them.",
        missing=numbers.show(f"{key}.missing", "count"),
        every=plan.data.period.every,
    )


def _all_reported(_numbers: Numbers, _plan: Plan) -> Markdown:
    return Markdown("Every measure that the plan names is in this report, whatever was found.")


def _other_risks(numbers: Numbers, plan: Plan) -> Markdown:
    key = f"its.measures.{plan.primary.id}"
    said = fill(
        "There are {before} {every}s before the change and {after} after it.",
        before=numbers.show(f"{key}.before", "count"),
        after=numbers.show(f"{key}.after", "count"),
        every=plan.data.period.every,
    )
    seasons = (
        "are not modelled" if plan.its.seasonality == "none" else "are modelled where the data have them"
    )
    return fill(
        "{said} Seasons {seasons}; doubts that the checks raised are listed above.",
        said=said,
        seasons=seasons,
    )


EPOC: dict[str, str] = {
    "independence": "Did the change come independently of other changes?",
    "shape": "Was the shape of the effect settled beforehand?",
    "data_collection": "Were data collected in the same way before and after?",
    "blinding": "Was the outcome measured objectively, or by people who did not know of the change?",
    "completeness": "Were missing data few, and alike before and after?",
    "reporting": "Was every outcome that was planned reported?",
    "other": "Is the study free of other risks, such as seasons?",
}
EPOC_EVIDENCE: dict[str, Evidence] = {
    "shape": _shape,
    "completeness": _complete,
    "reporting": _all_reported,
    "other": _other_risks,
}
SQUIRE: dict[str, str] = {
    "title": "Title: says that this is about improvement",
    "abstract": "Abstract: a summary",
    "problem": "Problem: its nature and significance",
    "knowledge": "Available knowledge: what was known before",
    "rationale": "Rationale: why the change should work",
    "aims": "Aims: what the study asks",
    "context": "Context: what matters about the place",
    "intervention": "Intervention: what was done, and by whom",
    "study": "Study of the intervention: how its effect was assessed",
    "measures": "Measures: what was measured, and why",
    "analysis": "Analysis: methods, and variation over time",
    "ethics": "Ethics: approval, and conflicts of interest",
    "results": "Results: what was found, and how the change was carried out",
    "summary": "Summary: key findings",
    "interpretation": "Interpretation: likely causes, other work, costs",
    "limitations": "Limitations",
    "conclusions": "Conclusions: usefulness, spread, next steps",
    "funding": "Funding",
}


def _where(sentence: str) -> Evidence:
    return lambda _numbers, _plan: Markdown(sentence)


def _aims(_numbers: Numbers, plan: Plan) -> Markdown:
    return escape(plan.question)


def _funding(_numbers: Numbers, plan: Plan) -> Markdown:
    return fill("{funder}.", funder=plan.funder) if plan.funder else Markdown("")


def _study(numbers: Numbers, plan: Plan) -> Markdown:
    """The design: a panel that is too short for a time series was compared with sites without the change."""
    has_one = has_series(numbers, plan.primary.id)
    design = "An interrupted time series" if has_one else "A comparison with sites without the change"
    return Markdown(f"{design} and a control chart: see [How it was worked out](#method).")


def _title(_numbers: Numbers, plan: Plan) -> Markdown:
    return escape(plan.title)


SQUIRE_EVIDENCE: dict[str, Evidence] = {
    "title": _title,
    "abstract": _where("See [In brief](#in-brief)."),
    "aims": _aims,
    "study": _study,
    "measures": _where("See [What was measured](#measures)."),
    "analysis": _where("See [How it was worked out](#method)."),
    "results": _where("See [What happened](#effect)."),
    "summary": _where("See [In brief](#in-brief)."),
    "limitations": _where("See [What to keep in mind](#doubts)."),
    "funding": _funding,
}
SAYS = (epoc, squire, open_items)
