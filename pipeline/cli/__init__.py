"""The command line: it reads arguments, calls one function, and turns errors into exit codes.

Nothing heavy is imported before a command needs it, so that `lasting --help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli import planning, reviewing, stages, studies
from pipeline.cli.failures import DEBUG, sentence
from pipeline.errors import LastingError

__all__ = ["DEBUG", "app", "main", "sentence"]

app = typer.Typer(
    name="lasting",
    help="Did the change make things better, by how much, for whom, and did it last?",
    epilog="Exit codes: 0 done, 1 an error nobody expected, 2 wrong use, 10 plan, 11 contract, 12 data, "
    "13 analysis, 14 disclosure, 15 verification mismatch, 16 environment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lasting {__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks of errors; they may hold values of the data.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Did the change make things better, by how much, for whom, and did it last?"""


app.command()(studies.run)
app.command()(studies.check)
app.command(name="open")(studies.open_report)
app.command()(reviewing.freeze)
app.command()(studies.new)
app.command()(reviewing.bundle)
app.command()(reviewing.verify)
app.command()(studies.extract)
app.command()(reviewing.diff)
app.command()(studies.lab)
app.command()(studies.doctor)
app.command()(planning.power)
for command in (stages.schema, stages.inspector, stages.stage):
    app.command(hidden=True)(command)


def _interrupt(*_: object) -> None:
    """Being told to stop is like Ctrl-C: what runs is ended first."""
    raise KeyboardInterrupt


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
