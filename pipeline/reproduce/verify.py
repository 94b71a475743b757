"""Verification: a bundle is unpacked, checked, rerun from its data without any cache, and compared."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import results
from pipeline.errors import VerificationError
from pipeline.reproduce import (
    comparison,
    contents,
    integrity,
    locks,
    provenance,
    record,
    rerun,
    stages,
    unpack,
)
from pipeline.reproduce.bundle import MANIFEST
from pipeline.reproduce.certificate import Certificate, as_html, as_json
from pipeline.reproduce.comparison import Compared
from pipeline.reproduce.provenance import Problem
from pipeline.reproduce.rerun import Tell
from pipeline.reproduce.stages import Stage

THEME = Path(__file__).parents[2] / "reports" / "theme"
RENDERED = (".html", ".pdf", ".docx")


class Withheld(BaseModel):
    """A file that a bundle does not hold, and by what it is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    sha256: str
    bytes: int


class Manifest(BaseModel):
    """What verification needs of bundle.json."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    study: str
    title: str
    lasting: str
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True)
class Running:
    """What is about to be run, for the person to agree to."""

    title: str
    commands: tuple[str, ...]
    code: int
    installs: bool


Ask = Callable[[Running], bool]


def verify(bundle: Path, data: Sequence[Path], ask: Ask, tell: Tell) -> Certificate | None:
    """Gives the certificate of a bundle, or None if the person does not want its code to be run.

    `data` are the withheld raw files, where the verifier has them. `ask` is called before any code of the
    bundle runs; `tell` hears what goes on. Raises VerificationError if it is no bundle or unsafe to unpack.
    """
    with tempfile.TemporaryDirectory(prefix="lasting-verify-") as folder:
        work = Path(folder)
        published, copy = work / "published", work / "rerun"
        published.mkdir()
        tell("unpacking and checking")
        files = unpack.unpack(bundle, published)
        damage = integrity.problems(published, files)
        certificate = _begun(bundle, published, files, damage)
        if damage:
            return certificate
        manifest = _manifest(published)
        found = _stages(published, manifest)
        withheld = [file.path for file in manifest.withheld]
        certificate = replace(
            certificate,
            record=tuple(record_problems(published, found, withheld)),
            published_with=_published_with(published, found),
            withheld=tuple(withheld),
        )
        rerun.lay_out(published, copy, [path for path in files if path.startswith(rerun.MADE)])
        if withheld and not _supplied(data, manifest, found, copy):
            return certificate
        lock = (published / locks.LOCK).read_text(encoding="utf-8")
        code = sum(path.endswith((".py", ".ipynb")) and not path.startswith(rerun.MADE) for path in files)
        commands = tuple(stage.command for stage in found)
        if not ask(Running(manifest.title, commands, code, bool(locks.departures(lock)))):
            return None
        return _rerun(certificate, found, published, copy, tell)


def write(certificate: Certificate, folder: Path) -> None:
    """Writes certificate.json and certificate.html into `folder`."""
    results.write_whole(folder / "certificate.json", as_json(certificate))
    results.write_whole(folder / "certificate.html", as_html(certificate, THEME))


def _begun(bundle: Path, published: Path, files: list[str], damage: list[Problem]) -> Certificate:
    try:
        manifest = _manifest(published)
        study, title = manifest.study, manifest.title
    except VerificationError:
        if not damage:
            raise
        study, title = "", "an unknown study"
    return Certificate(bundle.name, integrity.digest(bundle), study, title, len(files), damage=tuple(damage))


def _manifest(published: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((published / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise VerificationError(f"{MANIFEST}: is not what a bundle of Lasting holds.") from None


def _stages(published: Path, manifest: Manifest) -> list[Stage]:
    found = stages.of(published, manifest.study)
    if not found:
        raise VerificationError(
            f"{stages.STAGES}: has no stage of {manifest.study}; there is nothing to run."
        )
    return found


def record_problems(published: Path, found: list[Stage], withheld: list[str]) -> list[Problem]:
    """Gives what dvc.lock and the environment records say against the bundle's own files."""
    problems = provenance.problems(published, [stage.title for stage in found], withheld)
    pinned = locks.pins((published / locks.LOCK).read_text(encoding="utf-8"))
    for stage in found:
        packages = _recorded(published, stage).get("packages", {})
        apart = [name for name, version in pinned.items() if packages.get(name, version) != version]
        if apart:
            name = apart[0]
            path = record.path_of(published, stage.name, stage.item).relative_to(published).as_posix()
            problems.append(
                Problem(
                    path,
                    "environment",
                    f"{path} (environment): {stage.title} ran with {name} {packages[name]}, and "
                    f"{locks.LOCK} says {pinned[name]}.",
                )
            )
    return problems


