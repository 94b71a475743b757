"""A ward's falls with small counts planted in them, and the study of them, run as far as its report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import project, results
from pipeline.stages import groups, its, render, report, series, spc, validate

from ..conftest import copy_repository, working_in

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
report: {formats: [html, docx]}
"""


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


def ran(folder: Path) -> Path:
    """Runs every stage of the study in a copy of the repository, and gives the copy."""
    target = copy_repository(folder)
    raw = table().assign(month=lambda rows: rows["month"].dt.strftime("%Y-%m-%d"))
    raw.to_csv(target / "data" / "raw" / "planted.csv", index=False)
    results.write_whole(target / "data_contracts" / "planted.odcs.yaml", CONTRACT)
    results.write_whole(target / "params" / "planted.yaml", PLAN)
    listed = "datasets:\n  planted: {raw: data/raw/planted.csv}\nstudies:\n  planted: {dataset: planted}\n"
    results.write_whole(target / "params.yaml", listed)
    with working_in(target):
        found = project.load()
        validate.run(found, "planted")
        for stage in (series, its, spc, groups, report, render):
            stage.run(found, STUDY)
    return target
