"""The organisation whose report it is: a name, a logo and an accent colour, from one file of the theme.

`reports/theme/organisation.yml` is all there is to edit. Colours are held to the contrast that WCAG 2.2 asks
of text (1.4.3: 4.5 to 1) on every ground they stand on, on light and on dark screens.
"""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from pipeline import marked_yaml
from pipeline.complaints import complaints
from pipeline.errors import SetupError

FILE = "organisation.yml"
NAME = f"reports/theme/{FILE}"
CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""
LIGHT, DARK = ("#ffffff", "#f4f6f8"), ("#12181f", "#1a222b")
"""The grounds that text stands on: --paper and --wash of lasting.css, on light and on dark screens."""
LOGOS = {".svg": "image/svg+xml", ".png": "image/png"}


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f"{value} is not a colour; write it as '#1f5a8c'")
    return value.lower()


Colour = Annotated[str, AfterValidator(_colour)]


class Colours(BaseModel):
    """The accent on light screens and paper, and on dark screens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accent: Colour = "#1f5a8c"
    accent_on_dark: Colour = "#86bbea"


class Organisation(BaseModel):
    """What stands at the head of each report: who it is from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    logo: str | None = None
    colours: Colours = Colours()


def read(theme: Path) -> Organisation:
    """Reads the organisation's file in the theme's folder.

    Raises SetupError, listing every problem: keys, a logo that is not there, a colour that is hard to read.
    """
    source = marked_yaml.read(theme / FILE, NAME, SetupError)
    try:
        found = Organisation.model_validate(source.data)
    except ValidationError as problem:
        raise SetupError("\n".join(complaints(source, Organisation, problem))) from None
    problems = []
    if found.logo and not _is_logo(theme, found.logo):
        said = f"{found.logo} is not an SVG or PNG file in reports/theme; put it there"
        problems.append(source.complaint(("logo",), said))
    for name, grounds in (("accent", LIGHT), ("accent_on_dark", DARK)):
        colour = getattr(found.colours, name)
        least = min(contrast(colour, ground) for ground in grounds)
        if least < CONTRAST:
            said = f"{colour} has a contrast of {least:.1f} to 1, and text needs {CONTRAST}; take a "
            said += "darker one" if grounds == LIGHT else "lighter one"
            problems.append(source.complaint(("colours", name), said))
    if problems:
        raise SetupError("\n".join(problems))
    return found


def contrast(one: str, other: str) -> float:
    """Gives the contrast ratio of two colours (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def css(found: Organisation) -> str:
    """Gives the colours as custom properties, to stand after the stylesheet."""
    colours = found.colours
    return (
        f":root {{ --accent: {colours.accent}; }}\n"
        "@media screen and (prefers-color-scheme: dark) "
        f"{{ :root {{ --accent: {colours.accent_on_dark}; }} }}\n"
    )


def typst(found: Organisation) -> str:
    """Gives name, logo and colour as Typst's definitions, to stand before lasting.typ."""
    logo = json.dumps(f"/theme/{found.logo}") if found.logo else "none"
    return (
        f"#let organisation = {json.dumps(found.name, ensure_ascii=False)}\n"
        f"#let logo = {logo}\n"
        f'#let accent = rgb("{found.colours.accent}")\n'
    )


def masthead(found: Organisation, theme: Path) -> str:
    """Gives the logo and the name as HTML, to stand above the title; nothing where there is neither."""
    if not (found.name or found.logo):
        return ""
    picture = ""
    if found.logo:
        kind = LOGOS[Path(found.logo).suffix]
        data = base64.b64encode((theme / found.logo).read_bytes()).decode()
        alt = "" if found.name else "Logo"
        picture = f'<img src="data:{kind};base64,{data}" alt="{alt}">'
    name = f"<span>{html.escape(found.name)}</span>" if found.name else ""
    return f'<aside class="masthead" aria-label="Organisation">{picture}{name}</aside>\n'


def _is_logo(theme: Path, name: str) -> bool:
    path = Path(name)
    return path.name == name and path.suffix in LOGOS and (theme / name).is_file()


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
