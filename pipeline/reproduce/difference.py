"""What is different between two sides of a study: plan, contract, data, code, environment, and every number.

For the analyst whose result moved: the causes come first, then what they did, the largest changes first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import marked_yaml, plan, results
from pipeline.errors import LastingError, PlanError
from pipeline.reproduce import comparison, contents, fields, frozen, locks, provenance, record, sides, stages
from pipeline.reproduce.fields import Change
from pipeline.reproduce.sides import Side

CODE = ("pipeline/", "notebooks/", "reports/")
"""Where code is; stages listed their modules themselves before decision 16."""
SUMS = "results/_code/"
"""Where each stage's modules are listed with their sums."""


@dataclass(frozen=True)
class Difference:
    """What differs in each part; empty parts are the same."""

    study: str
    before: str
    after: str
    plan: tuple[Change, ...]
    contract: tuple[Change, ...]
    data: str
    code: tuple[str, ...]
    environment: tuple[Change, ...]
    report: tuple[Change, ...]
    numbers: tuple[Change, ...]
    texts: tuple[Change, ...]

    @property
    def is_none(self) -> bool:
        """True if both sides are the same in every part."""
        found = (self.plan, self.contract, self.data, self.code, self.environment, self.numbers, self.texts)
        return not any(found)

    def as_dict(self) -> dict[str, Any]:
        """Gives the whole difference as plain values, for JSON."""
        listed = ("plan", "contract", "environment", "report", "numbers", "texts")
        return {
            "study": self.study,
            "before": self.before,
            "after": self.after,
            "data": self.data,
            "code": list(self.code),
            **{name: [_plain(change) for change in getattr(self, name)] for name in listed},
        }


def between(before: Side, after: Side, study: str) -> Difference:
    """Gives the difference between two sides of a study.

    Raises DataError if a side's results are not there.
    """
    found = fields.changes(_numbers(before, study), _numbers(after, study))
    numbers = sorted(
        (change for change in found if change.relative < float("inf")),
        key=lambda change: (-change.relative, change.field),
    )
    moved = {change.field: change.relative for change in numbers}
    report = _changes(sides.shown(before, study), sides.shown(after, study))
    return Difference(
        study,
        before.name,
        after.name,
        plan=_changes(_plan(before, study), _plan(after, study)),
        contract=_changes(_contracts(before, study), _contracts(after, study)),
        data=_data(before, after, study),
        code=_code(before, after, study),
        environment=_environment(before, after, study),
        report=tuple(sorted(report, key=lambda change: -moved.get(change.field, 0.0))),
        numbers=tuple(numbers),
        texts=tuple(change for change in found if change.relative == float("inf")),
    )


def rows_apart(before: Path, after: Path) -> str:
    """Gives how two raw files differ in rows, as a sentence; empty if they don't."""
    if not (before.is_file() and after.is_file()):
        return "" if before.is_file() == after.is_file() else "The data of one side are withheld."
    old, new = (Counter(path.read_bytes().splitlines()) for path in (before, after))
    gone, come = (old - new).total(), (new - old).total()
    if not (gone or come):
        return "" if before.read_bytes() == after.read_bytes() else "The same rows, in another order or form."
    return f"Rows new or changed: {come:,}; gone or changed since: {gone:,} (of {old.total() - 1:,})."


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[Change, ...]:
    return tuple(fields.changes(before, after))


def _plan(side: Side, study: str) -> dict[str, Any]:
    """The plan with its defaults; as it is written, if today's vocabulary can't read it."""
    path = f"params/{study}.yaml"
    source = marked_yaml.read(side.folder / path, path, PlanError)
    try:
        return fields.flat(frozen.canonical(plan.parse(source)))
    except LastingError:
        return fields.flat(source.data)


def _contracts(side: Side, study: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for dataset in side.datasets(study):
        path = f"data_contracts/{dataset}.odcs.yaml"
        found |= fields.flat(marked_yaml.read(side.folder / path, path, PlanError).data, dataset)
    return found


def _data(before: Side, after: Side, study: str) -> str:
    """How the raw files differ, a sentence for each dataset that both sides have."""
    shared = [name for name in before.datasets(study) if name in after.datasets(study)]
    told = {name: rows_apart(before.raw(name), after.raw(name)) for name in shared}
    return " ".join(f"{name}: {said}" for name, said in told.items() if said)


def _code(before: Side, after: Side, study: str) -> tuple[str, ...]:
    """The files of code, templates and notebooks that the study's stages use and that are not the same."""
    old, new = (
        {path: provenance.md5_of(side.folder / path) for path in contents.files_under(side.folder, used)}
        for side in (before, after)
        if (used := _used(side, study))
    )
    return tuple(path for path in sorted({*old, *new}) if old.get(path) != new.get(path))


def _used(side: Side, study: str) -> set[str]:
    inputs = {path for stage in stages.of(side.folder, study) if stage.item for path in stage.inputs}
    summed = [side.folder / path for path in inputs if path.startswith(SUMS)]
    modules = {path for file in summed if file.is_file() for path in results.read_json(file)}
    return {stages.STAGES} | modules | {path for path in inputs if path.startswith(CODE)}


def _environment(before: Side, after: Side, study: str) -> tuple[Change, ...]:
    """What the locks pin, and what the study was fitted with where both sides have it on record."""
    old, new = (
        locks.pins((side.folder / locks.LOCK).read_text(encoding="utf-8")) for side in (before, after)
    )
    taken = [record.path_of(side.folder, "its", study) for side in (before, after)]
    if not all(path.is_file() for path in taken):
        return _changes(old, new)
    fitted, refitted = (
        {key: value for key, value in results.read_json(path).items() if key != "packages"} for path in taken
    )
    return _changes({**fitted, **old}, {**refitted, **new})


def _numbers(side: Side, study: str) -> dict[str, Any]:
    """Every value of the results, by its file's name and key: its.measures.drivers.terms[time].estimate."""
    found: dict[str, Any] = {}
    for path, file in sides.result_files(side, study).items():
        if not path.endswith("report.numbers.json"):
            leaves = comparison.numbers_of(file)
            found |= {f"{file.stem}.{name}": value for name, value in leaves.items()}
    return found


def _plain(change: Change) -> dict[str, Any]:
    plain = {"field": change.field, "before": change.before, "after": change.after}
    return plain | ({"relative": change.relative} if change.relative < float("inf") else {})
