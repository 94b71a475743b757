"""A new study from a file: read it, ask, draft, check the drafts, and only then put all in its place."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline import project as projects
from pipeline import study
from pipeline.drafting import columns, dates, texts, tidy
from pipeline.drafting.numbers import PLAIN
from pipeline.drafting.questions import Choices
from pipeline.drafting.seen import Seen
from pipeline.drafting.texts import Draft
from pipeline.errors import PlanError
from pipeline.project import LIST, NOT_A_SLUG, Project, is_slug

RAW = "data/raw"
LARGE = 10_000_000
"""Bytes above which a file is better kept by DVC than by git."""


@dataclass(frozen=True)
class Made:
    """What was written: the study, and each file with a word about it."""

    study: study.Study
    files: tuple[tuple[str, str], ...]
    is_large: bool


def refuse_taken(project: Project, name: str) -> None:
    """Raises PlanError if a study can't have this name: it is no slug, or there is one already."""
    if not is_slug(name):
        raise PlanError(f"STUDY: {name} {NOT_A_SLUG}.")
    path = project.plan_path(name)
    if name in project.studies or path.exists():
        where = project.name_of(path) if path.exists() else LIST
        raise PlanError(f"{where}: there is a study {name} already; give the new one another name.")


def write(project: Project, name: str, seen: Seen, choices: Choices, is_public: bool) -> Made:
    """Writes the study's files and lists it; all of them or, after an error, none. Nothing is overwritten.

    Raises PlanError or ContractError if the drafts are not sound, or a file is in the way.
    """
    refuse_taken(project, name)
    dataset = _free_dataset(project, seen.path, name)
    plain = tidy.tidied(seen.source, seen.calendar, seen.style)
    style = PLAIN if plain.done else seen.style
    raw, origin = _places(project, dataset, seen.path, bool(plain.done))
    draft = Draft(
        study=name,
        dataset=dataset,
        raw=raw,
        format=plain.source.format,
        encoding=plain.source.encoding,
        separator=plain.source.separator,
        sheet=plain.source.sheet,
        header_row=plain.source.header_row,
        footer_rows=plain.source.footer_rows,
        decimal=style.decimal,
        thousands=style.thousands,
        date_format=plain.date_format,
        period=plain.column,
        every=seen.dated.every,
        complete_until=dates.stepped(max(seen.calendar.days), seen.calendar.every, 1) - timedelta(days=1),
        rows=len(plain.source.rows),
        columns=columns.profiled(plain.source, style),
        done=plain.done,
        origin=_named(origin or raw, seen.path),
        keys=seen.keys,
        units=seen.units,
        parts=seen.parts,
        are_records=seen.are_records,
        condition=_filter(seen),
        is_public=is_public,
    )
    files: dict[str, str | Path] = {
        f"data_contracts/{dataset}.odcs.yaml": texts.contract(draft),
        f"params/{name}.yaml": texts.plan(draft, choices),
        raw: tidy.as_csv(plain.source) if plain.done else seen.path,
    }
    if origin is not None:
        files[origin] = seen.path
    listed = _listed(project, name, dataset, raw)
    # In the repository, so that what is sound is moved into place and not written a second time.
    with tempfile.TemporaryDirectory(prefix=".lasting-new-", dir=project.root) as made:
        folder = Path(made)
        loaded = _checked(folder, files, listed, name)
        _put(project.root, folder, [place for place in files if not _is_there(project.root, place, files)])
    return Made(
        study=study.Study(project=projects.load(project.root), plan=loaded.plan, contract=loaded.contract),
        files=tuple(_words(files, plain.done, raw, origin, seen.path)),
        is_large=seen.path.stat().st_size > LARGE,
    )


def _filter(seen: Seen) -> str | None:
    """The plan's filter that keeps to the rows that were asked for."""
    said = []
    for column, operator, value in seen.only:
        is_number = seen.type_of(column) in ("integer", "number")
        name = column if column.isidentifier() else f"`{column}`"
        said.append(f"{name} {operator} {value if is_number else repr(value)}")
    return " and ".join(said) or None


