"""What pydantic finds in a YAML file, said as sentences: file, line, field, and what to do.

Pydantic lists every way in which a value fails: each branch of a union, and what follows from an earlier
failure. One sentence a mistake is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.marked_yaml import Key, MarkedYaml, nearest

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

LIST_TYPES = ("list_type", "tuple_type", "set_type")
MAPPING_TYPES = ("model_type", "dict_type", "model_attributes_type")
SHAPES = (*LIST_TYPES, *MAPPING_TYPES, "literal_error")
"""The errors of a value that no branch of a union takes."""
SENTENCES = {
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "finite_number": "should be a finite number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "string_too_short": "is empty; write the text, or take the key out",
}
"""Plain words for pydantic's types of error; those not listed are plain already."""


def complaints(
    source: MarkedYaml, model: type[BaseModel], found: ValidationError, at: tuple[Key, ...] = ()
) -> list[str]:
    """Turns what pydantic found at `at` in `source` into sentences, each with file, line and field."""
    data = source.data
    for step in at:
        data = _child(data, step)
    items = _one_each([{**item, "path": _path(data, item)} for item in found.errors()], data)
    said: dict[str, None] = {}
    suggested = {(*item["path"][:-1], _meant(item, model)) for item in items if _is_unknown(item)}
    for item in items:
        if item["type"] == "missing" and item["path"] in suggested:
            continue
        here = [other for other in items if other["path"] == item["path"] and other["type"] in SHAPES]
        value = _value(data, item["path"])
        if item["type"] in SHAPES and len(here) > 1:
            sentences = [_any_of([_sentences(other, model, value)[0] for other in here])]
        else:
            sentences = _sentences(item, model, value)
        for sentence in sentences:
            said[source.complaint((*at, *item["path"]), sentence)] = None
    return list(said)


def model_within(annotation: Any) -> Any:
    """Gives the pydantic model inside an annotation (`list[Measure] | None` gives Measure), or None."""
    if hasattr(annotation, "model_fields"):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := model_within(part)) is not None:
            return found
    return None


def _is_unknown(item: dict[str, Any]) -> bool:
    return bool(item["type"] == "extra_forbidden")


def _meant(item: dict[str, Any], model: type[BaseModel]) -> str:
    """The known key that an unknown one is nearest to, or ''."""
    hint = nearest(str(item["loc"][-1]), _known_keys(model, item["loc"][:-1]))
    return hint.removeprefix("; did you mean ").removesuffix("?")


def _any_of(sentences: list[str]) -> str:
    """Gives what the branches of a union ask for as one sentence; a nearest word settles which was meant."""
    if hinted := [sentence for sentence in sentences if "; " in sentence]:
        return hinted[0]
    first, *others = dict.fromkeys(sentences)
    return "".join([first, *(f", or it {other}" for other in others)])


def _sentences(item: dict[str, Any], model: type[BaseModel], value: Any) -> list[str]:
    kind = item["type"]
    if _is_unknown(item):
        meant = _meant(item, model)
        known = _known_keys(model, item["loc"][:-1])
        hint = f"did you mean {meant}?" if meant else f"known here are {', '.join(known)}"
        return [f"unknown key; {hint}"]
    if kind == "missing":
        return ["is missing; add it"]
    if value is None:
        return ["is empty; give it a value, or take the key out"]
    if kind == "value_error":
        return str(item["msg"]).removeprefix("Value error, ").splitlines()
    if kind == "literal_error":
        allowed = str(item["ctx"]["expected"]).replace("'", "")
        return [f"should be {allowed}{nearest(str(value), allowed.replace(' or ', ', ').split(', '))}"]
    if kind == "string_type":
        is_scalar = not isinstance(value, dict | list)
        return ["should be text; put it in quotes" if is_scalar else "should be text"]
    if kind in LIST_TYPES:
        return ["should be a list, as in [one, two]"]
    if kind in MAPPING_TYPES:
        known = _known_keys(model, item["loc"])
        return [
            f"should hold keys and values ({', '.join(known)})" if known else "should hold keys and values"
        ]
    if kind == "too_short":
        return ["is an empty list; give it at least one item"]
    return [SENTENCES.get(kind, str(item["msg"]).removeprefix("Input "))]


def _one_each(items: list[dict[str, Any]], data: Any) -> list[dict[str, Any]]:
    """Drops what another finding explains: the other branches of a union, and lists that lost an item."""
    kept = []
    for item in items:
        value = _value(data, item["path"])
        others = [other for other in items if other is not item and _is_under(other["path"], item["path"])]
        deeper = [other for other in others if len(other["path"]) > len(item["path"])]
        if item["type"] == "too_short" and deeper:
            continue
        if others and _is_wrong_shape(item["type"], value):
            continue
        kept.append(item)
    return kept or items


def _is_wrong_shape(kind: str, value: Any) -> bool:
    """True if the branch of a union that gave the error is for another shape of value than `value`."""
    if isinstance(value, dict):
        return kind in (*LIST_TYPES, "literal_error", "string_type")
    if isinstance(value, list):
        return kind in (*MAPPING_TYPES, "literal_error", "string_type")
    return False


def _is_under(path: Sequence[Key], other: Sequence[Key]) -> bool:
    return tuple(path[: len(other)]) == tuple(other)


def _path(data: Any, item: Any) -> tuple[Key, ...]:
    """The place in the file that pydantic means: its location less the branches of unions that it names."""
    here, path = data, []
    for step in item["loc"]:
        if _has(here, step):
            here = here[step]
            path.append(step)
    if item["type"] == "missing":
        path.append(item["loc"][-1])
    return tuple(path)


def _has(node: Any, step: Key) -> bool:
    if isinstance(node, list):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, dict) and step in node


def _child(node: Any, step: Key) -> Any:
    return node[step] if _has(node, step) else None


def _value(data: Any, path: Iterable[Key]) -> Any:
    for step in path:
        data = _child(data, step)
    return data


def _known_keys(model: type[BaseModel], location: tuple[Key, ...]) -> list[str]:
    """The keys that the model at `location` knows."""
    here: Any = model
    for step in location:
        fields = getattr(here, "model_fields", {})
        named = {field.alias or name: field for name, field in fields.items()}
        if step in named:
            here = model_within(named[step].annotation)
    return [field.alias or name for name, field in getattr(here, "model_fields", {}).items()]
