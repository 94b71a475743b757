"""The site's first page: the studies as cards, each with its question, its finding and its reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.report.numbers import STYLES

FORMATS = {"report.html": "Read the report", "report.pdf": "PDF", "report.docx": "Word"}


def index(summaries: Sequence[Mapping[str, Any]], theme: Path) -> str:
    """Gives the page as one self-contained HTML file; `summaries` are the studies' in the order to show."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(theme),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = (theme / "lasting.css").read_text(encoding="utf-8")
    return environment.get_template("index.html.j2").render(
        studies=summaries, css=css, formats=FORMATS, dated=dated
    )


def dated(value: str, every: str) -> str:
    """Gives a date as readers of a study with periods of this length say it."""
    return STYLES[every](value[:10])
