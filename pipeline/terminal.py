"""What a person sees in the terminal: progress while studies run, and tables of what came out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.prompt import Confirm, Prompt
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pipeline import results
from pipeline.events import Event
from pipeline.project import Project
from pipeline.reproduce.fields import is_of_a_period

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.drafting.new import Made
    from pipeline.drafting.questions import Question
    from pipeline.environment import Finding
    from pipeline.its.power import Detectable
    from pipeline.reproduce.certificate import Certificate
    from pipeline.reproduce.comparison import Compared
    from pipeline.reproduce.difference import Difference
    from pipeline.reproduce.verify import Running
    from pipeline.runs import Outcome

LARGEST = 15
"""Changes that a terminal lists of each part."""
AGREEMENTS = ("exact", "within tolerance", "differs", "not compared")
MARKS = {"fine": ("✓", "green"), "note": ("!", "yellow"), "missing": ("✗", "red")}
WORDS = {
    "code": "looking at the code",
    "validate": "checking the data",
    "series": "making the series",
    "its": "fitting the time series",
    "spc": "drawing control charts",
    "groups": "looking at sites and groups",
    "network": "comparing who names whom",
    "report": "writing the report",
    "render": "rendering it",
    "site": "listing the studies",
}


class Progress:
    """What is running now, on one line; on a terminal that can't redraw, a line a stage."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._now: dict[str, str] = {}
        self._live = Live(console=self._console, transient=True, refresh_per_second=12)

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live.start()
            self._show("looking for what has changed")
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def update(self, event: Event) -> None:
        """Takes note of an event."""
        where = f"{event.item}: " if event.item else ""
        if not self._console.is_terminal:
            if event.what == "finished":
                self._console.print(
                    f"{where}{WORDS[event.stage]}, {event.seconds:.1f} s", highlight=False, soft_wrap=True
                )
            return
        if event.what == "started":
            self._now[event.item] = f"{where}{WORDS[event.stage]}"
        else:
            self._now.pop(event.item, None)
        self._show(" · ".join(self._now.values()) or "looking for what has changed")

    def _show(self, text: str) -> None:
        self._live.update(Spinner("dots", Text(text)), refresh=True)


def show_outcomes(project: Project, outcomes: Sequence[Outcome]) -> None:
    """Prints a table of the studies and what came out, and then the sentence of each failure."""
    console = Console()
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Study", no_wrap=True)
    table.add_column("What came out", overflow="fold")
    table.add_column("Time", justify="right", no_wrap=True)
    for outcome in outcomes:
        if outcome.exit_code:
            table.add_row(outcome.study, Text("stopped", style="red"), _time(outcome))
            continue
        summary = results.read_json(project.results("_studies", f"{outcome.study}.json"))
        link = f"reports/_site/{outcome.study}/{summary['files'][0]}"
        target = (project.root / link).resolve().as_uri()
        said = Text.assemble(summary["verdict"], "\n", (link, f"dim link {target}"))
        table.add_row(outcome.study, said, _time(outcome))
    console.print(table)
    errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    for outcome in outcomes:
        if outcome.exit_code:
            errors.print(f"{outcome.study}: {outcome.message}")
    stopped = sum(bool(outcome.exit_code) for outcome in outcomes)
    if stopped < len(outcomes):
        stale = " (what stopped is there as it was before)" if stopped else ""
        console.print(f"All studies: reports/_site/index.html{stale}", highlight=False)


