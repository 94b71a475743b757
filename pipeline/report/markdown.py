"""Text that goes into the report: what we wrote is Markdown, what anyone else wrote is only text.

Titles, labels and names come from plans and data. They are escaped wherever they are put in, so that
HTML, Markdown or Typst in a label comes out as the characters it is made of.
"""

from __future__ import annotations

import re
from typing import Any

SPECIAL = re.compile(
    r"""[\\`*_{}\[\]<>\#~^$@|&'\"]"""  # marks up wherever it stands
    r"|(?<=-)-|(?<=\.\.)\.|(?<=:)(?=//)"  # dashes, an ellipsis, an address
    r"|^[-+](?=\s|$)|^[:%=]|(?<=^\d)[.)](?=\s|$)|(?<=^\d\d)[.)](?=\s|$)"  # a list or a caption
)
NOT_TEXT = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


class Markdown(str):
    """Text that is Markdown already, and is put in as it stands."""

    __slots__ = ()


def escape(value: Any) -> Markdown:
    r"""Gives `value` as Markdown that shows just its characters, on one line.

    >>> print(escape("Beds *free* <b>"))
    Beds \*free\* \<b\>
    """
    if isinstance(value, Markdown):
        return value
    text = " ".join(NOT_TEXT.sub(" ", str(value)).split())
    return Markdown(SPECIAL.sub(lambda found: "\\" + found.group(), text))


def fill(sentence: str, /, **parts: Any) -> Markdown:
    r"""Gives a sentence of ours with other people's words escaped.

    >>> print(fill("About **{label}**.", label="A_E"))
    About **A\_E**.
    """
    return Markdown(sentence.format_map({name: escape(part) for name, part in parts.items()}))


def as_yaml_string(value: Any) -> Markdown:
    """Gives text for the document's metadata, which is YAML around Markdown."""
    import json

    return Markdown(json.dumps(str(escape(value)), ensure_ascii=False))
