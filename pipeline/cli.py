"""The command line: it reads arguments, calls one function, and turns errors into exit codes.

Nothing heavy is imported before a command needs it, so that `lasting --help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from datetime import datetime
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

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""For stages: the last digits of a sum must not depend on how many threads shared it."""

Studies = Annotated[list[str] | None, typer.Argument(help="Studies of params.yaml; all of them by default.")]

Study = Annotated[str, typer.Argument(metavar="STUDY", help="A study of params.yaml.")]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day; by default git's commit's."),
]


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
    from pipeline.reproduce import frozen

    found = project.load()
    failed = 0
    for name in studies or found.studies:
        try:
            loaded = study.load(found, name, tries_rules=True)
        except LastingError as error:
            typer.echo(str(error), err=True)
            failed = failed or error.exit_code
            continue
        typer.echo(f"{loaded.described}.")
        for line in frozen.told(found, loaded.plan):
            typer.echo(line)
    if failed:
        raise typer.Exit(failed)


@app.command(name="open")
def open_report(
    study: Annotated[str, typer.Argument(help="A study of params.yaml; the site if left out.")] = "",
) -> None:
    """Open a study's report, or the list of studies, in the browser, and print where it is."""
    import webbrowser

    from pipeline import project
    from pipeline.report import site

    found = project.load()
    page = site.page_of(found, study)
    typer.echo(found.name_of(page))
    webbrowser.open(page.as_uri())


@app.command()
def freeze(
    name: Study,
    date: Day = None,
    amend: Annotated[
        str | None, typer.Option("--amend", metavar="REASON", help="Add an amendment, with its reason.")
    ] = None,
) -> None:
    """Lay down a plan: later deviations from it are listed in the report and by `lasting check`."""
    from pipeline import project, study
    from pipeline.reproduce import frozen

    found = project.load()
    version = frozen.freeze(found, study.load(found, name).plan, date.date() if date else None, amend).now
    by = f"commit {version.commit[:12]}" if version.commit else "a plan that is not committed"
    typer.echo(f"{name}: frozen on {version.date} from {by}, SHA-256 {version.sha256[:12]}….")
    typer.echo(f"Commit {frozen.FOLDER}/{name}.json with the plan.")


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="STUDY", help="What to call it, as in falls-bundle.")],
    data: Annotated[Path, typer.Option(help="The file: a table with one row a period.")],
    period: Annotated[
        str | None, typer.Option(help="The column that dates the rows, or `year,month`, or none.")
    ] = None,
    every: Annotated[str | None, typer.Option(help="A period: day, week, month, quarter or year.")] = None,
    first: Annotated[
        str | None, typer.Option(help="When the first row's period began, where no column says.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Only rows with COLUMN=VALUE; may be repeated.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="The column to evaluate.")] = None,
    denominator: Annotated[str | None, typer.Option(help="The column it comes out of, or none.")] = None,
    kind: Annotated[str | None, typer.Option(help="count, value, mean; rate, proportion.")] = None,
    per: Annotated[str | None, typer.Option(help="Of how many a rate tells, as 1000.")] = None,
    better: Annotated[str | None, typer.Option(help="lower, higher or neither.")] = None,
    start: Annotated[str | None, typer.Option(help="When the change began, as 2023-04-01.")] = None,
    label: Annotated[str | None, typer.Option(help="What the change is called.")] = None,
    title: Annotated[str | None, typer.Option(help="The study's title.")] = None,
    question: Annotated[str | None, typer.Option(help="What is asked, in one plain question.")] = None,
    public: Annotated[
        bool | None, typer.Option("--public/--not-public", help="Every number may be shown to anyone.")
    ] = None,
) -> None:
    """Start a study from a file: a plan and a draft contract, from what the file is and what you answer."""
    from pipeline import project, terminal
    from pipeline.drafting import new as drafts
    from pipeline.drafting.questions import Options, every_given, settled
    from pipeline.drafting.seen import look

    found = project.load(may_be_empty=True)
    drafts.refuse_taken(found, name)
    given = Options(
        period,
        every,
        first,
        tuple(only or ()),
        outcome,
        denominator,
        kind,
        per,
        better,
        start,
        label,
        title,
        question,
    )
    seen = look(data, period, every_given(every), first, given.only)
    typer.echo(seen.described)
    choices = settled(seen, given, terminal.ask)
    is_public = terminal.confirmed("May every number in the file be shown to anyone?", public)
    made = drafts.write(found, name, seen, choices, is_public)
    terminal.show_made(made)


@app.command()
def bundle(
    name: Study,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="By default STUDY.zip, here.")
    ] = None,
    date: Day = None,
) -> None:
    """Pack a study that was run into one zip (an RO-Crate) that a stranger can verify."""
    from pipeline import project, study
    from pipeline.reproduce import bundle as bundles

    loaded = study.load(project.load(), name)
    made = bundles.write(loaded, output or Path(f"{name}.zip"), date.date() if date else None)
    typer.echo(f"{made.path}: {made.files} files, {made.path.stat().st_size / 1e6:.1f} MB")
    for path in made.withheld:
        typer.echo(f"withheld, as the contract says: {path} (its hash is in the bundle)")
    typer.echo(f"SHA-256 {made.sha256}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A zip that `lasting bundle` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Run the bundle's code without asking.")] = False,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="FILE", help="A raw file that is withheld; once for each."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="For the certificate; by default here."),
    ] = None,
) -> None:
    """Rerun a bundle from its data and compare every number with the published one."""
    from pipeline.reproduce import verify as verification
    from pipeline.terminal import ask_to_run, show_certificate

    found = verification.verify(file, data or [], lambda running: yes or ask_to_run(running), _tell)
    if found is None:
        typer.echo("Nothing was run and nothing is certified; --yes runs it without asking.", err=True)
        raise typer.Exit(2)
    folder = output or Path(f"{file.stem}-certificate")
    verification.write(found, folder)
    show_certificate(found, folder)
    if not found.is_good:
        raise typer.Exit(15)


