"""The tutorial, done as a reader would: every command is run, every change made, every output compared.

`python -m tests.test_tutorial` writes the outputs into the tutorial anew; look at what changed.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from .conftest import ROOT, copy_repository

pytestmark = [pytest.mark.functional, pytest.mark.xdist_group("tutorial")]

PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARIES = (
    (re.compile(r"\b\d+\.\d s\b"), "… s"),
    (re.compile(r"─+"), "─"),
    (re.compile(r"commit [0-9a-f]{12}, SHA-256 [0-9a-f]{12}…"), "commit …, SHA-256 …"),
)
"""How long things took, the width of a table that holds it, which commit it was, and the hash of the plan with
all its defaults, which a new key changes."""
DAY = "2025-11-03T09:00:00+00:00"


@pytest.fixture
def desk(tmp_path) -> Path:
    return _desk(tmp_path)


def test_every_command_of_the_tutorial_says_what_the_tutorial_says(desk):
    page = PAGE.read_text(encoding="utf-8")
    done = _done(page, desk)
    expected, said = ([_masked(line) for line in text.splitlines()] for text in (page, done))
    assert expected == said, "\n".join(difflib.unified_diff(expected, said, "docs/tutorial.md", "what is so"))


def test_the_tutorial_goes_all_the_way():
    page = PAGE.read_text(encoding="utf-8")
    for command in ("new", "check", "freeze", "run", "open", "power"):
        assert f"\n$ lasting {command} winter-flow" in page
    assert {kind for kind, _ in BLOCK.findall(page)} == {"console", "diff"}


def _desk(folder: Path) -> Path:
    """A clone under git, and beside it the command that an installation would have put on the path."""
    clone = copy_repository(folder / "clone")
    command = folder / "bin" / "lasting"
    command.parent.mkdir()
    command.write_text(
        f"#!{sys.executable}\nfrom pipeline.cli import main\n\nmain()\n",
        encoding="utf-8",
    )
    command.chmod(0o755)
    (clone / ".gitignore").write_text("results/\nreports/_site/\n.dvc/cache/\n.dvc/tmp/\n", encoding="utf-8")
    _said("git init --quiet && git add --all && git commit --quiet --message Clone", clone)
    return clone


def _said(command: str, clone: Path) -> str:
    """What a command says at a terminal in the clone; it must end well."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=clone,
        env={
            **{name: value for name, value in os.environ.items() if name != "LASTING_ROOT"},
            "PATH": f"{clone.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "100",
            "BROWSER": "true",  # which opens nothing
            **{f"GIT_{who}_DATE": DAY for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_NAME": "A reader" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "reader@example.org" for who in ("AUTHOR", "COMMITTER")},
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}"
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.strip("\n").splitlines() if line.strip())


def _done(page: str, clone: Path) -> str:
    """The page with what every command said in this clone, changes made on the way."""

    def redo(block: re.Match[str]) -> str:
        kind, text = block.groups()
        if kind == "diff":
            subprocess.run(["patch", "-p1", "--silent"], cwd=clone, input=text, text=True, check=True)
            return block.group()
        commands = [line for line in text.splitlines() if line.startswith(("$ ", "> "))]
        shown = ""
        for command in "\n".join(commands).removeprefix("$ ").split("\n$ "):
            shown += f"$ {command}\n" + _said(command.replace("\n> ", "\n"), clone)
        return f"```{kind}\n{shown}```"

    return BLOCK.sub(redo, page)


def _masked(line: str) -> str:
    """A line without what differs from run to run, and without padding."""
    for found, stands in VARIES:
        line = found.sub(stands, line)
    return re.sub(r" +", " ", line).rstrip()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(_done(PAGE.read_text(encoding="utf-8"), _desk(Path(folder))), encoding="utf-8")
