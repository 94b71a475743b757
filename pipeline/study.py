"""A study: its plan and its data's contract, which must agree before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import marked_yaml
from pipeline import plan as plans
from pipeline.contract import model as contracts
from pipeline.contract import table
from pipeline.contract.model import Contract
from pipeline.errors import DisclosureError, PlanError
from pipeline.plan import Plan
from pipeline.project import Project


@dataclass(frozen=True)
class Study:
    """A study that can run: the repository, the plan, and the contract of its data."""

    project: Project
    plan: Plan
    contract: Contract


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
    if not contract.public:
        raise DisclosureError(
            f"params/{name}.yaml, disclosure: is off, which is for public data only, and "
            f"data_contracts/{contract.id}.odcs.yaml does not say `disclosure: public`."
        )
    table.path_of(project.root, contract)
    return Study(project=project, plan=plan, contract=contract)


def _disagreements(plan: Plan, contract: Contract) -> list[str]:
    """Complaints about what the plan asks for and the contract does not promise."""
    here = f"params/{plan.study}.yaml"
    types = {column.name: column.type for column in contract.columns}
    problems = []
    for field, name in _columns(plan):
        if name not in types:
            hint = marked_yaml.nearest(name, types) or f"; its columns are {', '.join(types)}"
            problems.append(f"{here}, {field}: there is no column {name} in the contract{hint}")
        elif types[name] not in ("integer", "number") and field != "data.period.column":
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
    return problems


def _columns(plan: Plan) -> Iterator[tuple[str, str]]:
    """The columns that a plan uses: the field that asks for it, and its name."""
    yield "data.period.column", plan.data.period.column
    for place, measure in enumerate(plan.measures, 1):
        for field in ("column", "numerator", "denominator"):
            if (name := getattr(measure, field)) is not None:
                yield f"measures[{place}].{field}", name
    for place, name in enumerate(plan.its.covariates, 1):
        yield f"its.covariates[{place}]", name
