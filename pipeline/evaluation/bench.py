"""What every notebook starts from and ends with: the study's plan and series, and the results file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import plan as plans
from pipeline import project, results
from pipeline.contract import model as contracts
from pipeline.contract.properties import Properties
from pipeline.errors import AnalysisError
from pipeline.plan import Measure, Plan, mid_sentence


@dataclass(frozen=True)
class Bench:
    """What a notebook works with: the plan, readers' names of columns, the series, and where to write.

    `declared` is what the contract says of the data, as breaks and provisional periods.
    """

    plan: Plan
    names: dict[str, str]
    series: Path
    folder: Path
    declared: Properties | None = None


def open_study(study: str, output: str) -> Bench:
    """Gives what a notebook needs of a study; `output`, a folder in the repository, is made if need be.

    Raises PlanError or ContractError if the plan or the contract can't be used.
    """
    here = project.load()
    plan = plans.load(here, study)
    contract = contracts.load(here, plan.data.contract)
    names = {column.name: mid_sentence(column.label) for column in contract.columns}
    folder = here.root / output
    folder.mkdir(parents=True, exist_ok=True)
    return Bench(
        plan=plan,
        names=names,
        series=here.results(study, "series"),
        folder=folder,
        declared=contract.properties,
    )


@contextmanager
def naming(plan: Plan, measure: Measure) -> Iterator[None]:
    """Puts the plan and the measure before the sentence of an AnalysisError raised inside the block."""
    try:
        yield
    except AnalysisError as error:
        raise AnalysisError(f"params/{plan.study}.yaml, measure {measure.id}: {error}") from None


def write(folder: Path, name: str, found: dict[str, dict[str, Any]], **study: Any) -> Path:
    """Writes the results of a notebook, measure by measure, to `<name>.json` in `folder`.

    `study` is what was found of the study as a whole, by name.
    """
    path = folder / f"{name}.json"
    results.write_whole(path, results.to_json({"measures": found, **study}))
    return path


def axis_label(plan: Plan, measure: Measure) -> str:
    """Gives a measure as a chart's title: what is counted, and how often."""
    if not measure.is_regular:
        what = "cases" if measure.column else "days"
        is_told = what in measure.label.lower().split()
        return f"{measure.label}{'' if is_told else f', in {what}'}, for each event"
    each = f"each {plan.data.period.every}"
    label = in_unit(measure)
    return f"{label} {each}" if label == measure.label else f"{label}, {each}"


def once(labels: list[str]) -> list[str]:
    """Gives labels with those that came before left blank.

    >>> once(["The law", "The limit", "The law"])
    ['The law', 'The limit', '']
    """
    return ["" if label in labels[:place] else label for place, label in enumerate(labels)]


def in_unit(measure: Measure) -> str:
    """Gives a measure with what it is counted in, where that isn't plain: in per cent, or per so many."""
    if measure.is_per_cent:
        return f"{measure.label}, in per cent"
    per = unit_in_words(measure)
    return f"{measure.label}, {per}" if measure.kind in ("rate", "proportion") and per else measure.label


def sign(measure: Measure) -> str:
    """Gives what stands behind a measure's values in sentences: the sign of per cent, or nothing."""
    return "%" if measure.is_per_cent else ""


def unit_in_words(measure: Measure) -> str:
    """Gives what a difference of a measure counts, if that needs a name: percentage points, per so many."""
    if measure.is_per_cent:
        return "percentage points"
    return f"per {measure.unit:,g}" if measure.is_ratio and measure.unit != 1 else ""


def about(measure: Measure) -> dict[str, Any]:
    """Gives what the plan says of a measure, for its part of a results file."""
    return {
        "label": measure.label,
        "role": measure.role,
        "kind": measure.kind,
        "unit": measure.unit,
        "better": measure.better,
    }
