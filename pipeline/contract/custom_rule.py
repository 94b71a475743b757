"""A quality rule in the words of Great Expectations: an expectation and its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from pipeline.contract.column import Column
    from pipeline.marked_yaml import Key

ENGINES = ("greatexpectations",)
COLUMNS = ("column", "column_A", "column_B")
LISTS = ("column_list", "column_set")
OTHERS_WORK = ("expect_table_column", "expect_column_to_exist", "unexpected_rows")
"""How expectations begin that need SQL, or are about the header, which a contract says by its columns."""


def arguments(implementation: Any) -> dict[str, Any]:
    """Gives an implementation as `type` and `kwargs`, with Great Expectations' own names of arguments.

    >>> arguments({"type": "expect_x", "kwargs": {"minValue": 1, "column_A": "n"}})
    {'type': 'expect_x', 'kwargs': {'min_value': 1, 'column_A': 'n'}}
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if isinstance(implementation, str):
        try:
            implementation = YAML(typ="safe").load(implementation)
        except (YAMLError, ValueError):
            return {}
    if not isinstance(implementation, dict):
        return {}
    given = implementation.get("kwargs") or {}
    kind = implementation.get("type") or implementation.get("expectation_type") or ""
    if not isinstance(given, dict):
        return {"type": kind, "kwargs": None}
    return {"type": kind, "kwargs": {_snake(str(name)): value for name, value in given.items()}}


def complaints(rule: DataQuality) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Gives what is wrong with a custom rule, as far as it can be said without the engine."""
    engine = re.sub("[^a-z]", "", (rule.engine or "").lower())
    if engine not in ENGINES:
        yield ("engine",), f"{rule.engine or 'none'} is not run here; use greatExpectations"
        return
    found = arguments(rule.implementation)
    if not isinstance(found.get("type"), str) or not found.get("type") or found.get("kwargs") is None:
        yield ("implementation",), "should hold `type`, an expectation's name, and `kwargs`"
    elif found["type"].startswith(OTHERS_WORK):
        yield ("implementation", "type"), f"{found['type']} is not run here; say it by columns or an sql rule"
    from pipeline.contract import bound

    if given := [
        name for name in (*bound.OPERATORS, "metric", "query", "unit") if getattr(rule, name) is not None
    ]:
        yield (given[0],), "is not read for a custom rule; put it among its kwargs"


def complaint(found: dict[str, Any], columns: list[Column], column: str | None) -> str | None:
    """Says what is wrong with an expectation that a contract asks for; None if nothing is."""
    from pipeline import marked_yaml
    from pipeline.contract import engine

    known = [each.name for each in columns]
    kwargs = with_column(found, column)
    asked = [kwargs[name] for name in COLUMNS if name in kwargs]
    asked += [name for key in LISTS for name in kwargs.get(key) or []]
    if (absent := next((name for name in asked if name not in known), None)) is not None:
        return f"there is no column {absent}{marked_yaml.nearest(str(absent), known) or '; mend its name'}"
    return engine.refusal(found["type"], kwargs)


def with_column(found: dict[str, Any], column: str | None) -> dict[str, Any]:
    """Gives an expectation's arguments, with the column that its rule stands under."""
    is_named = any(name in found["kwargs"] for name in (*COLUMNS, *LISTS))
    of_table = found["type"].startswith(
        ("expect_table", "expect_compound", "expect_multicolumn", "expect_select")
    )
    return {**({"column": column} if column and not is_named and not of_table else {}), **found["kwargs"]}


def _snake(name: str) -> str:
    if name in ("column_A", "column_B"):
        return name
    return re.sub("(?<=[a-z])[A-Z]", lambda found: f"_{found[0].lower()}", name)
