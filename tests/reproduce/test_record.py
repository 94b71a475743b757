"""The record of the environment: what a stage ran with, and nothing of whose machine it was."""

from __future__ import annotations

import getpass
import json
import platform
from importlib import metadata

from pipeline.reproduce import locks, record

from ..conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_it_names_python_packages_and_linear_algebra():
    taken = record.take(LOCK)
    assert taken["python"].endswith(platform.python_version())
    assert taken["packages"]["numpy"] == metadata.version("numpy")
    assert set(taken["packages"]) == set(locks.pins(LOCK))
    assert taken["blas"].split()[1][0].isdigit()


def test_it_names_no_user_host_path_or_time():
    text = json.dumps(record.take(LOCK))
    for word in (str(ROOT), platform.node(), f'"{getpass.getuser()}'):
        assert word not in text
    assert "/" not in text


def test_each_stage_that_ends_well_leaves_its_record_beside_the_results(clone, lasting):
    assert lasting("stage", "validate", "seatbelts").code == 0
    path = record.path_of(clone, "validate", "seatbelts")
    assert path == clone / "results" / "_environment" / "seatbelts" / "validate.json"
    assert json.loads(path.read_text(encoding="utf-8")) == record.take(LOCK)
    assert not (clone / "results" / "_data" / "seatbelts" / "environment.json").exists()


def test_a_package_that_is_not_installed_is_told_as_a_departure():
    assert locks.departures("no-such-package-of-ours==1.0 \\\n    --hash=sha256:00\n") == [
        "no-such-package-of-ours none (locked: 1.0)"
    ]
    assert locks.departures(f"numpy=={metadata.version('numpy')} \\\n    --hash=sha256:00\n") == []
