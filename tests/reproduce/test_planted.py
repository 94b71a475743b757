"""Changes planted in a bundle: each is caught without a rerun, and named for what it is."""

from __future__ import annotations

import json
import re

import pytest

from pipeline.errors import VerificationError
from pipeline.reproduce import provenance, stages, unpack, verify

from ..conftest import STUDY
from .conftest import swap, tampered

R = f"results/{STUDY}"


def _digit(content: bytes) -> bytes:
    """Changes the last digit of the first number with decimals."""
    found = re.search(rb"\d\.\d{2,}", content)
    assert found
    last = found.end() - 1
    return content[:last] + (b"1" if content[last : last + 1] != b"1" else b"2") + content[last + 1 :]


def _flip(content: bytes) -> bytes:
    """Changes one byte in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _output(content: bytes) -> bytes:
    notebook = json.loads(content)
    notebook["cells"][-1]["outputs"] = []
    return json.dumps(notebook).encode()


LOCKED = {
    "a digit in a result": (f"{R}/its/its.json", "result", _digit),
    "a digit in a control chart's result": (f"{R}/spc/spc.json", "result", _digit),
    "a series": (f"{R}/series/drivers.parquet", "series", _flip),
    "a chart": (f"{R}/its/its-drivers.svg", "figure", _digit),
    "a chart for Word": (f"{R}/its/its-drivers.png", "figure", _flip),
    "a notebook's output": (f"{R}/its/its.ipynb", "notebook's output", _output),
    "a sentence of the report": (f"{R}/report/report.qmd", "result", swap("14%", "15%")),
    "a number's source": (f"{R}/report/report.numbers.json", "result", swap("its.measures", "spc.measures")),
    "the validated data": ("results/_data/seatbelts/data.parquet", "validated data", _flip),
    "the contract's verdict": (
        "results/_data/seatbelts/validation.json",
        "validated data",
        swap('"row_count": 192', '"row_count": 193'),
    ),
    "a data row": ("data/raw/seatbelts.csv", "data", swap("1984-12-01,", "1984-12-02,")),
    "a contract rule": (
        "data_contracts/seatbelts.odcs.yaml",
        "contract",
        swap("maximum: 10000", "maximum: 100000"),
    ),
    "a field of the plan": (f"params/{STUDY}.yaml", "plan", swap("keep: 0.8", "keep: 0.7")),
    "a notebook's cell": ("notebooks/its.ipynb", "notebook", swap("study = ", "study  = ")),
    "a line of the lock": ("requirements.lock", "environment", swap("statsmodels==", "statsmodels==1")),
    "a line of code": ("pipeline/its/reml_ar1.py", "code", swap("import", "import  ")),
    "a template": ("reports/sections/brief.qmd.j2", "code", swap("Did it change?", "Did it help?")),
    "the theme": ("reports/theme/lasting.css", "code", swap("color", "colour")),
    "a swapped file": (f"{R}/its/its-drivers.svg", "figure", lambda _: b"<svg/>"),
    "a missing result": (f"{R}/spc/spc.json", "result", lambda _: None),
}
"""What dvc.lock names too: caught even where the checksums were made anew."""

UNLOCKED = {
    "the report that people read": (f"reports/_site/{STUDY}/report.html", "report", swap("14%", "15%")),
    "the PDF": (f"reports/_site/{STUDY}/report.pdf", "report", _flip),
    "the record of DVC": ("dvc.lock", "record of the bundle", swap("md5: 2", "md5: 3")),
    "the record of the environment": (
        f"results/_environment/{STUDY}/its.json",
        "environment",
        swap('"numpy": "', '"numpy": "0'),
    ),
    "a package of JupyterLab": ("requirements-lab.lock", "environment", swap("numpy==", "numpy==1")),
    "the list of studies": ("params.yaml", "plan", swap("seatbelts.csv", "other.csv")),
    "a file that was added": ("pipeline/spy.py", "code", lambda _: b"print('hello')"),
    "the manifest": ("bundle.json", "record of the bundle", swap('"withheld": []', '"withheld": [ ]')),
}

ALL = {**LOCKED, **UNLOCKED}


def _never(_running):
    raise AssertionError("nothing of a damaged bundle may be run")


@pytest.mark.parametrize("plant", ALL)
def test_a_change_is_caught_by_the_checksums_and_named(honest, tmp_path, plant):
    path, kind, change = ALL[plant]
    planted = tampered(honest, tmp_path / "b.zip", {path: change})
    found = verify.verify(planted, [], _never, lambda _: None)
    assert found is not None
    assert found.verdict == "not intact"
    assert not found.is_good
    assert [(problem.path, problem.kind) for problem in found.damage] == [(path, kind)]
    assert found.damage[0].sentence.startswith(f"{path} ({kind}): ")


@pytest.mark.parametrize("plant", LOCKED)
def test_with_new_checksums_a_change_is_caught_by_the_record_of_the_run_and_named(honest, tmp_path, plant):
    path, _, change = LOCKED[plant]
    planted = tampered(honest, tmp_path / "b.zip", {path: change}, new_sums=True)
    (tmp_path / "b").mkdir()
    unpack.unpack(planted, tmp_path / "b")
    titles = [stage.title for stage in stages.of(tmp_path / "b", STUDY)]
    found = provenance.problems(tmp_path / "b", titles)
    assert any(path == problem.path or path.startswith(f"{problem.path}/") for problem in found), found


def test_a_package_version_that_is_not_the_locks_is_named(honest, tmp_path):
    path = f"results/_environment/{STUDY}/its.json"
    planted = tampered(honest, tmp_path / "b.zip", {path: swap('"numpy": "', '"numpy": "0.')}, new_sums=True)
    (tmp_path / "b").mkdir()
    unpack.unpack(planted, tmp_path / "b")
    problems = verify.record_problems(tmp_path / "b", stages.of(tmp_path / "b", STUDY), [])
    assert [problem.kind for problem in problems] == ["environment"]
    assert f"its@{STUDY} ran with numpy 0." in problems[0].sentence


def test_an_honest_bundle_is_intact_and_agrees_with_its_record(honest, tmp_path):
    files = unpack.unpack(honest, tmp_path)
    assert verify.record_problems(tmp_path, stages.of(tmp_path, STUDY), []) == []
    assert f"{R}/its/its.json" in files


def test_a_truncated_zip_is_refused(honest, tmp_path):
    (tmp_path / "b.zip").write_bytes(honest.read_bytes()[:-1000])
    with pytest.raises(VerificationError, match=r"b\.zip: is not a whole zip file"):
        verify.verify(tmp_path / "b.zip", [], _never, lambda _: None)


def test_a_zip_with_a_damaged_file_is_refused(honest, tmp_path):
    content = bytearray(honest.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(VerificationError, match=r"b\.zip: is not a whole zip file"):
        verify.verify(tmp_path / "b.zip", [], _never, lambda _: None)


@pytest.mark.parametrize("missing", ["checksums.sha256", "bundle.json"])
def test_a_zip_that_is_no_bundle_is_refused(honest, tmp_path, missing):
    planted = tampered(
        honest, tmp_path / "b.zip", {missing: lambda _: None}, new_sums=missing == "bundle.json"
    )
    with pytest.raises(VerificationError, match=missing):
        verify.verify(planted, [], _never, lambda _: None)
