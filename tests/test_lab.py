"""`lasting lab`: copies of the notebooks that know their study, and none of the repository's own touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest

from pipeline import lab, notebooks, project

from .conftest import ROOT, STUDY


def test_copies_have_the_study_filled_in_and_the_notebooks_stay_as_they_were(clone):
    before = {path.name: path.read_bytes() for path in (clone / "notebooks").iterdir()}
    made = lab.copies(project.load(clone), STUDY)
    assert [path.relative_to(clone).as_posix() for path in made] == [
        f"scratch/{STUDY}/its.ipynb",
        f"scratch/{STUDY}/spc.ipynb",
    ]
    copy = nbformat.read(made[1], as_version=4)
    assert notebooks.parameters_of(copy, "spc.ipynb") == ["study", "output"]
    told = next(cell.source for cell in copy.cells if "parameters" in cell.metadata.get("tags", []))
    assert told == f'study = "{STUDY}"\noutput = "scratch/{STUDY}/spc"'
    assert {path.name: path.read_bytes() for path in (clone / "notebooks").iterdir()} == before


def test_what_was_changed_in_a_copy_is_kept(clone):
    found = project.load(clone)
    first = lab.copies(found, STUDY)[0]
    first.write_text("mine", encoding="utf-8")
    assert lab.copies(found, STUDY)[0].read_text(encoding="utf-8") == "mine"


def test_without_jupyterlab_the_sentence_says_how_to_get_it(clone, lasting, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    said = lasting("lab", STUDY)
    assert (said.code, said.err.strip()) == (
        16,
        "JupyterLab is not installed in this environment; `make lab` installs and opens it.",
    )


def test_an_unknown_study_is_refused(clone, lasting):
    assert lasting("lab", "seat-belt").code == 10


@pytest.mark.functional
def test_jupyterlab_opens_the_first_copy_and_ends_with_the_command(clone, tmp_path):
    told = tmp_path / "told"
    waits = f"import os, pathlib, sys, time; pathlib.Path({str(told)!r}).write_text("
    waits += "f'{os.getpid()} {sys.argv[-1]}\\n'); time.sleep(60)"
    for module, does in {"dvc": "", "jupyterlab": waits}.items():  # both stand in for themselves
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("", encoding="utf-8")
        (tmp_path / module / "__main__.py").write_text(does, encoding="utf-8")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    running = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "lab", STUDY],
        env={**os.environ, "LASTING_ROOT": str(clone), "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + 30
    while not (told.is_file() and told.read_text(encoding="utf-8").endswith("\n")):
        assert time.monotonic() < until
        time.sleep(0.05)
    server, opened = told.read_text(encoding="utf-8").split()
    assert opened == f"scratch/{STUDY}/its.ipynb"
    running.send_signal(signal.SIGTERM)
    running.wait(20)
    with pytest.raises(ProcessLookupError):
        os.kill(int(server), 0)