def _recorded(published: Path, stage: Stage) -> dict[str, Any]:
    try:
        found = results.read_json(record.path_of(published, stage.name, stage.item))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _published_with(folder: Path, found: list[Stage]) -> str:
    """The Python, linear algebra and machine that the stages ran with, as one line."""
    said = [
        ", ".join(str(taken[key]) for key in ("python", "blas", "platform") if key in taken)
        for stage in found
        if (taken := _recorded(folder, stage))
    ]
    return " and ".join(dict.fromkeys(said)) or "an environment that is not on record"


def _supplied(data: Sequence[Path], manifest: Manifest, found: list[Stage], copy: Path) -> bool:
    """Puts the withheld raw files in place; False if the verifier has not given them all.

    Raises VerificationError if one that is given is not a file that the study was run with.
    """
    read = {path for stage in found for path in stage.inputs}
    wanted = {file.sha256: file.path for file in manifest.withheld if file.path in read}
    for given in data:
        path = wanted.pop(integrity.digest(given), None) if given.is_file() else None
        if path is None:
            raise VerificationError(f"{given}: is not a file that the study was run with; see {MANIFEST}.")
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(given, copy / path)
    return not wanted


def _rerun(
    certificate: Certificate, found: list[Stage], published: Path, copy: Path, tell: Tell
) -> Certificate:
    environment = rerun.environment(published, copy.parent, tell)
    certificate = replace(certificate, environment=environment.said)
    try:
        rerun.run(found, copy, environment.python, tell)
    except rerun.StageError as failure:
        said = f"The stage {failure.stage.title} stopped: {failure.said}"
        return replace(certificate, failure=said, rerun_with=_published_with(copy, found))
    tell("comparing")
    return replace(
        certificate,
        compared=tuple(compared(published, copy, certificate.withheld)),
        rerun_with=_published_with(copy, found),
    )


def compared(published: Path, copy: Path, withheld: tuple[str, ...]) -> list[Compared]:
    """Compares every file that a run writes; those that another engine rendered are not compared."""
    paths = {path for folder in (published, copy) for path in contents.files_under(folder, rerun.MADE)}
    paths = {path for path in paths if not contents.is_record(path) and path not in withheld}
    found = {path: comparison.compare(published, copy, path) for path in sorted(paths)}
    why = _why_unlike(published, copy, found)
    if why:
        for path, one in found.items():
            if path.endswith(RENDERED) and one.agreement == "differs":
                found[path] = replace(one, agreement="not compared", note=why)
    return list(found.values())


def _why_unlike(published: Path, copy: Path, found: dict[str, Compared]) -> str:
    """Why rendered files can't be the same bytes, if so: another engine, or figures near but not the same."""
    engines = [
        results.read_json(path).get("engine") if path.is_file() else None
        for folder in (published, copy)
        for path in sorted((folder / contents.SITE).glob("*/engine.json"))
    ]
    if len(set(engines)) > 1:
        return f"published by {engines[0]}, rerun by {engines[-1]}"
    if any(one.agreement == "within tolerance" for one in found.values()):
        return "made from numbers or figures that agree to the tolerance, and not byte by byte"
    return ""
