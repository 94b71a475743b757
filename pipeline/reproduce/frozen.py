"""The frozen plan: the analysis as it was laid down, and every later deviation from it.

`params/frozen/<study>.json` holds the canonical plan, its hash, the day and the commit. It is never
overwritten: an amendment is added after it with its reason, and the report tells of both.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import results
from pipeline.errors import PlanError
from pipeline.plan import Plan
from pipeline.reproduce import fields, git
from pipeline.reproduce.fields import Change

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.project import Project

FOLDER = "params/frozen"
AFTERWARDS = ("reporting", "sign_off")
"""Parts of a plan that are no choice of analysis: what reviewers are told, and who signed the report."""


class Version(BaseModel):
    """The plan as it was frozen once: the first time, or by an amendment with its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: datetime.date
    commit: str | None
    reason: str | None = None
    sha256: str
    plan: dict[str, Any]


class Frozen(BaseModel):
    """A study's frozen plan: the first version, and its amendments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: str
    versions: tuple[Version, ...] = Field(min_length=1)

    @property
    def now(self) -> Version:
        """The version that holds: the last."""
        return self.versions[-1]


def canonical(plan: Plan) -> dict[str, Any]:
    """Gives a plan's choices with every default written out, as plain values; not what is said AFTERWARDS."""
    return plan.model_dump(mode="json", exclude=set(AFTERWARDS))


def digest(plan: dict[str, Any]) -> str:
    """Gives the SHA-256 of a canonical plan: of its JSON with sorted keys and no spaces, as UTF-8."""
    text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def path_of(project: Project, study: str) -> Path:
    """Gives the place of a study's frozen plan."""
    return project.root / FOLDER / f"{study}.json"


def read(project: Project, study: str) -> Frozen | None:
    """Gives the frozen plan of a study, or None if it isn't frozen.

    Raises PlanError if the file can't be read, or a version is not what its hash says.
    """
    path = path_of(project, study)
    if not path.is_file():
        return None
    name = f"{FOLDER}/{study}.json"
    try:
        frozen = Frozen.model_validate_json(path.read_bytes())
    except (ValidationError, UnicodeDecodeError):
        raise PlanError(f"{name}: is not a frozen plan; take it back from git.") from None
    if frozen.study != study:
        raise PlanError(f"{name}: is the frozen plan of {frozen.study}; take the right one back from git.")
    for place, version in enumerate(frozen.versions, 1):
        if digest(version.plan) != version.sha256:
            raise PlanError(
                f"{name}, versions[{place}]: was changed after it was frozen (its hash does not fit); "
                "take it back from git."
            )
    return frozen


def freeze(project: Project, plan: Plan, day: datetime.date | None, reason: str | None) -> Frozen:
    """Writes the plan as frozen on `day`, or on the day it was committed; with `reason`, as an amendment.

    Raises PlanError if the plan is frozen already and no reason is given, if there is nothing to amend, or
    if there is neither a day nor a commit that holds the plan as it stands.
    """
    before = read(project, plan.study)
    name = f"params/{plan.study}.yaml"
    if before and reason is None:
        said = "and has not changed" if not deviations(before, plan) else 'amend it with --amend "the reason"'
        raise PlanError(f"{name}: was frozen on {before.now.date}, {said}.")
    if before and not deviations(before, plan):
        raise PlanError(f"{name}: is as it was frozen on {before.now.date}; there is nothing to amend.")
    if not before and reason is not None:
        raise PlanError(f"{name}: is not frozen yet; freeze it without --amend.")
    commit = git.last_commit(project.root, name) if git.is_clean(project.root, name) else None
    if not (day or commit):
        raise PlanError(f"{name}: is not committed as it stands; commit it first, or give --date YYYY-MM-DD.")
    plain = canonical(plan)
    version = Version(
        date=day or datetime.date.fromisoformat(commit[1] if commit else ""),
        commit=commit[0] if commit else None,
        reason=reason,
        sha256=digest(plain),
        plan=plain,
    )
    frozen = Frozen(study=plan.study, versions=(*(before.versions if before else ()), version))
    results.write_whole(path_of(project, plan.study), _as_json(frozen))
    return frozen


def deviations(frozen: Frozen, plan: Plan) -> list[Change]:
    """Gives each field of the plan that is not as it was frozen last."""
    return fields.changes(fields.flat(_filled(frozen.now.plan)), fields.flat(canonical(plan)))


def as_results(frozen: Frozen | None, plan: Plan) -> dict[str, Any] | None:
    """Gives what a report says of the frozen plan: day, hash, amendments, deviations; else None."""
    if frozen is None:
        return None
    first = frozen.versions[0]
    return {
        "date": first.date.isoformat(),
        "commit": first.commit,
        "sha256": frozen.now.sha256,
        "amendments": [
            {
                "date": later.date.isoformat(),
                "reason": later.reason,
                "changes": _told(fields.changes(fields.flat(earlier.plan), fields.flat(later.plan))),
            }
            for earlier, later in zip(frozen.versions, frozen.versions[1:], strict=False)
        ],
        "deviations": _told(deviations(frozen, plan)),
    }


def told(project: Project, plan: Plan) -> list[str]:
    """Gives what `lasting check` says of a frozen plan: since when, and each deviation; else nothing."""
    frozen = read(project, plan.study)
    if frozen is None:
        return []
    found = deviations(frozen, plan)
    said = f"{len(found)} deviation{'s' if len(found) > 1 else ''} since" if found else "no deviation since"
    return [
        f"{plan.study}: the plan was frozen on {frozen.now.date}; {said}.",
        *(f"  {change.sentence}" for change in found),
    ]


def _told(found: list[Change]) -> list[dict[str, str]]:
    return [
        {"field": item.field, "frozen": fields.as_text(item.before), "now": fields.as_text(item.after)}
        for item in found
    ]


def _filled(plain: dict[str, Any]) -> dict[str, Any]:
    """A frozen plan in today's vocabulary: fields that came later have the defaults they came with."""
    try:
        return canonical(Plan.model_validate(plain))
    except ValidationError:  # a later version of Lasting dropped a field: then that is a deviation too
        return plain


def _as_json(frozen: Frozen) -> str:
    return json.dumps(frozen.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"
