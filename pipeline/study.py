"""A study: its plan and its data's contract, which must agree before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline import marked_yaml
from pipeline import plan as plans
from pipeline.conditions import Constant
from pipeline.contract import model as contracts
from pipeline.contract import table
from pipeline.contract.model import Contract
from pipeline.errors import DisclosureError, PlanError
from pipeline.plan import MINIMUM, ROUND_TO, Network, Plan
from pipeline.project import Project


@dataclass(frozen=True)
class Study:
    """A study that can run: the repository, the plan, and the contract of its data."""

    project: Project
    plan: Plan
    contract: Contract

    @property
    def described(self) -> str:
        """Says that the study can run, and what it is about."""
        plan, count = self.plan, len(self.plan.measures)
        measures = "1 measure" if count == 1 else f"{count} measures"
        change = f"{plan.intervention.label} from {plan.intervention.start}"
        return f"{plan.study}: the plan and the contract are sound ({measures}, {change})"


def load(project: Project, name: str, *, tries_rules: bool = False) -> Study:
    """Reads a listed study's plan and contract and checks that they agree.

    With `tries_rules`, the contract's queries and expectations are tried too, which takes a while.
    Raises PlanError, ContractError or DisclosureError, listing every disagreement, and DataError if the
    raw file isn't there.
    """
    plan = plans.load(project, name)
    contract = contracts.load(project, plan.data.contract, tries_rules=tries_rules)
    if problems := _disagreements(plan, contract):
        raise PlanError("\n".join(problems))
    if plan.rule is None and not contract.public:
        raise DisclosureError(
            f"params/{name}.yaml, disclosure: is off, which is for public data only, and "
            f"data_contracts/{contract.id}.odcs.yaml does not say `disclosure: public`; write "
            f"`disclosure: {{minimum: {MINIMUM}, round_to: {ROUND_TO}}}`, or say so there if it is so."
        )
    table.path_of(project.root, contract)
    if plan.network:
        _check_ties(project, plan, plan.network)
    return Study(project=project, plan=plan, contract=contract)


def _disagreements(plan: Plan, contract: Contract) -> list[str]:
    """Complaints about what the plan asks for and the contract does not promise."""
    here = f"params/{plan.study}.yaml"
    types = {column.name: column.type for column in contract.columns}
    records = contract.periods.rows == "records"
    problems = []
    for field, name in _columns(plan):
        if name not in types:
            hint = marked_yaml.nearest(name, types) or f"; its columns are {', '.join(types)}"
            problems.append(f"{here}, {field}: there is no column {name} in the contract{hint}")
        elif field.startswith("data."):
            continue
        elif types[name] not in ("integer", "number") and not (records and types[name] == "boolean"):
            said = (
                f"{name} is a {types[name]} in the contract, and a series needs numbers; name another column"
            )
            problems.append(f"{here}, {field}: {said}")
    grid = contract.periods
    asked = plan.data.period
    if grid.column != asked.column or grid.every not in (asked.every, None):
        every = f" every {grid.every}" if grid.every else ""
        problems.append(
            f"{here}, data.period: says {asked.column} every {asked.every}, "
            f"and the contract says {grid.column}{every}; make them agree"
        )
    problems += [f"{here}, {said}" for said in _unfit_rows(plan, contract)]
    return problems


def _check_ties(project: Project, plan: Plan, network: Network) -> None:
    """Raises the errors of `load` about the list of ties, its contract and its file."""
    contract = contracts.load(project, network.contract)
    if problems := list(_unfit_ties(plan, network, contract)):
        raise PlanError("\n".join(problems))
    if not contract.public:
        raise DisclosureError(
            f"params/{plan.study}.yaml, network: shows single people, whom no rounding hides, and "
            f"data_contracts/{contract.id}.odcs.yaml does not say `disclosure: public`; say so if it is so."
        )
    table.path_of(project.root, contract)


def _unfit_ties(plan: Plan, network: Network, contract: Contract) -> Iterator[str]:
    """What the plan asks of the list of ties, and its contract does not promise."""
    here, columns = f"params/{plan.study}.yaml", {column.name: column for column in contract.columns}
    asked = {"from": network.sender, "to": network.receiver, "site": network.site, "wave": network.wave}
    for field, name in asked.items():
        if name not in columns:
            hint = marked_yaml.nearest(name, columns) or f"; its columns are {', '.join(columns)}"
            yield f"{here}, network.{field}: there is no column {name} in {contract.id}{hint}"
        elif field == "wave" and columns[name].type != "date":
            yield f"{here}, network.wave: {name} is a {columns[name].type} in {contract.id}; make it a date"


def _unfit_rows(plan: Plan, contract: Contract) -> Iterator[str]:
    """What the plan takes rows to be, and the contract says they are not."""
    columns = {column.name: column for column in contract.columns}
    unit = columns.get(plan.data.unit or "")
    if unit and not unit.required:
        yield (
            f"data.unit: {unit.name} may be empty by the contract, and each row must name its site; "
            "make it `required: true` there"
        )
    for place, measure in enumerate(plan.measures, 1):
        if measure.counts_records and contract.periods.rows != "records":
            lacking = "column" if measure.kind == "count" else "denominator"
            yield (
                f"measures[{place}]: without `{lacking}` it counts records, and the contract does not say "
                f"that rows are; name the {lacking}, or say `rows: records` in the contract's periods"
            )
    for asked in plan.data.condition.comparisons if plan.data.condition else ():
        if asked.column not in columns:
            continue
        kind = columns[asked.column].type
        if bad := [value for value in asked.values if not _fits(value, kind)]:
            yield (
                f"data.filter: {asked.column} is of type {kind} in the contract, and {bad[0]!r} is not; "
                f"{WRITTEN[kind]}"
            )


WRITTEN = {
    "string": "put text in quotes",
    "integer": "write a number without quotes",
    "number": "write a number without quotes",
    "boolean": "write true or false",
    "date": "write a day in quotes, as in '2020-04-01'",
    "timestamp": "write a moment in quotes, as in '2020-04-01T08:30'",
    "time": "write a time in quotes, as in '08:30'",
}


def _fits(value: Constant, kind: str) -> bool:
    """True if a value of the filter can be compared with a column of a logical type."""
    if kind == "date":
        try:
            return isinstance(value, str) and bool(date.fromisoformat(value))
        except ValueError:
            return False
    if kind == "boolean":
        return isinstance(value, bool)
    return (
        isinstance(value, str)
        if kind in ("string", "timestamp", "time")
        else not isinstance(value, str | bool)
    )


def _columns(plan: Plan) -> Iterator[tuple[str, str]]:
    """The columns that a plan uses: the field that asks for it, and its name."""
    yield "data.period.column", plan.data.period.column
    for field in ("unit", "strata"):
        if (name := getattr(plan.data, field)) is not None:
            yield f"data.{field}", name
    for name in plan.data.condition.columns if plan.data.condition else ():
        yield "data.filter", name
    for place, measure in enumerate(plan.measures, 1):
        for field in ("column", "numerator", "denominator"):
            if (name := getattr(measure, field)) is not None:
                yield f"measures[{place}].{field}", name
        for number, name in enumerate(measure.comparators, 1):
            yield f"measures[{place}].comparators[{number}]", name
    for place, name in enumerate(plan.its.covariates, 1):
        yield f"its.covariates[{place}]", name
