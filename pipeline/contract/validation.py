"""Running a contract: every rule once, with a verdict for each.

The findings hold counts and row numbers, never values.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.contract import engine, expectations, periods, sql_rule
from pipeline.contract.engine import Expected, Outcome
from pipeline.contract.expectations import Rule
from pipeline.contract.extract import Extract
from pipeline.contract.logical_types import TOO_LARGE
from pipeline.contract.periods import Broken, Timeline
from pipeline.contract.properties import Break, Provisional
from pipeline.contract.table import Rows

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.contract.model import Contract

ROWS_NAMED = 10
COULD_NOT_RUN = "the rule could not be run on these data"
NEAR = 0.7
"""How alike the names of two columns must be for one to be meant (difflib's ratio)."""
EXACT = 2**53
"""Up to here a float holds every whole number."""
NEAR_WHOLE = 1e-9
"""How far from a whole number of steps a value may be, as a share: 0.3 is three times 0.1."""


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
    """The verdict on a dataset, and what its contract warns of: breaks, provisional periods, a snapshot."""

    dataset: str
    name: str
    version: str
    row_count: int
    findings: tuple[Finding, ...]
    breaks: tuple[Break, ...] = ()
    provisional: Provisional | None = None
    extract: Extract | None = None

    @property
    def passed(self) -> bool:
        """True if no rule of severity error is broken; warnings do not stop a study."""
        return not self.broken("error")

    def broken(self, severity: str) -> list[Finding]:
        """Gives the broken rules of a severity."""
        return [finding for finding in self.findings if not finding.passed and finding.severity == severity]

    def as_dict(self) -> dict[str, Any]:
        """Gives the verdict as plain values, for JSON."""
        return {
            **asdict(self),
            "breaks": [each.model_dump() for each in self.breaks],
            "provisional": self.provisional.model_dump() if self.provisional else None,
            "passed": self.passed,
        }


def validate(rows: Rows) -> Validation:
    """Checks every rule of its contract on a raw file, after those that every table must keep.

    Rules about a column that is not there are left out: its absence is already a finding.
    """
    contract = rows.contract
    absent = {column.name for column in contract.columns if column.name not in rows.text}
    rules = expectations.presence(contract)
    rules += [rule for rule in expectations.compile_rules(contract) if not absent & set(rule.columns)]
    findings = [named_once(rows.header), has_rows(len(rows.text)), *checked(rows, rules)]
    if not absent & of_periods(contract):
        findings += check_periods(rows)
    return verdict_on(contract, len(rows.text), findings)


def of_periods(contract: Contract) -> set[str]:
    """Gives the columns that say of which period, and of which unit, a row is."""
    return {contract.periods.column} | ({contract.periods.units} if contract.periods.units else set())


def verdict_on(contract: Contract, row_count: int, findings: Sequence[Finding]) -> Validation:
    """Gives the verdict on so many rows, with what their contract warns of."""
    return Validation(
        dataset=contract.id,
        name=contract.name,
        version=contract.version,
        row_count=row_count,
        findings=tuple(findings),
        breaks=contract.properties.breaks,
        provisional=contract.properties.provisional,
    )


def named_once(header: tuple[str, ...]) -> Finding:
    """Gives the verdict on whether the columns' names are all different."""
    twice = [name for name, count in Counter(header).items() if count > 1]
    places = [str(place) for place, name in enumerate(header, 1) if name in twice]
    note = f"columns {', '.join(places)} share names; rename or remove all but one" if twice else ""
    return Finding("each column name comes once", None, "error", not twice, len(places), (), note)


def has_rows(count: int) -> Finding:
    """Gives the verdict on whether there are any rows."""
    return Finding("the file has rows", None, "error", count > 0, int(not count), (), "" if count else "none")


def checked(rows: Rows, rules: list[Rule]) -> list[Finding]:
    """Gives the verdict on each rule, in the rules' order."""
    is_sound = {name: not rows.misfits(name).any() for name in map(str, rows.text.columns)}
    expected = [rule for rule in rules if rule.check == "expectation"]
    on_text = [rule for rule in expected if rule.reads == "text" and not is_sound[rule.column or ""]]
    # Where every text is of its type, text and values are empty on the same rows: one table will do.
    on_values = [rule for rule in expected if not any(rule is other for other in on_text)]
    found = {id(rule): finding for rule, finding in zip(on_text, _expect(rows.text, on_text), strict=True)}
    found |= {
        id(rule): finding for rule, finding in zip(on_values, _expect(rows.values, on_values), strict=True)
    }
    return [found[id(rule)] if rule.check == "expectation" else OWN[rule.check](rows, rule) for rule in rules]


def _expect(frame: pd.DataFrame, rules: list[Rule]) -> list[Finding]:
    """The verdict of Great Expectations on each rule."""
    outcomes = engine.run(_plain(frame), [expected_of(rule) for rule in rules]) if rules else []
    return [finding_of(rule, outcome, len(frame)) for rule, outcome in zip(rules, outcomes, strict=True)]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same values in numpy's types, where those hold them exactly: pandas' own take far longer."""
    plain = frame.copy(deep=False)
    for name in frame:
        values = frame[name]
        if str(values.dtype) in ("Int64", "boolean") and not values.hasnans:
            values = values.astype("int64" if str(values.dtype) == "Int64" else "bool")
        elif str(values.dtype) == "Int64" and not (values.abs() > EXACT).any():
            values = values.astype("float64")
        plain[name] = values
    return plain


def expected_of(rule: Rule) -> Expected:
    """Gives the expectation that a rule is."""
    return Expected(
        rule.expectation,
        {**rule.arguments, **({"column": rule.column} if rule.column else {})},
        is_counted=rule.bound is not None and not rule.bound.is_none,
    )


def finding_of(rule: Rule, outcome: Outcome, total: int) -> Finding:
    """Gives the verdict on a rule from what came of its expectation on `total` rows."""
    if not outcome.could_run:
        return _verdict(rule, False, 1, note=COULD_NOT_RUN)
    if rule.bound is None:
        return _verdict(rule, outcome.holds, max(outcome.count, int(not outcome.holds)), outcome.rows)
    return _bounded(rule, outcome.rows, outcome.count, total)


def added_up(rule: Rule, parts: Sequence[Finding], total: int) -> Finding:
    """Gives the verdict on a rule that asks something of each row, from those on parts of `total` rows."""
    if stuck := next((part for part in parts if part.note == COULD_NOT_RUN), None):
        return stuck
    rows = tuple(row for part in parts for row in part.rows)
    count = sum(part.count for part in parts)
    if rule.check == "expectation":
        return _bounded(rule, rows, count, total)
    note = next((part.note for part in parts if part.note), "")
    return _verdict(rule, not count, count, rows, note)


def _bounded(rule: Rule, broken: tuple[int, ...], count: int, total: int) -> Finding:
    """The verdict on a rule that so many rows, or so large a share, may break."""
    bound = rule.bound or expectations.NOTHING
    share = 100 * count / total if total else 0.0
    passed = bound.holds(share if bound.unit == "percent" else count)
    note = ""
    if not passed and not bound.is_none:
        note = f"it is {share:.3g}%" if bound.unit == "percent" else f"it is {count}"
    return _verdict(rule, passed, count, broken if bound.is_at_most else (), note)


def _verdict(rule: Rule, passed: bool, count: int, rows: tuple[int, ...] = (), note: str = "") -> Finding:
    return Finding(rule.sentence, rule.column, rule.severity, passed, count, rows[:ROWS_NAMED], note)


def _on_rows(rule: Rule, broken: pd.Series, note: str = "") -> Finding:
    """The verdict on a rule that no row may break; `broken` says which do."""
    rows = tuple(int(row) for row in broken.index[broken])
    return _verdict(rule, not rows, len(rows), rows, note if rows else "")


def _is_there(rows: Rows, rule: Rule) -> Finding:
    """Whether a column is in the file; of one that is not, which one may be meant."""
    name = next(column.source for column in rows.contract.columns if column.name == rule.column)
    if name in rows.header:
        return _verdict(rule, True, 0)
    alike = [other for other in rows.header if other.strip().casefold() == name.strip().casefold()]
    alike = alike or difflib.get_close_matches(name, rows.header, n=1, cutoff=NEAR)
    return _verdict(rule, False, 1, note=f"the file has `{alike[0]}`; make them the same" if alike else "")


def _of_type(rows: Rows, rule: Rule) -> Finding:
    """Whether each value is written as one of its type; of numbers that are not for their size, says so."""
    name = rule.column or ""
    broken = rows.misfits(name)
    kind = next(column.type for column in rows.contract.columns if column.name == name)
    note = ""
    if kind in TOO_LARGE and broken.any():
        pattern, said = TOO_LARGE[kind]
        named = rows.text.loc[broken, name].head(ROWS_NAMED)
        note = said if named.str.fullmatch(pattern).any() else ""
    return _on_rows(rule, broken, note)


def _has_as_many(rows: Rows, rule: Rule) -> Finding:
    """Whether the file has as many rows as it must."""
    return counted(rule, len(rows.text))


def counted(rule: Rule, count: int) -> Finding:
    """Gives the verdict on how many rows there are."""
    passed = (rule.bound or expectations.NOTHING).holds(count)
    return _verdict(rule, passed, int(not passed), note="" if passed else f"it has {count}")


def _is_multiple(rows: Rows, rule: Rule) -> Finding:
    """Whether each value is a whole number of steps, to the last of the digits that a float keeps."""
    steps = rows.values[rule.column].astype("float64") / float(rule.arguments["of"])
    return _on_rows(
        rule, ((steps - steps.round()).abs() > NEAR_WHOLE * steps.abs().clip(lower=1)).fillna(False)
    )


def _is_part(rows: Rows, rule: Rule) -> Finding:
    """Whether the numerator is never more than the denominator, where both are there."""
    part, whole = (rows.values[rule.arguments[name]] for name in ("column_A", "column_B"))
    return _on_rows(rule, (part > whole).fillna(False).astype(bool))


def _answers(rows: Rows, rule: Rule) -> Finding:
    """Whether the answer of a query is as it must be; the answer itself may be a value, and isn't told."""
    contract = rows.contract
    return answered(
        rule,
        lambda query: sql_rule.answer(
            query, rows.values, list(contract.columns), rule.column, contract.table
        ),
    )


def answered(rule: Rule, ask: Callable[[str], Any]) -> Finding:
    """Gives the verdict on a query's rule; `ask` gives the query's answer."""
    try:
        found = ask(rule.arguments["query"])
    except ValueError as problem:
        return _verdict(rule, False, 1, note=str(problem))
    passed = (rule.bound or expectations.NOTHING).holds(found)
    return _verdict(rule, passed, int(not passed), note="" if passed else "its answer is another")


OWN: dict[str, Callable[[Rows, Rule], Finding]] = {
    "presence": _is_there,
    "rows": _has_as_many,
    "type": _of_type,
    "multiple": _is_multiple,
    "part": _is_part,
    "query": _answers,
}


def check_periods(rows: Rows) -> list[Finding]:
    """Gives the verdict on what every time series must keep."""
    import pandas as pd

    contract = rows.contract
    grid = contract.periods
    # A row without a date is a finding already: the contract must say that the column is required.
    dated = rows.values[rows.values[grid.column].notna()]
    line = Timeline(dated[grid.column], grid, pd.factorize(dated[grid.units])[0] if grid.units else None)
    return of_time(contract, line)


def of_time(
    contract: Contract, line: Timeline, told: Callable[[Broken], Broken] = lambda broken: broken
) -> list[Finding]:
    """Gives the verdict on each check of time that bears on a contract's data.

    `told` gives what is told of the line's rows that break a check, where they stand for others.
    """
    grid = contract.periods
    findings = []
    for check in periods.checks_of(grid):
        broken = told(check.find(line))
        findings.append(
            Finding(
                rule=periods.sentence_of(check, grid),
                column=grid.column,
                severity=check.severity,
                passed=not broken.count,
                count=broken.count,
                rows=broken.rows[:ROWS_NAMED],
                note=broken.note,
            )
        )
    return findings
