"""Rendering report.qmd: quarto where its command is found, pandoc and Typst from our own packages where not.

Both read the same document, theme and filter. The pandoc engine adds one more filter, for the few of
Quarto's idioms that the document uses (figure and table numbers, cross-references, conditional content).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from pipeline import results
from pipeline.errors import SetupError
from pipeline.plan import Format
from pipeline.report import organisation

DOCUMENT = "report.qmd"
THEME = "theme"
QUARTO_TARGETS: dict[str, str] = {"html": "html", "pdf": "typst", "docx": "docx"}
FIXED_TIME = "315532800"
"""1 January 1980 as SOURCE_DATE_EPOCH: documents carry no time of rendering, so that they can be compared."""
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
"""The faces of the charts' text, which matplotlib carries; Typst needs them to draw the same charts."""


STYLES, ACCENT = "word/styles.xml", b"1F5A8C"
"""Where Word's reference document has the accent colour, and which one it is there."""
ZERO = (1980, 1, 1, 0, 0, 0)
"""The time that a zip archive without times carries."""


@dataclass(frozen=True)
class Engine:
    """What renders: `quarto` or `pandoc`, and its version; with pandoc, that of Typst too."""

    name: Literal["quarto", "pandoc"]
    version: str
    command: str
    typst: str = ""

    @property
    def title(self) -> str:
        """The engine as a report names it."""
        return f"{self.name} {self.version}" + (f" and typst {self.typst}" if self.typst else "")


def find() -> Engine:
    """Gives the engine to use: quarto if its command is found, else the pandoc of our own packages.

    Raises SetupError if the quarto that is found does not answer.
    """
    if command := shutil.which("quarto"):
        version = _said([command, "--version"], Path.cwd(), "quarto").strip()
        return Engine("quarto", version, command)
    import pypandoc

    return Engine(
        "pandoc", pypandoc.get_pandoc_version(), pypandoc.get_pandoc_path(), metadata.version("typst")
    )


def prepare(document: Path, theme: Path, work: Path) -> None:
    """Lays out in `work` what an engine is handed: document, figures, theme, Quarto's project file."""
    import matplotlib

    shutil.copyfile(document / DOCUMENT, work / DOCUMENT)
    shutil.copytree(document / "figures", work / "figures")
    shutil.copytree(theme, work / THEME)
    for name in ("_quarto.yml", "_quarto-check.yml"):
        (work / THEME / name).replace(work / name)
    _dress(work / THEME)
    (work / "fonts").mkdir()
    carried = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in FONTS:
        shutil.copyfile(carried / name, work / "fonts" / name)


def _dress(theme: Path) -> None:
    """Puts the organisation's name, logo and colours into a copy of the theme."""
    ours = organisation.read(theme)
    skip = (theme / "skip.html").read_text(encoding="utf-8")
    results.write_whole(theme / "masthead.html", skip + organisation.masthead(ours, theme))
    style, look = theme / "lasting.css", theme / "lasting.typ"
    results.write_whole(style, style.read_text(encoding="utf-8") + organisation.css(ours))
    _recolour(theme / "reference.docx", ours.colours.accent)
    results.write_whole(look, organisation.typst(ours) + look.read_text(encoding="utf-8"))


def _recolour(reference: Path, accent: str) -> None:
    """Gives Word's reference document the organisation's colour."""
    with zipfile.ZipFile(reference) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[STYLES] = parts[STYLES].replace(ACCENT, accent.removeprefix("#").upper().encode())
    with zipfile.ZipFile(reference, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, ZERO), content)


def render(engine: Engine, work: Path, formats: Sequence[Format]) -> list[Path]:
    """Renders the document in `work` (see `prepare`) and gives the files, in the order of `formats`.

    Raises SetupError with what the engine said if it fails.
    """
    for form in formats:
        if engine.name == "quarto":
            _said(quarto_command(engine, form), work, "quarto")
        else:
            _said(pandoc_command(engine, form), work, "pandoc")
            if form == "pdf":
                _typeset(work)
    files = [work / f"report.{form}" for form in formats]
    for file in files:
        if not file.is_file():
            raise SetupError(f"{engine.title}: ended without an error but wrote no {file.name}.")
    return files


def quarto_command(engine: Engine, form: Format) -> list[str]:
    """Gives the command line that renders one format with quarto, to be run in the prepared folder."""
    return [
        engine.command,
        "render",
        DOCUMENT,
        "--to",
        QUARTO_TARGETS[form],
        "--metadata",
        f"engine:{engine.title}",
        "--no-execute",
        "--quiet",
    ]


def pandoc_command(engine: Engine, form: Format) -> list[str]:
    """Gives the command line that renders one format with pandoc (for PDF, as far as Typst's input)."""
    target = {
        "html": [
            "--to=html5",
            f"--template={THEME}/pandoc.html",
            f"--css={THEME}/lasting.css",
            f"--include-before-body={THEME}/masthead.html",
            "--embed-resources",
            "--default-image-extension=svg",
            "--syntax-highlighting=none",
            "--output=report.html",
        ],
        "pdf": [
            "--to=typst",
            f"--template={THEME}/pandoc.typ",
            "--shift-heading-level-by=-1",
            "--default-image-extension=svg",
            "--syntax-highlighting=none",
            "--output=report.typ",
        ],
        "docx": [
            "--to=docx",
            f"--reference-doc={THEME}/reference.docx",
            "--shift-heading-level-by=-1",
            "--default-image-extension=png",
            "--syntax-highlighting=none",
            "--output=report.docx",
        ],
    }[form]
    return [
        engine.command,
        DOCUMENT,
        "--from=markdown",
        "--standalone",
        f"--lua-filter={THEME}/quarto-idioms.lua",
        f"--lua-filter={THEME}/lasting.lua",
        f"--metadata=engine:{engine.title}",
        *target,
    ]


def _typeset(work: Path) -> None:
    import typst

    try:
        typst.compile(
            work / "report.typ",
            output=work / "report.pdf",
            root=work,
            font_paths=[work / "fonts"],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except Exception as failure:  # typst's own error class is not a public name
        raise SetupError(f"typst: could not make the PDF ({_first_line(str(failure))}).") from None


def _said(command: list[str], folder: Path, name: str) -> str:
    """Runs a command in `folder` and gives what it printed."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": FIXED_TIME}
    try:
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    except OSError as failure:
        raise SetupError(f"{name}: could not be started ({failure.strerror}).") from None
    if ended.returncode:
        raise SetupError(f"{name}: stopped with {_first_line(ended.stderr or ended.stdout)}")
    return ended.stdout


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[0] if lines else "no message"
