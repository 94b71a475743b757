"""Bundles from strangers: what a zip could do to the one who unpacks it, and does not."""

from __future__ import annotations

import stat
import zipfile

import pytest

from pipeline.errors import VerificationError
from pipeline.reproduce import unpack


def _zip(path, entries, **attributes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(entry, key, value)
            archive.writestr(entry, content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "a/../../out.txt",
        "/etc/out.txt",
        "C:/out.txt",
        "a\\..\\out.txt",
        "a//b",
        "./a",
        "a/ ",
        "a\x07b",
        "con:x",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_and_nothing_is_written(tmp_path, name):
    inside = tmp_path / "inside"
    inside.mkdir()
    hostile = _zip(tmp_path / "b.zip", [("fine.txt", b"x"), (name, b"x")])
    with pytest.raises(VerificationError, match="leads outside its folder; nothing was unpacked"):
        unpack.unpack(hostile, inside)
    assert not list(inside.iterdir())


def test_links_and_devices_are_refused(tmp_path):
    link = _zip(tmp_path / "b.zip", [("a", b"/etc/passwd")], external_attr=(stat.S_IFLNK | 0o777) << 16)
    with pytest.raises(VerificationError, match="a is a link or a device"):
        unpack.unpack(link, tmp_path)


def test_a_name_that_comes_twice_is_refused_even_in_other_capitals(tmp_path):
    with pytest.raises(VerificationError, match=r"A\.txt comes twice"):
        unpack.unpack(_zip(tmp_path / "b.zip", [("a.txt", b"x"), ("A.txt", b"y")]), tmp_path)


def test_a_file_below_a_file_is_refused(tmp_path):
    with pytest.raises(VerificationError, match="a/b lies below a file"):
        unpack.unpack(_zip(tmp_path / "b.zip", [("a", b"x"), ("a/b", b"y")]), tmp_path)


def test_a_bomb_is_refused_by_how_it_would_grow(tmp_path):
    bomb = _zip(tmp_path / "b.zip", [("zeros", bytes(5_000_000))])
    with pytest.raises(VerificationError, match=r"zeros would grow [\d,]+-fold"):
        unpack.unpack(bomb, tmp_path)


def test_too_large_and_too_many_are_refused(tmp_path, monkeypatch):
    fine = _zip(tmp_path / "b.zip", [(f"{place}", bytes(1000)) for place in range(5)])
    monkeypatch.setattr(unpack, "LARGEST", 4999)
    with pytest.raises(VerificationError, match="more than is allowed or free"):
        unpack.unpack(fine, tmp_path)
    monkeypatch.setattr(unpack, "MOST_FILES", 4)
    with pytest.raises(VerificationError, match="holds 5 files, more than 4"):
        unpack.unpack(fine, tmp_path)


def test_an_encrypted_file_is_refused(tmp_path):
    path = _zip(tmp_path / "b.zip", [("a", b"x")])
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(VerificationError, match="a is encrypted"):
        unpack.unpack(path, tmp_path)


def test_what_is_no_zip_or_not_there_is_said_plainly(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"hello")
    with pytest.raises(VerificationError, match=r"b\.zip: is not a whole zip file"):
        unpack.unpack(tmp_path / "b.zip", tmp_path)
    with pytest.raises(VerificationError, match="there is no such file"):
        unpack.unpack(tmp_path / "c.zip", tmp_path)


def test_a_fair_zip_is_unpacked_whole(tmp_path):
    fair = _zip(tmp_path / "b.zip", [("a/b.txt", b"x"), ("c.txt", b"yy")])
    into = tmp_path / "into"
    into.mkdir()
    assert unpack.unpack(fair, into) == ["a/b.txt", "c.txt"]
    assert (into / "a" / "b.txt").read_bytes() == b"x"
