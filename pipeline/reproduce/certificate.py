"""The certificate: what a verification found, as data, as a page, and as its verdict in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline import results
from pipeline.reproduce import comparison, fields, provenance
from pipeline.reproduce.comparison import Compared
from pipeline.reproduce.provenance import Problem

Verdict = Literal["exact", "within tolerance", "differs", "did not run", "not intact", "not rerun"]
SENTENCES: dict[Verdict, str] = {
    "exact": "Reproduced exactly: every number, table, figure and document agrees with the published one.",
    "within tolerance": "Reproduced: every number agrees with the published one to the stated tolerance.",
    "differs": "Not reproduced: the rerun differs from what was published, as listed below.",
    "did not run": "Not reproduced: the study could not be run again.",
    "not intact": "Not verified: the bundle is not what was published, so nothing of it was run.",
    "not rerun": "Intact, but not rerun: the data are withheld. Verify with --data FILE where you have them.",
}
KINDS = {"numbers": "Numbers", "table": "Tables", "figure": "Figures", "document": "Documents"}
TENTH, TINY = 0.1, 1e-4
LISTED = 20
"""Differences of one file that a certificate lists; the rest are counted."""


@dataclass(frozen=True)
class Certificate:
    """What a verification found."""

    bundle: str
    sha256: str
    study: str
    title: str
    files: int
    damage: tuple[Problem, ...] = ()
    record: tuple[Problem, ...] = ()
    environment: str = ""
    published_with: str = ""
    rerun_with: str = ""
    compared: tuple[Compared, ...] = ()
    failure: str = ""
    withheld: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict in a word or two."""
        if self.damage:
            return "not intact"
        if self.failure:
            return "did not run"
        agreements = {compared.agreement for compared in self.compared}
        if self.record or "differs" in agreements:
            return "differs"
        if not self.compared:
            return "not rerun"
        return "within tolerance" if agreements > {"exact"} or "exact" not in agreements else "exact"

    @property
    def is_good(self) -> bool:
        """True if nothing speaks against the published numbers."""
        return self.verdict in ("exact", "within tolerance", "not rerun")

    @property
    def sentence(self) -> str:
        """The verdict as a sentence."""
        return SENTENCES[self.verdict]

    @property
    def differing(self) -> list[Compared]:
        """What differs, the largest differences first."""
        found = [compared for compared in self.compared if compared.agreement == "differs"]
        return sorted(found, key=lambda compared: (-compared.largest, compared.path))

    @property
    def unlike(self) -> list[Compared]:
        """What could not be compared."""
        return [compared for compared in self.compared if compared.agreement == "not compared"]

    def counts(self) -> dict[str, dict[str, int]]:
        """Gives, for each kind of file, how many values (numbers) or files agree, and how."""
        found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for one in self.compared:
            if one.kind != "numbers" or not one.differences:
                found[one.kind][one.agreement] += one.values if one.kind == "numbers" else 1
                continue
            apart = len(one.differences)
            found[one.kind] += Counter({one.agreement: apart, "exact": max(one.values - apart, 0)})
        return {kind: dict(sorted(count.items())) for kind, count in found.items()}

    @property
    def cause(self) -> str:
        """The likely cause of what differs, as a sentence; empty where nothing does."""
        if not (self.differing or self.failure):
            return ""
        causes = [problem for problem in self.record if problem.kind in provenance.CAUSES]
        if causes:
            kinds = ", ".join(dict.fromkeys(problem.kind for problem in causes))
            return f"Likely cause: the {kinds}, which {_are(causes)} not what the results were made from."
        if self.record:
            return "Likely cause: the published files were changed after they were made."
        if self.published_with != self.rerun_with:
            return (
                f"Likely cause: the environment. Published with {self.published_with}; rerun with "
                f"{self.rerun_with}."
            )
        return (
            "Likely cause: the published files were changed, and the records of them too: plan, data, code "
            "and environment are those on record, and they do not give these values."
        )


def as_json(certificate: Certificate) -> str:
    """Gives the certificate as data."""
    return results.to_json(
        {
            "verdict": certificate.verdict,
            "sentence": certificate.sentence,
            "cause": certificate.cause,
            "bundle": {
                "name": certificate.bundle,
                "sha256": certificate.sha256,
                "study": certificate.study,
                "title": certificate.title,
                "files": certificate.files,
                "withheld": list(certificate.withheld),
            },
            "environment": {
                "used": certificate.environment,
                "published_with": certificate.published_with,
                "rerun_with": certificate.rerun_with,
            },
            "tolerance": {
                "numbers, relative": comparison.TOLERANCE,
                "coordinates of charts, points": comparison.COORDINATE,
                "shades of pixels, of 255": comparison.SHADE,
            },
            "damage": [vars(problem) for problem in certificate.damage],
            "record": [vars(problem) for problem in certificate.record],
            "failure": certificate.failure,
            "agreement": certificate.counts(),
            "differences": [as_dict(one) for one in certificate.differing],
            "not_compared": [{"path": one.path, "why": one.note} for one in certificate.unlike],
            "within_tolerance": [
                as_dict(one) for one in certificate.compared if one.agreement == "within tolerance"
            ],
        }
    )


def as_dict(one: Compared) -> dict[str, Any]:
    """Gives a file that does not agree exactly: where, by how much, and what the values are."""
    return {
        "path": one.path,
        "kind": one.kind,
        "note": one.note,
        "count": len(one.differences),
        "values": [
            {
                "field": change.field,
                "published": change.before,
                "rerun": change.after,
                "relative": change.relative,
            }
            for change in one.differences[:LISTED]
        ],
    }


def as_html(certificate: Certificate, theme: Path) -> str:
    """Gives the certificate as one self-contained page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(theme), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("certificate.html.j2").render(
        certificate=certificate,
        counts=certificate.counts(),
        kinds=KINDS,
        agreements=("exact", "within tolerance", "differs", "not compared"),
        by_how_much=by_how_much,
        text=fields.as_text,
        listed=LISTED,
        tolerance=comparison,
        css=(theme / "lasting.css").read_text(encoding="utf-8"),
    )


def by_how_much(relative: float) -> str:
    """Gives a relative difference as people read it.

    >>> by_how_much(1.234), by_how_much(0.0123), by_how_much(3e-8), by_how_much(float("inf"))
    ('123%', '1.2%', '3e-08', 'not a number')
    """
    if relative == float("inf"):
        return "not a number"
    if relative >= TENTH:
        return f"{relative * 100:.0f}%"
    return f"{relative:.2g}" if relative < TINY else f"{relative * 100:.2g}%"


def _are(problems: Sequence[Problem]) -> str:
    return "is" if len(problems) == 1 else "are"
