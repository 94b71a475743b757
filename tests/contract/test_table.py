"""A raw file is read once: what does not fit is refused with its row; what was checked is what is typed."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.contract import logical_types, snapshot, table, validation
from pipeline.contract.column import Column
from pipeline.contract.grid import Periods
from pipeline.contract.model import Contract
from pipeline.contract.properties import Properties
from pipeline.contract.server import Server
from pipeline.errors import DataError


def _contract(kind="integer", **changes) -> Contract:
    month = Column("month", "month", "date", True, False, {}, ())
    falls = Column("falls", "falls", kind, False, False, {}, ())
    made = Contract(
        id="d",
        name="D",
        version="1",
        server=Server("d.csv"),
        columns=(month, falls),
        primary_key=(),
        quality=(),
        properties=Properties(Periods(column="month", every="month")),
    )
    return dataclasses.replace(made, **changes)


def _parse(csv: str, contract: Contract | None = None) -> table.Rows:
    return table.parse(csv, contract or _contract())


def _broken(rows: table.Rows) -> dict[str, validation.Finding]:
    return {found.rule: found for found in validation.validate(rows).findings if not found.passed}


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ("month,falls\n2020-01-01,5\n2020-02-01,1,523\n", "the header has 2 fields, and row 3 has 3; mend"),
        ("month,falls\n2020-01-01\n", "row 2 has 1; mend"),
        ("month,falls\n2020-01-01,5\n\n2020-02-01,5\n", "row 3 has 0; mend"),
        ("month,falls\n" + "2020-01-01\n" * 9, "row 6 has 1 and 4 more; mend"),
        (
            "month;falls\n2020-01-01;5\n",
            r'holds `;`; .* say `delimiter: ";"` in servers\[1\] of data_contracts',
        ),
        ("month\tfalls\n2020-01-01\t5\n", r'holds `\\t`; .* say `delimiter: "\\t"`'),
        ('month,falls\n2020-01-01,"5\n', "cannot be read as a table"),
        ('month,falls\n2020-01-01,"5"x\n', "cannot be read as a table"),
        ("\nmonth,falls\n", "the file is empty, or its first row is"),
    ],
)
def test_a_row_that_does_not_fit_the_header_is_refused_and_named(csv, said):
    with pytest.raises(DataError, match=said):
        _parse(csv)


def test_blank_lines_at_the_end_and_line_breaks_in_quotes_do_not_matter():
    contract = _contract()
    note = Column("note", "note", "string", False, False, {}, ())
    contract = dataclasses.replace(contract, columns=(*contract.columns, note))
    rows = _parse('month,falls,note\r\n2020-01-01,5,"a\nb"\r\n2020-02-01,x,""\r\n\r\n\r\n', contract)
    assert rows.header == ("month", "falls", "note")
    assert rows.text["note"].isna().tolist() == [False, True]
    assert _broken(rows)["falls is a whole number"].rows == (3,)


def test_each_column_name_comes_once():
    broken = _broken(_parse("month,falls,falls\n2020-01-01,5,6\n"))
    assert list(broken) == ["each column name comes once"]
    assert (
        broken["each column name comes once"].note == "columns 2, 3 share names; rename or remove all but one"
    )


def test_a_file_of_a_header_only_breaks_a_rule():
    assert list(_broken(_parse("month,falls\n"))) == ["the file has rows"]


@pytest.mark.parametrize("header", [" falls", "Falls", "FALLS ", "fals"])
def test_a_column_that_is_nearly_there_is_named(header):
    broken = _broken(_parse(f"month,{header}\n2020-01-01,5\n"))
    assert broken["falls is there"].note == f"the file has `{header}`; make them the same"


def test_nothing_is_named_where_no_column_is_near():
    assert _broken(_parse("month,tea\n2020-01-01,5\n"))["falls is there"].note == ""


def test_a_row_without_a_date_is_a_finding_and_is_not_dropped():
    assert _broken(_parse("month,falls\n2020-01-01,5\n,6\n"))["month is never empty"].rows == (3,)


@pytest.mark.parametrize(
    ("kind", "value", "note"),
    [
        ("integer", "٥", ""),
        ("integer", "1 523", ""),
        ("integer", "9223372036854775808", "more than 18 digits can't be held"),
        ("integer", '"5\n"', ""),
        ("number", "1e999", "numbers so large or small can't be held"),
        ("number", "inf", ""),
        ("number", "nan", ""),
        ("number", "٫5", ""),
        ("date", "2020-1-5", ""),
        ("date", "2021-02-29", ""),
        ("date", "1900-02-29", ""),
        ("date", "0000-01-01", ""),
        ("date", "٢٠٢٠-01-01", ""),
        ("boolean", "yes", ""),
    ],
)
def test_what_no_type_can_hold_is_refused_with_its_row(kind, value, note):
    rows = _parse(f"month,falls\n2020-01-01,{value}\n", _contract(kind))
    [finding] = _broken(rows).values()
    assert (finding.rows, finding.note) == ((2,), note)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "999999999999999999", 999_999_999_999_999_999),
        ("integer", "-007", -7),
        ("number", "0.102971811805368", 0.102971811805368),
        ("number", ".5", 0.5),
        ("number", "-1.5E+3", -1500.0),
        ("date", "2000-02-29", pd.Timestamp(2000, 2, 29)),
        ("date", "9999-12-31", pd.Timestamp(9999, 12, 31)),
        ("boolean", "TRUE", True),
        ("boolean", "0", False),
        ("string", "0", "0"),
    ],
)
def test_what_passes_as_its_type_becomes_exactly_that_value(kind, text, value):
    made = logical_types.to_values(pd.Series([text, None], dtype="str"), kind)
    assert made[0] == value
    assert made.isna().tolist() == [False, True]


@pytest.mark.parametrize("year", [1600, 1700, 1904, 2000, 2023, 2024, 2100])
def test_leap_days_are_those_of_the_calendar(year):
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    found = logical_types.to_values(pd.Series([f"{year}-02-29"], dtype="str"), "date")
    assert found.notna().tolist() == [is_leap]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("utf-8-sig", "utf-8-sig"), ("utf-8", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_encodings_and_marks_of_byte_order_are_read(tmp_path, written, read_as):
    (tmp_path / "d.csv").write_bytes("month,falls\n2020-01-01,Küche\n".encode(written))
    rows = table.read(tmp_path, _contract("string", server=Server("d.csv", encoding=read_as)))
    assert rows.header == ("month", "falls")
    assert rows.text["falls"].tolist() == ["Küche"]


def test_text_of_another_encoding_is_a_sentence(tmp_path):
    (tmp_path / "d.csv").write_bytes("month,falls\n2020-01-01,Küche\n".encode("cp1252"))
    with pytest.raises(DataError, match=r"is not utf-8 text; save it so, or name its `encoding` in data"):
        table.read(tmp_path, _contract("string"))


def test_the_snapshot_holds_the_values_that_were_validated(tmp_path):
    flag = Column("flag", "flag", "boolean", False, False, {}, ())
    contract = _contract()
    contract = dataclasses.replace(contract, columns=(*contract.columns, flag))
    csv = "Falls,month,falls,flag\n1,2020-02-01,900000000000000001,1\n2,2020-01-01,,false\n"
    snapshot.write(_parse(csv, contract), tmp_path / "data.parquet")
    made = pq.read_table(tmp_path / "data.parquet")
    assert [str(kind) for kind in made.schema.types] == ["date32[day]", "int64", "bool"]
    assert made.column_names == ["month", "falls", "flag"]
    assert made["falls"].to_pylist() == [None, 900_000_000_000_000_001]
    assert made["flag"].to_pylist() == [False, True]
