"""Reports that were really rendered, by the engine that the packages carry."""

from __future__ import annotations

import pypandoc
import pytest

from pipeline import plan as plans
from pipeline import project, results
from pipeline.contract import model
from pipeline.report import document, engines
from pipeline.report.engines import Engine

from ..conftest import ROOT, STUDY

THEME = ROOT / "reports" / "theme"
PANDOC = Engine("pandoc", pypandoc.get_pandoc_version(), pypandoc.get_pandoc_path(), "0")


@pytest.fixture(scope="session")
def rendered(finished, tmp_path_factory):
    """The study's report in all three formats, by the pandoc engine."""
    work = tmp_path_factory.mktemp("rendered")
    engines.prepare(finished / "results" / STUDY / "report", THEME, work)
    engines.render(PANDOC, work, ["html", "pdf", "docx"])
    return work


@pytest.fixture
def parts(finished):
    """The plan, the contract and the results of the finished study."""
    here = project.load(finished)
    plan = plans.load(here, STUDY)
    contract = model.load(here, plan.data.contract)
    data = results.read_json(here.results("_data", contract.id, "validation.json"))
    found = {
        method: results.read_json(here.results(STUDY, method, f"{method}.json")) for method in ("its", "spc")
    }
    stated = {"data": {**data, "checked": 37}, "software": {"lasting": "9.9.9"}}
    return plan, contract, {**stated, **document.roots(plan, contract), **found}
