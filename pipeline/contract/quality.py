"""A quality rule of a contract: a metric of the standard's library, a query, or an engine's expectation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pipeline import marked_yaml
from pipeline.contract import bound, custom_rule, options, sql_rule
from pipeline.contract.bound import Bound

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from pipeline.contract.column import Column
    from pipeline.marked_yaml import Key, MarkedYaml

Severity = Literal["error", "warning"]
COLUMN_METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues")
TABLE_METRICS = ("rowCount", "duplicateValues")
ARGUMENTS: dict[tuple[str, bool], tuple[str, ...]] = {
    ("missingValues", True): ("missingValues",),
    ("invalidValues", True): ("validValues", "pattern"),
    ("duplicateValues", False): ("properties",),
}
"""The arguments of each metric, of a column (True) or of the table."""
UNREAD = ("schedule", "scheduler")

Complaint = tuple[tuple["Key", ...], str]


@dataclass(frozen=True)
class Quality:
    """One quality rule of a column, or of the table where `column` is None.

    `metric` is one of the standard's library, or `sql` or `custom`; `arguments` are what it is given.
    """

    column: str | None
    metric: str
    bound: Bound | None = None
    severity: Severity = "error"
    name: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)


def read(
    source: MarkedYaml,
    path: tuple[Key, ...],
    rules: list[DataQuality] | None,
    column: str | None,
    problems: list[str],
) -> list[Quality]:
    """Gives the quality rules under `path` of a contract; adds what is wrong with them to `problems`."""
    kept = []
    for index, rule in enumerate(rules or []):
        wrong = next(_complaints(rule, column), None)
        if wrong is not None:
            problems.append(source.complaint((*path, "quality", index, *wrong[0]), wrong[1]))
            continue
        kept.append(
            Quality(
                column=column,
                metric=_metric(rule),
                bound=None if rule.type == "custom" else bound.read(rule),
                severity="warning" if rule.severity == "warning" else "error",
                name=rule.name or rule.description or "",
                arguments=_arguments(rule),
            )
        )
    return kept


def unfit(
    source: MarkedYaml,
    path: tuple[Key, ...],
    rules: list[DataQuality] | None,
    columns: list[Column],
    column: str | None,
    table: str,
) -> list[str]:
    """Complains of rules that are sound alone, and ask for columns or of data that the contract has not."""
    problems = []
    for index, rule in enumerate(rules or []):
        if next(_complaints(rule, column), None) is not None:
            continue
        metric, arguments = _metric(rule), _arguments(rule)
        place: tuple[Key, ...] = (*path, "quality", index)
        if metric == "sql":
            said = sql_rule.complaint(arguments["query"], columns, column, table)
            place = (*place, "query")
        elif metric == "custom":
            said = custom_rule.complaint(arguments, columns, column)
            place = (*place, "implementation")
        else:
            said = _unknown_column(arguments.get("properties", []), columns)
            place = (*place, "arguments", "properties")
        if said:
            problems.append(source.complaint(place, said))
    return problems


def _unknown_column(names: list[str], columns: list[Column]) -> str | None:
    known = [column.name for column in columns]
    if (absent := next((name for name in names if name not in known), None)) is None:
        return None
    return f"there is no column {absent}{marked_yaml.nearest(absent, known) or '; mend its name'}"


def _metric(rule: DataQuality) -> str:
    return rule.type if rule.type in ("sql", "custom") else rule.metric or rule.rule or ""


def _arguments(rule: DataQuality) -> dict[str, Any]:
    if rule.type == "sql":
        return {"query": rule.query or ""}
    if rule.type == "custom":
        return custom_rule.arguments(rule.implementation)
    return dict(rule.arguments or {})


def _complaints(rule: DataQuality, column: str | None) -> Iterator[Complaint]:
    for key in UNREAD:
        if getattr(rule, key) is not None:
            yield (key,), "is not read: rules are checked whenever the data change; take it out"
    if rule.severity not in (None, "error", "warning"):
        yield ("severity",), "should be error or warning"
    if rule.type == "text":
        yield ("type",), "text can't be checked; say it in a `description`"
    elif rule.type == "sql":
        yield from _unfit_query(rule)
    elif rule.type == "custom":
        yield from custom_rule.complaints(rule)
    elif rule.type not in (None, "library"):
        yield ("type",), f"{rule.type} rules are not checked here; use library, sql or custom"
    else:
        yield from _unfit_library(rule, column)


def _unfit_query(rule: DataQuality) -> Iterator[Complaint]:
    if not (rule.query or "").strip():
        yield (), "needs a `query`"
    if rule.metric or rule.rule or rule.arguments:
        yield (), "has a query and a metric; keep one of them"
    if rule.unit not in (None, "rows"):
        yield ("unit",), "is not read for a query; let the query give the share"
    yield from bound.complaints(rule, is_count=False)


def _unfit_library(rule: DataQuality, column: str | None) -> Iterator[Complaint]:
    metric = _metric(rule)
    known = COLUMN_METRICS if column else TABLE_METRICS
    if metric not in known:
        place = "a column" if column else "a table"
        yield ("metric",), f"{metric or 'no metric'} of {place} is not checked; use {' or '.join(known)}"
        return
    for key in ("query", "engine", "implementation"):
        if getattr(rule, key) is not None:
            yield (key,), f"is not read for {metric}; take it out"
    if rule.unit not in (None, "rows", "percent") or (metric == "rowCount" and rule.unit == "percent"):
        yield ("unit",), "should be rows" if metric == "rowCount" else "should be rows or percent"
    yield from _unfit_arguments(metric, rule.arguments or {}, ARGUMENTS.get((metric, column is not None), ()))
    yield from bound.complaints(rule, is_count=True)


def _unfit_arguments(metric: str, given: dict[str, Any], known: tuple[str, ...]) -> Iterator[Complaint]:
    for name, value in given.items():
        place: tuple[Key, ...] = ("arguments", name)
        if name not in known:
            hint = marked_yaml.nearest(name, known) or "; take it out"
            yield place, f"is not read for {metric}{hint}"
        elif name == "pattern" and (why := options.not_a_pattern(value)) is not None:
            yield place, f"is not a regular expression ({why}); mend it"
        elif name != "pattern" and (not isinstance(value, list) or not value):
            yield place, "should be a list, as in [one, two]"
        elif name == "properties" and not all(isinstance(item, str) for item in value):
            yield place, "should be names of columns"
    if known and metric != "duplicateValues" and not given:
        yield (), f"needs `arguments` with {' or '.join(known)}"
    if metric == "duplicateValues" and known and not given:
        yield (), "needs `arguments` with properties, the columns that together come once"
    if len(given) > 1:
        yield ("arguments",), f"holds {' and '.join(given)}; keep one, and write a second rule for the other"
