"""Reading a plan: YAML becomes a plan, or a list of what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import (
    ValidationError,
)

from pipeline import marked_yaml
from pipeline.complaints import complaints
from pipeline.errors import PlanError
from pipeline.plan.contradictions import contradictions
from pipeline.plan.model import Plan

if TYPE_CHECKING:
    from pipeline.project import Project


def load(project: Project, study: str) -> Plan:
    """Reads the plan of a listed study.

    Raises PlanError, listing every problem with file, line and field, if it can't be used.
    """
    dataset = project.dataset_of(study)
    path = project.plan_path(study)
    source = marked_yaml.read(path, project.name_of(path), PlanError)
    plan = parse(source)
    if plan.study != study:
        raise PlanError(source.complaint(("study",), f"should be {study}, as the file is named"))
    if plan.data.contract != dataset:
        raise PlanError(
            source.complaint(
                ("data", "contract"), f"is {plan.data.contract}, but params.yaml gives {study} {dataset}"
            )
        )
    listed, ties = project.networks.get(study), plan.network.contract if plan.network else None
    if ties and listed != ties:
        said = f"needs `{study}: {{dataset: {ties}}}` under `networks` in params.yaml"
        raise PlanError(source.complaint(("network", "contract"), said))
    if listed and not ties:
        said = f"has no `network`, and params.yaml lists its ties, {listed}; ask for it, or take them out"
        raise PlanError(source.complaint((), said))
    return plan


def parse(source: marked_yaml.MarkedYaml) -> Plan:
    """Makes a plan of YAML that has been read; raises PlanError listing every problem."""
    try:
        plan = Plan.model_validate(source.data)
    except ValidationError as found:
        raise PlanError("\n".join(complaints(source, Plan, found))) from None
    if problems := [source.complaint(path, said) for path, said in contradictions(plan)]:
        raise PlanError("\n".join(problems))
    return plan


def json_schema() -> str:
    """Gives the plan's JSON Schema (draft 2020-12), for editors."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Plan.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
