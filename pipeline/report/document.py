"""The document: results and a plan, through the templates in reports/, become report.qmd.

report.qmd is a real Quarto document without code cells, the same on every machine; the engines render it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import __version__
from pipeline.contract.verdict import where
from pipeline.listing import listed
from pipeline.period_names import to
from pipeline.plan import mid_sentence, season_of
from pipeline.report import wording
from pipeline.report.markdown import Markdown, as_yaml_string, escape
from pipeline.report.numbers import Numbers
from pipeline.report.wording import card
from pipeline.report.wording.judgement import answered
from pipeline.report.wording.phrases import on
from pipeline.report.wording.status import is_draft

if TYPE_CHECKING:
    from pipeline.contract.model import Contract
    from pipeline.plan import Measure, Plan

TERMS = {
    "intercept": "Level at the outset",
    "time": "Slope before the change",
    "level_change": "Level change",
    "slope_change": "Slope change",
}
ESTIMATORS = {
    "reml-ar1": "generalised least squares with first-order autocorrelated errors, fitted by restricted "
    "maximum likelihood, with Satterthwaite degrees of freedom (Pinheiro and Bates, as in nlme)",
    "averaged-ar1": "generalised least squares with first-order autocorrelated errors, averaged over every "
    "autocorrelation that the series allows",
    "averaged-ar2": "generalised least squares with second-order autocorrelated errors, averaged over every "
    "autocorrelation that the series allows",
    "poisson": "Poisson regression",
    "quasi-poisson": "Poisson regression with its variance scaled to what was seen",
    "negative-binomial": "negative binomial regression",
    "binomial": "logistic regression of the share, with its variance scaled to what was seen",
    "ols": "ordinary least squares",
    "newey-west": "least squares with Newey and West’s standard errors, which allow for autocorrelation",
    "arima": "a regression with ARIMA errors",
    "structural": "a level that drifts from one period to the next (a structural time series; Harvey and "
    "Durbin), fitted to the periods before the change and carried on",
    "synthetic-control": "a synthetic control: the weighted average of comparators that goes best with the "
    "series before the change (Abadie, Diamond and Hainmueller)",
    "prais-winsten": "Prais and Winsten’s regression for autocorrelated errors",
}
SMALLEST_WEIGHT = 0.01
"""Comparators that make up less than this are not listed."""
COUNTED = ("count", "time-between")
"""Kinds of measure whose values are whole numbers."""
ROLES = {
    "outcome": "an outcome, which the change should move",
    "process": "a step on the way, which shows if the change was carried out",
    "balancing": "watched in case the change does harm elsewhere",
    "control": "should not move with the change; if it does, something else was at work",
}
RULES = {
    "making-data-count": "NHS England’s Making Data Count",
    "nhsr-plotthedots": "the R package NHSRplotthedots",
    "anhoej": "Anhøj",
    "western-electric": "Western Electric",
    "nelson": "Nelson",
}


def write(templates: Path, plan: Plan, contract: Contract, numbers: Numbers) -> str:
    """Gives the text of report.qmd.

    `numbers` holds the results under the keys data, software, its and spc (and frozen, if the plan is, and
    pooled for a panel), and records what is shown.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        finalize=escape,
        comment_start_string="<%#",  # Quarto writes ids as {#id}
        comment_end_string="%>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # `finalize` escapes for Markdown; HTML is pandoc's to escape
    )
    environment.filters |= {"yaml": as_yaml_string, "attribute": attribute}
    labels = _labels(contract)
    template = environment.get_template("study.qmd.j2")
    return template.render(
        plan=plan,
        contract=contract,
        frozen=numbers.results.get("frozen"),
        primary=plan.primary,
        controls=[measure for measure in plan.measures if measure.role == "control"],
        others=[measure for measure in plan.regular if measure != plan.primary],
        between=[measure for measure in plan.measures if not measure.is_regular],
        every=plan.data.period.every,
        change=plan.intervention.label,
        allowed_for=allowed_for(plan, labels),
        number=numbers.show,
        column=numbers.column,
        value=numbers.value,
        has=numbers.has,
        seen=seen,
        on=on,
        to=to,
        say=wording.said(numbers),
        where_broken=where_broken,
        terms=term_names(plan),
        names=labels,
        smallest_weight=SMALLEST_WEIGHT,
        estimators=ESTIMATORS,
        rules=RULES,
        roles=ROLES,
        version=__version__,
    )


def allowed_for(plan: Plan, labels: dict[str, str]) -> str:
    """Gives what the time series carries on beside its course: the season by its name, and covariates."""
    season = [] if plan.its.seasonality == "none" else [f"the {season_of(plan.data.period.every)}"]
    return listed([*season, *(mid_sentence(labels[name]) for name in plan.its.covariates)])


def term_names(plan: Plan) -> dict[str, str]:
    """Gives the terms of a model that bear on the change, as the table of them calls each, in its order."""
    if plan.data.unit:
        return TERMS
    later = enumerate(plan.interventions[1:], start=2)
    return TERMS | {
        f"{term}_{number}": f"{TERMS[term]}, {mid_sentence(change.label)}"
        for number, change in later
        for term in ("level_change", "slope_change")
    }


def seen(measure: Measure) -> str:
    """Gives the style of what was seen of a measure: whole numbers where things or days are counted."""
    return "seen" if measure.kind in COUNTED else "plain"


def attribute(text: Any) -> Markdown:
    """Gives text for an attribute in braces, as in `fig-alt="..."`: no quotes, braces or backslashes."""
    swaps = str.maketrans({'"': "”", "\\": "/", "{": "(", "}": ")", "<": "‹", ">": "›"})
    return Markdown(" ".join(str(text).translate(swaps).split()))


def roots(plan: Plan, contract: Contract) -> dict[str, Any]:
    """Gives what sentences need of the plan and the contract, as parts of the results by their names."""
    declared = contract.properties
    labels = _labels(contract)
    return {
        "plan": plan.model_dump(mode="json"),
        "out_of": {
            measure.id: mid_sentence(labels[measure.denominator])
            for measure in plan.measures
            if measure.denominator
        },
        "status": {
            "synthetic": contract.synthetic,
            "provisional": declared.provisional.since.isoformat() if declared.provisional else None,
        },
        "breaks": {
            measure.id: [
                {"at": each.at.isoformat(), "label": each.label}
                for each in declared.breaks
                if each.touches(measure.columns)
            ]
            for measure in plan.measures
        },
    }


def _labels(contract: Contract) -> dict[str, str]:
    """Readers' names of the columns."""
    return {column.name: column.label for column in contract.columns}


def where_broken(finding: dict[str, Any]) -> str:
    """Gives the rows or periods that break a rule, from the validation's results file."""
    from pipeline.contract.validation import Finding

    return where(Finding(**{**finding, "rows": tuple(finding["rows"])}))


def summary(plan: Plan, numbers: Numbers) -> dict[str, Any]:
    """Gives what the site's list says of the study."""
    found = numbers.value(f"its.measures.{plan.primary.id}")
    return {
        "study": plan.study,
        "title": plan.title,
        "question": plan.question,
        "verdict": card.verdict(numbers, plan.primary.id),
        "judgement": answered(numbers, plan.primary.id),
        "change": plan.intervention.label,
        "start": plan.intervention.start,
        "changes": len(plan.interventions),
        "first": found["first"],
        "last": found["last"],
        "every": plan.data.period.every,
        "draft": is_draft(numbers),
        "synthetic": numbers.value("status.synthetic"),
        "funder": plan.funder,
        "files": [f"report.{form}" for form in plan.report.formats],
        "frozen": bool(numbers.results.get("frozen")),
    }
