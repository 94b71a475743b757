"""Verification from end to end: an honest bundle agrees in every number, and a forged one is found out."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from pipeline import project, study
from pipeline.errors import SetupError
from pipeline.reproduce import bundle, rerun, verify
from pipeline.reproduce.certificate import Certificate
from pipeline.reproduce.comparison import Compared

from ..conftest import STUDY
from .conftest import DAY, lock, swap, tampered

R = f"results/{STUDY}"

pytestmark = pytest.mark.functional


def _quiet(_: str) -> None:
    pass


def test_an_honest_bundle_agrees_in_every_number_wherever_it_is_verified(
    honest, tmp_path, lasting, monkeypatch
):
    elsewhere = tmp_path / "a folder, ailleurs é"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("PYTHONHASHSEED", "77")
    shutil.copyfile(honest, "b.zip")
    said = lasting("verify", "b.zip", "--yes")
    assert said.code == 0, said.err
    assert "Reproduced exactly: every number, table, figure and document agrees" in said.out
    found = json.loads((elsewhere / "b-certificate" / "certificate.json").read_text(encoding="utf-8"))
    assert found["verdict"] == "exact"
    assert found["agreement"]["numbers"]["exact"] > 5000
    assert set(found["agreement"]["figure"]) == {"exact"}
    assert found["differences"] == found["damage"] == found["record"] == []
    assert found["environment"]["used"].startswith("this one: all ")
    assert found["environment"]["published_with"] == found["environment"]["rerun_with"]
    page = (elsewhere / "b-certificate" / "certificate.html").read_text(encoding="utf-8")
    assert "Reproduced exactly" in page
    for text in (page, json.dumps(found)):
        assert str(tmp_path) not in text
        assert not re.search(r"20\d\d-\d\d-\d\dT", text)


def test_what_was_forged_with_all_its_records_is_found_by_the_rerun_and_named(
    published, tmp_path, lasting, monkeypatch
):
    root = tmp_path / "forged"
    shutil.copytree(published, root, symlinks=True)
    numbers = json.loads((root / R / "its" / "its.json").read_text(encoding="utf-8"))
    effect = numbers["measures"]["drivers"]["effects"][0]
    effect["relative"] = effect["relative"] * 1.5
    (root / R / "its" / "its.json").write_text(json.dumps(numbers, indent=2), encoding="utf-8")
    for path, old, new in (
        (f"{R}/spc/spc-drivers.svg", "<svg", "<svg "),
        (f"reports/_site/{STUDY}/report.html", "14%", "21%"),
        (f"{R}/report/report.qmd", "14%", "21%"),
        (f"{R}/its/its.ipynb", "Interrupted time series", "Interrupted time serious"),
    ):
        (root / path).write_bytes(swap(old, new)((root / path).read_bytes()))
    _blot(root / R / "its" / "its-drivers.png")
    _shift(root / R / "series" / "drivers.parquet")
    lock(root)
    bundle.write(study.load(project.load(root), STUDY), tmp_path / "forged.zip", DAY)

    monkeypatch.chdir(tmp_path)
    said = lasting("verify", "forged.zip", "--yes", "-o", "c")
    assert said.code == 15
    found = json.loads((tmp_path / "c" / "certificate.json").read_text(encoding="utf-8"))
    assert found["verdict"] == "differs"
    assert {entry["path"] for entry in found["differences"]} == {
        f"{R}/its/its.json",
        f"{R}/its/its-drivers.png",
        f"{R}/its/its.ipynb",
        f"{R}/series/drivers.parquet",
        f"{R}/spc/spc-drivers.svg",
        f"{R}/report/report.qmd",
        f"reports/_site/{STUDY}/report.html",
    }
    digit = next(entry for entry in found["differences"] if entry["path"].endswith("its.json"))
    assert digit["count"] == 1
    assert digit["values"][0]["field"].startswith("measures.drivers.effects[")
    assert digit["values"][0]["relative"] == pytest.approx(1 / 3)
    assert f"{R}/its/its.json: measures.drivers.effects[" in said.out
    assert "(33%)" in said.out
    assert f"{R}/its/its-drivers.png: 16 pixels differ" in said.out
    assert "Likely cause: the published files were changed, and the records of them too" in said.out
    assert "Not reproduced" in said.out


def _blot(path):
    from PIL import Image

    image = Image.open(path).convert("RGB")
    for column in range(4):
        for row in range(4):
            image.putpixel((100 + column, 100 + row), (255, 0, 0))
    image.save(path)


def _shift(path):
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    values = table.column("value").to_pandas() + 1
    pq.write_table(table.set_column(table.column_names.index("value"), "value", [values]), path)


def test_a_plan_that_was_changed_and_can_not_run_is_named_as_the_likely_cause(honest, tmp_path):
    plan = {f"params/{STUDY}.yaml": swap("start: 1983-01-31", "start: 1993-01-31")}
    planted = tampered(honest, tmp_path / "b.zip", plan, new_sums=True)
    found = verify.verify(planted, [], lambda _: True, _quiet)
    assert found is not None
    assert found.verdict == "did not run"
    assert found.failure.startswith(
        f"The stage series@{STUDY} stopped: params/{STUDY}.yaml, interventions[1]"
    )
    assert found.cause == "Likely cause: the plan, which is not what the results were made from."
    assert not found.is_good


def test_what_is_about_to_run_is_told_and_a_no_runs_nothing(honest):
    told = []
    assert verify.verify(honest, [], lambda running: bool(told.append(running)), _quiet) is None
    assert told[0].commands[:2] == ("lasting stage code", "lasting stage validate seatbelts")
    assert told[0].code > 100
    assert not told[0].installs


def test_an_environment_that_can_not_be_made_says_why(honest, tmp_path):
    (tmp_path / "requirements.lock").write_text(
        f"no-such-package-of-ours==1.0 \\\n    --hash=sha256:{'0' * 64}\n", encoding="utf-8"
    )
    heard = []
    with pytest.raises(SetupError, match="The bundle's environment could not be made"):
        rerun.environment(tmp_path, tmp_path, heard.append)
    assert (
        "making an environment from the bundle's lock (this one has no-such-package-of-ours none" in heard[0]
    )


def _certificate(*compared, **more) -> Certificate:
    return Certificate("b.zip", "0" * 64, STUDY, "Title", 3, compared=tuple(compared), **more)


def test_the_verdict_is_the_worst_of_what_was_found():
    exact = Compared("a.json", "numbers", "exact", 5)
    near = Compared("b.json", "numbers", "within tolerance", 3)
    unlike = Compared("report.pdf", "document", "not compared", note="published by quarto, rerun by pandoc")
    assert _certificate(exact).verdict == "exact"
    assert _certificate(exact, near).verdict == "within tolerance"
    assert _certificate(near).verdict == "within tolerance"
    assert _certificate(exact, unlike).verdict == "within tolerance"
    assert _certificate(exact, Compared("c.svg", "figure", "differs")).verdict == "differs"
    assert _certificate().verdict == "not rerun"
    assert _certificate(exact, unlike).counts()["document"] == {"not compared": 1}


def test_where_nothing_else_differs_the_environment_is_the_likely_cause():
    differs = Compared("a.json", "numbers", "differs", 5)
    found = _certificate(differs, published_with="CPython 3.11.7", rerun_with="CPython 3.13.0")
    assert found.cause == (
        "Likely cause: the environment. Published with CPython 3.11.7; rerun with CPython 3.13.0."
    )


def _rendered(folder, engine, pdf, numbers='{"effect": 0.1}'):
    made = folder / "reports" / "_site" / STUDY
    made.mkdir(parents=True)
    (made / "engine.json").write_text(json.dumps({"engine": engine}), encoding="utf-8")
    (made / "report.pdf").write_bytes(pdf)
    (folder / "results").mkdir()
    (folder / "results" / "its.json").write_text(numbers, encoding="utf-8")
    return folder


def _agreements(published, rerun):
    return {one.path.rsplit("/", 1)[1]: one for one in verify.compared(published, rerun, ())}


def test_what_another_engine_rendered_is_not_compared_and_says_so(tmp_path):
    published = _rendered(tmp_path / "a", "quarto 1.9.38", b"one")
    other = _agreements(published, _rendered(tmp_path / "b", "pandoc 3.9", b"two"))["report.pdf"]
    assert other.agreement == "not compared"
    assert other.note == "published by quarto 1.9.38, rerun by pandoc 3.9"
    same = _agreements(published, _rendered(tmp_path / "c", "quarto 1.9.38", b"two"))["report.pdf"]
    assert same.agreement == "differs"


def test_what_is_made_from_numbers_that_are_near_can_not_be_the_same_bytes(tmp_path):
    published = _rendered(tmp_path / "a", "pandoc 3.9", b"one")
    found = _agreements(
        published, _rendered(tmp_path / "b", "pandoc 3.9", b"two", '{"effect": 0.10000000001}')
    )
    assert found["its.json"].agreement == "within tolerance"
    assert found["report.pdf"].agreement == "not compared"
