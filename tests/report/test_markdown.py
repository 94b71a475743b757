"""What anyone else wrote comes out as the characters it is made of."""

from __future__ import annotations

import subprocess

import pypandoc
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report import markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "**bold** _it_ `code` ~~no~~ ^up^ H~2~O",
    "[link](http://example.com) ![image](x.png)",
    "http://example.com/a_b",
    "{{< include secret.txt >}}",
    "$x^2$ \\textbf{a} #strong[b] @fig-its",
    "=cmd()|' /C calc'!A0",
    "- not a list",
    "1. nor this",
    "12) nor this",
    ": nor a caption",
    "# nor a heading",
    "a | b | c",
    "&lt;&amp;&copy;",
    "en--dash and em---dash and dots...",
    ":::{.brief}",
    "-1",
    "+ plus",
]


def _shown(text: str) -> str:
    ended = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from=markdown", "--to=plain", "--wrap=none"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.strip("\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(text):
    assert _shown(markdown.escape(text)) == text
    assert _shown(f"A {markdown.escape(text)} z") == f"A {text} z"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(alphabet=st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=1),
        min_size=1,
    )
)
def test_any_words_are_shown_as_they_are(words):
    text = " ".join(words)
    shown = _shown(f"x {markdown.escape(text)} x")
    assert shown == f"x {text} x"


def test_line_breaks_controls_and_direction_marks_are_taken_out():
    assert markdown.escape("a\nb\u202ec\x07 \u200fd") == "a b c d"


def test_what_is_markdown_already_is_left_alone():
    made = markdown.fill("**{a}** and {b}", a="x*y", b=markdown.Markdown("*z*"))
    assert made == "**x\\*y** and *z*"
    assert markdown.escape(made) is made


def test_a_title_is_a_yaml_string_of_markdown():
    made = markdown.as_yaml_string('Say "a*b" \\ c')
    assert markdown.Markdown(yaml.safe_load(made)) == markdown.escape('Say "a*b" \\ c')
