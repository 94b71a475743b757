"""The commands that people don't type: what DVC, a run, and an editor's schema call."""

from __future__ import annotations

import os
import time
import traceback
from typing import Annotated

import typer

from pipeline.cli.failures import DEBUG, sentence
from pipeline.errors import LastingError
from pipeline.stages import STAGES

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""For stages: the last digits of a sum must not depend on how many threads shared it."""


def schema() -> None:
    """Write params/plan.schema.json, which editors use to complete and check plans."""
    from pipeline import plan, project, results

    results.write_whole(project.find_root() / "params" / "plan.schema.json", plan.json_schema())


def inspector() -> None:
    """Validate the datasets that stages ask for (`lasting run` starts this)."""
    from functools import partial

    from pipeline import inspector as inspecting
    from pipeline import project
    from pipeline.stages import validate

    inspecting.serve(partial(validate.inspect, project.load()))


def stage(name: str, item: Annotated[str, typer.Argument()] = "") -> None:
    """Run one stage of dvc.yaml (DVC calls this)."""
    import importlib

    from pipeline import events, project
    from pipeline.reproduce import record

    os.environ |= ONE_THREAD
    if name not in STAGES:
        raise typer.BadParameter(f"there is no stage {name}; the stages are {', '.join(STAGES)}.")
    began = time.monotonic()
    events.record(events.Event(name, item, "started"))
    try:
        module = importlib.import_module(f"pipeline.stages.{name}")
        found = project.load()
        module.run(found, item) if item else module.run(found)
        if item:
            record.write(found, name, item)
    except Exception as error:
        code = error.exit_code if isinstance(error, LastingError) else 1
        spent = time.monotonic() - began
        said = traceback.format_exc() if os.environ.get(DEBUG) else sentence(error)
        events.record(events.Event(name, item, "failed", spent, code, said))
        raise
    events.record(events.Event(name, item, "finished", time.monotonic() - began))
