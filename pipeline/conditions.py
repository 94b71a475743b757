"""The plan's filter: which rows are used, in a language of comparisons and nothing else.

    column == 'text'      != < <= > >=, against text in quotes, a number, true or false
    column in ['a', 'b']  and `not in`
    ... and ..., ... or ..., (...)

A date is text: admitted >= '2020-04-01'. A column whose name is not one word stands in backticks.
Python's own parser reads it, but nothing is ever evaluated: what is not in this list is refused.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
Constant = str | int | float | bool

OPERATORS: dict[type[ast.cmpop], Operator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
BOOLEANS = {"true": True, "false": False, "True": True, "False": False}
QUOTED = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|`([^`]+)`""")
HELP = "write comparisons joined by `and` and `or`, as in type == 'Type 1' and age >= 18"


@dataclass(frozen=True)
class Comparison:
    """A column against one value, or for `in` and `not in` against several."""

    column: str
    operator: Operator
    values: tuple[Constant, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column, as the one used."""
        return (self.column,)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Itself."""
        return (self,)


@dataclass(frozen=True)
class Joined:
    """Conditions of which all must hold, or one."""

    by: Literal["and", "or"]
    parts: tuple[Condition, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns used, each once, in order."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.columns))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every comparison in it, in order."""
        return tuple(each for part in self.parts for each in part.comparisons)


Condition = Comparison | Joined


def read(text: str) -> Condition:
    """Gives the condition that a text is; raises ValueError, a sentence, if it is none.

    >>> read("age >= 18 and type in ['A', 'B']").columns
    ('age', 'type')
    """
    names: list[str] = []

    def placeholder(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        names.append(found[2])
        return f"_{len(names) - 1}_"

    try:
        tree = ast.parse(QUOTED.sub(placeholder, text).strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"is not a filter that can be read; {HELP}") from None
    return _condition(tree.body, {f"_{place}_": name for place, name in enumerate(names)})


def _condition(node: ast.expr, quoted: dict[str, str]) -> Condition:
    if isinstance(node, ast.BoolOp):
        by: Literal["and", "or"] = "and" if isinstance(node.op, ast.And) else "or"
        return Joined(by, tuple(_condition(part, quoted) for part in node.values))
    if not isinstance(node, ast.Compare):
        raise ValueError(f"`{ast.unparse(node)}` is no comparison; {HELP}")
    if len(node.ops) != 1 or type(node.ops[0]) not in OPERATORS:
        raise ValueError(f"`{ast.unparse(node)}` is not one comparison; {HELP}")
    operator, right = OPERATORS[type(node.ops[0])], node.comparators[0]
    if not isinstance(node.left, ast.Name):
        said = f"`{ast.unparse(node.left)}` is no column; put the column first, and the value after"
        raise ValueError(said)
    listed = isinstance(right, ast.List | ast.Tuple)
    if listed != (operator in ("in", "not in")):
        raise ValueError(f"`{operator}` takes {'one value' if listed else 'a list, as in [1, 2]'}; mend it")
    items = right.elts if isinstance(right, ast.List | ast.Tuple) else [right]
    values = tuple(_constant(item) for item in items)
    if not values:
        raise ValueError(f"`{operator}` has an empty list; put values in it")
    return Comparison(quoted.get(node.left.id, node.left.id), operator, values)


def _constant(node: ast.expr) -> Constant:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _constant(node.operand)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return -value
    elif isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
        return node.value
    elif isinstance(node, ast.Name):
        if node.id in BOOLEANS:
            return BOOLEANS[node.id]
        raise ValueError(f"`{node.id}` is no value; put text in quotes, as in '{node.id}'")
    raise ValueError(f"`{ast.unparse(node)}` is no value; give text in quotes, a number, true or false")