@app.command()
def extract(
    datasets: Annotated[
        list[str] | None,
        typer.Argument(help="Datasets of params.yaml; by default all whose contracts name a database."),
    ] = None,
) -> None:
    """Take a snapshot of a database's rows, as a contract asks for them, to data/raw."""
    from pipeline import project
    from pipeline.contract import extract as extracts
    from pipeline.contract import model

    found = project.load()
    contracts = [model.load(found, name) for name in datasets or found.raw]
    wanted = [contract for contract in contracts if datasets or contract.server.database]
    for contract in wanted:
        before = extracts.record_of(found.root / contract.raw)
        made = extracts.run(found.root, contract)
        same = "the same rows as before" if before == made else f"SHA-256 {made.sha256[:12]}"
        typer.echo(f"{contract.raw}: {made.rows} {'row' if made.rows == 1 else 'rows'}, {same}.")
    if not wanted:
        typer.echo("No contract names a database: there is nothing to extract.")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A bundle, a git revision, or `.` (here).")],
    after: Annotated[str, typer.Argument(metavar="B", help="The same; told is what A became in B.")] = ".",
    name: Annotated[
        str | None, typer.Argument(metavar="STUDY", help="Needed where both sides have several.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Say what differs between two bundles or revisions: plan, data, environment, and every number."""
    import tempfile

    from pipeline import results
    from pipeline.reproduce import difference, sides
    from pipeline.terminal import show_difference

    with tempfile.TemporaryDirectory(prefix="lasting-diff-") as folder:
        one, other = (
            sides.open_side(word, Path(folder) / side) for word, side in ((before, "a"), (after, "b"))
        )
        found = difference.between(one, other, sides.study_of(one, other, name))
    if as_json:
        typer.echo(results.to_json(found.as_dict()), nl=False)
    else:
        show_difference(found)


@app.command()
def lab(name: Annotated[str, typer.Argument(metavar="STUDY", help="A study of params.yaml.")]) -> None:
    """Open a study's notebooks in JupyterLab: copies in scratch/, with its name filled in."""
    from pipeline import lab as labs
    from pipeline import project

    found = project.load()
    places = labs.copies(found, name)
    for place in places:
        typer.echo(found.name_of(place))
    raise typer.Exit(labs.open_lab(found, name, places))


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
def inspector() -> None:
    """Validate the datasets that stages ask for (`lasting run` starts this)."""
    from functools import partial

    from pipeline import inspector as inspecting
    from pipeline import project
    from pipeline.stages import validate

    inspecting.serve(partial(validate.inspect, project.load()))


@app.command(hidden=True)
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


def _tell(what: str) -> None:
    typer.echo(what, err=True)


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
