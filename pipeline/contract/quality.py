"""A quality rule of a contract: a metric of the standard's library, and how many breaches are borne."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from pipeline.marked_yaml import Key, MarkedYaml

Severity = Literal["error", "warning"]
OPERATORS = (
    "mustBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
)
UNCHECKED_OPERATORS = ("mustNotBe", "mustNotBeBetween")
COLUMN_METRICS = ("nullValues", "duplicateValues")
TABLE_METRICS = ("rowCount",)


@dataclass(frozen=True)
class Quality:
    """One quality rule of a column, or of the table where `column` is None."""

    column: str | None
    metric: str
    arguments: dict[str, Any]
    severity: Severity
    description: str


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
                arguments=_arguments(rule),
                severity="warning" if rule.severity == "warning" else "error",
                description=rule.description or rule.name or "",
            )
        )
    return kept


def _metric(rule: DataQuality) -> str:
    return rule.metric or rule.rule or ""


def _arguments(rule: DataQuality) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in OPERATORS if getattr(rule, name) is not None}


def _complaints(rule: DataQuality, column: str | None) -> Iterator[tuple[tuple[Key, ...], str]]:
    metric, arguments = _metric(rule), _arguments(rule)
    known = COLUMN_METRICS if column else TABLE_METRICS
    if rule.type not in (None, "library"):
        yield ("type",), f"{rule.type} rules are not checked here yet"
    if metric not in known:
        place = "a column" if column else "a table"
        said = f"{metric or 'no metric'} of {place} is not checked; use {' or '.join(known)}"
        yield ("metric",), said
    for operator in UNCHECKED_OPERATORS:
        if getattr(rule, operator) is not None:
            yield (operator,), f"is not checked; use one of {', '.join(OPERATORS)}"
    if metric != "rowCount" and arguments != {"mustBe": 0}:
        yield (), f"{metric} is checked with `mustBe: 0` only"
    if len(arguments) != 1 or rule.unit not in (None, "rows"):
        yield (), f"needs one of {', '.join(OPERATORS)}, in rows"
    if metric == "rowCount":
        yield from _unfit_counts(*next(iter(arguments.items())))
    if rule.severity not in (None, "error", "warning"):
        yield ("severity",), "should be error or warning"


def _unfit_counts(operator: str, value: Any) -> Iterator[tuple[tuple[Key, ...], str]]:
    counts = value if isinstance(value, list) else [value]
    if not all(type(count) in (int, float) and count == count // 1 and count >= 0 for count in counts):
        yield (operator,), "should be whole numbers, 0 or more"
    elif counts != sorted(counts):
        yield (operator,), f"no count lies between {counts[0]} and {counts[1]}; swap them"
