"""A ward's falls with small counts planted in them, and the study of them, run as far as its report."""

from __future__ import annotations

import datetime
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pypdf

from pipeline import project, results, study
from pipeline.reproduce import bundle

from ..conftest import copy_repository, lasting_in, working_in

STUDY = "planted"
PLANTED = {5: 3, 20: 2, 40: 1, 50: 4}
"""Counts too small to show, by their place in the series."""
PRIMES = (907, 911, 919, 929, 937, 941, 947, 953, 967, 971, 977, 983, 991, 997)
"""Bed days; a count over one of these has decimals that no other number has."""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: planted
name: Falls on a ward
version: 1.0.0
status: active
servers:
  - {server: raw, type: local, path: data/raw/planted.csv, format: csv}
schema:
  - name: planted
    properties:
      - {name: month, logicalType: date, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: ward, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 2}
      - {name: age, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 3}
      - {name: falls, logicalType: integer, required: true}
      - {name: days, logicalType: integer, required: true}
customProperties:
  - property: periods
    value: {column: month, every: month, rows: records}
"""
PLAN = """\
study: planted
title: Falls
question: Did falls fall?
data:
  contract: planted
  period: {column: month, every: month}
  unit: ward
  strata: age
measures:
  - {id: falls, role: outcome, label: Falls, kind: count, column: falls, better: lower}
  - {id: rate, role: process, label: Falls by stay, kind: rate, numerator: falls, denominator: days, per: 1000}
interventions:
  - {label: The bundle, start: 2022-01-01, phase_in: {until: 2022-03-01}, units: [A]}
equity: {gradient: age}
its: {seasonality: {harmonics: 1}}
disclosure: {minimum: 5, round_to: 5}
report: {formats: [html, pdf, docx]}
"""
LISTED = """\
datasets:
  planted: {raw: data/raw/planted.csv}
networks: {}
studies:
  planted: {dataset: planted}
"""
PIXELS = {"IHDR", "PLTE", "tRNS", "pHYs", "sBIT", "gAMA", "sRGB", "IDAT", "IEND"}
"""What a PNG file may consist of: the picture, and nothing in words."""


def table() -> pd.DataFrame:
    """Gives the rows: five years of one ward with the change and three without, by age, months in order."""
    draw = np.random.default_rng(11)
    months, place = pd.date_range("2019-01-01", periods=60, freq="MS"), np.arange(60)
    wards = []
    for ward in "ABCD":
        level = np.where((place >= 36) & (ward == "A"), 9.0, 14.0)
        falls = draw.poisson(level + 2 * np.sin(2 * np.pi * place / 12))
        falls = np.where(falls < 5, 6, falls)
        if ward == "A":
            falls[list(PLANTED)] = list(PLANTED.values())
            falls[36] = 2  # in the transition, where a term of its own makes the fit what was observed
        if ward == "C":
            falls[10] = 1
        days = draw.choice(PRIMES, 60)
        old = np.clip(draw.binomial(falls, 0.6), 1, np.maximum(falls - 1, 1))
        for age, counts, of_days in (("old", old, days // 2), ("young", falls - old, days - days // 2)):
            rows = {"month": months, "ward": ward, "age": age, "falls": counts, "days": of_days}
            wards.append(pd.DataFrame(rows))
    return pd.concat(wards).sort_values(["month", "ward", "age"]).reset_index(drop=True)


@dataclass(frozen=True)
class Ran:
    """A clone in which `lasting run` was called, all that it said, and the bundle made of it."""

    clone: Path
    said: str
    bundle: Path


def ran(folder: Path) -> Ran:
    """Runs the study as a user would, by `lasting run`, in a copy of the repository; and bundles it."""
    target = copy_repository(folder)
    raw = table().assign(month=lambda rows: rows["month"].dt.strftime("%Y-%m-%d"))
    raw.to_csv(target / "data" / "raw" / "planted.csv", index=False)
    results.write_whole(target / "data_contracts" / "planted.odcs.yaml", CONTRACT)
    results.write_whole(target / "params" / "planted.yaml", PLAN)
    results.write_whole(target / "params.yaml", LISTED)
    (target / "dvc.lock").unlink()
    said = lasting_in(target, "run")
    assert said.returncode == 0, said.stderr
    with working_in(target):
        whole = study.load(project.load(), STUDY)
        made = bundle.write(whole, folder.parent / "planted.zip", datetime.date(2025, 5, 3))
    return Ran(target, said.stdout + said.stderr, made.path)


def texts_of(name: str, content: bytes) -> dict[str, str]:
    """Gives every text that a file holds, by its place in it; raises if it is of a kind that can't be read.

    Of a PDF those of its pages, of a Word file or a bundle those of its members. A PNG may hold pixels only.
    """
    kind = name.rpartition(".")[2]
    if kind in ("docx", "zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            inside = {f"{name}: {part}": parts.read(part) for part in parts.namelist()}
        return {place: text for part in inside for place, text in texts_of(part, inside[part]).items()}
    if kind == "pdf":
        reader = pypdf.PdfReader(io.BytesIO(content))
        assert not reader.attachments
        pages = {f"{name}, page {number}": page.extract_text() for number, page in enumerate(reader.pages, 1)}
        return {**pages, f"{name}, about it": str(reader.metadata)}
    if kind == "png":
        assert chunks_of(content) <= PIXELS, name
        return {}
    return {name: content.decode("utf-8")}


def chunks_of(png: bytes) -> set[str]:
    """Gives the kinds of chunks of a PNG file."""
    found, at = set(), 8
    while at < len(png):
        found.add(png[at + 4 : at + 8].decode())
        at += 12 + int.from_bytes(png[at : at + 4], "big")
    return found
