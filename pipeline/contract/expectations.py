"""From contract to Great Expectations: each rule as one expectation, with a sentence for people.

Types are checked on the file's text, where a stray letter can still be seen; ranges, uniqueness and the
like on the typed values. A value that is not of its type counts once, under its type rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pipeline.contract.column import Column
from pipeline.contract.logical_types import PATTERNS, SENTENCES
from pipeline.contract.quality import Quality, Severity

if TYPE_CHECKING:
    from pipeline.contract.model import Contract


@dataclass(frozen=True)
class Rule:
    """One thing that must hold: an expectation's type and arguments, and a sentence that says it."""

    sentence: str
    column: str | None
    severity: Severity
    expectation: str
    arguments: dict[str, Any] = field(default_factory=dict)
    reads: Literal["text", "values"] = "values"


def presence(contract: Contract) -> list[Rule]:
    """Gives the rules that every column of the contract is in the file."""
    return [
        Rule(is_there(column.name), column.name, "error", "expect_column_to_exist")
        for column in contract.columns
    ]


def is_there(name: str) -> str:
    """Gives the sentence of the rule that a column is in the file."""
    return f"{name} is there"


def compile_rules(contract: Contract) -> list[Rule]:
    """Gives the rules of a contract in its own order: column by column, then the table."""
    rules = [rule for column in contract.columns for rule in _column_rules(column)]
    if len(contract.primary_key) == 1:
        name = contract.primary_key[0]
        rules.append(Rule(f"{name} names each row once", name, "error", "expect_column_values_to_be_unique"))
    elif contract.primary_key:
        names = list(contract.primary_key)
        sentence = f"{' with '.join(names)} names each row once"
        rules.append(
            Rule(sentence, None, "error", "expect_compound_columns_to_be_unique", {"column_list": names})
        )
    rules += [_quality_rule(quality) for quality in contract.quality]
    seen: dict[tuple[str | None, str, str], Rule] = {}
    for rule in rules:
        seen.setdefault((rule.column, rule.expectation, repr(rule.arguments)), rule)
    return list(seen.values())


def _column_rules(column: Column) -> Iterator[Rule]:
    name = column.name
    if column.required:
        yield Rule(f"{name} is never empty", name, "error", "expect_column_values_to_not_be_null", {}, "text")
    if column.type in PATTERNS:
        yield _type_rule(column)
    if bounds := {key: column.options[key] for key in column.options if "imum" in key.lower()}:
        yield _range_rule(name, bounds)
    if "pattern" in column.options:
        pattern = column.options["pattern"]
        yield Rule(
            f"{name} matches {pattern}",
            name,
            "error",
            "expect_column_values_to_match_regex",
            {"regex": pattern},
        )
    if {"minLength", "maxLength"} & set(column.options):
        shortest, longest = column.options.get("minLength"), column.options.get("maxLength")
        yield Rule(
            f"{name} has {_between(shortest, longest)} characters",
            name,
            "error",
            "expect_column_value_lengths_to_be_between",
            {"min_value": shortest, "max_value": longest},
        )
    if column.enum:
        known = ", ".join(map(str, column.enum))
        yield Rule(
            f"{name} is one of {known}",
            name,
            "error",
            "expect_column_values_to_be_in_set",
            {"value_set": list(column.enum)},
        )
    if column.unique:
        yield Rule(f"{name} names each row once", name, "error", "expect_column_values_to_be_unique")


def _type_rule(column: Column) -> Rule:
    return Rule(
        f"{column.name} {SENTENCES[column.type]}",
        column.name,
        "error",
        "expect_column_values_to_match_regex",
        {"regex": PATTERNS[column.type]},
        "text",
    )


def _range_rule(name: str, bounds: dict[str, Any]) -> Rule:
    lowest = bounds.get("minimum", bounds.get("exclusiveMinimum"))
    highest = bounds.get("maximum", bounds.get("exclusiveMaximum"))
    above = "more than" if "exclusiveMinimum" in bounds else "at least"
    below = "less than" if "exclusiveMaximum" in bounds else "at most"
    said = [f"{above} {lowest}"] * (lowest is not None) + [f"{below} {highest}"] * (highest is not None)
    return Rule(
        f"{name} is {' and '.join(said)}",
        name,
        "error",
        "expect_column_values_to_be_between",
        {
            "min_value": lowest,
            "max_value": highest,
            "strict_min": "exclusiveMinimum" in bounds,
            "strict_max": "exclusiveMaximum" in bounds,
        },
    )


def _quality_rule(quality: Quality) -> Rule:
    if quality.metric == "nullValues":
        sentence, expectation = f"{quality.column} is never empty", "expect_column_values_to_not_be_null"
        return Rule(sentence, quality.column, quality.severity, expectation, {}, "text")
    if quality.metric == "duplicateValues":
        sentence = f"{quality.column} names each row once"
        return Rule(sentence, quality.column, quality.severity, "expect_column_values_to_be_unique")
    lowest, highest = _row_bounds(*next(iter(quality.arguments.items())))
    return Rule(
        f"the file has {_between(lowest, highest)} rows",
        None,
        quality.severity,
        "expect_table_row_count_to_be_between",
        {"min_value": lowest, "max_value": highest},
    )


def _row_bounds(operator: str, value: Any) -> tuple[int | None, int | None]:
    """Row counts are whole, so every operator is a closed range."""
    if operator == "mustBeBetween":
        return int(value[0]), int(value[1])
    return {
        "mustBe": (int(value), int(value)),
        "mustBeGreaterThan": (int(value) + 1, None),
        "mustBeGreaterOrEqualTo": (int(value), None),
        "mustBeLessThan": (None, int(value) - 1),
        "mustBeLessOrEqualTo": (None, int(value)),
    }[operator]


def _between(lowest: Any, highest: Any) -> str:
    if lowest is None:
        return f"at most {highest}"
    if highest is None:
        return f"at least {lowest}"
    return f"exactly {lowest}" if lowest == highest else f"{lowest} to {highest}"
