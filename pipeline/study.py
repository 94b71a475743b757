"""A study: its plan and its data's contract, which must agree before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import marked_yaml
from pipeline import plan as plans
from pipeline.contract import model as contracts
from pipeline.contract.model import Contract
from pipeline.errors import DataError, DisclosureError, PlanError
from pipeline.plan import Plan
from pipeline.project import Project


@dataclass(frozen=True)
class Study:
    """A study that can run: the repository, the plan, and the contract of its data."""

    project: Project
    plan: Plan
    contract: Contract

    @property
    def raw(self) -> Path:
        """The raw file."""
        return self.project.root / self.contract.raw

    def results(self, *parts: str) -> Path:
        """Gives a place under the study's results."""
        return self.project.results(self.plan.study, *parts)


def load(project: Project, name: str) -> Study:
    """Reads a listed study's plan and contract and checks that they agree.

    Raises PlanError, ContractError or DisclosureError, listing every disagreement, and DataError if the
    raw file isn't there.
    """
    plan = plans.load(project, name)
    contract = contracts.load(project, plan.data.contract)
    if problems := _disagreements(plan, contract):
        raise PlanError("\n".join(problems))
    if not contract.public:
        raise DisclosureError(
            f"params/{name}.yaml, disclosure: is off, which is for public data only, and "
            f"data_contracts/{contract.id}.odcs.yaml does not say `disclosure: public`."
        )
    study = Study(project=project, plan=plan, contract=contract)
    if not study.raw.is_file():
        raise DataError(
            f"{contract.raw}: there is no such file; put it there, or mend servers[1].path in "
            f"data_contracts/{contract.id}.odcs.yaml."
        )
    return study


def _disagreements(plan: Plan, contract: Contract) -> list[str]:
    """Complaints about what the plan asks for and the contract does not promise."""
    here = f"params/{plan.study}.yaml"
    types = {column.name: column.type for column in contract.columns}
    problems = [
        f"{here}: there is no column {name} in the contract{marked_yaml.nearest(name, types)}"
        for name in plan.columns
        if name not in types
    ]
    problems += [
        f"{here}: {name} is a {types[name]} in the contract, and a series needs numbers"
        for name in plan.columns[1:]
        if types.get(name) not in (None, "integer", "number")
    ]
    grid = contract.periods
    if (grid.column, grid.every) != (plan.data.period.column, plan.data.period.every):
        problems.append(
            f"{here}, data.period: says {plan.data.period.column} every {plan.data.period.every}, "
            f"and the contract says {grid.column} every {grid.every}; make them agree"
        )
    return problems