def _free_dataset(project: Project, path: Path, name: str) -> str:
    """A name for the dataset: the file's, or the study's where that is taken."""
    stem = texts.slug(path.name.removesuffix(".gz").rpartition(".")[0] or path.name)
    for dataset in (stem, name):
        inside = list((project.root / RAW).glob(f"{dataset}.*"))
        is_free = dataset not in project.raw and not project.contract_path(dataset).exists()
        if dataset and is_free and all(file.resolve() == path.resolve() for file in inside):
            return dataset
    raise PlanError(
        f"data_contracts/: there are datasets {stem} and {name} already; give the study another name."
    )


def _places(project: Project, dataset: str, path: Path, is_tidied: bool) -> tuple[str, str | None]:
    """Where the table will stand, and where the file it was made from, if it was."""
    inside = path.resolve().is_relative_to(project.root.resolve())
    there = project.name_of(path) if inside else None
    kind = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    if not is_tidied:
        return there or f"{RAW}/{dataset}{kind}", None
    origin = there or f"{RAW}/{dataset}.original{kind}"
    made = f"{RAW}/{dataset}.csv"
    return (made if made != origin else f"{RAW}/{dataset}.tidy.csv"), origin


def _named(place: str, path: Path) -> str:
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{place} (SHA-256 {content[:16]}...)"


def _listed(project: Project, name: str, dataset: str, raw: str) -> str:
    """The list of studies with the new one, its comments and its form kept."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    listed: Any = yaml.load((project.root / LIST).read_text(encoding="utf-8"))
    for section, key, entry in (("datasets", dataset, {"raw": raw}), ("studies", name, {"dataset": dataset})):
        if listed.get(section) is None:
            listed[section] = CommentedMap()
        listed[section][key] = CommentedMap(entry)
    text = io.StringIO()
    yaml.dump(listed, text)
    return text.getvalue()


def _checked(folder: Path, files: dict[str, str | Path], listed: str, name: str) -> study.Study:
    """Lays the new files out in a folder as in a repository, and reads the study there as any run would."""
    for place, content in files.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_text(content, encoding="utf-8")
    (folder / LIST).write_text(listed, encoding="utf-8")
    (folder / "dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    return study.load(projects.load(folder), name)


def _is_there(root: Path, place: str, files: dict[str, str | Path]) -> bool:
    """True if a file of the study is in the repository already, and is what was given."""
    content = files[place]
    return isinstance(content, Path) and (root / place).resolve() == content.resolve()


def _put(root: Path, folder: Path, places: list[str]) -> None:
    """Moves files, and last the list of studies, from a folder to their places: all of them, or none."""
    if taken := [place for place in places if (root / place).exists()]:
        raise PlanError(
            f"{taken[0]}: is there already, and nothing is overwritten; move it, or name the study anew."
        )
    put: list[Path] = []
    try:
        for place in [*places, LIST]:
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).replace(root / place)
            put.append(root / place)
    except OSError as problem:
        for target in put:
            target.unlink()
        raise PlanError(f"{place}: cannot be written ({problem.strerror}); nothing was.") from None


def _words(
    files: dict[str, str | Path], done: tuple[str, ...], raw: str, origin: str | None, path: Path
) -> list[tuple[str, str]]:
    words = {raw: "the table made from it" if done else f"a copy of {path.name}"}
    if origin is not None:
        words[origin] = f"{path.name} as it came"
    described = {**dict.fromkeys(files, ""), **words}
    for place in files:
        if place.startswith("data_contracts/"):
            described[place] = "what the data are and must be: a draft, read it through"
        elif place.startswith("params/"):
            described[place] = "the analysis plan"
    return [(place, described[place]) for place in files] + [(LIST, "lists the study")]
