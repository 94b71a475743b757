"""Writes the synthetic data into data/raw, and the truth about them into data/synthetic."""

from __future__ import annotations

from pathlib import Path

from pipeline import project, results
from pipeline.simulate import SEED, STUDIES, make


def write(root: Path) -> None:
    """Writes every synthetic study's files under `root`."""
    for study in STUDIES:
        made = make(study)
        for name, table in made.tables.items():
            text = table.to_csv(index=False, lineterminator="\n")
            results.write_whole(root / "data" / "raw" / f"{name}.csv", text)
        truth = {"study": study, "synthetic": True, "seed": SEED, **made.truth}
        results.write_whole(root / "data" / "synthetic" / f"{study}.truth.json", results.to_json(truth))


if __name__ == "__main__":
    write(project.find_root())
