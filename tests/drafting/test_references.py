"""From files that nobody prepared to rendered reports, by two commands each and no editing."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.its.outside import needed, shared

from ..conftest import ROOT

DATA = shared("reference", "its", "data")
SAID = {
    "deaths_temps_england_wales": ["--outcome", "deaths"],
    "nhs_ae_england_type1": ["--outcome", "breaches", "--denominator", "attendances", "--start", "2018-04"],
    "nhs_ae_type1_by_trust": ["--outcome", "breaches", "--denominator", "attendances", "--start", "2018-04"],
    "nile": ["--start", "1899"],
    "prop99_all_states": ["--start", "1989", "--only", "state=California"],
    "prop99_california": ["--start", "1989"],
    "scotland_ae_weekly_2020": ["--start", "2020-03-23", "--only", "Category=Female"],
    "sicily": ["--denominator", "stdpop"],
    "uk_seatbelts": ["--outcome", "drivers"],
    "wv_antipsychotic": ["--start", "2004 Q1"],
}
"""What nothing in a file tells: the outcome where there are several, when the change began, which rows."""


@pytest.mark.slow
@pytest.mark.functional
def test_every_reference_file_becomes_a_report(clone, lasting):
    files = sorted(needed(DATA).rglob("*.csv"))
    studies = []
    for file in files:
        studies.append(re.sub("[^a-z0-9]+", "-", file.stem.lower()))
        simulated = ["--first", "2000-01-01", *(["--only", "group=1"] if "cits" in file.stem else [])]
        options = simulated if file.parent.name == "sim" else SAID[file.stem]
        said = lasting("new", studies[-1], "--data", str(file), *options, "--public")
        assert said.code == 0, said.err
    ran = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "run", "-j", "2", *studies],
        cwd=clone,
        env={**os.environ, "LASTING_ROOT": str(clone), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for study in studies:
        assert (clone / "reports" / "_site" / study / "report.html").is_file(), study
