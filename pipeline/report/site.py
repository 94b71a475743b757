"""The site: the studies as cards, each with its question, its finding and its files; methods; a glossary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import period_names
from pipeline.errors import SetupError
from pipeline.report import organisation
from pipeline.report.glossary import GLOSSARY
from pipeline.report.numbers import STYLES
from pipeline.report.wording import card

if TYPE_CHECKING:
    from pipeline.project import Project

PAGES = {"index.html": "Studies", "methods.html": "Methods", "glossary.html": "Glossary"}
FORMATS = {"report.html": "Read the report", "report.pdf": "PDF", "report.docx": "Word"}
FINDINGS = {
    "improved": "Improved",
    "worsened": "Got worse",
    "changed": "Changed",
    **card.UNCLEAR,
    "turned-worse": "Turned",
    "turned-better": "Turned",
    "turned": "Turned",
}
"""Each judgement in a word or two."""
ICONS = {
    "improved": "improved",
    "worsened": "worsened",
    "changed": "changed",
    "no-change": "unclear",
    "unclear": "unclear",
    "turned-worse": "changed",
    "turned-better": "changed",
    "turned": "changed",
}
SHAPES = {
    "improved": '<rect x="3" y="3" width="18" height="18" rx="2" fill="currentColor"/>',
    "worsened": '<path d="M12 3 22 21H2Z" fill="none" stroke="currentColor" stroke-width="2.4"/>',
    "changed": '<path d="M12 1 23 12 12 23 1 12Z" fill="currentColor"/>',
    "unclear": '<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2.4"/>',
}
"""The shapes of the points in control charts: a full square improves, an open triangle concerns."""


def pages(summaries: Sequence[Mapping[str, Any]], theme: Path) -> dict[str, str]:
    """Gives the site's pages by name, each one self-contained HTML file; studies come in the order given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(theme / "site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    ours = organisation.read(theme)
    shared = {
        "css": (theme / "lasting.css").read_text(encoding="utf-8") + organisation.css(ours),
        "masthead": organisation.masthead(ours, theme),
        "pages": PAGES,
        "studies": summaries,
        "findings": dict.fromkeys(FINDINGS[summary["judgement"]] for summary in summaries),
        "words": FINDINGS,
        "icons": ICONS,
        "shapes": SHAPES,
        "formats": FORMATS,
        "glossary": GLOSSARY,
        "dated": dated,
        "to": period_names.to,
    }
    return {name: environment.get_template(f"{name}.j2").render(here=name, **shared) for name in PAGES}


def page_of(project: Project, study: str) -> Path:
    """Gives the page to read of a study, or of all of them if `study` is empty.

    A study without HTML among its formats has the first of them. Raises PlanError if no study is so named,
    and SetupError if the page has not been made.
    """
    site = project.root / "reports" / "_site"
    if not study:
        pages, command = [site / "index.html"], "lasting run"
    else:
        project.dataset_of(study)
        pages, command = [site / study / name for name in FORMATS], f"lasting run {study}"
    made = [page for page in pages if page.is_file()]
    if not made:
        raise SetupError(f"{project.name_of(pages[0])}: has not been made yet; run `{command}` first.")
    return made[0]


def dated(value: str, every: str) -> str:
    """Gives a date as readers of a study with periods of this length say it."""
    return STYLES[every](value[:10])
