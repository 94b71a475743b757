"""Stage `validate`: the raw file against its contract; a snapshot of it with the contract's types."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import inspector, results
from pipeline.errors import ContractError
from pipeline.project import Project

if TYPE_CHECKING:
    from pipeline.contract.model import Contract
    from pipeline.contract.validation import Validation


def run(project: Project, dataset: str) -> None:
    """Has results/_data/<dataset>/ written, by the run's inspector or here: the verdict, the data as Parquet.

    Raises ContractError with a table of what is broken; then nothing is written.
    """
    if not inspector.asked(dataset):
        inspect(project, dataset)


def inspect(project: Project, dataset: str) -> None:
    """Validates a dataset, and writes its verdict and its snapshot; raises as `run` does."""
    from pipeline.contract import extract, model, verdict

    contract = model.load(project, dataset, tries_rules=True)
    with results.whole_folder(project.results("_data", dataset)) as folder:
        found = _held_to(project, contract, folder / "data.parquet")
        if not found.passed:
            raise ContractError(verdict.complaint(found, contract.raw))
        if contract.server.database:
            found = dataclasses.replace(found, extract=extract.record_of(project.root / contract.raw))
        results.write_whole(folder / "validation.json", results.to_json(found.as_dict()))


def _held_to(project: Project, contract: Contract, target: Path) -> Validation:
    """The verdict on a dataset, its snapshot written to `target`: on Spark, in batches, or in memory."""
    from pipeline.contract import at_scale, in_batches, snapshot, table, validation

    root = project.root
    if contract.id in project.on_spark:
        found = at_scale.validate(root, contract)
        if found.passed:
            at_scale.snapshot(root, contract, target)
        return found
    if in_batches.is_large(root, contract):
        return in_batches.validate(root, contract, target)
    rows = table.read(root, contract)
    found = validation.validate(rows)
    if found.passed:
        snapshot.write(rows, target)
    return found
