"""What a count, a share or a number must be: the operators of the standard, each as a test and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

    from pipeline.marked_yaml import Key

Unit = Literal["rows", "percent"]
OPERATORS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
EVERYTHING = 100
"""The largest share, in per cent."""


@dataclass(frozen=True)
class Bound:
    """An operator with its value (two values for a range; both ends belong to it)."""

    operator: str
    value: Any
    unit: Unit = "rows"

    def holds(self, found: Any) -> bool:
        """True if what was found is as it must be; nothing found (None) never is."""
        if found is None or (isinstance(found, float) and math.isnan(found)):
            return False
        if self.operator in ("mustBe", "mustNotBe"):
            return bool((found == self.value) == (self.operator == "mustBe"))
        if isinstance(found, str):
            return False
        if self.operator in ("mustBeBetween", "mustNotBeBetween"):
            is_inside = self.value[0] <= found <= self.value[1]
            return bool(is_inside == (self.operator == "mustBeBetween"))
        return bool(
            {
                "mustBeGreaterThan": found > self.value,
                "mustBeGreaterOrEqualTo": found >= self.value,
                "mustBeLessThan": found < self.value,
                "mustBeLessOrEqualTo": found <= self.value,
            }[self.operator]
        )

    @property
    def is_none(self) -> bool:
        """True if nothing at all may be found."""
        return self.holds(0) and not self.holds(1) and not self.holds(0.5) and not self.holds(EVERYTHING)

    @property
    def is_at_most(self) -> bool:
        """True if fewer is never worse, so that the rows found are those to mend."""
        return self.is_none or self.operator in ("mustBeLessThan", "mustBeLessOrEqualTo")

    @property
    def said(self) -> str:
        """Gives the bound in words, without what is counted.

        >>> Bound("mustBeLessThan", 5, "percent").said, Bound("mustBeBetween", [2, 3]).said
        ('less than 5%', '2 to 3')
        """
        sign = "%" if self.unit == "percent" else ""
        if self.operator in ("mustBeBetween", "mustNotBeBetween"):
            low, high = self.value
            words = f"{low:,g}{sign} to {high:,g}{sign}"
            return words if self.operator == "mustBeBetween" else f"anything but {words}"
        shown = f"{self.value:,g}{sign}" if isinstance(self.value, int | float) else str(self.value)
        word = {
            "mustBe": "exactly",
            "mustNotBe": "anything but",
            "mustBeGreaterThan": "more than",
            "mustBeGreaterOrEqualTo": "at least",
            "mustBeLessThan": "less than" if sign else "fewer than",
            "mustBeLessOrEqualTo": "at most",
        }[self.operator]
        return f"{word} {shown}"


def read(rule: DataQuality) -> Bound | None:
    """Gives the bound of a quality rule; None if it has not exactly one operator."""
    given = {name: getattr(rule, name) for name in OPERATORS if getattr(rule, name) is not None}
    if len(given) != 1:
        return None
    operator, value = next(iter(given.items()))
    return Bound(operator, value, "percent" if rule.unit == "percent" else "rows")


def complaints(rule: DataQuality, is_count: bool) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Gives what is wrong with a rule's operator; `is_count`: it is for rows or a share of them."""
    found = read(rule)
    if found is None:
        given = [name for name in OPERATORS if getattr(rule, name) is not None]
        if given:
            yield (given[1],), f"stands beside {given[0]}; keep one of them"
        else:
            yield (), f"needs one of {', '.join(OPERATORS)}"
        return
    values = found.value if isinstance(found.value, list) else [found.value]
    is_range = found.operator.endswith("Between")
    if isinstance(found.value, list) != is_range:
        yield (found.operator,), "should be two numbers, as in [1, 5]" if is_range else "should be one value"
        return
    yield from ((place, said) for place, said in _unfit(found, values, is_count))


def _unfit(found: Bound, values: list[Any], is_count: bool) -> Iterator[tuple[tuple[Key, ...], str]]:
    numbers = [
        value
        for value in values
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    ]
    is_whole = all(value == value // 1 for value in numbers)
    is_short = len(numbers) < len(values) or min(numbers, default=0) < 0
    if is_count and found.unit == "rows" and (is_short or not is_whole):
        yield (found.operator,), "should be whole numbers, 0 or more"
    elif is_count and found.unit == "percent" and (is_short or max(numbers) > EVERYTHING):
        yield (found.operator,), "should be a share in per cent, 0 to 100"
    elif len(numbers) < len(values) and found.operator not in ("mustBe", "mustNotBe"):
        yield (found.operator,), "should be a number"
    elif len(numbers) == 2 and values[0] > values[1]:
        yield (found.operator,), f"no count lies between {values[0]} and {values[1]}; swap them"
    elif is_count and found.operator == "mustBeLessThan" and values[0] == 0:
        yield (found.operator,), "no count is less than 0; write `mustBe: 0`"
