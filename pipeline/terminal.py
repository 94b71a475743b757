"""What a person sees in the terminal: progress while studies run, and tables of what came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pipeline import results
from pipeline.events import Event
from pipeline.project import Project

if TYPE_CHECKING:
    from pipeline.environment import Finding
    from pipeline.its.power import Detectable
    from pipeline.runs import Outcome

MARKS = {"fine": ("✓", "green"), "note": ("!", "yellow"), "missing": ("✗", "red")}
WORDS = {
    "validate": "checking the data",
    "series": "making the series",
    "its": "fitting the time series",
    "spc": "drawing control charts",
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


def _time(outcome: Outcome) -> str:
    return f"{outcome.seconds:.1f} s" if outcome.stages or outcome.exit_code else "up to date"
