"""What a broken contract looks like to the person who must mend the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.contract.validation import Finding, Validation

WIDTH = 110


def complaint(validation: Validation, raw: str) -> str:
    """Gives one sentence and a table: rule, column, severity, how many, which rows (never the values)."""
    import io

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    broken = validation.broken("error")
    rules = "1 rule" if len(broken) == 1 else f"{len(broken)} rules"
    sentence = (
        f"{raw}: breaks {rules} of data_contracts/{validation.dataset}.odcs.yaml; mend the rows named below "
        "(the header is row 1), or the contract if it is wrong."
    )
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("Rule", "Column", "Severity", "How many", "Where"):
        table.add_column(title, justify="right" if title == "How many" else "left")
    for finding in broken + validation.broken("warning"):
        table.add_row(
            finding.rule, finding.column or "", finding.severity, str(finding.count), where(finding)
        )
    text = io.StringIO()
    Console(file=text, width=WIDTH, color_system=None, markup=False, highlight=False).print(table)
    return f"{sentence}\n{text.getvalue().rstrip()}"


def where(finding: Finding) -> str:
    """Gives the rows or periods that break a rule, as far as they are known.

    >>> from pipeline.contract.validation import Finding
    >>> where(Finding("kms is a number", "kms", "error", False, 12, (2, 3, 4)))
    'rows 2, 3, 4 and 9 more'
    """
    if not finding.rows:
        return finding.note
    named = ", ".join(map(str, finding.rows))
    more = finding.count - len(finding.rows)
    said = f"{'row' if finding.count == 1 else 'rows'} {named}" + (f" and {more} more" if more > 0 else "")
    return f"{said}: {finding.note}" if finding.note else said
