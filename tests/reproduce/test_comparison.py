"""Published files against rerun ones: what agrees exactly, what to the tolerance, and what differs where."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.reproduce import comparison


@pytest.fixture
def compare(tmp_path):
    """Compares two contents as files of one name."""

    def call(name, published, rerun):
        for folder, content in (("published", published), ("rerun", rerun)):
            (tmp_path / folder).mkdir(exist_ok=True)
            content = content if isinstance(content, bytes) else content.encode()
            (tmp_path / folder / name).write_bytes(content)
        return comparison.compare(tmp_path / "published", tmp_path / "rerun", name)

    return call


def test_equal_bytes_are_exact_and_every_number_is_counted(compare):
    text = json.dumps({"a": [1, 2.5, "x"], "b": {"c": None, "d": 3, "e": True}})
    found = compare("a.json", text, text)
    assert (found.agreement, found.values) == ("exact", 3)


def test_numbers_agree_to_nine_digits_and_no_further(compare):
    published = json.dumps({"effect": 0.1234567891, "n": 192})
    near = compare("a.json", published, json.dumps({"effect": 0.12345678911, "n": 192}))
    assert near.agreement == "within tolerance"
    far = compare("a.json", published, json.dumps({"effect": 0.1234567899, "n": 192}))
    assert far.agreement == "differs"
    assert [change.field for change in far.differences] == ["effect"]
    assert far.largest == pytest.approx(6.5e-9, rel=0.01)


def test_the_largest_difference_comes_first_and_what_is_missing_before_it(compare):
    found = compare("a.json", '{"a": 1.0, "b": 1.0, "c": 1}', '{"a": 1.1, "b": 2.0}')
    assert [change.sentence for change in found.differences] == [
        "c: 1 → nothing",
        "b: 1.0 → 2.0",
        "a: 1.0 → 1.1",
    ]


@given(some.floats(1e-6, 1e6), some.floats(-1, 1))
def test_a_number_is_near_if_it_is_apart_by_less_than_the_tolerance(value, share):
    apart = comparison.Change("x", value, value * (1 + share * 1e-8))
    assert (
        comparison.is_near(apart) == (abs(share) * 1e-8 <= comparison.TOLERANCE)
        or abs(abs(share) - 0.1) < 1e-6
    )


def test_a_text_that_differs_is_told_by_its_line(compare):
    found = compare("a.qmd", "Fell by 14%.\nSure.\n", "Fell by 14%.\nUnsure.\n")
    assert found.differences[0].sentence == "line 2: Sure. → Unsure."
    longer = compare("a.qmd", "One.\n", "One.\nTwo.\n")
    assert longer.agreement == "differs"


def test_a_number_in_a_text_is_told_by_its_line(compare):
    found = compare("a.ipynb", "x\neffect -14.2\n", "x\neffect -14.3\n")
    assert found.differences[0].sentence == "line 2: -14.2 → -14.3"


def test_a_chart_may_be_apart_by_less_than_anyone_sees(compare):
    assert (
        compare("a.svg", "<path d='M 1.5 2.000001'/>", "<path d='M 1.5 2.0'/>").agreement
        == "within tolerance"
    )
    assert compare("a.svg", "<path d='M 1.5 2.01'/>", "<path d='M 1.5 2.0'/>").agreement == "differs"


def _png(tmp_path, name, change=None, size=(8, 6)):
    from PIL import Image

    image = Image.new("RGB", size, (200, 200, 200))
    if change:
        image.putpixel(change[0], change[1])
    image.save(tmp_path / name)
    return (tmp_path / name).read_bytes()


def test_a_picture_is_compared_pixel_by_pixel(compare, tmp_path):
    plain = _png(tmp_path, "plain.png")
    assert (
        compare("a.png", plain, _png(tmp_path, "b.png", ((3, 2), (201, 200, 200)))).agreement
        == "within tolerance"
    )
    found = compare("a.png", plain, _png(tmp_path, "b.png", ((3, 2), (90, 200, 200))))
    assert (found.agreement, found.note) == ("differs", "1 pixels differ, from row 3, column 4")
    assert "rerun 9 by 6" in compare("a.png", plain, _png(tmp_path, "b.png", size=(9, 6))).note


def test_a_table_is_compared_cell_by_cell(compare, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    def table(value):
        pq.write_table(pa.table({"period": ["1983-01", "1983-02"], "value": [1.0, value]}), tmp_path / "t")
        return (tmp_path / "t").read_bytes()

    assert compare("a.parquet", table(2.0), table(2.0 + 1e-12)).agreement == "within tolerance"
    found = compare("a.parquet", table(2.0), table(3.0))
    assert found.differences[0].sentence == "value, row 2: 2.0 → 3.0"


def test_what_can_not_be_read_or_is_not_there_differs(compare, tmp_path):
    assert "can't be read" in compare("a.json", "{", "{}").note
    assert "can't be read" in compare("a.png", b"no picture", _png(tmp_path, "b.png")).note
    assert "can't be read" in compare("a.parquet", b"no table", b"none either").note
    assert compare("report.pdf", b"one", b"two").note == "its bytes are not those that the rerun renders"
    (tmp_path / "rerun" / "report.pdf").unlink()
    folders = tmp_path / "published", tmp_path / "rerun"
    assert comparison.compare(*folders, "report.pdf").note == "the rerun does not write it"
    assert comparison.compare(*reversed(folders), "report.pdf").note == "it is not among the published files"
