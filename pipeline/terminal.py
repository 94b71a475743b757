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

if TYPE_CHECKING:
    from pipeline.drafting.new import Made
    from pipeline.drafting.questions import Question
    from pipeline.environment import Finding
    from pipeline.runs import Outcome

MARKS = {"fine": ("✓", "green"), "note": ("!", "yellow"), "missing": ("✗", "red")}
WORDS = {
    "validate": "checking the data",
    "series": "making the series",
    "its": "fitting the time series",
    "spc": "drawing control charts",
    "groups": "looking at sites and groups",
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
    console.print(Text(f"Next: read params/{name}.yaml through, then `lasting run {name}`."))


def _time(outcome: Outcome) -> str:
    return f"{outcome.seconds:.1f} s" if outcome.stages or outcome.exit_code else "up to date"
