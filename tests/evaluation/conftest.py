"""A repository with two of the synthetic studies: one of groups of people, one of sites and staff's ties."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from ..conftest import ROOT, edit, working_in

STUDIES = ("equity-collaborative", "partnership")
"""Studies named as their datasets are."""
TIES = {"partnership": "staff-ties"}


@pytest.fixture(scope="session")
def grouped(tmp_path_factory) -> Path:
    """The repository, with both studies' series made (for reading only)."""
    from pipeline import project
    from pipeline.stages import series, validate

    root = tmp_path_factory.mktemp("grouped")
    for folder in ("params", "data_contracts", "data/raw", "notebooks", "reports"):
        (root / folder).mkdir(parents=True)
    shutil.copyfile(ROOT / "dvc.yaml", root / "dvc.yaml")
    shutil.copyfile(ROOT / "requirements.lock", root / "requirements.lock")
    datasets = [*STUDIES, *TIES.values()]
    listed = {
        "datasets": {name: {"raw": f"data/raw/{name}.csv"} for name in datasets},
        "studies": {study: {"dataset": study} for study in STUDIES},
        "networks": {study: {"dataset": dataset} for study, dataset in TIES.items()},
    }
    (root / "params.yaml").write_text(yaml.safe_dump(listed), encoding="utf-8")
    copied = [f"params/{study}.yaml" for study in STUDIES]
    copied += [f"data_contracts/{dataset}.odcs.yaml" for dataset in datasets]
    for path in copied:
        shutil.copyfile(ROOT / path, root / path)
    # What is hidden has tests of its own; here true values are to be seen.
    edit(
        root / "params/equity-collaborative.yaml", "disclosure: {minimum: 5, round_to: 5}", "disclosure: off"
    )
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copyfile(notebook, root / "notebooks" / notebook.name)
    here = project.load(root)
    for dataset, raw in here.raw.items():
        shutil.copyfile(ROOT / raw, root / raw)
        validate.run(here, dataset)
    with working_in(root):
        for study in here.studies:
            series.run(here, study)
    return root
