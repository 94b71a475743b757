"""The commands of a reviewer: freeze, bundle, verify, and say what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.arguments import Day, Study


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


def _tell(what: str) -> None:
    typer.echo(what, err=True)
