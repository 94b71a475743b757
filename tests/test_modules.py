"""A stage's code: all that it imports, and all that its notebooks do, and nothing else."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from pipeline import modules

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("stage", "among", "not_among"),
    [
        ("validate", "pipeline.contract.validation", "pipeline.its.fitting"),
        ("its", "pipeline.its.reml_ar1", "pipeline.network.qap"),
        ("spc", "pipeline.spc.rulesets", "pipeline.report.document"),
        ("groups", "pipeline.evaluation.equity", "pipeline.evaluation.network"),
        ("network", "pipeline.evaluation.network", "pipeline.equity.gap"),
        ("report", "pipeline.report.wording.brief", "pipeline.report.engines"),
        ("render", "pipeline.report.engines", "pipeline.report.wording.brief"),
        ("site", "pipeline.report.site", "pipeline.contract.validation"),
    ],
)
def test_a_stage_has_what_it_imports_however_far_down(stage, among, not_among):
    found = modules.of(ROOT, stage)
    assert f"pipeline.stages.{stage}" in found
    assert among in found
    assert not_among not in found


def test_what_only_a_notebook_imports_counts():
    assert "pipeline.evaluation.sure" in modules.of(ROOT, "its")
    assert "pipeline.evaluation.pooled" in modules.of(ROOT, "groups")


def test_a_changed_module_changes_the_sums_of_those_that_import_it(tmp_path):
    for part in ("pipeline", "notebooks"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    before = {stage: modules.sums(tmp_path, stage) for stage in ("its", "spc")}
    changed = tmp_path / "pipeline/its/reml_ar1.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = {stage: modules.sums(tmp_path, stage) for stage in ("its", "spc")}
    assert after["spc"] == before["spc"]
    assert {path for path in after["its"] if after["its"][path] != before["its"][path]} == {
        "pipeline/its/reml_ar1.py"
    }
    assert after["its"]["pipeline/its/reml_ar1.py"] == hashlib.md5(changed.read_bytes()).hexdigest()