def show_power(found: Sequence[Detectable], level: float | None, notes: Sequence[str]) -> None:
    """Prints the smallest changes that are found, a row each, and what they rest on.

    `level`, the measure's usual value, gives them as shares too.
    """
    from pipeline.its.alt_text import spoken_number

    console = Console(highlight=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Change", no_wrap=True)
    table.add_column("Periods after", justify="right")
    table.add_column(f"Found {found[0].power:.0%} of the time from", justify="right")
    if level:
        table.add_column("Of the usual level", justify="right")
    table.add_column("At best*", justify="right")
    for each in found:
        for name, row in each.table.iterrows():
            smallest, known = float(row["minimum_detectable"]), float(row["known"])
            share = [f"{smallest / abs(level):.1%}" if smallest < float("inf") else "never"] if level else []
            said = spoken_number(smallest, smallest) if smallest < float("inf") else "never"
            cells = [CHANGES[str(name)], str(each.setting.after), said, *share, spoken_number(known, known)]
            table.add_row(*cells)
    console.print(table)
    for sentence in (
        *(each.sentence for each in found),
        *notes,
        "* were the autocorrelation known, as it never is; no honest method does better.",
    ):
        console.print(sentence, soft_wrap=True)


CHANGES = {
    "level_change": "Change of level",
    "slope_change": "Change of slope, a period",
    "average": "Average effect",
}


def show_doctor(findings: Sequence[Finding]) -> None:
    """Prints the findings of `lasting doctor`."""
    console = Console(highlight=False)
    for finding in findings:
        mark, colour = MARKS[finding.state]
        line = Text.assemble((mark, colour), f" {finding.what:<11} {finding.said}")
        console.print(line, soft_wrap=True)


def ask(question: Question) -> str | None:
    """Asks a person, and gives the answer; None where nobody is at the terminal."""
    if not sys.stdin.isatty():
        return None
    if question.known:
        return str(Prompt.ask(question.words, choices=list(question.known), default=question.default))
    return str(Prompt.ask(question.words, default=question.default))


def confirmed(words: str, given: bool | None) -> bool:
    """Gives a yes or a no: as given, or as a person says; no where nobody is at the terminal."""
    if given is not None or not sys.stdin.isatty():
        return bool(given)
    return Confirm.ask(words, default=False)


def show_made(made: Made) -> None:
    """Prints what `lasting new` wrote, that it is sound, and what to do next."""
    console = Console(highlight=False, soft_wrap=True)
    width = max(len(place) for place, _ in made.files)
    for place, words in made.files:
        console.print(Text.assemble("  ", f"{place:<{width}}  ", (words, "dim")))
    name = made.study.plan.study
    console.print(Text(f"{made.study.described}."))
    if made.is_large:
        console.print(
            Text(f"The table is large: keep it out of git with `dvc add {made.study.contract.raw}`.")
        )
    console.print(
        Text(f"Next: read params/{name}.yaml through; `lasting run {name}`; `lasting open {name}`.")
    )


def ask_to_run(running: Running) -> bool:
    """Says what of a bundle is about to be run, and asks; no answer is a no."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    console.print(
        f"This bundle ({running.title}) brings its own code: {running.code} files of Python and notebooks. "
        "They will run on this machine with your rights, in a temporary folder:"
    )
    for command in running.commands:
        console.print(f"  {command}")
    if running.installs:
        console.print("Before that, the packages of its lock are installed into a new environment.")
    try:
        return console.input("Run it? [y/N] ", markup=False).strip().lower() in ("y", "yes")
    except EOFError:
        return False


def show_certificate(certificate: Certificate, folder: Path) -> None:
    """Prints what a verification found: what agrees, what differs, the verdict, where the certificate is."""
    console = Console(highlight=False, soft_wrap=True)
    if certificate.compared:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title in ("", *AGREEMENTS):
            table.add_column(title.capitalize(), justify="right" if title else "left")
        for kind, counts in certificate.counts().items():
            table.add_row(kind, *(f"{counts.get(agreement, 0):,}" for agreement in AGREEMENTS))
        console.print(table)
        console.print(f"Environment: {certificate.environment}.", markup=False)
    for problem in (*certificate.damage, *certificate.record):
        console.print(problem.sentence, markup=False)
    for one in certificate.differing:
        console.print(f"{one.path}: {_apart(one)}", markup=False)
    if certificate.failure:
        console.print(certificate.failure, markup=False)
    if certificate.cause:
        console.print(certificate.cause, markup=False)
    console.print(certificate.sentence, style="green" if certificate.is_good else "red")
    console.print(f"Certificate: {folder / 'certificate.html'}", markup=False)


def show_difference(found: Difference) -> None:
    """Prints what differs between two sides: the causes first, then the numbers that moved most."""
    from pipeline.reproduce.certificate import by_how_much

    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{found.study}, from {found.before} to {found.after}", style="bold", markup=False)
    if found.is_none:
        console.print("Plan, contract, data, code, environment and every number are the same.")
        return
    for name in ("plan", "contract", "environment"):
        _print_part(name, [change.sentence for change in getattr(found, name)])
    _print_part("data", [found.data] if found.data else [])
    _print_part("code", list(found.code))
    _print_part("the report", [change.sentence for change in found.report])
    if found.numbers:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title in ("Number", "Before", "After", "Moved by"):
            table.add_column(title, justify="left" if title == "Number" else "right", overflow="fold")
        told = [change for change in found.numbers if not is_of_a_period(change)][:LARGEST]
        for change in told:
            size = by_how_much(change.relative)
            table.add_row(Text(change.field), f"{change.before:.6g}", f"{change.after:.6g}", size)
        console.print(
            f"results ({len(found.numbers):,} numbers moved, the largest moves first)", style="bold"
        )
        console.print(table)
        console.print(f"And {len(found.numbers) - len(told):,} more, those of single periods among them.")
    if found.texts:
        console.print(f"No numbers, or on one side only: {len(found.texts):,} results. --json has all.")


def _print_part(name: str, lines: Sequence[str]) -> None:
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if not lines:
        return
    console.print(name, style="bold")
    for line in lines[:LARGEST]:
        console.print(f"  {line}")
    if len(lines) > LARGEST:
        console.print(f"  and {len(lines) - LARGEST:,} more (--json has all)")


def _apart(one: Compared) -> str:
    """What differs in a file: its note, or its largest difference and how many more there are."""
    from pipeline.reproduce.certificate import by_how_much

    if not one.differences:
        return one.note
    first = one.differences[0]
    more = f", and {len(one.differences) - 1:,} more" if len(one.differences) > 1 else ""
    size = f" ({by_how_much(first.relative)})" if first.relative < float("inf") else ""
    return f"{first.sentence}{size}{more}"


def _time(outcome: Outcome) -> str:
    return f"{outcome.seconds:.1f} s" if outcome.stages or outcome.exit_code else "up to date"
