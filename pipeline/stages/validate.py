"""Stage `validate`: the raw file against its contract; a snapshot of it with the contract's types."""

from __future__ import annotations

import dataclasses

from pipeline import inspector, results
from pipeline.errors import ContractError
from pipeline.project import Project


def run(project: Project, dataset: str) -> None:
    """Has results/_data/<dataset>/ written, by the run's inspector or here: the verdict, the data as Parquet.

    Raises ContractError with a table of what is broken; then nothing is written.
    """
    if not inspector.asked(dataset):
        inspect(project, dataset)


def inspect(project: Project, dataset: str) -> None:
    """Validates a dataset, and writes its verdict and its snapshot; raises as `run` does."""
    from pipeline import series
    from pipeline.contract import at_scale, extract, model, table, validation, verdict

    contract = model.load(project, dataset, tries_rules=True)
    if dataset in project.on_spark:
        found = at_scale.validate(project.root, contract)
        if not found.passed:
            raise ContractError(verdict.complaint(found, contract.raw))
        with results.whole_folder(project.results("_data", dataset)) as folder:
            results.write_whole(folder / "validation.json", results.to_json(found.as_dict()))
            at_scale.snapshot(project.root, contract, folder / "data.parquet")
        return
    rows = table.read(project.root, contract)
    found = validation.validate(rows)
    if not found.passed:
        raise ContractError(verdict.complaint(found, contract.raw))
    if contract.server.database:
        found = dataclasses.replace(found, extract=extract.record_of(project.root / contract.raw))
    with results.whole_folder(project.results("_data", dataset)) as folder:
        results.write_whole(folder / "validation.json", results.to_json(found.as_dict()))
        series.snapshot(rows, folder / "data.parquet")
