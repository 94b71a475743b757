"""From contract to rules: each thing that must hold, with a sentence for people and the way it is checked.

What values must be is compiled to expectations of Great Expectations; whether a text is a value of its type
is settled where it is read (`logical_types`), so that nothing passes as a number without becoming one. A
value that is not of its type counts once, under its type rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pipeline.contract import options
from pipeline.contract.bound import Bound
from pipeline.contract.column import Column
from pipeline.contract.custom_rule import with_column
from pipeline.contract.logical_types import SENTENCES, sentence
from pipeline.contract.quality import Quality, Severity

if TYPE_CHECKING:
    from pipeline.contract.model import Contract

Check = Literal["expectation", "presence", "rows", "type", "multiple", "part", "query"]
NOTHING = Bound("mustBe", 0)
NEVER_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
UNIQUE_TOGETHER = "expect_compound_columns_to_be_unique"
MATCHES = "expect_column_values_to_match_regex"
IN_SET = "expect_column_values_to_be_in_set"


@dataclass(frozen=True)
class Rule:
    """One thing that must hold: a sentence, how it is checked, and with what.

    `expectation` is Great Expectations' name of it, where that checks it. `bound` is how many rows (or which
    share of them) may break it; None where the check itself says whether it holds.
    """

    sentence: str
    column: str | None
    severity: Severity = "error"
    expectation: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    check: Check = "expectation"
    reads: Literal["text", "values"] = "values"
    bound: Bound | None = NOTHING

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be there for the rule to be checked."""
        listed = [*self.arguments.get("column_list", []), *self.arguments.get("column_set", [])]
        named = [self.arguments[name] for name in ("column_A", "column_B") if name in self.arguments]
        return tuple([self.column] if self.column else []) + tuple(listed) + tuple(named)


def presence(contract: Contract) -> list[Rule]:
    """Gives the rules that every column of the contract is in the file."""
    return [Rule(is_there(column.source), column.name, check="presence") for column in contract.columns]


def is_there(name: str) -> str:
    """Gives the sentence of the rule that a column is in the file."""
    return f"{name} is there"


def compile_rules(contract: Contract) -> list[Rule]:
    """Gives the rules of a contract in its own order: column by column, then the table."""
    rules = [rule for column in contract.columns for rule in _column_rules(column)]
    if len(contract.primary_key) == 1:
        name = contract.primary_key[0]
        rules.append(Rule(f"{name} names each row once", name, "error", UNIQUE))
    elif contract.primary_key:
        rules.append(_unique_together(list(contract.primary_key), NOTHING, "error"))
    rules += [_quality_rule(quality) for quality in contract.quality]
    for pair in contract.properties.proportions:
        said = f"{pair.numerator} is never more than {pair.denominator}"
        names = {"column_A": pair.numerator, "column_B": pair.denominator}
        rules.append(Rule(said, None, arguments=names, check="part"))
    seen: dict[tuple[str | None, str, str, str], Rule] = {}
    for rule in rules:
        how = rule.expectation or f"{rule.check} {rule.sentence}"
        seen.setdefault((rule.column, how, repr(rule.arguments), repr(rule.bound)), rule)
    return list(seen.values())


def _column_rules(column: Column) -> Iterator[Rule]:
    name, asked = column.name, column.options
    if column.required:
        yield Rule(f"{name} is never empty", name, "error", NEVER_NULL, reads="text")
    if column.type in SENTENCES:
        yield Rule(f"{name} {sentence(column.type, asked)}", name, check="type")
    if limits := options.bounds(asked, column.type):
        yield _range_rule(column, limits)
    if "multipleOf" in asked:
        said = f"{name} is a multiple of {asked['multipleOf']}"
        yield Rule(said, name, arguments={"of": asked["multipleOf"]}, check="multiple")
    if "pattern" in asked:
        yield Rule(f"{name} matches {asked['pattern']}", name, "error", MATCHES, {"regex": asked["pattern"]})
    if column.type == "string" and "format" in asked:
        said = f"{name} is written as {asked['format']}"
        yield Rule(said, name, "error", MATCHES, {"regex": options.TEXT_FORMATS[asked["format"]]})
    if {"minLength", "maxLength"} & set(asked):
        shortest, longest = asked.get("minLength"), asked.get("maxLength")
        said = f"{name} has {_between(shortest, longest)} characters"
        between = {"min_value": shortest, "max_value": longest}
        yield Rule(said, name, "error", "expect_column_value_lengths_to_be_between", between)
    if column.enum:
        said = f"{name} is one of {', '.join(map(str, column.enum))}"
        yield Rule(said, name, "error", IN_SET, {"value_set": list(column.enum)})
    if column.unique:
        yield Rule(f"{name} names each row once", name, "error", UNIQUE)


