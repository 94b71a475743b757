"""What kind of report this is: draft or final, of real or made-up data, up to when."""

from __future__ import annotations

from pipeline.period_names import to
from pipeline.report.markdown import Markdown, fill
from pipeline.report.numbers import Numbers


def is_draft(numbers: Numbers) -> bool:
    """True until the plan is frozen and kept to, and the data are final."""
    return not numbers.has("frozen.date") or numbers.value("status.provisional") is not None


def chips(numbers: Numbers, measure: str, every: str) -> list[Markdown]:
    """Gives the short labels under the title."""
    frozen = numbers.has("frozen.date")
    said = [Markdown("Draft" if is_draft(numbers) else "Final")]
    if frozen:
        changed = ", with changes since" if numbers.has("frozen.deviations") else ""
        said.append(
            fill("Plan frozen {day}{changed}", day=numbers.show("frozen.date", "day"), changed=changed)
        )
    else:
        said.append(Markdown("Plan not frozen"))
    said.append(Markdown("Made-up data" if numbers.value("status.synthetic") else "Real data"))
    last = numbers.show(f"its.measures.{measure}.last_observed", every)
    said.append(fill("Data {to} {last}", to=to(every), last=last))
    return said


def banner(numbers: Numbers, every: str) -> Markdown:
    """Gives what a reader must know before reading on; nothing in a final report of real data."""
    said = []
    if not numbers.has("frozen.date"):
        said.append(Markdown("This is a draft: the plan is not frozen, so the analysis may still change."))
    elif numbers.has("frozen.deviations"):
        said.append(Markdown("The analysis departs from the frozen plan; what was changed is listed below."))
    if numbers.value("status.provisional") is not None:
        since = numbers.show("status.provisional", every)
        said.append(fill("The data from {since} on are provisional and may still change.", since=since))
    if numbers.value("status.synthetic"):
        said.append(Markdown("The data are made up to show how a report looks; they are about nothing real."))
    return Markdown(" ".join(said))


SAYS = (is_draft, chips, banner)
