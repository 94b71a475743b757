"""Plain values taken apart: every field under a name that people can read and find again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAMES = ("row", "id", "period")
"""What tells the items of a list apart, in order of preference; without one, their place does."""


@dataclass(frozen=True)
class Change:
    """A field with two values; a value that isn't there is None."""

    field: str
    before: Any
    after: Any

    @property
    def relative(self) -> float:
        """How far the values are apart, as a share of the larger; infinite where they are not two numbers."""
        if not (is_number(self.before) and is_number(self.after)):
            return float("inf")
        largest = max(abs(self.before), abs(self.after))
        return abs(self.after - self.before) / largest if largest else 0.0

    @property
    def sentence(self) -> str:
        """The change as people read it.

        >>> Change("its.model", "ols", None).sentence
        'its.model: ols → nothing'
        """
        return f"{self.field}: {as_text(self.before)} → {as_text(self.after)}"


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """Gives every number, text and list of plain values in `value`, under its dotted name.

    Items of a list are named by their `row`, `id` or `period` if each has its own, else by their place.

    >>> flat({"its": {"terms": [{"row": "time", "estimate": 2.5}], "horizons": [1, 12]}})
    {'its.terms[time].row': 'time', 'its.terms[time].estimate': 2.5, 'its.horizons': [1, 12]}
    """
    return dict(_leaves(value, name))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Gives what differs between two flat values, in their own order; nothing and None are the same."""
    names = dict.fromkeys([*before, *after])
    found = (Change(name, before.get(name), after.get(name)) for name in names)
    return [change for change in found if change.before != change.after]


def is_of_a_period(change: Change) -> bool:
    """True for the value of a single period, as `series[1983-02-01].fitted`, of which there are hundreds."""
    return ".series[" in change.field


def is_number(value: Any) -> bool:
    """True for numbers; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_text(value: Any) -> str:
    """Gives a value as people read it.

    >>> as_text(None), as_text([1, 12]), as_text(True), as_text([])
    ('nothing', '1, 12', 'yes', 'nothing')
    """
    if value is None or value == [] or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(as_text, value))
    return str(value)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for tag, item in zip(_tags(value), value, strict=True):
            yield from _leaves(item, f"{name}[{tag}]")
    else:
        yield name, value


def _tags(items: list[Any]) -> list[str]:
    for key in NAMES:
        tags = [str(item[key]) for item in items if isinstance(item, Mapping) and item.get(key) is not None]
        if len(tags) == len(items) == len(set(tags)):
            return tags
    return [str(place) for place in range(1, len(items) + 1)]
