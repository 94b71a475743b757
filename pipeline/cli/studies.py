"""The commands of an analyst: start a study, check it, run it, look at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.arguments import Studies
from pipeline.errors import LastingError


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
        list[str] | None, typer.Option(help="Only rows with COLUMN=VALUE, or COLUMN!=VALUE; may be repeated.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="The column to evaluate.")] = None,
    denominator: Annotated[str | None, typer.Option(help="The column it comes out of, or none.")] = None,
    kind: Annotated[str | None, typer.Option(help="count, value, mean; rate, proportion.")] = None,
    per: Annotated[str | None, typer.Option(help="Of how many a rate tells, as 1000.")] = None,
    better: Annotated[str | None, typer.Option(help="lower, higher or neither.")] = None,
    start: Annotated[str | None, typer.Option(help="When the change began, as 2023-04-01.")] = None,
    units: Annotated[
        str | None, typer.Option(help="Of several sites those that got it, parted by commas; or all.")
    ] = None,
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
        units,
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


def lab(name: Annotated[str, typer.Argument(metavar="STUDY", help="A study of params.yaml.")]) -> None:
    """Open a study's notebooks in JupyterLab: copies in scratch/, with its name filled in."""
    from pipeline import lab as labs
    from pipeline import project

    found = project.load()
    places = labs.copies(found, name)
    for place in places:
        typer.echo(found.name_of(place))
    raise typer.Exit(labs.open_lab(found, name, places))


def doctor() -> None:
    """Say what this environment has: Python, packages, rendering engine, and what is missing."""
    from pipeline import environment
    from pipeline.terminal import show_doctor

    findings = environment.examine()
    show_doctor(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(16)