def _range_rule(column: Column, limits: dict[str, Any]) -> Rule:
    lowest = limits.get("minimum", limits.get("exclusiveMinimum"))
    highest = limits.get("maximum", limits.get("exclusiveMaximum"))
    above = "more than" if "exclusiveMinimum" in limits else "at least"
    below = "less than" if "exclusiveMaximum" in limits else "at most"
    written = {
        **limits,
        **{key: column.options[key] for key in limits if limits[key] == column.options.get(key)},
    }
    written |= {key: column.options[key] for key in limits if column.type in ("date", "timestamp", "time")}
    low, high = (
        next((written[key] for key in pair if key in written), None)
        for pair in (options.LOWER, options.UPPER)
    )
    said = [f"{above} {low}"] * (low is not None) + [f"{below} {high}"] * (high is not None)
    return Rule(
        f"{column.name} is {' and '.join(said)}",
        column.name,
        "error",
        "expect_column_values_to_be_between",
        {
            "min_value": lowest,
            "max_value": highest,
            "strict_min": "exclusiveMinimum" in limits,
            "strict_max": "exclusiveMaximum" in limits,
        },
    )


def _quality_rule(quality: Quality) -> Rule:
    name, severity, bound = quality.column, quality.severity, quality.bound or NOTHING
    given = quality.arguments
    if quality.metric == "sql":
        said = quality.name or f"the query on {name or 'the table'}"
        return Rule(f"{said}: {bound.said}", name, severity, arguments=given, check="query", bound=bound)
    if quality.metric == "custom":
        kwargs = dict(with_column(given, name))
        column = kwargs.pop("column", None)
        said = (
            quality.name
            or f"{column or ''} {given['type'].removeprefix('expect_').replace('_', ' ')}".strip()
        )
        return Rule(said, column, severity, given["type"], kwargs, bound=None)
    if quality.metric == "rowCount":
        said = f"the file has {bound.said} rows"
        return Rule(said, None, severity, check="rows", bound=bound)
    if quality.metric == "duplicateValues" and name is None:
        return _unique_together(given["properties"], bound, severity)
    if quality.metric == "duplicateValues":
        said = f"{name} names each row once" if bound.is_none else f"{name} is not alone in {_rows(bound)}"
        return Rule(said, name, severity, UNIQUE, bound=bound)
    if quality.metric == "invalidValues" and "pattern" in given:
        said = f"{name} {'matches' if bound.is_none else 'does not match'} {given['pattern']}"
        regex = {"regex": given["pattern"]}
        said += "" if bound.is_none else f" in {_rows(bound)}"
        return Rule(said, name, severity, MATCHES, regex, reads="text", bound=bound)
    if quality.metric == "invalidValues":
        valid = ", ".join(map(str, given["validValues"]))
        said = (
            f"{name} is one of {valid}" if bound.is_none else f"{name} is none of {valid} in {_rows(bound)}"
        )
        return Rule(said, name, severity, IN_SET, {"value_set": list(given["validValues"])}, bound=bound)
    word = "empty" if quality.metric == "nullValues" else "missing"
    said = f"{name} is never {word}" if bound.is_none else f"{name} is {word} in {_rows(bound)}"
    return Rule(said, name, severity, NEVER_NULL, reads="text", bound=bound)


def _rows(bound: Bound) -> str:
    return f"{bound.said} of rows" if bound.unit == "percent" else f"{bound.said} rows"


def _unique_together(names: list[str], bound: Bound, severity: Severity) -> Rule:
    together = " with ".join(names)
    if len(names) == 1:
        said = (
            f"{together} names each row once"
            if bound.is_none
            else f"{together} is not alone in {_rows(bound)}"
        )
        return Rule(said, names[0], severity, UNIQUE, bound=bound)
    said = (
        f"{together} names each row once" if bound.is_none else f"{together} is not alone in {_rows(bound)}"
    )
    return Rule(said, None, severity, UNIQUE_TOGETHER, {"column_list": names}, bound=bound)


def _between(lowest: Any, highest: Any) -> str:
    if lowest is None:
        return f"at most {highest}"
    if highest is None:
        return f"at least {lowest}"
    return f"exactly {lowest}" if lowest == highest else f"{lowest} to {highest}"
