"""The pictures of reports in the docs: `make pictures` takes them anew from the reports as they are.

A page on a desk, on a phone in the dark, the list of studies, and the first pages of the PDF and of the Word
document, each as readers see it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from pipeline import project

STUDY = "seat-belt-law"
SCREENS = {
    "report": (f"{STUDY}/report.html", 1000, 1560, "light"),
    "report-phone-dark": (f"{STUDY}/report.html", 360, 1180, "dark"),
    "site": ("index.html", 1000, 620, "light"),
}
"""Name of the picture: page, width and height in pixels, colour scheme."""
DOTS = "60"
"""An inch of paper, in pixels."""


def take(root: Path) -> None:
    """Writes docs/images/*.png from the reports in reports/_site."""
    site, images = root / "reports" / "_site", root / "docs" / "images"
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (page, width, height, scheme) in SCREENS.items():
            tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            tab.goto((site / page).as_uri())
            tab.screenshot(path=images / f"{name}.png")
        browser.close()
    with tempfile.TemporaryDirectory() as folder:
        word = site / STUDY / "report.docx"
        _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(word))
        for name, paper in (
            ("report-pdf", site / STUDY / "report.pdf"),
            ("report-word", Path(folder, "report.pdf")),
        ):
            _run("pdftoppm", "-r", DOTS, "-f", "1", "-singlefile", "-png", str(paper), str(images / name))


def _run(*command: str) -> None:
    if shutil.which(command[0]) is None:
        sys.exit(f"{command[0]}: is not installed; make pictures needs it.")
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    take(project.find_root())
