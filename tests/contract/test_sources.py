"""Files as they come: separators, decimal commas, notes above and below, packed, workbooks, Parquet."""

from __future__ import annotations

import datetime
import gzip

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import csv_file, table, validation
from pipeline.contract.column import Column
from pipeline.contract.grid import Periods
from pipeline.contract.logical_types import Notation
from pipeline.contract.model import Contract
from pipeline.contract.properties import Properties
from pipeline.contract.server import Server

DATES = {"format": "dd/MM/yyyy"}


def _contract(server: Server, *columns: Column) -> Contract:
    month = Column("month", "month", "date", True, False, {}, ())
    periods = Properties(Periods(column="month", every="month"))
    return Contract("d", "D", "1", server, columns or (month, _column("n", "integer")), (), (), periods)


def _column(name: str, kind: str, options: dict | None = None, physical: str = "") -> Column:
    return Column(name, name, kind, False, False, options or {}, (), physical)


def _broken(rows: table.Rows) -> dict[str, tuple[int, ...]]:
    return {found.rule: found.rows for found in validation.validate(rows).findings if not found.passed}


def test_a_european_file_with_notes_above_and_below_is_read_as_it_is(tmp_path):
    server = Server(
        "d.csv", delimiter=";", encoding="cp1252", notation=Notation(",", "."), header_row=3, footer_rows=2
    )
    contract = _contract(
        server,
        Column("month", "month", "date", True, False, DATES, ()),
        _column("beds", "number", physical="Betten (Ø)"),
        _column("n", "integer"),
    )
    lines = [
        "Krankenhäuser;;",
        "",
        "month;Betten (Ø);n",
        "01/01/2020;1.234,5;1.000",
        "01/02/2020;0,25;-7",
        "Quelle: Amt",
        "© 2020",
    ]
    (tmp_path / "d.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    rows = table.read(tmp_path, contract)
    assert rows.values["beds"].tolist() == [1234.5, 0.25]
    assert rows.values["n"].tolist() == [1000, -7]
    assert list(rows.text.index) == [4, 5]
    assert _broken(rows) == {}


def test_with_a_decimal_comma_a_full_stop_is_no_decimal(tmp_path):
    server = Server("d.csv", delimiter=";", notation=Notation(","))
    rows = table.parse(
        "month;n\n2020-01-01;1.5\n2020-02-01;1,5\n",
        _contract(server, *_contract(server).columns[:1], _column("n", "number")),
    )
    assert _broken(rows) == {"n is a number": (2,)}


def test_a_packed_file_is_unpacked(tmp_path):
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(b"month,n\n2020-01-01,1\n2020-02-01,x\n"))
    assert _broken(table.read(tmp_path, _contract(Server("d.csv.gz")))) == {"n is a whole number": (3,)}


FIELDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=6
)


@given(
    rows=st.lists(st.lists(FIELDS, min_size=2, max_size=2), min_size=1, max_size=8),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_the_fast_way_reads_what_the_careful_way_reads(rows, ending):
    import csv
    import io

    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ending).writerows([["a", "b"], *rows])
    body = text.getvalue()
    found = csv_file._quickly(body.rstrip("\r\n"), ",", ("a", "b"))
    records = list(csv.reader(io.StringIO(body.rstrip("\r\n"), newline=""), strict=True))
    if found is not None:
        kept = [[row["a"] or "", row["b"] or ""] for row in found[1].to_pylist()]
        assert kept == records[1:]


@pytest.mark.parametrize(
    "text", ['a,b\n1,"x"y\n', 'a,b\n1,x"y\n', 'a,b\n1,"x\n', "a,b\n1\n", "a,b\n1,2\n\n3,4\n", "a\n1\n"]
)
def test_what_only_the_careful_way_can_tell_is_left_to_it(text):
    assert csv_file._quickly(text.rstrip("\n"), ",", ("a", "b")) is None


def test_a_sheet_is_read_from_its_header_to_its_footnotes(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "d.xlsx") as book:
        book.add_worksheet("Notes").write(0, 0, "Read me")
        sheet, day = book.add_worksheet("Data"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 1, "Attendances by month")
        sheet.write_row(2, 1, ["Month", "n", "share", "code", "open"])
        for place in range(3):
            sheet.write_datetime(3 + place, 1, datetime.datetime(2020, 1 + place, 1), day)
            sheet.write_row(3 + place, 2, [1000 + place, 0.1 + place, 7, True])
        sheet.write(4, 2, "n/a")
        sheet.write(7, 1, "Source: returns of the hospitals")
    contract = _contract(
        Server("d.xlsx", "spreadsheet", sheet="Data", header_row=3),
        Column("month", "month", "date", True, False, DATES, (), "Month"),
        _column("n", "integer"),
        _column("share", "number"),
        _column("code", "string"),
        _column("open", "boolean"),
    )
    rows = table.read(tmp_path, contract)
    assert rows.header == ("Month", "n", "share", "code", "open")
    assert rows.values["month"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-01", "2020-02-01", "2020-03-01"]
    assert rows.values["share"].tolist() == [0.1, 1.1, 2.1]
    assert rows.values["code"].tolist() == ["7", "7", "7"]
    assert rows.values["open"].tolist() == [True, True, True]
    assert _broken(rows) == {"n is a whole number": (5,)}


def test_a_time_of_day_in_a_column_of_dates_is_told_by_its_row(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "d.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["month", "n"])
        sheet.write_datetime(1, 0, datetime.datetime(2020, 1, 1), day)
        sheet.write_datetime(2, 0, datetime.datetime(2020, 2, 1, 8, 30), day)
        sheet.write_column(1, 1, [1, 2])
    rows = table.read(tmp_path, _contract(Server("d.xlsx", "spreadsheet")))
    assert _broken(rows)["month is a date written YYYY-MM-DD"] == (3,)


def test_parquet_keeps_its_types_and_others_are_checked_as_text(tmp_path):
    days = [datetime.date(2020, month, 1) for month in (1, 2, 3)]
    made = pa.table(
        {
            "month": pa.array(days),
            "whole": pa.array([1.0, 2.0, None]),
            "part": pa.array([1.0, 2.5, 3.0]),
            "text": pa.array(["1", "x", ""]),
            "moment": pa.array(pd.to_datetime(days)),
            "small": pa.array([1, 2, 3], pa.int16()),
        }
    )
    pq.write_table(made, tmp_path / "d.parquet")
    contract = _contract(
        Server("d.parquet", "parquet"),
        Column("month", "month", "date", True, False, {}, ()),
        *(_column(name, "integer") for name in ("whole", "part", "text", "small")),
        _column("moment", "date"),
    )
    rows = table.read(tmp_path, contract)
    assert rows.typed == {"month", "moment", "small"}
    assert rows.values["whole"].tolist()[:2] == [1, 2]
    assert rows.values["whole"].isna().tolist() == [False, False, True]
    assert _broken(rows) == {"part is a whole number": (2,), "text is a whole number": (2,)}
