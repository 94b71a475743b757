"""The environment is frozen once: every file that names versions names the same ones."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from pipeline import environment
from pipeline.reproduce import locks

from .conftest import ROOT, edit

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LAB = (ROOT / "requirements-lab.lock").read_text(encoding="utf-8")


def _pins(lock: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for line in re.findall(r"^([A-Za-z0-9][^\\\n]*)", lock, flags=re.MULTILINE):
        requirement = Requirement(line.strip())
        pins.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier))
    return pins


def test_the_lab_lock_only_adds_to_the_lock():
    lock, lab = _pins(LOCK), _pins(LAB)
    assert {name: pins for name, pins in lab.items() if name in lock} == lock
    assert "jupyterlab" in lab
    assert "jupyterlab" not in lock


def test_every_dependency_is_pinned_with_hashes_and_no_address():
    for lock in (LOCK, LAB):
        entries = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
        assert all("--hash=sha256:" in entry for entry in entries)
        assert all(pin.startswith("==") for pins in _pins(lock).values() for pin in pins)
        assert "://" not in lock


def test_what_the_project_asks_for_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    lock = _pins(LOCK)
    for text in asked:
        requirement = Requirement(text)
        pins = lock[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(pin.removeprefix("==")) for pin in pins), text
    assert SpecifierSet(project["requires-python"]).contains("3.13.0")


def test_conda_installs_the_same_lock_a_python_it_is_made_for_and_a_pinned_quarto():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    named = dict(entry.split("=", 1) for entry in conda if isinstance(entry, str) and "=" in entry)
    assert environment.OLDEST <= tuple(map(int, named["python"].split("."))) <= environment.NEWEST
    assert re.fullmatch(r"\d+\.\d+\.\d+", named["quarto"])
    pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    assert pip == ["--require-hashes", "-r requirements-lab.lock"]


def test_the_version_is_the_same_everywhere():
    version = metadata.version("lasting")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert version == project["version"] == citation["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_doctor_finds_this_environment_as_locked(clone, lasting):
    said = lasting("doctor")
    assert said.code == 0, said.out
    for what in ("Python", "Repository", "Packages", "Rendering", "Bytecode"):
        assert what in said.out
    assert "as locked" in said.out


def test_the_doctor_names_packages_that_differ_from_the_lock(clone, lasting):
    pinned = locks.pins(LOCK)["pandas"]
    edit(clone / "requirements.lock", f"pandas=={pinned} ", "pandas==0.1 ")
    said = lasting("doctor")
    assert said.code == 16
    assert f"pandas {pinned} (locked: 0.1); run `make setup`" in " ".join(said.out.split())


def test_the_doctor_outside_a_repository_says_so(tmp_path, monkeypatch, lasting):
    monkeypatch.delenv("LASTING_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    said = lasting("doctor")
    assert said.code == 16
    assert "not inside a Lasting repository" in " ".join(said.out.split())
