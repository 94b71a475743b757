"""A repository with two of the synthetic studies: one of groups of people, one of sites and staff's ties."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ..conftest import ROOT, working_in

GIVEN = Path(__file__).parent / "groups"


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
    shutil.copyfile(GIVEN / "params.yaml", root / "params.yaml")
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copyfile(notebook, root / "notebooks" / notebook.name)
    for file in GIVEN.glob("*.yaml"):
        folder = "data_contracts" if ".odcs." in file.name else "params"
        shutil.copyfile(file, root / folder / file.name)
    (root / "params" / "params.yaml").unlink()
    here = project.load(root)
    for dataset, raw in here.raw.items():
        shutil.copyfile(ROOT / raw, root / raw)
        validate.run(here, dataset)
    with working_in(root):
        for study in here.studies:
            series.run(here, study)
    return root
