"""Running a contract: every rule once, through Great Expectations, with a verdict for each.

The findings hold counts and row numbers, never values: Great Expectations' own results carry row values
even when asked not to, so none of them is passed on.
"""

from __future__ import annotations

import difflib
import logging
import os
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.contract import expectations, periods, table
from pipeline.contract.expectations import Rule
from pipeline.contract.logical_types import SENTENCES, TOO_LARGE
from pipeline.contract.table import Rows

if TYPE_CHECKING:
    import pandas as pd

ROWS_NAMED = 10
NEAR = 0.7
"""How alike the names of two columns must be for one to be meant (difflib's ratio)."""


@dataclass(frozen=True)
class Finding:
    """The verdict on one rule: how many rows or periods break it, and the first rows."""

    rule: str
    column: str | None
    severity: str
    passed: bool
    count: int
    rows: tuple[int, ...]
    note: str = ""


@dataclass(frozen=True)
class Validation:
    """The verdict on a dataset."""

    dataset: str
    name: str
    version: str
    row_count: int
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """True if no rule of severity error is broken; warnings do not stop a study."""
        return not self.broken("error")

    def broken(self, severity: str) -> list[Finding]:
        """Gives the broken rules of a severity."""
        return [finding for finding in self.findings if not finding.passed and finding.severity == severity]

    def as_dict(self) -> dict[str, Any]:
        """Gives the verdict as plain values, for JSON."""
        return {**asdict(self), "passed": self.passed}


def validate(rows: Rows) -> Validation:
    """Checks every rule of its contract on a raw file, after those that every table must keep.

    Rules about a column that is not there are left out: its absence is already a finding.
    """
    contract = rows.contract
    present = expectations.presence(contract)
    absent = {rule.column for rule in present if rule.column not in rows.text}
    rules = [rule for rule in expectations.compile_rules(contract) if _can_run(rule, absent)]
    on_text = present + [rule for rule in rules if rule.reads == "text"]
    on_values = [rule for rule in rules if rule.reads == "values"]
    findings = [_named_once(rows.header), _has_rows(len(rows.text))]
    for finding in _run(rows.text, on_text):
        findings.append(_too_large(_near_name(finding, rows.header), rows))
    findings += _run(rows.values, on_values)
    if contract.periods.column not in absent:
        # A row without a date is a finding already: the contract must say that the column is required.
        findings += _check_periods(rows.values[contract.periods.column].dropna(), contract.periods)
    return Validation(
        dataset=contract.id,
        name=contract.name,
        version=contract.version,
        row_count=len(rows.text),
        findings=tuple(findings),
    )


def _named_once(header: tuple[str, ...]) -> Finding:
    twice = [name for name, count in Counter(header).items() if count > 1]
    places = [str(place) for place, name in enumerate(header, 1) if name in twice]
    note = f"columns {', '.join(places)} share names; rename or remove all but one" if twice else ""
    return Finding("each column name comes once", None, "error", not twice, len(places), (), note)


def _has_rows(count: int) -> Finding:
    return Finding("the file has rows", None, "error", count > 0, int(not count), (), "" if count else "none")


def _near_name(finding: Finding, header: tuple[str, ...]) -> Finding:
    """Says of a column that is not there which one is, if their names are near."""
    name = finding.column or ""
    if finding.passed or finding.rule != expectations.is_there(name):
        return finding
    alike = [other for other in header if other.strip().casefold() == name.strip().casefold()]
    alike = alike or difflib.get_close_matches(name, header, n=1, cutoff=NEAR)
    return replace(finding, note=f"the file has `{alike[0]}`; make them the same") if alike else finding


def _too_large(finding: Finding, rows: Rows) -> Finding:
    """Says of numbers that are broken for their size that it is for their size."""
    kinds = {column.name: column.type for column in rows.contract.columns}
    kind = kinds.get(finding.column or "", "string")
    if kind not in TOO_LARGE or not finding.rows or finding.rule != f"{finding.column} {SENTENCES[kind]}":
        return finding
    pattern, note = TOO_LARGE[kind]
    named = rows.text[finding.column].iloc[[row - table.FIRST_ROW for row in finding.rows]]
    return replace(finding, note=note) if named.str.fullmatch(pattern).any() else finding


def _can_run(rule: Rule, absent: set[str | None]) -> bool:
    needed = [rule.column] if rule.column else rule.arguments.get("column_list", [])
    return not absent & set(needed)


def _check_periods(dates: pd.Series, grid: Any) -> list[Finding]:
    findings = []
    for sentence, check in periods.checks_of(grid).items():
        broken = check(dates, grid)
        findings.append(
            Finding(
                rule=sentence.format(column=grid.column, every=grid.every),
                column=grid.column,
                severity="error",
                passed=not broken.count,
                count=broken.count,
                rows=broken.rows[:ROWS_NAMED],
                note=broken.note,
            )
        )
    return findings


def _run(frame: pd.DataFrame, rules: list[Rule]) -> list[Finding]:
    if not rules:
        return []
    # Great Expectations reads this when it is imported; health data stay where they are.
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    configurations = [
        ExpectationConfiguration(
            type=rule.expectation,
            kwargs={**rule.arguments, **({"column": rule.column} if rule.column else {})},
            meta={"place": place},
        )
        for place, rule in enumerate(rules)
    ]
    # The suite's own `add` methods replace rules that share a column; its constructor keeps them all.
    suite = gx.ExpectationSuite(name="contract", expectations=configurations)
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})
    outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    by_place = {_place(result): result for result in outcome.results}
    return [_finding(rule, by_place[place]) for place, rule in enumerate(rules)]


def _place(result: Any) -> int:
    return int(result.expectation_config.meta["place"])


def _finding(rule: Rule, result: Any) -> Finding:
    rows = sorted(
        int(position) + table.FIRST_ROW for position in result.result.get("unexpected_index_list") or []
    )
    broken_as_a_whole = 0 if result.success else 1
    note = ""
    if (result.exception_info or {}).get("raised_exception"):
        note = "the rule could not be run"
    elif rule.expectation == "expect_table_row_count_to_be_between" and not result.success:
        note = f"it has {result.result['observed_value']}"
    return Finding(
        rule=rule.sentence,
        column=rule.column,
        severity=rule.severity,
        passed=bool(result.success),
        count=len(rows) or broken_as_a_whole,
        rows=tuple(rows[:ROWS_NAMED]),
        note=note,
    )
