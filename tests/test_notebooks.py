"""What papermill lets pass is refused: unknown or unused parameters, dead kernels, missing outputs."""

from __future__ import annotations

import nbformat
import pytest

from pipeline import notebooks
from pipeline.errors import AnalysisError, DataError

from .conftest import ROOT

PARAMETERS = 'study = "a"\noutput = "out"'
WRITE = 'from pathlib import Path\nPath(output, "found.json").write_text(study)'


def _notebook(path, *cells: str, parameters: str | None = PARAMETERS):
    made = nbformat.v4.new_notebook()
    if parameters is not None:
        made.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    path.write_text(notebooks.as_text(made), encoding="utf-8")
    return path


def _run(tmp_path, *cells, given=None, **how):
    (tmp_path / "out").mkdir(exist_ok=True)
    source = _notebook(tmp_path / "its.ipynb", *cells, **how)
    outputs = [tmp_path / "out" / "found.json"]
    notebooks.execute(
        source,
        tmp_path / "out" / "its.ipynb",
        {"study": "b", "output": "out"} if given is None else given,
        outputs,
        tmp_path,
    )
    return tmp_path / "out" / "its.ipynb"


def test_a_notebook_runs_with_its_parameters_and_leaves_the_same_bytes_twice(tmp_path):
    first = _run(tmp_path, WRITE, "print(study)\n1 + 1").read_bytes()
    assert (tmp_path / "out" / "found.json").read_text() == "b"
    assert _run(tmp_path, WRITE, "print(study)\n1 + 1").read_bytes() == first
    kept = first.decode()
    for changing in ("papermill", "execution", "version", str(tmp_path), "iopub"):
        assert changing not in kept.replace("execution_count", ""), changing


@pytest.mark.parametrize(
    ("cells", "how", "said"),
    [
        ([WRITE], {"given": {"studdy": "b"}}, "has no parameter studdy; it declares study, output"),
        (["print(output)"], {}, "declares the parameter study and never uses it"),
        ([WRITE], {"parameters": None}, "needs one cell tagged `parameters`, and has 0"),
        (["print(study, output)"], {}, r"ran, but did not write found.json"),
        ([WRITE, "1 / 0"], {}, "cell 4 failed with ZeroDivisionError; run `lasting --debug"),
        ([WRITE, "def :"], {}, r"cell 3 is not Python \(invalid syntax, line 1 of the cell\); mend it"),
        ([WRITE], {"parameters": "study = = 1"}, r"cell 1 is not Python \(invalid syntax, line 1"),
        (
            [WRITE, "study = 2"],
            {"parameters": PARAMETERS + "\nextra = 1\n"},
            "declares the parameter extra and",
        ),
        (["study = output"], {}, "declares the parameter study and never uses it"),
        ([WRITE, "import os\nos._exit(1)"], {}, "the kernel died while it ran"),
    ],
)
def test_what_would_let_a_wrong_result_through_is_refused(tmp_path, cells, how, said):
    with pytest.raises(AnalysisError, match=said):
        _run(tmp_path, *cells, **how)
    assert not (tmp_path / "out" / "its.ipynb").exists()
    assert not list((tmp_path / "out").glob("*.running.ipynb"))


def test_magics_are_code_and_parameters_may_be_annotated(tmp_path):
    annotated = 'study: str = "a"\noutput: str = "out"'
    magics = ("%matplotlib inline\n" + WRITE, "%time print(study)", "await __import__('asyncio').sleep(0)")
    _run(tmp_path, *magics, parameters=annotated)
    assert (tmp_path / "out" / "found.json").read_text() == "b"


def test_a_parameter_that_only_a_magic_reads_is_used(tmp_path):
    _run(tmp_path, "from pathlib import Path", '%time Path(output, "found.json").write_text(study)')
    assert (tmp_path / "out" / "found.json").read_text() == "b"


def test_an_error_of_ours_in_a_cell_comes_out_as_itself(tmp_path):
    raising = 'from pipeline.errors import DataError\nraise DataError("The file is empty; fill it.")'
    with pytest.raises(DataError, match=r"^The file is empty; fill it\.$"):
        _run(tmp_path, WRITE, raising)


def test_a_file_that_is_no_notebook_is_a_sentence(tmp_path):
    with pytest.raises(AnalysisError, match=r"there is no such notebook"):
        notebooks.execute(tmp_path / "no.ipynb", tmp_path / "x.ipynb", {}, [], tmp_path)
    (tmp_path / "bad.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(AnalysisError, match="is not a notebook that can be read"):
        notebooks.execute(tmp_path / "bad.ipynb", tmp_path / "x.ipynb", {}, [], tmp_path)


@pytest.mark.parametrize("name", ["its.ipynb", "spc.ipynb"])
def test_the_kept_notebooks_are_stripped_and_run_as_they_stand(name):
    text = (ROOT / "notebooks" / name).read_text(encoding="utf-8")
    parsed = nbformat.reads(text, as_version=4)
    assert notebooks.parameters_of(parsed, name) == ["study", "output"]
    assert notebooks.as_text(notebooks.stripped(parsed)) == text


def test_a_warning_in_a_kept_notebook_names_no_folder_of_the_machine(tmp_path):
    warning = "import warnings\nwarnings.warn_explicit('odd', UserWarning, '/home' + '/jo/odd.py', 3)"
    kept = _run(tmp_path, WRITE, warning).read_text(encoding="utf-8")
    assert "odd.py:3: UserWarning: odd" in kept
    assert "/home/jo" not in kept
