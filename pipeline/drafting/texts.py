"""The drafts as people will read and mend them: a contract and a plan in YAML, with comments that help."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.drafting.columns import Column
from pipeline.drafting.questions import Choices, readable
from pipeline.plan import MINIMUM, PERIODS_A_YEAR, ROUND_TO, Every
from pipeline.project import is_slug

PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
NOT_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
LASTING = {"day": 90, "week": 26, "month": 12, "quarter": 4, "year": 3}
"""Periods after which a change is asked to have lasted, in a first plan."""


@dataclass(frozen=True)
class Draft:
    """What both drafts are about."""

    study: str
    dataset: str
    raw: str
    format: str
    encoding: str
    separator: str
    sheet: str | None
    header_row: int
    footer_rows: int
    decimal: str
    thousands: str
    date_format: str
    period: str
    every: Every
    complete_until: date
    rows: int
    columns: tuple[Column, ...]
    done: tuple[str, ...]
    origin: str
    keys: tuple[str, ...]
    units: str | None
    parts: str | None
    are_records: bool
    condition: str | None
    is_public: bool


def contract(draft: Draft) -> str:
    """Gives the text of a draft contract of the file as it is."""
    lines = [
        f"# What {draft.raw} is and must be.",
        "# A draft, made from the file itself. Read it through: the file is held to it at every run, and a",
        "# study stops where it is broken. Everything a contract may say: docs/contract.md.",
        *_how_it_was_made(draft),
        "apiVersion: v3.1.0",
        "kind: DataContract",
        f"id: {draft.dataset}",
        f"name: {said(_sentence(readable(draft.dataset)))} # what readers call the data",
        "version: 1.0.0",
        "status: draft",
        "description:",
        "  purpose: Not described yet. # what was counted, of whom, where",
        "  limitations: Not described yet. # what readers should know: late returns, changed definitions",
        "servers:",
        *_server(draft),
        "schema:",
        f"  - name: {draft.dataset}",
        "    properties:",
        *(line for column in draft.columns for line in _column(column, draft)),
        "    quality:",
        "      - name: no rows lost",
        "        type: library",
        "        metric: rowCount",
        f"        mustBeGreaterOrEqualTo: {draft.rows} # as many as when the study began",
        "        severity: error",
        "customProperties:",
        "  - property: periods",
        f"    value: {{{', '.join(_periods(draft))}}}",
        f"    # Add `completeUntil: {draft.complete_until}` if all has been counted up to the end.",
    ]
    lines += _disclosure(draft)
    return "\n".join(lines) + "\n"


def plan(draft: Draft, choices: Choices) -> str:
    """Gives the text of a first plan: what was chosen, and the defaults that are worth a thought."""
    named = choices.outcome or "records"
    lines = [
        "# yaml-language-server: $schema=plan.schema.json",
        "# A first plan. Every key and its default: docs/plan.md. Change it here, then `lasting run` again.",
        f"study: {draft.study}",
        f"title: {said(choices.title)}",
        f"question: {said(choices.question)} # asked so that yes means things got better",
        "authors: [] # who answers for it",
        "data:",
        f"  contract: {draft.dataset}",
        f"  period: {{column: {said(draft.period)}, every: {draft.every}}}",
        *([f"  unit: {said(draft.parts)} # its sites: all together, and each"] if draft.parts else []),
        *([f"  filter: {said(draft.condition)} # which rows are used"] if draft.condition else []),
        "measures: # the first outcome is the primary one; add process, balancing and control measures",
        f"  - id: {slug(named) or 'outcome'}",
        "    role: outcome",
        f"    label: {said(_sentence(readable(named)))} # as readers should call it",
        f"    kind: {choices.kind}",
        *_columns_of(choices),
        *([f"    per: {choices.per:g}"] if choices.per else []),
        f"    better: {choices.better}"
        if choices.better
        else "    # better: lower # or higher: not said yet",
        "interventions:",
        f"  - label: {said(choices.label)}",
        f"    start: {choices.start} # the first {draft.every} that begins then or later is after it",
        *_units(draft, choices),
        f"    # phase_in: {{until: {choices.start}}} # the first day on which it was fully there",
        "its:",
        "  model: auto # by the kind of measure and the length of the series; the report says which and why",
        "  impact: level-and-slope # level, slope: decide before looking at the outcome",
    ]
    if PERIODS_A_YEAR[draft.every] > 1:
        lines.append("  seasonality: auto # none, dummies, {harmonics: 1}")
    lines += [
        "spc:",
        "  chart: auto",
        "  rules: making-data-count",
        f"sustain: {{after: {LASTING[draft.every]}, keep: 0.8}} # what lasting means here",
    ]
    rule = f"{{minimum: {MINIMUM}, round_to: {ROUND_TO}}} # small counts hidden, others rounded"
    lines.append(
        "disclosure: off # the contract says that the data are public"
        if draft.is_public
        else f"disclosure: {rule}"
    )
    lines += ["report:", "  formats: [html, pdf, docx]"]
    return "\n".join(lines) + "\n"


def _units(draft: Draft, choices: Choices) -> list[str]:
    """Which sites got the change."""
    if draft.parts is None:
        return []
    named = f"units: [{', '.join(map(said, choices.units))}]" if choices.units else "# units: [...]"
    return [f"    {named} # which of them got it; the others are compared with"]


def _columns_of(choices: Choices) -> list[str]:
    if choices.outcome is None:
        return ["    # each row counts as one"]
    if choices.kind in ("rate", "proportion"):
        below = [f"    denominator: {said(choices.denominator)}"] if choices.denominator else []
        return [f"    numerator: {said(choices.outcome)}", *below]
    return [f"    column: {said(choices.outcome)}"]


def said(text: str) -> str:
    """Gives text as YAML holds it: as it is, or in double quotes where it could be read as something else."""
    plain = (
        PLAIN_WORD.fullmatch(text)
        or (is_slug(text) and not text[0].isdigit())
        or text.startswith("data/raw/")
    )
    if plain and text.casefold() not in NOT_WORDS and re.fullmatch(r"[\w./-]+", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def slug(name: str) -> str:
    """Gives a name that can stand in files' names, or '' if nothing of it can.

    >>> slug("A&E attendances (2019)")
    'a-e-attendances-2019'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def _server(draft: Draft) -> list[str]:
    """Where the file is and how it is written, as far as it is not as most are."""
    told = ["server: raw", "type: local", f"path: {said(draft.raw)}", f"format: {draft.format}"]
    told += [f"delimiter: {json.dumps(draft.separator)}"] if draft.separator != "," else []
    told += [f"encoding: {draft.encoding}"] if draft.encoding != "utf-8" else []
    more: dict[str, object] = {
        "sheet": draft.sheet,
        "headerRow": draft.header_row if draft.header_row > 1 else None,
        "footerRows": draft.footer_rows or None,
        "decimal": draft.decimal if draft.decimal != "." else None,
        "thousands": draft.thousands or None,
    }
    custom = [
        f"{{property: {name}, value: {json.dumps(value, ensure_ascii=False)}}}"
        for name, value in more.items()
        if value is not None
    ]
    if not custom:
        return [f"  - {{{', '.join(told)}}}"]
    lines = [f"  - {told[0]}", *(f"    {line}" for line in told[1:]), "    customProperties:"]
    return [*lines, *(f"      - {line}" for line in custom)]


