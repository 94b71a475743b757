"""The command line: it reads arguments, calls one function, and turns errors into exit codes.

Nothing heavy is imported before a command needs it, so that `lasting --help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline import __version__
from pipeline.errors import LastingError
from pipeline.stages import STAGES

app = typer.Typer(
    name="lasting",
    help="Did the change make things better, by how much, for whom, and did it last?",
    epilog="Exit codes: 0 done, 2 wrong use, 10 plan, 11 contract, 12 data, 13 analysis, 14 disclosure, "
    "15 verification mismatch, 16 environment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DEBUG = "LASTING_DEBUG"
"""Set for the stages that a run starts, so that theirs are tracebacks too."""

Studies = Annotated[list[str] | None, typer.Argument(help="Studies of params.yaml; all of them by default.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lasting {__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Did the change make things better, by how much, for whom, and did it last?"""


@app.command()
def run(
    studies: Studies = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Studies to run side by side.")] = 1,
) -> None:
    """Bring studies up to date: only what has changed is run again."""
    from pipeline import project, runs
    from pipeline.terminal import Progress, show_outcomes

    found = project.load()
    names = list(dict.fromkeys(studies or found.studies))
    try:
        with Progress() as progress:
            outcomes = runs.run(found, names, jobs, progress.update)
    except KeyboardInterrupt:
        typer.echo("Stopped. What was finished is kept, and nothing is half-written.", err=True)
        raise typer.Exit(130) from None
    show_outcomes(found, outcomes)
    if codes := [outcome.exit_code for outcome in outcomes if outcome.exit_code]:
        raise typer.Exit(codes[0])


@app.command()
def check(studies: Studies = None) -> None:
    """Read plans and contracts and say what is wrong with them; runs nothing, reads no data."""
    from pipeline import project, study

    found = project.load()
    failed = 0
    for name in studies or found.studies:
        try:
            loaded = study.load(found, name)
        except LastingError as error:
            typer.echo(str(error), err=True)
            failed = failed or error.exit_code
            continue
        plan = loaded.plan
        measures = _counted(len(plan.measures), "measure")
        change = f"{plan.intervention.label} from {plan.intervention.start}"
        typer.echo(f"{name}: the plan and the contract are sound ({measures}, {change}).")
    if failed:
        raise typer.Exit(failed)


@app.command()
def doctor() -> None:
    """Say what this environment has: Python, packages, rendering engine, and what is missing."""
    from pipeline import environment
    from pipeline.terminal import show_doctor

    findings = environment.examine()
    show_doctor(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(16)


@app.command()
def power(
    study: Annotated[
        str | None, typer.Argument(help="A study of params.yaml, whose plan and data are used.")
    ] = None,
    before: Annotated[int | None, typer.Option(min=1, help="Periods before the change.")] = None,
    after: Annotated[
        list[int] | None, typer.Option(min=1, help="Periods after it; give it again to compare lengths.")
    ] = None,
    noise: Annotated[
        float | None, typer.Option(help="Standard deviation about trend and season, in the measure's units.")
    ] = None,
    rho: Annotated[
        float | None, typer.Option(help="Autocorrelation of neighbouring periods, from −1 to 1.")
    ] = None,
    waves: Annotated[int | None, typer.Option(min=0, help="Seasonality: waves a cycle.")] = None,
    cycle: Annotated[int | None, typer.Option(min=2, help="Periods in a cycle (12 for months).")] = None,
    impact: Annotated[
        Literal["level", "slope", "level-and-slope"] | None, typer.Option(help="What changes.")
    ] = None,
    model: Annotated[
        Literal["auto", "reml-ar1", "averaged-ar1", "ols", "newey-west", "prais-winsten"] | None,
        typer.Option(help="The model that will be used."),
    ] = None,
    target: Annotated[
        float, typer.Option("--power", help="How often a change of that size should be found.")
    ] = 0.8,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the power curve to this .svg or .png file.")
    ] = None,
) -> None:
    """Say how large a change must be for a planned study to find it.

    Series like the study's are simulated, and analysed as it will be.

    With STUDY its plan says how, and its data before the change how noisy
    they are; data after the change are not looked at. What is given here
    goes before both. Without a study, --before, --after and --noise are
    needed:

        lasting power --before 24 --after 12 --rho 0.3 --noise 10
    """
    from pipeline import project
    from pipeline.evaluation import power as evaluated
    from pipeline.terminal import show_power

    lengths = tuple(dict.fromkeys(after or ()))
    if not study and not (before and lengths and noise):
        raise typer.BadParameter("without a study, --before, --after and --noise are needed.")
    if output and (output.suffix not in (".svg", ".png") or not output.parent.is_dir()):
        raise typer.BadParameter(f"-o {output}: should end in .svg or .png, in a folder that exists.")
    options = {
        "before": before,
        "after": lengths[0] if lengths else None,
        "sd": noise,
        "rho": rho,
        "harmonics": waves,
        "period": cycle,
        "impact": impact,
        "model": model,
    }
    planned = evaluated.planned(project.load(), study, options) if study else evaluated.given(options)
    found = evaluated.detectable(planned, lengths, target)
    show_power(found, planned.level, planned.notes)
    if output:
        evaluated.save_chart(found[-1], output)
        typer.echo(f"The power curve is in {output}.")


@app.command(hidden=True)
def schema() -> None:
    """Write params/plan.schema.json, which editors use to complete and check plans."""
    from pipeline import plan, project, results

    results.write_whole(project.find_root() / "params" / "plan.schema.json", plan.json_schema())


@app.command(hidden=True)
def stage(name: str, item: Annotated[str, typer.Argument()] = "") -> None:
    """Run one stage of dvc.yaml (DVC calls this)."""
    import importlib

    from pipeline import events, project

    if name not in STAGES:
        raise typer.BadParameter(f"there is no stage {name}; the stages are {', '.join(STAGES)}.")
    began = time.monotonic()
    events.record(events.Event(name, item, "started"))
    try:
        module = importlib.import_module(f"pipeline.stages.{name}")
        found = project.load()
        module.run(found, item) if item else module.run(found)
    except Exception as error:
        code = error.exit_code if isinstance(error, LastingError) else 1
        spent = time.monotonic() - began
        said = traceback.format_exc() if os.environ.get(DEBUG) else sentence(error)
        events.record(events.Event(name, item, "failed", spent, code, said))
        raise
    events.record(events.Event(name, item, "finished", time.monotonic() - began))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _interrupt(*_: object) -> None:
    """Being told to stop is like Ctrl-C: what runs is ended first."""
    raise KeyboardInterrupt


def sentence(error: Exception) -> str:
    """Gives what a user should read of an error."""
    if isinstance(error, LastingError):
        return str(error)
    said = str(error).splitlines()[0] if str(error) else "no details"
    return (
        f"Lasting met an error it did not expect ({type(error).__name__}: {said}); "
        "run the same command as `lasting --debug ...` and report what it shows."
    )


def main() -> None:
    """Runs the command line; every error is a sentence on standard error and an exit code."""
    if "--debug" in sys.argv:
        os.environ[DEBUG] = "1"
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(sentence(error), err=True)
        sys.exit(error.exit_code if isinstance(error, LastingError) else 1)
