"""The bundle: one zip of a study with all that a stranger needs to see every number agree.

It is a valid RO-Crate, its folders are the repository's, and its bytes depend on nothing but what it holds:
times in the zip are fixed, and what is written for it (below) holds no time and no random id.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipeline import __version__, results
from pipeline.errors import DataError, PlanError
from pipeline.plan import Plan
from pipeline.reproduce import contents, crate, frozen, git, provenance, stages
from pipeline.reproduce.contents import Contents
from pipeline.study import Study

MANIFEST = "bundle.json"
CHECKSUMS = "checksums.sha256"
CODECHECK = "codecheck.yml"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip: the first that a zip can hold."""
READ = ("data/", "data_contracts/", "notebooks/", "params/", "requirements.lock")
"""What of the inputs the crate names as read by the run; the rest is code."""


@dataclass(frozen=True)
class Written:
    """A bundle that was written: where, its SHA-256, how many files, and the files withheld."""

    path: Path
    sha256: str
    files: int
    withheld: tuple[str, ...]


def write(study: Study, target: Path, day: datetime.date | None) -> Written:
    """Writes the bundle of a study that was run to `target`, dated `day` or the day of git's last commit.

    Raises DataError if the study was not run or its results are not of the files as they stand, and
    PlanError if there is neither a day nor a commit, or the frozen plan is damaged.
    """
    root, plan = study.project.root, study.plan
    held = contents.of(study.project, plan.study)
    frozen.read(study.project, plan.study)
    if stale := provenance.problems(root, [stage.title for stage in held.stages]):
        raise DataError(f"{stale[0].sentence} Run `lasting run {plan.study}` first.")
    commit = git.last_commit(root)
    if not (day or commit):
        raise PlanError("The bundle has no date: this is not a git repository; give --date YYYY-MM-DD.")
    published = day.isoformat() if day else commit[1] if commit else ""
    kept = sorted({*held.inputs, *held.outputs} - set(held.withheld))
    files: dict[str, Path | bytes] = {path: root / path for path in kept}
    made = _made_for_it(study, held, published)
    files |= {path: text.encode("utf-8") for path, text in made.items()}
    files[crate.METADATA] = _described(plan, held, published, files).encode("utf-8")
    files[CHECKSUMS] = checksums(files).encode("utf-8")
    _zip(target, files)
    return Written(target, _digest(target), len(files), held.withheld)


def checksums(files: Mapping[str, Path | bytes]) -> str:
    """Gives the SHA-256 of each file in the form that `sha256sum --check` reads."""
    return "".join(f"{_digest(files[path])}  {path}\n" for path in sorted(files))


def _made_for_it(study: Study, held: Contents, published: str) -> dict[str, str]:
    """The files that are not the repository's own: cut down to this one study, or about the bundle."""
    project, plan = study.project, study.plan
    lock = provenance.read(project.root / provenance.LOCK)
    return {
        MANIFEST: results.to_json(_manifest(study, held, published)),
        "README.md": _readme(plan, held),
        CODECHECK: "---\n" + _yaml(_codecheck(plan, held)),
        stages.LIST: _yaml(stages.listed(project.root, plan.study)),
        provenance.LOCK: _yaml(
            {"schema": "2.0", "stages": {stage.title: lock[stage.title] for stage in held.stages}}
        ),
        ".dvc/config": "[core]\n    analytics = false\n    check_update = false\n    no_scm = true\n",
    }


def _manifest(study: Study, held: Contents, published: str) -> dict[str, Any]:
    root, plan = study.project.root, study.plan
    commit = git.last_commit(root)
    sources = [path for path in held.inputs if path not in held.withheld]
    return {
        "study": plan.study,
        "datasets": stages.datasets_of(root, plan.study),
        "title": plan.title,
        "question": plan.question,
        "lasting": __version__,
        "date": published,
        "commit": commit[0] if commit else None,
        "as_committed": git.is_clean(root, *sources),
        "plan": frozen.digest(frozen.canonical(plan)),
        "outputs": [path for path in held.outputs if path not in held.withheld],
        "withheld": [
            {"path": path, "sha256": _digest(root / path), "bytes": (root / path).stat().st_size}
            for path in held.withheld
        ],
    }


def _codecheck(plan: Plan, held: Contents) -> dict[str, Any]:
    """What a CODECHECK asks of authors (https://codecheck.org.uk/spec/config/2.0): what is to be checked."""
    checked = [path for path in held.outputs if path not in held.withheld and not contents.is_record(path)]
    return {
        "version": "https://codecheck.org.uk/spec/config/2.0/",
        "manifest": [{"file": path, "comment": provenance.kind_of(path).capitalize()} for path in checked],
        "paper": {"title": plan.title, "authors": [{"name": name} for name in plan.authors]},
        "summary": f"`lasting verify` reruns the study {plan.study} and compares each file of the manifest.",
    }


def _readme(plan: Plan, held: Contents) -> str:
    withheld = (
        "\nThe data may not be passed on. Their hashes are in `bundle.json`, their schema is the contract in "
        "`data_contracts/`, and what the contract found is in `results/_data/`. Whoever has the file can "
        "verify with `--data FILE`.\n"
        if held.withheld
        else ""
    )
    return (
        f"# {plan.title}\n\n{plan.question}\n\n"
        f"The report is `reports/_site/{plan.study}/report.{plan.report.formats[0]}`. "
        "This folder is what it was made from and with, an RO-Crate.\n"
        f"{withheld}\n## See every number agree\n\n"
        "With Python 3.11 to 3.13 and make, in this folder (unpacked), and with the zip beside it:\n\n"
        "```bash\nmake setup\n.venv/bin/lasting verify ../the-bundle.zip\n```\n\n"
        "It checks the files, reruns the study from its data in a temporary folder, compares every number, "
        "table, figure and document, and writes a certificate.\n"
    )


def _described(plan: Plan, held: Contents, published: str, files: Mapping[str, Path | bytes]) -> str:
    sizes = {path: _size(file) for path, file in sorted(files.items())}
    read = [path for path in held.inputs if path.startswith(READ) and path in sizes]
    read.remove("params/plan.schema.json")
    wrote = [path for path in held.outputs if path in sizes]
    return crate.describe(plan, __version__, published, read, wrote, sizes)


def _zip(target: Path, files: Mapping[str, Path | bytes]) -> None:
    """Writes the zip under a temporary name and renames it when it is whole."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(files):
                entry = zipfile.ZipInfo(path, EARLIEST)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.file_size = _size(files[path])
                with archive.open(entry, "w") as into, _opened(files[path]) as file:
                    shutil.copyfileobj(file, into)
        partial.replace(target)
    except OSError as problem:
        raise DataError(f"{target}: cannot be written ({problem.strerror}).") from None
    finally:
        partial.unlink(missing_ok=True)


def _opened(file: Path | bytes) -> BinaryIO:
    return io.BytesIO(file) if isinstance(file, bytes) else file.open("rb")


def _size(file: Path | bytes) -> int:
    return len(file) if isinstance(file, bytes) else file.stat().st_size


def _digest(file: Path | bytes) -> str:
    with _opened(file) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()  # type: ignore[arg-type]


def _yaml(value: Any) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="rt")
    writer.default_flow_style = False
    writer.width = 4096
    text = io.StringIO()
    writer.dump(value, text)
    return text.getvalue()