def _how_it_was_made(draft: Draft) -> list[str]:
    if not draft.done:
        return []
    made = [f"# The table was made from {draft.origin},", "# which stays as it came. What was done:"]
    return made + [f"# - {' '.join(words.split())}." for words in draft.done]


def _column(column: Column, draft: Draft) -> list[str]:
    lines = [
        f"      - name: {said(column.name)}",
        f"        businessName: {said(_sentence(readable(column.name)))}",
        f"        logicalType: {column.type}",
    ]
    if column.name == draft.period:
        lines[2] = "        logicalType: date"
        if not draft.are_records:
            lines[1] = f"        businessName: First day of the {draft.every}"
        if draft.date_format:
            lines.append(f"        logicalTypeOptions: {{format: {said(draft.date_format)}}}")
        lines.append("        required: true")
        if not draft.keys:
            return lines if draft.units or draft.are_records else [*lines, "        unique: true"]
        return [*lines, "        primaryKey: true", "        primaryKeyPosition: 1"]
    if column.name in draft.keys:
        place = draft.keys.index(column.name) + 2
        lines += ["        required: true", "        primaryKey: true"]
        lines.append(f"        primaryKeyPosition: {place}")
    elif column.is_whole or column.name == draft.units:
        lines.append("        required: true")
    if column.is_never_negative:
        lines.append("        logicalTypeOptions: {minimum: 0}")
    return lines


def _periods(draft: Draft) -> list[str]:
    said_of = [f"column: {said(draft.period)}", f"every: {draft.every}"]
    said_of += [f"units: {said(draft.units)}"] if draft.units else []
    return said_of + (["rows: records"] if draft.are_records else [])


def _disclosure(draft: Draft) -> list[str]:
    if not draft.is_public:
        return []
    return [
        "  - property: disclosure",
        "    value: public # a claim that you make: every number here may be shown to anyone",
    ]


def _sentence(words: Sequence[str]) -> str:
    text = "".join(words)
    return text[:1].upper() + text[1:]
