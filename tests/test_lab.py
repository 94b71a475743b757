"""`lasting lab`: copies of the notebooks that know their study, and none of the repository's own touched."""

from __future__ import annotations

import nbformat

from pipeline import lab, notebooks, project

from .conftest import STUDY


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
